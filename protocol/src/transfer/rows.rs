//! How a transfer stands in the store at both ends.
//! What the offer says to the receiver lies under the share, and goes with it.

use super::messages::{TransferAnswer, TransferOffer};
use crate::bounded::BoundedText;
use crate::crypto::Signed;
use crate::ids::{CaseId, EntryHash, ShareId, TransferId, UnitId};
use crate::machine::{Record, Table};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a transfer stands at the owner: `Proposed → HandedOver → Taken`, or one of the ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum GivenState {
    /// The other unit has not answered.
    Proposed,
    /// It said yes and the last entry is written.
    HandedOver,
    /// Its first entry is known here.
    Taken,
    /// It said no.
    Declined,
    /// Taken back before the yes.
    Withdrawn,
    /// The yes came and the case was not as it was offered any more.
    Stopped,
}

/// A case offered to another unit. Under the case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TransferOut {
    /// What was signed.
    pub offer: Signed<TransferOffer>,
    /// To whom, as in the offer.
    pub to: UnitId,
    /// Where it stands.
    pub state: GivenState,
    /// Each state and when it came.
    pub history: Vec<(GivenState, Timestamp)>,
    /// Who proposed it, for the last entry.
    pub by: String,
    /// The other unit's signed yes or no.
    pub answer: Option<Signed<TransferAnswer>>,
    /// Why not.
    pub reason: BoundedText<500>,
    /// Units whose shares ended with it.
    pub receivers: Vec<UnitId>,
    /// Values that stay here, since their authors do not let them pass on.
    pub kept: u32,
}

impl Record for TransferOut {
    const TABLE: Table = Table::TRANSFERS;
}

impl TransferOut {
    pub(super) fn enter(&mut self, state: GivenState, now: Timestamp) {
        self.state = state;
        self.history.push((state, now));
    }
}

/// Where a transfer stands at the receiver: `Offered → Accepted → Owner`, or one of the ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TakenState {
    /// Waits for a person here.
    Offered,
    /// We said yes; the case is on its way.
    Accepted,
    /// The case is ours.
    Owner,
    /// We said no.
    Declined,
    /// The owner took it back, or could not keep to it.
    Withdrawn,
}

/// A case offered to this unit. Under the node master: ids and times only.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TransferIn {
    /// The offer.
    pub id: TransferId,
    /// Who owns it.
    pub from: UnitId,
    /// The share under which it is worked on here.
    pub share: ShareId,
    /// Where it stands.
    pub state: TakenState,
    /// Each state and when it came.
    pub history: Vec<(TakenState, Timestamp)>,
    /// What is still to come, once the owner has handed it over.
    pub handing: Option<HandingRow>,
    /// How far it is, if it is given again to this node, which was put back to before it took it.
    pub again: Option<AgainRow>,
}

/// A case that is given again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AgainRow {
    /// How far it is.
    pub state: AgainState,
    /// The shares of it that end with it.
    pub shares: Vec<ShareId>,
}

/// Where a case stands that is given again: `Coming → Here → Taken`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AgainState {
    /// Parts are missing.
    Coming,
    /// All of it is here; our entry that took it may be shown by anybody.
    Here,
    /// It is ours, and the former owner is to hear so.
    Taken,
}

impl Record for TransferIn {
    const TABLE: Table = Table::TRANSFERS;
}

impl TransferIn {
    pub(super) fn enter(&mut self, state: TakenState, now: Timestamp) {
        self.state = state;
        self.history.push((state, now));
    }
}

/// What the owner says of the parts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HandingRow {
    /// How many there are.
    pub parts: u32,
    /// The entry that handed the case over.
    pub last: EntryHash,
    /// Units whose shares ended with it: who is to go on has to be given the case anew.
    pub receivers: Vec<UnitId>,
    /// Values that did not come, since their authors do not let them pass on.
    pub kept: u32,
}

/// An offer as a person here may read it.
#[derive(Debug, Clone)]
pub struct Received {
    /// Where it stands.
    pub row: TransferIn,
    /// What the owner signed; none once the share it lies under has ended.
    pub offer: Option<TransferOffer>,
}

/// The terms of an offer. Under the share.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct OfferRow {
    pub(super) offer: Signed<TransferOffer>,
}

impl Record for OfferRow {
    const TABLE: Table = Table::TRANSFERS;
}

/// Who here said yes. Under the case, since the yes outlives the share.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ByRow {
    pub(super) by: String,
}

impl Record for ByRow {
    const TABLE: Table = Table::TRANSFERS;
}

/// An offer of a case that a later one has taken the place of: its answer may still be on its way.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct EarlierRow {
    pub(super) to: UnitId,
}

impl Record for EarlierRow {
    const TABLE: Table = Table::TRANSFERS;
}

/// A part that came. Under the case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PartRow {
    #[serde(with = "serde_bytes")]
    pub(super) payload: Vec<u8>,
}

impl Record for PartRow {
    const TABLE: Table = Table::TRANSFERS;
}

pub(super) fn key(letter: u8, case: CaseId) -> Vec<u8> {
    [&[letter], case.as_bytes().as_slice()].concat()
}

/// A case given.
pub(super) const GIVEN: u8 = b'o';
/// An earlier offer of a case.
const EARLIER: u8 = b'e';
/// A case received.
pub(super) const RECEIVED: u8 = b'i';
/// The terms of an offer received.
pub(super) const TERMS: u8 = b't';
/// Who said yes.
pub(super) const BY: u8 = b'y';

pub(super) fn earlier_key(case: CaseId, id: TransferId) -> Vec<u8> {
    [key(EARLIER, case), id.as_bytes().to_vec()].concat()
}

pub(super) fn parts_prefix(id: TransferId) -> Vec<u8> {
    [b"p".as_slice(), id.as_bytes()].concat()
}

pub(super) fn part_key(id: TransferId, index: u32) -> Vec<u8> {
    [parts_prefix(id), index.to_be_bytes().to_vec()].concat()
}
