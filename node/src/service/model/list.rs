//! Lines of lists: cases and what a search found.
//! Not a case itself.

use super::{UnitRef, quiet};
use crate::search::MatchedBy;
use icmc_protocol::ids::{CaseId, EntityId};
use icmc_protocol::time::Timestamp;
use serde::Serialize;

/// A case in one line.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct CaseSummary {
    /// The case.
    pub id: CaseId,
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
    pub updated: Timestamp,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Which, from 1.
    pub page: u32,
    /// How many there are.
    pub pages: u32,
    /// How many items on all pages.
    pub total: u32,
}

impl<T> Page<T> {
    /// One page of `total` items, `per_page` on each.
    #[must_use]
    pub fn new(items: Vec<T>, page: u32, per_page: u32, total: usize) -> Self {
        let total = u32::try_from(total).unwrap_or(u32::MAX);
        Self { items, page, pages: total.div_ceil(per_page.max(1)).max(1), total }
    }
}

/// One find.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SearchHit {
    /// Where.
    pub case: CaseSummary,
    /// Whom; none if the case itself was found.
    pub person: Option<EntityId>,
    /// The person's name, or the case's title.
    pub display: String,
    /// Why.
    pub why: MatchedBy,
}

quiet!(CaseSummary, SearchHit);
