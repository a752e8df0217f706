//! A case, its people and its entries, as the document describes them.
//! Never made: the service's own views are what is sent, and a test holds them against this.

use super::{CaseSummary, CustodyView, DocumentView, EntityView, OnwardView, PersonLinkView, ShareView, UnitRef};
use serde::Serialize;
use utoipa::ToSchema;

/// Where a person stands in matching.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// No ground for it is entered.
    No,
    /// The blinding has not answered yet.
    Pending,
    /// Announced as entered now.
    Yes,
    /// There is a ground, but the case is closed or deleted.
    Withdrawn,
}

/// One person with what hangs on it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonView {
    /// The person.
    pub id: String,
    /// The name, or "V-1, F, 16" where there is none.
    pub display: String,
    /// The roles for people, like "Victim, witness".
    pub role_words: String,
    /// The person's own fields.
    pub entity: EntityView,
    /// Names.
    pub names: Vec<EntityView>,
    /// Phone numbers.
    pub phones: Vec<EntityView>,
    /// Identity papers.
    pub identifiers: Vec<EntityView>,
    /// Roles in this case.
    pub roles: Vec<EntityView>,
    /// The six steps.
    pub stages: [StageView; 6],
    /// Where the person stands in matching.
    pub matching: Matching,
    /// What of the person so many others carry that it counts nothing, in kind: "name and district".
    pub muted: Vec<String>,
    /// There is an alert about the person that is not closed.
    pub in_alert: bool,
    /// Persons in other cases who were found to be the same; only in cases that you may see.
    pub same: Vec<PersonLinkView>,
}

/// One entry of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepView {
    /// When, by its author's word.
    pub at: Option<u64>,
    /// By whom, if that may be known here.
    pub by: Option<String>,
    /// Whose.
    pub unit: UnitRef,
    /// Its number in that unit's chain.
    pub seq: u64,
    /// Whether it counts.
    pub admitted: bool,
    /// "Person: Sex": labels only.
    pub lines: Vec<String>,
    /// The entry.
    pub entry: String,
}

/// What the owner knows of another unit's entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContributionView {
    /// The entry, to admit it by.
    pub entry: String,
    /// Whose.
    pub from: UnitRef,
    /// When it came.
    pub at: u64,
    /// `pending` or `admitted`.
    pub state: String,
    /// "Note: Text: …", values included, while it is pending.
    pub changes: Vec<String>,
    /// What its author lets the owner do with it: `H0` to `H3`.
    pub handling: String,
    /// Whether it may be passed on: `none`, `ask` or `allowed`.
    pub onward: String,
    /// When it is destroyed here by itself.
    pub expires: Option<u64>,
    /// Why it was refused, as its author was told.
    pub refused: Option<String>,
    /// For which units its author was asked.
    pub asked: Vec<OnwardView>,
    /// Units that work on the case, do not have it, and for which its author can be asked.
    pub may_ask: Vec<UnitRef>,
}

/// How a received case came.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceivedView {
    /// The share.
    pub share: String,
    /// From whom.
    pub from: UnitRef,
    /// `active`, `recalled`, `expired` or `declined`.
    pub state: String,
    /// When it ends by itself.
    pub expires: u64,
    /// `H0` to `H3`; none once it has ended.
    pub handling: Option<String>,
    /// `read` or `contribute`; none once it has ended.
    pub rights: Option<String>,
    /// `none`, `ask` or `allowed`; none once it has ended.
    pub onward: Option<String>,
    /// The owner's word with it.
    pub note: String,
    /// When it ended; then nothing but our own notes is open.
    pub ended: Option<u64>,
}

/// What this person may do with the case now.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseRights {
    /// Write in it as its owner.
    pub edit: bool,
    /// Share it.
    pub share: bool,
    /// Close and reopen it.
    pub close: bool,
    /// Delete it and undo that.
    pub delete: bool,
    /// Admit contributions.
    pub admit: bool,
    /// Write contributions to its owner.
    pub contribute: bool,
    /// Say who works on it.
    pub team: bool,
    /// Offer it to another unit.
    pub hand_over: bool,
    /// Take such an offer back.
    pub withdraw: bool,
    /// Answer another unit's offer.
    pub answer: bool,
    /// Decide whose it is, if that is disputed.
    pub decide: bool,
}

/// Another case that somebody of this unit found to be about the same person or matter.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkView {
    /// The other case.
    pub case: String,
    /// Its number.
    pub number: String,
    /// Whose it is.
    pub owner: UnitRef,
    /// `person` or `matter`.
    pub why: String,
    /// Who linked them.
    pub by: String,
    /// When.
    pub at: u64,
}

/// A case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseView {
    /// In one line.
    pub summary: CaseSummary,
    /// The case's own fields.
    pub head: EntityView,
    /// Its people, in the order of entry.
    pub people: Vec<PersonView>,
    /// Legs of routes, by number.
    pub legs: Vec<EntityView>,
    /// Stage entries, by stage.
    pub stages: Vec<EntityView>,
    /// What was found where people come from.
    pub inquiries: Vec<EntityView>,
    /// Notes, in the order of entry.
    pub notes: Vec<EntityView>,
    /// What people agreed to, in the order of entry.
    pub consents: Vec<EntityView>,
    /// Documents, in the order of entry, restricted ones last.
    pub documents: Vec<DocumentView>,
    /// Entries in the order in which they count, pending ones last.
    pub timeline: Vec<StepView>,
    /// Shares given, newest first.
    pub shares: Vec<ShareView>,
    /// How it came, if it is another unit's.
    pub received: Option<ReceivedView>,
    /// Contributions of others, pending ones first.
    pub contributions: Vec<ContributionView>,
    /// Cases that are linked with it here.
    pub links: Vec<LinkView>,
    /// Who owned it from when to when, and what is being offered.
    pub custody: CustodyView,
    /// What this person may do.
    pub rights: CaseRights,
    /// What no share in force covers: labels of sections, kinds of values, people who are not named.
    pub not_shared: Vec<String>,
    /// The case is deleted, and until when that can be undone.
    pub deleted_until: Option<u64>,
}

/// A person with its case.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonPage {
    /// The case in one line.
    pub case: CaseSummary,
    /// The person.
    pub person: PersonView,
    /// What is said of the person in legs, stages and notes.
    pub legs: Vec<EntityView>,
    /// Stage entries.
    pub stages: Vec<EntityView>,
    /// Notes.
    pub notes: Vec<EntityView>,
    /// What the reader may do with the case.
    pub rights: CaseRights,
}

/// One of the six steps of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct StageView {
    /// R1 to R6.
    pub code: String,
    /// For people.
    pub label: String,
    /// Code of the state; `not_started` without an entry.
    pub state: String,
    /// The state for people.
    pub state_label: String,
    /// YYYY-MM-DD, if entered.
    pub entered_on: Option<String>,
    /// The outcome for people, if entered.
    pub outcome: Option<String>,
    /// The stage entry that says so.
    pub entity: Option<String>,
}
