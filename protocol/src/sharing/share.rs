//! What an owner signs: what one peer may have of one case, until when, and what for; and what the receiver signs at its end.
//! Not the state of a share: that is in `rows`.

use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::Name;
use crate::crypto::Message;
use crate::dictionary::ShareClass;
use crate::ids::{CaseId, Commitment, EntityId, EntryHash, ShareId, UnitId};
use crate::time::Timestamp;
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

/// On what ground a person is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Basis {
    /// The person agreed.
    Consent,
    /// Duty of law enforcement.
    LawEnforcement,
    /// Life or limb.
    VitalInterest,
    /// A court's order.
    CourtOrder,
    /// The best interest of a child.
    ChildBestInterest,
}

/// A person who is named in a share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharePerson {
    /// The person.
    pub entity: EntityId,
    /// On what ground.
    pub basis: Basis,
    /// Why; required unless the ground is consent.
    pub reason: BoundedText<500>,
}

/// What the receiver may do in the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rights {
    /// Read.
    Read,
    /// Read, and write entries that count once the owner admits them.
    Contribute,
}

/// What the receiver may do with it (Europol handling codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Handling {
    /// Lawful use against crime.
    H0,
    /// Not in court without leave.
    H1,
    /// Not passed on without leave.
    H2,
    /// Other, as the note says.
    H3,
}

/// Whether the receiver may pass it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Onward {
    /// No.
    None,
    /// After asking.
    Ask,
    /// Yes.
    Allowed,
}

/// What for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// Checking an address, an identity.
    Verification,
    /// Work is asked for.
    Referral,
    /// A person returns home.
    Repatriation,
    /// Inquiry into those who traffic.
    Investigation,
}

/// Signed by the owner of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Its handle.
    pub id: ShareId,
    /// Rises when it is raised, lowered or renewed.
    pub revision: u64,
    /// The case.
    pub case: CaseId,
    /// The owner.
    pub from: UnitId,
    /// The one receiver.
    pub to: UnitId,
    /// Persons named with a basis each.
    pub persons: BoundedVec<SharePerson, 64>,
    /// Sections of the dictionary.
    pub sections: BoundedVec<Name, 16>,
    /// Share classes, never X.
    pub classes: BoundedVec<ShareClass, 4>,
    /// Values of class X, one by one.
    pub items: BoundedVec<Commitment, 256>,
    /// What the receiver may do in the case.
    pub rights: Rights,
    /// What for.
    pub purpose: Purpose,
    /// What the receiver may do with it.
    pub handling: Handling,
    /// Whether it may be passed on.
    pub onward: Onward,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// A word to the receiver.
    pub note: BoundedText<2000>,
}

impl Message for Share {
    const KIND: MessageKind = MessageKind::Share;
    const MAX: usize = 64 * 1024;
}

impl Share {
    /// Whether `next` takes away anything that this one shows.
    #[must_use]
    pub fn is_lowered_by(&self, next: &Self) -> bool {
        let named = |person: &SharePerson| next.persons.iter().any(|one| one.entity == person.entity);
        !(self.persons.iter().all(named)
            && self.sections.iter().all(|one| next.sections.contains(one))
            && self.classes.iter().all(|one| next.classes.contains(one))
            && self.items.iter().all(|one| next.items.contains(one)))
    }

    /// Whether `next` gives nothing that this one does not give: allowed even while the federation is frozen.
    #[must_use]
    pub fn is_only_lowered_by(&self, next: &Self) -> bool {
        !next.is_lowered_by(self)
            && next.expires <= self.expires
            && (next.rights == Rights::Read || self.rights == Rights::Contribute)
            && next.onward as u8 <= self.onward as u8
            && (next.purpose, next.handling) == (self.purpose, self.handling)
    }
}

/// Why a share's key was destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// The owner ended it.
    Recalled,
    /// Its time was over.
    Expired,
    /// The receiver did not want it.
    Declined,
    /// The owner lowered it: what is still covered is under a new key.
    Lowered,
    /// The receiver owns the case now.
    Transferred,
}

/// Signed by the receiver once the key is destroyed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The share.
    pub share: ShareId,
    /// Its revision.
    pub revision: u64,
    /// Who destroyed.
    pub unit: UnitId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub ended: Ended,
    /// The contribution that was destroyed, if it is not the share.
    pub entry: Option<EntryHash>,
}

impl Message for Receipt {
    const KIND: MessageKind = MessageKind::Receipt;
    const MAX: usize = 256;
}
