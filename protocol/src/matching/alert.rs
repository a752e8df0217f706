//! Alerts: what a person is shown about a hit, and what people did with it.
//! No value of either side: kinds of agreement, handles, states. Sealed with the case of our own person.

use super::room;
use super::rows::read;
use super::subject::Handles;
use crate::envelope::outbox::OutboxError;
use crate::fingerprint::{AgreedKind, MatchClass};
use crate::ids::{AlertId, CaseId, EntityId, SubjectId, UnitId};
use crate::machine::{Notice, Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Most alerts of one subject that are followed.
pub(super) const PER_SUBJECT: usize = 1_024;
/// Most persons of one case that are looked through.
const PER_CASE: usize = 4_096;

/// Who did something here: an opaque handle of an account, never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Account(#[serde(with = "serde_bytes")] pub [u8; 16]);

/// How an alert ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The same person.
    Same,
    /// Not the same: the pair raises no alert again.
    NotSame,
    /// Not to be shown again.
    Muted,
    /// The other unit did not answer.
    NoAnswer,
    /// One of the two units announces the person no more.
    Withdrawn,
    /// The comparison with the other unit spoke against it.
    Contradicted,
}

impl Outcome {
    /// Whether it comes about by itself and no person may give or undo it.
    #[must_use]
    pub const fn by_itself(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Contradicted)
    }
}

/// Where an alert stands. A person moves it; only a withdrawal or a contradiction closes it without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Nobody has opened it.
    New,
    /// Opened.
    Seen { by: Account, at: Timestamp },
    /// Somebody works on it.
    InHand { by: Account, at: Timestamp },
    /// Done; `by` is none if it came about by itself.
    Closed { by: Option<Account>, at: Timestamp, outcome: Outcome },
}

/// The answer to a contact request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// Call us.
    Yes,
    /// No contact.
    No,
    /// Not yet.
    Later,
}

/// How far the two units have come with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Contact {
    /// Nobody asked.
    None,
    /// We asked.
    Asked { at: Timestamp },
    /// They asked.
    AskedByPeer { at: Timestamp },
    /// One side answered the other, or both asked, which counts as a yes of the other side.
    Answered { by_peer: bool, answer: Answer, at: Timestamp },
}

/// What the comparison with the other unit has said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confirmed {
    /// There was none: class and score are from shared tokens alone.
    No,
    /// It is still to come: class and score are from shared tokens alone.
    Waiting,
    /// Class and score are those of both units.
    Yes {
        /// In thousandths.
        score: i64,
    },
    /// It spoke against the match when somebody had the alert in hand already.
    Contradicted,
}

/// One person of ours and one subject of another unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Its handle here.
    pub id: AlertId,
    /// Our subject.
    pub subject: SubjectId,
    /// The case of our person.
    pub case: CaseId,
    /// Our person.
    pub person: EntityId,
    /// The other unit.
    pub peer: UnitId,
    /// Its subject.
    pub peer_subject: SubjectId,
    /// Its beacon.
    pub peer_beacon: u64,
    /// Our beacon.
    pub own_beacon: u64,
    /// How sure.
    pub class: MatchClass,
    /// What agreed, in kind.
    pub agreed: Vec<AgreedKind>,
    /// In thousandths.
    pub score: i64,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// What people did with it.
    pub state: State,
    /// What the two units said to each other.
    pub contact: Contact,
    /// What the comparison with the other unit has said.
    pub confirmed: Confirmed,
    /// Whether people at the other unit may know of it. Where it holds a suspect and we do not, that is for people here to say.
    pub told: bool,
}

impl Record for Alert {
    const TABLE: Table = Table::ALERTS;
}

impl Alert {
    pub(super) fn put(&self, txn: &mut Txn<'_>) {
        txn.put(self.id.as_bytes(), Scope::Case(self.case), self);
    }
}

/// The alert of a pair.
#[derive(Serialize, Deserialize)]
pub(super) struct AlertOf {
    pub(super) alert: AlertId,
}

impl Record for AlertOf {
    const TABLE: Table = Table::ALERT_OF;
}

pub(super) fn pair_key(own: SubjectId, peer: UnitId, peer_subject: SubjectId) -> Vec<u8> {
    [own.as_bytes().as_slice(), peer.as_bytes(), peer_subject.as_bytes()].concat()
}

/// Why a person's command was refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// No such alert.
    #[error("there is no such alert")]
    Unknown,
    /// Not in the present state of the alert.
    #[error("the alert is not in a state that allows this")]
    State,
    /// The message to the other unit could not be queued.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// The store.
    #[error(transparent)]
    View(#[from] ViewError),
}

/// What a person does with an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Opens it; changes nothing once somebody has.
    See,
    /// Takes it in hand; reopens what a person closed.
    Take,
    /// Closes it. What comes about by itself is not a person's to give.
    Close(Outcome),
}

/// Moves an alert.
///
/// # Errors
/// [`Refusal`], and nothing is changed.
pub fn set_state(txn: &mut Txn<'_>, id: AlertId, by: Account, step: Step) -> Result<Alert, Refusal> {
    let mut alert = get(txn, id)?.ok_or(Refusal::Unknown)?;
    let at = txn.now;
    alert.state = match (step, alert.state) {
        (Step::See, State::New) => State::Seen { by, at },
        (Step::See, _) => return Ok(alert),
        (_, State::Closed { outcome, .. }) | (Step::Close(outcome), _) if outcome.by_itself() => return Err(Refusal::State),
        (Step::Take, _) => State::InHand { by, at },
        (Step::Close(_), State::Closed { .. }) => return Err(Refusal::State),
        (Step::Close(outcome), _) => State::Closed { by: Some(by), at, outcome },
    };
    alert.put(txn);
    if step == Step::Close(Outcome::NotSame) {
        room::not_same(txn, &alert, by)?;
    }
    txn.notify(Notice::Alert(id));
    Ok(alert)
}

/// One alert.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn get(view: &dyn View, id: AlertId) -> Result<Option<Alert>, ViewError> {
    read(view, id.as_bytes())
}

/// At most `limit` alerts after `after`, in the order of their (random) ids.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn list(view: &dyn View, after: Option<AlertId>, limit: usize) -> Result<Vec<Alert>, ViewError> {
    let after = after.as_ref().map(|id| id.as_bytes().as_slice());
    view.scan(Table::ALERTS, &[], after, limit)?.iter().map(|(_, bytes)| read_row(bytes)).collect()
}

/// The alerts about persons of one case that nobody has closed.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn open_of(view: &dyn View, case: CaseId) -> Result<Vec<Alert>, ViewError> {
    let mut open = Vec::new();
    for (_, bytes) in view.scan(Table::SUBJECT_OF, case.as_bytes(), None, PER_CASE)? {
        let handles: Handles = read_row(&bytes)?;
        for subject in handles.announced.into_iter().chain(handles.pending) {
            for (_, bytes) in view.scan(Table::ALERT_OF, subject.as_bytes(), None, PER_SUBJECT)? {
                let of: AlertOf = read_row(&bytes)?;
                open.extend(get(view, of.alert)?.filter(|alert| !matches!(alert.state, State::Closed { .. })));
            }
        }
    }
    Ok(open)
}
