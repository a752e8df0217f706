//! What pages and API ask for, as JSON has it.
//! Nothing here is checked: the service does that, all faults at once.

use super::quiet;
use icmc_protocol::ids::{CaseId, Commitment, EntityId, UnitId};
use icmc_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Values of one entity by the names of the dictionary. Text is taken for every type, as from a form.
pub type Fields = BTreeMap<String, serde_json::Value>;

/// Whose cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
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
    pub owner: Owner,
    /// Shared with somebody now, or not.
    pub shared: Option<bool>,
    /// From 1.
    pub page: Option<u32>,
}

/// What to search for.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SearchQuery {
    /// A number, a name in any script, a phone, a paper's number.
    pub text: String,
    /// Year of birth, give or take two.
    pub year: Option<i32>,
}

/// A person of a new case.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewPerson {
    /// A word by which the rest of the request names this person.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Its own fields.
    pub person: Fields,
    /// Names.
    pub names: Vec<Fields>,
    /// Phone numbers.
    pub phones: Vec<Fields>,
    /// Identity papers.
    pub identifiers: Vec<Fields>,
    /// Roles in the case.
    pub roles: Vec<Fields>,
}

/// A new case with all that belongs to it, saved as a whole or not at all.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewCase {
    /// The case's own fields.
    pub case: Fields,
    /// Its people.
    pub persons: Vec<NewPerson>,
    /// Legs of routes; `person` is a `ref`.
    pub legs: Vec<Fields>,
    /// Stage entries; `person` is a `ref`.
    pub stages: Vec<Fields>,
    /// Notes; `person` is a `ref`.
    pub notes: Vec<Fields>,
}

/// A change to one entity, or a new one.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChangeRequest {
    /// Of which kind.
    pub kind: String,
    /// Which; none makes a new one.
    pub entity: Option<EntityId>,
    /// A word by which later changes of the same call name a new entity.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// The entity that a new member of a list belongs to.
    pub parent: Option<EntityId>,
    /// The same by its `ref`.
    pub parent_ref: Option<String>,
    /// The new values. An unchanged one is not written.
    pub fields: Fields,
    /// The values that the form was rendered from, by field; absent: those that stand now.
    pub replaces: Option<BTreeMap<String, Vec<Commitment>>>,
    /// Removes the entity, or brings it back.
    pub removed: Option<bool>,
}

/// Another case to link with.
#[derive(Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LinkRequest {
    /// Which.
    pub case: Option<CaseId>,
    /// The same by its number.
    pub number: String,
    /// `person` or `matter`: what is the same.
    pub why: String,
}

/// A person to be named in a share.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonRequest {
    /// The person.
    pub entity: EntityId,
    /// consent, law_enforcement, vital_interest, court_order, child_best_interest.
    pub basis: String,
    /// Why; required unless the ground is consent.
    #[serde(default)]
    pub reason: String,
}

/// A share to be given. Words are those of the share's own fields in lower case.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareRequest {
    /// The case.
    pub case: CaseId,
    /// To whom.
    pub to: UnitId,
    /// Who is named.
    #[serde(default)]
    pub persons: Vec<PersonRequest>,
    /// Section ids of the dictionary.
    #[serde(default)]
    pub sections: Vec<String>,
    /// `S`, `B`, `I`.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Restricted values, one by one.
    #[serde(default)]
    pub items: Vec<Commitment>,
    /// read, contribute.
    #[serde(default)]
    pub rights: String,
    /// verification, referral, repatriation, investigation.
    #[serde(default)]
    pub purpose: String,
    /// H0, H1, H2, H3.
    #[serde(default)]
    pub handling: String,
    /// none, ask, allowed.
    #[serde(default)]
    pub onward: String,
    /// When it ends by itself.
    #[serde(default)]
    pub expires: Option<Timestamp>,
    /// The same in days from now.
    #[serde(default)]
    pub days: Option<u32>,
    /// A word to the receiver.
    #[serde(default)]
    pub note: String,
}

/// What a person does with an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertAnswer {
    /// Call us.
    Yes,
    /// No contact.
    No,
    /// Not yet.
    Later,
}

quiet!(SearchQuery, LinkRequest, NewPerson, NewCase, ChangeRequest, PersonRequest, ShareRequest);
