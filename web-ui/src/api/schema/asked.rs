//! Requests to check something and the words about them, as the document describes them.
//! Never made: the service's own types are read and sent, and a test holds them against this.

use super::UnitRef;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A request made or received.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestView {
    /// Its handle.
    pub id: String,
    /// Whether this unit asks.
    pub own: bool,
    /// The other unit.
    pub peer: UnitRef,
    /// Made: sent, delivered, taken, answered, refused, closed, withdrawn, expired, undeliverable.
    /// Received: new, taken, answered, withdrawn, expired, refused.
    pub state: String,
    /// Whether an answer is still wanted.
    pub waiting: bool,
    /// Whether an answer is wanted and the day is past.
    pub overdue: bool,
    /// By when an answer is wanted.
    pub due: u64,
    /// When it is destroyed by itself at the unit that was asked.
    pub expires: u64,
    /// Each state and when it came.
    pub history: Vec<(String, u64)>,
    /// What it says; none once its key is destroyed.
    pub said: Option<RequestWords>,
    /// What stays at the asker.
    pub about: Option<RequestAbout>,
    /// Why it was not taken: a code, and a text.
    pub refused: Option<(String, String)>,
    /// The answer.
    pub answer: Option<RequestAnswer>,
    /// When the other unit destroyed the key, by its signed word.
    pub receipt_at: Option<u64>,
    /// Messages of the other unit about it that nobody here has looked at.
    pub unread: u32,
}

/// What a request says.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestWords {
    /// The name as it was given.
    pub name: String,
    /// The address as it was given.
    pub address: String,
    /// The district.
    pub district: String,
    /// address, family, identity, willingness, safety.
    pub checks: Vec<String>,
    /// What else.
    pub question: String,
    /// The ground on which the person is named.
    pub basis: String,
    /// What for.
    pub purpose: String,
    /// `H0` to `H3`.
    pub handling: String,
}

/// What only the asker knows of a request.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestAbout {
    /// The case.
    pub case: String,
    /// Its number.
    pub number: String,
    /// The person.
    pub person: String,
    /// Her name.
    pub display: String,
    /// Why she may be named.
    pub reason: String,
    /// The answer as it stands in the case, once it was put there.
    pub put: Option<String>,
}

/// A signed answer whose signature was checked when it came.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestAnswer {
    /// When it was signed.
    pub at: u64,
    /// Label and value of each field.
    pub fields: Vec<(String, String)>,
}

/// One request with the words about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestPage {
    /// The request.
    pub request: RequestView,
    /// What the two units said about it.
    pub messages: Vec<MessageView>,
}

/// One message about a request or a share.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageView {
    /// Whether it was written in this unit.
    pub own: bool,
    /// When.
    pub at: u64,
    /// What it says.
    pub text: String,
    /// What it says of one contribution in a fixed form.
    pub form: Option<FormView>,
}

/// What a message says of one contribution.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormView {
    /// `refused`, `may_pass`, `pass` or `not_pass`.
    pub what: String,
    /// The case.
    pub case: String,
    /// The contribution.
    pub entry: String,
    /// To whom it is, or is not, to be passed.
    pub to: Option<UnitRef>,
}

/// Messages that nobody here has looked at, about one share or request.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnreadView {
    /// The share or the request.
    pub about: String,
    /// Whether it is a request.
    pub request: bool,
    /// Of whom.
    pub from: UnitRef,
    /// How many.
    pub count: u32,
}

/// A request to be made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskRequest {
    /// The person it is about; stays here.
    pub person: String,
    /// Who is asked.
    pub to: String,
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
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerRequest {
    /// Fields of the kind `home_investigation`.
    pub fields: BTreeMap<String, serde_json::Value>,
}
