//! The life of shares and contributions as pages show it: who has what and why, what ends soon, what two persons decide.
//! The shares themselves are in `share`.

use super::{Fields, ShareView, UnitRef, quiet};
use crate::access::Role;
use icmc_protocol::ids::{CaseId, EntityId, EntryHash, ShareId, UnitId};
use icmc_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A later revision of a share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevisionView {
    /// Its number; the share itself is 0.
    pub number: u64,
    /// When it was signed.
    pub at: Timestamp,
    /// Whether it takes something away.
    pub lowers: bool,
    /// Whether the other node refused it.
    pub refused: bool,
    /// When the other node destroyed what was taken away, by its signed word.
    pub answered_at: Option<Timestamp>,
}

/// One unit that has something of a case.
#[derive(Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountSees {
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// `entered`, `team`, or `role`, which reaches every case.
    pub why: &'static str,
}

/// A unit that owned the case and keeps its whole copy, as it stood when it handed the case over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeepsView {
    /// The unit.
    pub unit: UnitRef,
    /// When it handed the case over, by its own word; none if that is not known here.
    pub until: Option<Timestamp>,
}

/// A unit that was asked to check something, and was told a little for it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct AskedView {
    /// The request.
    pub id: ShareId,
    /// Who was asked.
    pub to: UnitRef,
    /// As in the list of requests.
    pub state: &'static str,
    /// About whom.
    pub person: EntityId,
    /// Her name in the case.
    pub display: String,
    /// What went: name, address, district, question.
    pub told: Vec<&'static str>,
    /// Whether it is still there, as far as is known here.
    pub held: bool,
    /// When it is destroyed there by itself.
    pub expires: Timestamp,
    /// When the other unit destroyed it, by its signed word.
    pub receipt_at: Option<Timestamp>,
}

/// Who can see a case, and why.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct WhoSees {
    /// The case.
    pub case: CaseId,
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
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct OnwardView {
    /// To whom.
    pub to: UnitRef,
    /// When it was asked.
    pub at: Timestamp,
    /// Why.
    pub why: String,
    /// The answer.
    pub yes: Option<bool>,
    /// The words with it.
    pub words: String,
}

/// On what terms this unit contributes to a case of another from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TermsView {
    /// `H0` to `H3`.
    pub handling: &'static str,
    /// `none`, `ask` or `allowed`.
    pub onward: &'static str,
    /// When the owner destroys it.
    pub expires: Option<Timestamp>,
}

/// What this unit wrote in a case of another.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ContributedView {
    /// The entry, to take it back by.
    pub entry: EntryHash,
    /// `H0` to `H3`.
    pub handling: &'static str,
    /// `none`, `ask` or `allowed`.
    pub onward: &'static str,
    /// When the owner destroys it.
    pub expires: Option<Timestamp>,
    /// When it was taken back.
    pub taken_back_at: Option<Timestamp>,
    /// When the owner destroyed it, by its signed word.
    pub receipt_at: Option<Timestamp>,
    /// Why the owner refused it; none if it did not, as far as is known here.
    pub refused: Option<String>,
    /// For which units the owner asks, or asked.
    pub asked: Vec<OnwardView>,
}

/// The answer to the question whether a contribution may be passed to one unit.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassingAnswer {
    /// The contribution.
    pub entry: EntryHash,
    /// To whom.
    pub to: UnitId,
    /// Whether it may.
    pub yes: bool,
    /// A word with it.
    #[serde(default)]
    pub text: String,
}

/// What the owner of a case may do with what this unit contributes from now on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TermsRequest {
    /// `H0` to `H3`.
    pub handling: String,
    /// `none`, `ask` or `allowed`.
    pub onward: String,
    /// In how many days the owner destroys it; none: never, or at `expires`.
    pub days: Option<u32>,
    /// The same as a time to come.
    pub expires: Option<Timestamp>,
}

/// Something that one person asks for and a second one has to agree to.
#[derive(Clone, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum DecisionRequest {
    /// A ground in place of a person's consent.
    Override {
        /// Fields of `consent`: person, purposes, recipients, recipient_units, classes_allowed, valid_to, override_ground,
        /// override_authority.
        fields: Fields,
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
        hold: EntityId,
    },
}

/// Something that two persons decide.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct DecisionView {
    /// Its id.
    pub id: EntityId,
    /// `override`, `hold` or `release`.
    pub what: &'static str,
    /// About whom, if it is about one person.
    pub person: Option<EntityId>,
    /// Why, in the words of who asked.
    pub reason: String,
    /// Until when a hold stands.
    pub until: Option<Timestamp>,
    /// Who asked.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Who agreed; none while it waits.
    pub second: Option<String>,
    /// When.
    pub second_at: Option<Timestamp>,
}

quiet!(AskedView, OnwardView, PassingAnswer, SeesView, WhoSees, ContributedView, DecisionRequest, DecisionView);
