//! How shares stand in the store, at the owner and at the receiver, with their states.
//! The receiver's row outlives the share's key and holds ids and times only; what the share says is in `SHARE_TERMS`.

use super::share::{Ended, Receipt, Share};
use crate::bounded::BoundedText;
use crate::crypto::Signed;
use crate::ids::{CaseId, Commitment, EntryHash, ShareId, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::time::Timestamp;
use crate::wire;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where a share stands at its owner: `Sent → Delivered → Previewed → Active`, then one of the ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutState {
    /// In the outbox.
    Sent,
    /// Acknowledged by the other node.
    Delivered,
    /// A person there has looked at it.
    Previewed,
    /// Accepted; updates follow.
    Active,
    /// Not wanted.
    Declined,
    /// The other node refused it.
    Refused,
    /// Its time is over.
    Expired,
    /// Ended by the owner.
    Recalled,
    /// The receiver owns the case now.
    Transferred,
}

impl OutState {
    /// Whether it can still be recalled or expire.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Delivered | Self::Previewed | Self::Active)
    }
}

/// A share given. Sealed under the case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShareOut {
    /// What was signed.
    pub share: Signed<Share>,
    /// The case, as in the share.
    pub case: CaseId,
    /// The receiver, as in the share.
    pub to: UnitId,
    /// Where it stands.
    pub state: OutState,
    /// Each state and when it came.
    pub history: Vec<(OutState, Timestamp)>,
    /// Headers sent: the highest number of each chain.
    pub heads: BTreeMap<UnitId, u64>,
    /// Changes sent.
    pub sent: BTreeSet<Commitment>,
    /// Changes of which it was told that they are no longer current.
    pub stale: BTreeSet<Commitment>,
    /// The receiver's reason for declining.
    pub reason: Option<BoundedText<500>>,
    /// The receiver's statement that its key is destroyed.
    pub receipt: Option<Signed<Receipt>>,
    /// Changes that it was sent and that a lower revision took away.
    pub taken_back: BTreeSet<Commitment>,
    /// Every revision after the first, at most 256.
    pub revisions: Vec<Revision>,
    /// The receiver holds a revision of this number, which this node does not remember: the next one goes above it.
    pub above: u64,
    /// How many of the reminders of its end were given.
    pub reminded: u8,
}

/// Most revisions of one share; then a new share is made.
pub(super) const MOST_REVISIONS: usize = 256;

impl Revision {
    /// Whether the receiver has not said yet that it destroyed what was taken away.
    #[must_use]
    pub const fn awaits_receipt(&self) -> bool {
        self.lowers && self.receipt.is_none()
    }
}

/// A later revision of a share, at its owner.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Revision {
    /// Its number.
    pub number: u64,
    /// When it was signed.
    pub at: Timestamp,
    /// Whether it takes something away, so that the receiver destroys its key.
    pub lowers: bool,
    /// Whether the receiver's node refused it.
    pub refused: bool,
    /// The receiver's statement that the key before it is destroyed.
    pub receipt: Option<Signed<Receipt>>,
}

impl Record for ShareOut {
    const TABLE: Table = Table::SHARES_OUT;
}

impl ShareOut {
    pub(super) fn enter(&mut self, state: OutState, now: Timestamp) {
        self.state = state;
        self.history.push((state, now));
    }
}

/// Where a share stands at its receiver: `Arriving → Offered → Previewed → Active`, then one of the ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum InState {
    /// Not complete yet.
    Arriving,
    /// Complete, unread.
    Offered,
    /// A person has looked at it.
    Previewed,
    /// Accepted.
    Active,
    /// Over, and why.
    Ended(Ended),
}

