//! What two units say to each other while a case changes its owner.
//! Both yeses are signed; the case itself follows in parts.

use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::{Change, Entry};
use crate::crypto::{Message, Signed};
use crate::ids::{CaseId, Commitment, EntryHash, ShareId, TransferId, UnitId};
use crate::sharing::{ContributionTerms, SharePerson};
use crate::time::Timestamp;
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

/// Most restricted values that go along.
pub(super) const MOST_ITEMS: usize = 4096;

/// Most shares of a case that a unit was given by its former owner.
pub(super) const MOST_SHARES: usize = 256;

/// The owner's yes: signed by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferOffer {
    /// Its handle.
    pub id: TransferId,
    /// The case.
    pub case: CaseId,
    /// The share under which the receiver works on it.
    pub share: ShareId,
    /// Who owns it.
    pub from: UnitId,
    /// Who is to own it.
    pub to: UnitId,
    /// Every person of the case, each with a basis.
    pub persons: BoundedVec<SharePerson, 64>,
    /// Every restricted value that stands in it.
    pub items: BoundedVec<Commitment, MOST_ITEMS>,
    /// When it was made.
    pub at: Timestamp,
}

impl Message for TransferOffer {
    const KIND: MessageKind = MessageKind::TransferOffer;
    const MAX: usize = 256 * 1024;
}

/// The receiver's yes or no: signed by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferAnswer {
    /// The offer.
    pub id: TransferId,
    /// The case.
    pub case: CaseId,
    /// Who owns it.
    pub from: UnitId,
    /// Who answers.
    pub to: UnitId,
    /// Yes or no.
    pub accepted: bool,
    /// When.
    pub at: Timestamp,
}

impl Message for TransferAnswer {
    const KIND: MessageKind = MessageKind::TransferAnswer;
    const MAX: usize = 512;
}

/// The payload of [`crate::envelope::Kind::Transfer`], from the owner.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum FromOwner {
    Offer(Signed<TransferOffer>),
    Withdrawn(Named),
    Part(Part),
    Handing(Handing),
}

/// Which transfer.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Named {
    pub(super) id: TransferId,
    pub(super) case: CaseId,
}

/// A part of the case.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(super) named: Option<Named>,
    pub(super) index: u32,
    pub(super) entries: Vec<Signed<Entry>>,
    pub(super) changes: Vec<Change>,
    pub(super) contributed: Vec<Passed>,
}

/// A third unit's contribution that goes along, with what its author allows: the new owner is bound by it too.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Passed {
    pub(super) entry: EntryHash,
    /// The share of the former owner under which it came.
    pub(super) share: ShareId,
    pub(super) terms: ContributionTerms,
    pub(super) at: Timestamp,
}

/// The case is handed over by this entry; so many parts hold it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Handing {
    pub(super) named: Named,
    pub(super) parts: u32,
    pub(super) last: EntryHash,
    /// Units whose shares ended with it.
    pub(super) receivers: Vec<UnitId>,
    /// Values that others contributed and that their authors do not let pass on.
    pub(super) kept: u32,
}

/// A case is handed over once more, to a unit whose node was put back to before it took it. The parts follow.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Again {
    pub(super) offer: Signed<TransferOffer>,
    /// The yes of a person there.
    pub(super) answer: Signed<TransferAnswer>,
    pub(super) handing: Handing,
    /// All shares of the case that ended with it at the receiver.
    pub(super) shares: BoundedVec<ShareId, MOST_SHARES>,
}

/// The payload of [`crate::envelope::Kind::TransferReply`], to the owner.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum ToOwner {
    Answer(Answer),
    Taken(Taking),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) answer: Signed<TransferAnswer>,
    /// Why not.
    pub(super) reason: BoundedText<500>,
}

/// The new owner's first entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Taking {
    pub(super) named: Named,
    pub(super) entry: Signed<Entry>,
    pub(super) takeover: Change,
}
