//! How requests stand in the store, at the asker and at the receiver, with their states.
//! The receiver's row outlives the request's key and holds ids and times only; what it says is in `WorkRow`.

use super::answer::VerificationAnswer;
use super::request::{RefusalReason, VerificationRequest};
use crate::bounded::BoundedText;
use crate::crypto::Signed;
use crate::ids::{CaseId, EntityId, ShareId, UnitId};
use crate::machine::{Record, Scope, Table, Txn};
use crate::sharing::{Ended, Receipt};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a request stands at its asker: `Sent → Delivered → Taken → Answered → Closed`, or one of the other ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AskState {
    /// In the outbox.
    Sent,
    /// Acknowledged by the other node.
    Delivered,
    /// Somebody there looks into it.
    Taken,
    /// The answer is here.
    Answered,
    /// The unit does not take it.
    Refused,
    /// Answered and done with; the other node was told to destroy it.
    Closed,
    /// Taken back before it was answered; the other node was told to destroy it.
    Withdrawn,
    /// Its time is over.
    Expired,
    /// The other node would not have it.
    Undeliverable,
}

impl AskState {
    /// Whether an answer may still come.
    #[must_use]
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Sent | Self::Delivered | Self::Taken)
    }
}

/// A request made. Sealed under the case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RequestOut {
    /// What was asked.
    pub request: VerificationRequest,
    /// The case; never sent.
    pub case: CaseId,
    /// The person it is about; never sent.
    pub person: EntityId,
    /// Why the person may be named; never sent.
    pub reason: BoundedText<500>,
    /// Who was asked.
    pub to: UnitId,
    /// Where it stands.
    pub state: AskState,
    /// Each state and when it came.
    pub history: Vec<(AskState, Timestamp)>,
    /// Why it was not taken.
    pub refused: Option<(RefusalReason, BoundedText<500>)>,
    /// The answer, as signed.
    pub answer: Option<Signed<VerificationAnswer>>,
    /// When the answer was written into the case, and as which entity.
    pub put: Option<(EntityId, Timestamp)>,
    /// The receiver's statement that its key is destroyed.
    pub receipt: Option<Signed<Receipt>>,
}

impl Record for RequestOut {
    const TABLE: Table = Table::REQUESTS;
}

impl RequestOut {
    pub(super) fn enter(&mut self, state: AskState, now: Timestamp) {
        self.state = state;
        self.history.push((state, now));
    }

    pub(super) fn keep(&self, txn: &mut Txn<'_>) {
        txn.put(&out_key(self.request.id), Scope::Case(self.case), self);
    }
}

/// Where a request stands at its receiver: `New → Taken → Answered`, then one of the ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorkState {
    /// Nobody has said anything yet.
    New,
    /// Somebody here looks into it.
    Taken,
    /// Answered.
    Answered,
    /// Over, and why.
    Ended(Ended),
}

/// A request received. Under the node master: ids and times only.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RequestIn {
    /// Who asks.
    pub from: UnitId,
    /// Where it stands.
    pub state: WorkState,
    /// Each state and when it came.
    pub history: Vec<(WorkState, Timestamp)>,
    /// By when an answer is wanted.
    pub due: Timestamp,
    /// When it is destroyed by itself.
    pub expires: Timestamp,
    /// Whether the key is gone and the receipt was queued.
    pub receipted: bool,
    /// When it came.
    pub since: Timestamp,
}

impl Record for RequestIn {
    const TABLE: Table = Table::REQUESTS;
}

impl RequestIn {
    pub(super) fn enter(&mut self, state: WorkState, now: Timestamp) {
        self.state = state;
        self.history.push((state, now));
    }

    /// The key that seals what it says and what was said about it.
    pub(super) const fn scope(&self, id: ShareId) -> Scope {
        Scope::Request(id, self.since)
    }

    /// Whether its key lives.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !matches!(self.state, WorkState::Ended(_))
    }
}

/// What a received request says, and what was answered. Under the request's key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct WorkRow {
    pub(super) request: VerificationRequest,
    pub(super) answer: Option<Signed<VerificationAnswer>>,
}

impl Record for WorkRow {
    const TABLE: Table = Table::REQUESTS;
}

/// Before the handles of requests made.
pub(super) const OUT: &[u8] = b"o";
/// Before the handles of requests received.
pub(super) const IN: &[u8] = b"i";

pub(super) fn out_key(id: ShareId) -> Vec<u8> {
    [OUT, id.as_bytes()].concat()
}

pub(super) fn in_key(id: ShareId) -> Vec<u8> {
    [IN, id.as_bytes()].concat()
}

pub(super) fn work_key(id: ShareId) -> Vec<u8> {
    [b"w", id.as_bytes().as_slice()].concat()
}

/// The handle in a key.
pub(super) fn handle(key: &[u8]) -> Option<ShareId> {
    key.get(1..).and_then(ShareId::from_slice)
}