/// A share received. Under the node master: ids and times only.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShareIn {
    /// The case; none if only its end ever arrived.
    pub case: Option<CaseId>,
    /// The owner.
    pub from: UnitId,
    /// Its revision.
    pub revision: u64,
    /// Where it stands.
    pub state: InState,
    /// Each state and when it came.
    pub history: Vec<(InState, Timestamp)>,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// The owner's heads that make it complete.
    pub heads: BTreeMap<UnitId, u64>,
    /// The number of changes that make it complete.
    pub changes: u32,
    /// The first own entry that was not yet sent to the owner.
    pub contributed: u64,
    /// Whether the key is gone and the receipt was queued.
    pub receipted: bool,
    /// The lower revision under whose key it stands; 0 is the first key.
    pub keyed: u64,
    /// The newest lower revision whose receipt was queued.
    pub lowered: u64,
    /// How many of the reminders of its end were given.
    pub reminded: u8,
}

impl Record for ShareIn {
    const TABLE: Table = Table::SHARES_IN;
}

impl ShareIn {
    /// One of which nothing is here but that it was given.
    pub(crate) fn unknown(from: UnitId, revision: u64) -> Self {
        Self {
            case: None,
            from,
            revision,
            state: InState::Arriving,
            history: Vec::new(),
            expires: Timestamp(0),
            heads: BTreeMap::new(),
            changes: 0,
            contributed: 0,
            receipted: false,
            keyed: 0,
            lowered: 0,
            reminded: 0,
        }
    }

    /// Whether it has not ended.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !matches!(self.state, InState::Ended(_))
    }

    pub(super) fn enter(&mut self, state: InState, now: Timestamp) {
        self.state = state;
        self.history.push((state, now));
    }
}

/// What a received share says. Under the share's key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct TermsRow {
    pub(super) share: Signed<Share>,
    /// Values that the owner says are no longer current.
    pub(super) stale: BTreeSet<Commitment>,
}

impl Record for TermsRow {
    const TABLE: Table = Table::SHARE_TERMS;
}

/// An erasure that was decided, and what its receipt will say. Key: the encoded scope.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ErasureRow {
    pub(super) scope: Scope,
    pub(super) share: ShareId,
    pub(super) revision: u64,
    pub(super) ended: Ended,
    /// A contribution, and who is to have the receipt for it.
    pub(super) contribution: Option<(UnitId, EntryHash)>,
}

impl ErasureRow {
    /// Decides the erasure of what it names.
    pub(super) fn decide(self, txn: &mut Txn<'_>) {
        txn.put(&wire::encode(&self.scope), Scope::Master, &self);
        txn.erase(self.scope);
    }

    /// Who is to have a receipt for it from this module, if anybody.
    pub(super) fn receipt_to(&self, view: &dyn View) -> Result<Option<UnitId>, ViewError> {
        match (self.contribution, self.scope) {
            (Some((author, _)), _) => Ok(Some(author)),
            (None, Scope::Request(..) | Scope::Dealing(_) | Scope::KeyShare(_)) => Ok(None),
            (None, _) => {
                let share = view.get(Table::SHARES_IN, self.share.as_bytes())?;
                Ok(share.map(|bytes| read_row::<ShareIn>(&bytes)).transpose()?.map(|row| row.from))
            }
        }
    }
}

/// The key that seals a received share now.
pub(super) const fn scope(id: ShareId, row: &ShareIn) -> Scope {
    if row.keyed == 0 { Scope::Share(id) } else { Scope::ShareRevision(id, row.keyed) }
}

impl Record for ErasureRow {
    const TABLE: Table = Table::ERASURES;
}

/// Index of the shares of a case.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct OfCase {
    pub(super) given: bool,
}

impl Record for OfCase {
    const TABLE: Table = Table::SHARES_BY_CASE;
}

/// A part that came before what it builds on. Under the key of the way it came.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Waiting {
    #[serde(with = "serde_bytes")]
    pub(super) payload: Vec<u8>,
}

impl Record for Waiting {
    const TABLE: Table = Table::WAITING;
}

pub(super) fn of_case_key(case: CaseId, share: ShareId) -> Vec<u8> {
    [case.as_bytes().as_slice(), share.as_bytes()].concat()
}

pub(super) fn waiting_key(share: ShareId, number: u64) -> Vec<u8> {
    [share.as_bytes().as_slice(), &number.to_be_bytes()].concat()
}
