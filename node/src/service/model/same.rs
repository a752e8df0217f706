//! The same person in two cases of this node: who may be, side by side, and what somebody decided.
//! Values of both cases: made only for who may see both.

use super::{CaseSummary, SearchHit, UnitRef, quiet};
use crate::search::MatchedBy;
use icmc_protocol::ids::{CaseId, EntityId};
use icmc_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What is known of a person who is not entered yet. Text as typed; empty means not known.
#[derive(Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlikeQuery {
    /// The name, in any script.
    pub name: String,
    /// An age, a year or a date of birth.
    pub age: String,
    /// Code of the sex.
    pub sex: String,
    /// Father, mother, husband or other guardian.
    pub guardian: String,
    /// Village or town.
    pub village: String,
    /// District, under its present or an older name.
    pub district: String,
    /// Telephone.
    pub phone: String,
    /// Number of an identity paper.
    pub paper: String,
}

/// One line of a comparison.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct LineView {
    /// name, other_names, sex, birth, father, mother, guardian, spouse, nationality, state, district, village, phones, papers.
    pub fact: &'static str,
    /// For people.
    pub label: &'static str,
    /// On this side, empty if not known.
    pub ours: String,
    /// On the other side, empty if not known.
    pub theirs: String,
    /// agree, alike, differ, unknown.
    pub agreement: &'static str,
}

/// Somebody in another case who may be the same person.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct CandidateView {
    /// The other case.
    pub case: CaseSummary,
    /// The person in it.
    pub person: EntityId,
    /// What that person is called.
    pub display: String,
    /// exact, probable, possible; none for who was found by a name, a phone or a paper alone.
    pub class: Option<&'static str>,
    /// Why it was found, if by a search alone.
    pub why: Option<MatchedBy>,
    /// Labels of the lines that speak for one person.
    pub speaks_for: Vec<&'static str>,
    /// Labels of the lines that speak against it.
    pub speaks_against: Vec<&'static str>,
    /// Field by field.
    pub lines: Vec<LineView>,
}

/// Who was found for what was typed.
#[derive(Clone, PartialEq, Eq, Default, Serialize)]
pub struct AlikeFound {
    /// Side by side, surest first.
    pub candidates: Vec<CandidateView>,
    /// Further finds of the search.
    pub others: Vec<SearchHit>,
}

/// A pair about which somebody decided.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct DecidedView {
    /// The other case.
    pub case: CaseSummary,
    /// The person in it.
    pub person: EntityId,
    /// What that person is called.
    pub display: String,
    /// The same person, or not.
    pub same: bool,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why; may be empty.
    pub reason: String,
    /// Field by field.
    pub lines: Vec<LineView>,
}

/// A person of a case with those who may be the same.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SameGroup {
    /// The person.
    pub person: EntityId,
    /// What the person is called.
    pub display: String,
    /// Nobody has decided about these.
    pub candidates: Vec<CandidateView>,
    /// Somebody has about these.
    pub decided: Vec<DecidedView>,
}

impl SameGroup {
    /// Everybody in other cases whom this shows.
    pub(in crate::service) fn others(&self) -> impl Iterator<Item = (CaseId, EntityId)> + '_ {
        let decided = self.decided.iter().map(|one| (one.case.id, one.person));
        self.candidates.iter().map(|one| (one.case.id, one.person)).chain(decided)
    }
}

/// The people of a case with those who may be the same.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SameView {
    /// The case.
    pub case: CaseSummary,
    /// Its people, in the order of entry.
    pub groups: Vec<SameGroup>,
    /// Whether this account may decide.
    pub may_decide: bool,
}

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SameStep {
    /// The same person: linked.
    Same,
    /// Not the same: not proposed again.
    NotSame,
    /// Neither after all.
    Undo,
}

/// A decision about a person of a case and one of another.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SameRequest {
    /// The person in this case.
    pub person: EntityId,
    /// The other case.
    pub case: CaseId,
    /// The person in it.
    pub other: EntityId,
    /// What is decided.
    pub what: SameStep,
    /// Why, in a few words.
    #[serde(default)]
    pub reason: String,
}

/// A link from a person to the same person in another case.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PersonLinkView {
    /// The other case.
    pub case: CaseId,
    /// Its number.
    pub number: String,
    /// Whose it is.
    pub owner: UnitRef,
    /// The person in it.
    pub person: EntityId,
    /// What that person is called there.
    pub display: String,
    /// Who linked them.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// One side of a pair.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SideView {
    /// The case.
    pub case: CaseSummary,
    /// The person in it.
    pub person: EntityId,
    /// What that person is called.
    pub display: String,
}

/// Two cases of this unit that may hold the same person, for the nodal officer.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct NotedView {
    /// One side.
    pub one: SideView,
    /// The other.
    pub other: SideView,
    /// exact, probable, possible.
    pub class: &'static str,
    /// Since when.
    pub at: Timestamp,
}

quiet!(
    AlikeQuery,
    LineView,
    CandidateView,
    AlikeFound,
    DecidedView,
    SameGroup,
    SameView,
    SameRequest,
    PersonLinkView,
    SideView,
    NotedView
);
