//! The same person in two cases of one unit, as the document describes it.
//! Never made: the service's own views are what is sent, and a test holds them against this.

use super::{CaseSummary, MatchedBy, SearchHit, UnitRef};
use serde::Serialize;
use utoipa::ToSchema;

/// What is known of a person who is not entered yet. Text as typed; empty means not known.
#[derive(Debug, Default, Serialize, ToSchema)]
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
#[derive(Debug, Serialize, ToSchema)]
pub struct LineView {
    /// name, other_names, sex, birth, father, mother, guardian, spouse, nationality, state, district, village, phones, papers.
    pub fact: String,
    /// For people.
    pub label: String,
    /// On this side, empty if not known.
    pub ours: String,
    /// On the other side, empty if not known.
    pub theirs: String,
    /// agree, alike, differ, unknown.
    pub agreement: String,
}

/// Somebody in another case who may be the same person.
#[derive(Debug, Serialize, ToSchema)]
pub struct CandidateView {
    /// The other case.
    pub case: CaseSummary,
    /// The person in it.
    pub person: String,
    /// What that person is called.
    pub display: String,
    /// exact, probable, possible; none for who was found by a name, a phone or a paper alone.
    pub class: Option<String>,
    /// Why it was found, if by a search alone.
    pub why: Option<MatchedBy>,
    /// Labels of the lines that speak for one person.
    pub speaks_for: Vec<String>,
    /// Labels of the lines that speak against it.
    pub speaks_against: Vec<String>,
    /// Field by field.
    pub lines: Vec<LineView>,
}

/// Who was found for what was typed.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlikeFound {
    /// Side by side, surest first.
    pub candidates: Vec<CandidateView>,
    /// Further finds of the search.
    pub others: Vec<SearchHit>,
}

/// A pair about which somebody decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecidedView {
    /// The other case.
    pub case: CaseSummary,
    /// The person in it.
    pub person: String,
    /// What that person is called.
    pub display: String,
    /// The same person, or not.
    pub same: bool,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: u64,
    /// Why; may be empty.
    pub reason: String,
    /// Field by field.
    pub lines: Vec<LineView>,
}

/// A person of a case with those who may be the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct SameGroup {
    /// The person.
    pub person: String,
    /// What the person is called.
    pub display: String,
    /// Nobody has decided about these.
    pub candidates: Vec<CandidateView>,
    /// Somebody has about these.
    pub decided: Vec<DecidedView>,
}

/// The people of a case with those who may be the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct SameView {
    /// The case.
    pub case: CaseSummary,
    /// Its people, in the order of entry.
    pub groups: Vec<SameGroup>,
    /// Whether this account may decide.
    pub may_decide: bool,
}

/// What is decided.
#[derive(Debug, Serialize, ToSchema)]
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
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SameRequest {
    /// The person in this case.
    pub person: String,
    /// The other case.
    pub case: String,
    /// The person in it.
    pub other: String,
    /// What is decided.
    pub what: SameStep,
    /// Why, in a few words.
    #[serde(default)]
    pub reason: String,
}

/// A link from a person to the same person in another case.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonLinkView {
    /// The other case.
    pub case: String,
    /// Its number.
    pub number: String,
    /// Whose it is.
    pub owner: UnitRef,
    /// The person in it.
    pub person: String,
    /// What that person is called there.
    pub display: String,
    /// Who linked them.
    pub by: String,
    /// When.
    pub at: u64,
}

/// One side of a pair.
#[derive(Debug, Serialize, ToSchema)]
pub struct SideView {
    /// The case.
    pub case: CaseSummary,
    /// The person in it.
    pub person: String,
    /// What that person is called.
    pub display: String,
}

/// Two cases of this unit that may hold the same person, for the nodal officer.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotedView {
    /// One side.
    pub one: SideView,
    /// The other.
    pub other: SideView,
    /// exact, probable, possible.
    pub class: String,
    /// Since when.
    pub at: u64,
}
