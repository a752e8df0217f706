//! Lines of lists, as the document describes them.
//! Never made: the service's own views are what is sent, and a test holds them against this.

use super::UnitRef;
use serde::Serialize;
use utoipa::ToSchema;

/// A case in one line.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseSummary {
    /// The case.
    pub id: String,
    /// Its number; of a received case without one a short form of its id.
    pub number: String,
    /// Neutral words.
    pub title: String,
    /// Code of the kind of case.
    pub kind: String,
    /// Code of the status.
    pub status: String,
    /// Code of the priority.
    pub priority: String,
    /// YYYY-MM-DD.
    pub opened_on: String,
    /// Whose it is.
    pub owner: UnitRef,
    /// The stages that its people are in now, R1 to R6.
    pub stages: Vec<String>,
    /// How many people are in it.
    pub people: u32,
    /// With how many units it is shared now.
    pub shared_with: u32,
    /// It came from another unit.
    pub received: bool,
    /// Contributions that wait for the owner's yes.
    pub pending: u32,
    /// The newest entry.
    pub updated: u64,
}

/// One find.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchHit {
    /// Where.
    pub case: CaseSummary,
    /// Whom; none if the case itself was found.
    pub person: Option<String>,
    /// The person's name, or the case's title.
    pub display: String,
    /// Why.
    pub why: MatchedBy,
}

/// Why a search found something. The order is the order of results.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    /// The case number.
    Number,
    /// A paper's number.
    Identifier,
    /// A phone number.
    Phone,
    /// The name as written, in any script.
    Name,
    /// The name as it sounds.
    Sound,
}

/// A part of a list of cases.
#[derive(Debug, Serialize, ToSchema)]
pub struct CasePage {
    /// What is on it.
    pub items: Vec<CaseSummary>,
    /// Which, from 1.
    pub page: u32,
    /// How many there are.
    pub pages: u32,
    /// How many items on all pages.
    pub total: u32,
}
