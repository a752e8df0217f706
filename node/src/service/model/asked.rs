//! Requests to check something, both directions, and the words about them, as pages show them; and what a person asks for.
//! What leaves this unit is decided by `protocol::requests`.

use super::{Fields, UnitRef, quiet};
use icmc_protocol::ids::{CaseId, EntityId, EntryHash, ShareId, UnitId};
use icmc_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A request made or received.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct RequestView {
    /// Its handle.
    pub id: ShareId,
    /// Whether this unit asks.
    pub own: bool,
    /// The other unit.
    pub peer: UnitRef,
    /// Made: sent, delivered, taken, answered, refused, closed, withdrawn, expired, undeliverable.
    /// Received: new, taken, answered, withdrawn, expired, refused.
    pub state: &'static str,
    /// Whether an answer is still wanted.
    pub waiting: bool,
    /// Whether an answer is wanted and the day is past.
    pub overdue: bool,
    /// By when an answer is wanted.
    pub due: Timestamp,
    /// When it is destroyed by itself at the unit that was asked.
    pub expires: Timestamp,
    /// Each state and when it came.
    pub history: Vec<(&'static str, Timestamp)>,
    /// What it says; none once its key is destroyed.
    pub said: Option<RequestWords>,
    /// What stays at the asker.
    pub about: Option<RequestAbout>,
    /// Why it was not taken: a code, and a text.
    pub refused: Option<(&'static str, String)>,
    /// The answer.
    pub answer: Option<RequestAnswer>,
    /// When the other unit destroyed the key, by its signed word.
    pub receipt_at: Option<Timestamp>,
    /// Messages of the other unit about it that nobody here has looked at.
    pub unread: u32,
}

/// What a request says.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct RequestWords {
    /// The name as it was given.
    pub name: String,
    /// The address as it was given.
    pub address: String,
    /// The district.
    pub district: String,
    /// address, family, identity, willingness, safety.
    pub checks: Vec<&'static str>,
    /// What else.
    pub question: String,
    /// The ground on which the person is named.
    pub basis: &'static str,
    /// What for.
    pub purpose: &'static str,
    /// `H0` to `H3`.
    pub handling: &'static str,
}

/// What only the asker knows of a request.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct RequestAbout {
    /// The case.
    pub case: CaseId,
    /// Its number.
    pub number: String,
    /// The person.
    pub person: EntityId,
    /// Her name.
    pub display: String,
    /// Why she may be named.
    pub reason: String,
    /// The answer as it stands in the case, once it was put there.
    pub put: Option<EntityId>,
}

/// A signed answer whose signature was checked when it came.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct RequestAnswer {
    /// When it was signed.
    pub at: Timestamp,
    /// Label and value of each field.
    pub fields: Vec<(String, String)>,
}

/// One request with the words about it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct RequestPage {
    /// The request.
    pub request: RequestView,
    /// What the two units said about it.
    pub messages: Vec<MessageView>,
}

/// One message about a request or a share.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct MessageView {
    /// Whether it was written in this unit.
    pub own: bool,
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub text: String,
    /// What it says of one contribution in a fixed form.
    pub form: Option<FormView>,
}

/// What a message says of one contribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormView {
    /// `refused`, `may_pass`, `pass` or `not_pass`.
    pub what: &'static str,
    /// The case.
    pub case: CaseId,
    /// The contribution.
    pub entry: EntryHash,
    /// To whom it is, or is not, to be passed.
    pub to: Option<UnitRef>,
}

/// Messages that nobody here has looked at, about one share or request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnreadView {
    /// The share or the request.
    pub about: ShareId,
    /// Whether it is a request.
    pub request: bool,
    /// Of whom.
    pub from: UnitRef,
    /// How many.
    pub count: u32,
}

/// A request to be made.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskRequest {
    /// The person it is about; stays here.
    pub person: EntityId,
    /// Who is asked.
    pub to: UnitId,
    /// The name as it was given.
    #[serde(default)]
    pub name: String,
    /// The address as it was given.
    #[serde(default)]
    pub address: String,
    /// The district.
    #[serde(default)]
    pub district: String,
    /// address, family, identity, willingness, safety.
    #[serde(default)]
    pub checks: Vec<String>,
    /// What else.
    #[serde(default)]
    pub question: String,
    /// consent, law_enforcement, vital_interest, court_order, child_best_interest.
    #[serde(default)]
    pub basis: String,
    /// Why; required unless the ground is consent. Stays here.
    #[serde(default)]
    pub reason: String,
    /// verification, referral, repatriation, investigation.
    #[serde(default)]
    pub purpose: String,
    /// H0, H1, H2, H3.
    #[serde(default)]
    pub handling: String,
    /// In how many days an answer is wanted.
    #[serde(default)]
    pub days: Option<u32>,
}

/// An answer to be signed.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerRequest {
    /// Fields of the kind `home_investigation`.
    pub fields: Fields,
}

quiet!(RequestView, RequestWords, RequestAbout, RequestAnswer, RequestPage, MessageView, AskRequest, AnswerRequest);
