//! Who sees a case, contributions and what two persons decide, as the document describes them.
//! Never made: the service's own views are what is sent, and a test holds them against this.

use super::{Role, ShareView, UnitRef};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A later revision of a share.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionView {
    /// Its number; the share itself is 0.
    pub number: u64,
    /// When it was signed.
    pub at: u64,
    /// Whether it takes something away.
    pub lowers: bool,
    /// Whether the other node refused it.
    pub refused: bool,
    /// When the other node destroyed what was taken away, by its signed word.
    pub answered_at: Option<u64>,
}

/// One unit that has something of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeesView {
    /// What it was given.
    pub share: ShareView,
    /// The number of the revision that holds now.
    pub revision: u64,
    /// All after the first.
    pub revisions: Vec<RevisionView>,
    /// Whether something that was taken away is not known to be destroyed yet.
    pub awaits_answer: bool,
    /// Units whose contributions were passed on with it.
    pub passed_on: Vec<UnitRef>,
}

/// Somebody of this unit who can open a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountSees {
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// `entered`, `team`, or `role`, which reaches every case.
    pub why: String,
}

/// A unit that owned the case and keeps its whole copy, as it stood when it handed the case over.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeepsView {
    /// The unit.
    pub unit: UnitRef,
    /// When it handed the case over, by its own word; none if that is not known here.
    pub until: Option<u64>,
}

/// A unit that was asked to check something, and was told a little for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedView {
    /// The request.
    pub id: String,
    /// Who was asked.
    pub to: UnitRef,
    /// As in the list of requests.
    pub state: String,
    /// About whom.
    pub person: String,
    /// Her name in the case.
    pub display: String,
    /// What went: name, address, district, question.
    pub told: Vec<String>,
    /// Whether it is still there, as far as is known here.
    pub held: bool,
    /// When it is destroyed there by itself.
    pub expires: u64,
    /// When the other unit destroyed it, by its signed word.
    pub receipt_at: Option<u64>,
}

/// Who can see a case, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhoSees {
    /// The case.
    pub case: String,
    /// The unit that decides about it.
    pub owner: UnitRef,
    /// Other units that this one gave it to, newest share first. Of a case that it does not own now, those of its own time.
    pub units: Vec<SeesView>,
    /// Units, this one too, that owned it before.
    pub kept_by: Vec<KeepsView>,
    /// Units that this one asked to check something about a person of it.
    pub asked: Vec<AskedView>,
    /// People of this unit.
    pub people: Vec<AccountSees>,
    /// What two persons have decided, or one has asked for.
    pub decisions: Vec<DecisionView>,
}

/// The question whether a contribution may be passed to one unit, with the answer of a person at its author.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnwardView {
    /// To whom.
    pub to: UnitRef,
    /// When it was asked.
    pub at: u64,
    /// Why.
    pub why: String,
    /// The answer.
    pub yes: Option<bool>,
    /// The words with it.
    pub words: String,
}

/// On what terms this unit contributes to a case of another from now on.
#[derive(Debug, Serialize, ToSchema)]
pub struct TermsView {
    /// `H0` to `H3`.
    pub handling: String,
    /// `none`, `ask` or `allowed`.
    pub onward: String,
    /// When the owner destroys it.
    pub expires: Option<u64>,
}

/// What this unit wrote in a case of another.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContributedView {
    /// The entry, to take it back by.
    pub entry: String,
    /// `H0` to `H3`.
    pub handling: String,
    /// `none`, `ask` or `allowed`.
    pub onward: String,
    /// When the owner destroys it.
    pub expires: Option<u64>,
    /// When it was taken back.
    pub taken_back_at: Option<u64>,
    /// When the owner destroyed it, by its signed word.
    pub receipt_at: Option<u64>,
    /// Why the owner refused it; none if it did not, as far as is known here.
    pub refused: Option<String>,
    /// For which units the owner asks, or asked.
    pub asked: Vec<OnwardView>,
}

/// What the owner of a case may do with what this unit contributes from now on.
#[derive(Debug, Serialize, ToSchema)]
pub struct TermsRequest {
    /// `H0` to `H3`.
    pub handling: String,
    /// `none`, `ask` or `allowed`.
    pub onward: String,
    /// In how many days the owner destroys it; none: never, or at `expires`.
    pub days: Option<u32>,
    /// The same as a time to come.
    pub expires: Option<u64>,
}

/// Something that one person asks for and a second one has to agree to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum DecisionRequest {
    /// A ground in place of a person's consent.
    Override {
        /// Fields of `consent`: person, purposes, recipients, recipient_units, classes_allowed, valid_to, override_ground,
        /// override_authority.
        fields: BTreeMap<String, serde_json::Value>,
    },
    /// The case is not deleted until that day.
    Hold {
        /// Why.
        reason: String,
        /// For how many days.
        days: u32,
    },
    /// A hold ends.
    Release {
        /// Which.
        hold: String,
    },
}

/// Something that two persons decide.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionView {
    /// Its id.
    pub id: String,
    /// `override`, `hold` or `release`.
    pub what: String,
    /// About whom, if it is about one person.
    pub person: Option<String>,
    /// Why, in the words of who asked.
    pub reason: String,
    /// Until when a hold stands.
    pub until: Option<u64>,
    /// Who asked.
    pub by: String,
    /// When.
    pub at: u64,
    /// Who agreed; none while it waits.
    pub second: Option<String>,
    /// When.
    pub second_at: Option<u64>,
}
