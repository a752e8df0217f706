//! What is sent to the API, as the document describes it.
//! Never made: the service's own types read the requests.

use super::Role;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Whose cases.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// All.
    #[default]
    All,
    /// Of this unit.
    Own,
    /// Of others.
    Received,
}

/// Which cases to list. Codes of the dictionary; nothing means all.
#[derive(Debug, Default, Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct CaseFilter {
    /// Status of the case.
    pub status: Option<String>,
    /// Kind of case.
    pub kind: Option<String>,
    /// A stage that somebody in it is in.
    pub stage: Option<String>,
    /// A role that somebody in it has.
    pub role: Option<String>,
    /// Whose.
    #[param(inline)]
    pub owner: Owner,
    /// Shared with somebody now, or not.
    pub shared: Option<bool>,
    /// From 1.
    pub page: Option<u32>,
}

/// What to search for.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SearchQuery {
    /// A number, a name in any script, a phone, a paper's number.
    pub text: String,
    /// Year of birth, give or take two.
    pub year: Option<i32>,
}

/// A person of a new case.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewPerson {
    /// A word by which the rest of the request names this person.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Its own fields.
    pub person: BTreeMap<String, Value>,
    /// Names.
    pub names: Vec<BTreeMap<String, Value>>,
    /// Phone numbers.
    pub phones: Vec<BTreeMap<String, Value>>,
    /// Identity papers.
    pub identifiers: Vec<BTreeMap<String, Value>>,
    /// Roles in the case.
    pub roles: Vec<BTreeMap<String, Value>>,
}

/// A new case with all that belongs to it, saved as a whole or not at all.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewCase {
    /// The case's own fields.
    pub case: BTreeMap<String, Value>,
    /// Its people.
    pub persons: Vec<NewPerson>,
    /// Legs of routes; `person` is a `ref`.
    pub legs: Vec<BTreeMap<String, Value>>,
    /// Stage entries; `person` is a `ref`.
    pub stages: Vec<BTreeMap<String, Value>>,
    /// Notes; `person` is a `ref`.
    pub notes: Vec<BTreeMap<String, Value>>,
}

/// A change to one entity, or a new one.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ChangeRequest {
    /// Of which kind.
    pub kind: String,
    /// Which; none makes a new one.
    pub entity: Option<String>,
    /// A word by which later changes of the same call name a new entity.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// The entity that a new member of a list belongs to.
    pub parent: Option<String>,
    /// The same by its `ref`.
    pub parent_ref: Option<String>,
    /// The new values. An unchanged one is not written.
    pub fields: BTreeMap<String, Value>,
    /// The values that the form was rendered from, by field; absent: those that stand now.
    pub replaces: Option<BTreeMap<String, Vec<String>>>,
    /// Removes the entity, or brings it back.
    pub removed: Option<bool>,
}

/// A person to be named in a share.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonRequest {
    /// The person.
    pub entity: String,
    /// consent, law_enforcement, vital_interest, court_order, child_best_interest.
    pub basis: String,
    /// Why; required unless the ground is consent.
    #[serde(default)]
    pub reason: String,
}

/// What a person does with an alert.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum AlertStep {
    /// Has opened it.
    Seen,
    /// Takes it in hand.
    Take,
    /// Is done with it.
    Close {
        /// How it ended.
        outcome: AlertOutcome,
    },
}

/// How an alert ends by a person's hand.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertOutcome {
    /// The same person.
    Same,
    /// Not the same person.
    NotSame,
    /// Not to be shown again.
    Muted,
    /// The other unit did not answer.
    NoAnswer,
}

/// The answer to a unit that asked for contact.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertAnswer {
    /// Call us.
    Yes,
    /// No contact.
    No,
    /// Not yet.
    Later,
}

/// What is said of a person when an account is added.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// What the person will type.
    pub sign_in: String,
    /// What others see.
    pub name: String,
    /// What the account is for.
    pub role: Role,
}
