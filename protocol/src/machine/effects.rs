//! What one step wants done, always in this order: commit, then erase and send, then notify.
//! Not the doing: `node::runtime` applies them.

use super::{Scope, Table};
use crate::ids::{AlertId, CaseId, PersonRef, ShareId, UnitId};
use crate::oprf::Point;
use std::collections::BTreeSet;

/// One row to write, or to delete (`value` is none).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Where.
    pub table: Table,
    /// Which row.
    pub key: Vec<u8>,
    /// Under which key it is sealed, and the plain value.
    pub value: Option<(Scope, Vec<u8>)>,
}

/// A message for everybody in the federation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gossip {
    /// A signed beacon.
    Beacon(Vec<u8>),
    /// A new charter epoch: {epoch, hash}.
    Charter(Vec<u8>),
}

/// Inputs to be blinded by the keepers; the answer comes back as an input with the same reference.
#[derive(Clone, PartialEq, Eq)]
pub struct ToBlind {
    /// Unlinkable to the person.
    pub person_ref: PersonRef,
    /// This unit's number of the request.
    pub number: u64,
    /// CBOR `[recipe, type, part, …]`, at most 24.
    pub inputs: Vec<Vec<u8>>,
}

impl core::fmt::Debug for ToBlind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "ToBlind({} inputs)", self.inputs.len())
    }
}

/// A request to this unit as a keeper, judged and counted: the answer is computed after the commit, beside the steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluate {
    /// With the key of which blinding epoch.
    pub epoch: u64,
    /// The request's number.
    pub number: u64,
    /// What was asked.
    pub points: Vec<Point>,
}

/// Something that a page may want to show at once. Ids only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Notice {
    /// An alert was raised or changed.
    Alert(AlertId),
    /// A received share arrived or changed.
    Inbox(ShareId),
    /// A given share changed its state.
    Share(ShareId),
    /// A case changed.
    Case(CaseId),
    /// Members, trust or reachability changed.
    Peers,
    /// A comparison about a person of this case waits for a decision, or was not finished by the other side.
    Comparison(CaseId),
    /// A share, given or received, ends soon.
    Ending(ShareId),
}

/// Something refused or suspicious, for the audit and the log: never a value of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incident {
    /// Whose doing, if known.
    pub peer: Option<UnitId>,
    /// What, as a fixed sentence.
    pub what: &'static str,
}

/// What was said in the disclosure room of an alert by the other unit, or given there by this node itself, for the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// The other unit.
    pub peer: UnitId,
    /// About which alert here.
    pub alert: AlertId,
    /// What, as a fixed code.
    pub word: &'static str,
}

/// What is to become of a gossiped message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Pass it on.
    Accept,
    /// Keep it to ourselves.
    Ignore,
    /// The one who sent it misbehaved.
    Reject,
}

/// The outcome of one step.
#[derive(Debug, Clone, Default)]
pub struct Effects {
    /// One transaction.
    pub writes: Vec<Write>,
    /// Keys to destroy after the commit; each comes back as an input once it is done.
    pub erase: Vec<Scope>,
    /// Units for which the outbox has something to send now.
    pub wake: BTreeSet<UnitId>,
    /// To publish.
    pub gossip: Vec<Gossip>,
    /// To blind.
    pub blind: Vec<ToBlind>,
    /// The answer to a peer's request, sent after the commit.
    pub reply: Option<Vec<u8>>,
    /// The answer is to be computed from this instead.
    pub evaluate: Option<Evaluate>,
    /// What is to become of the gossiped message that this step handled.
    pub verdict: Option<Verdict>,
    /// For live pages.
    pub notices: BTreeSet<Notice>,
    /// For the audit and the log.
    pub incidents: Vec<Incident>,
    /// For the audit.
    pub heard: Vec<Heard>,
    /// The peer whose input this step handled sent bytes that no honest node sends, in whatever state it is.
    pub garbage: bool,
    /// Cases whose log grew in this step.
    pub touched: BTreeSet<CaseId>,
    /// Members to exchange charter, prekeys and beacons with now.
    pub sync: BTreeSet<UnitId>,
    /// The charter changed: allow-list and addresses are to be read again.
    pub charter_changed: bool,
}
