//! Finding cases and people inside one unit: an index in memory, built from sealed summary rows at start and moved after commits.
//! Not for finding people at other units: that is matching. Whether a person may see a find is asked of the caller.

mod alike;
mod index;
mod query;
mod row;
mod score;
mod terms;

#[cfg(test)]
mod alike_tests;
#[cfg(test)]
mod tests;

pub use alike::{CANDIDATES_MAX, Like, Place};
pub use index::Index;
pub use query::Query;
pub use row::{PersonRow, SummaryRow};
pub use score::{Judged, candidate_score};
pub use terms::{names, paper, phone};

use serde::Serialize;
use std::sync::Arc;

/// Most finds of one search.
pub const FINDS_MAX: usize = 50;

/// Why a search found something. The order is the order of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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

/// One find.
#[derive(Debug, Clone)]
pub struct Find {
    /// The case.
    pub row: Arc<SummaryRow>,
    /// The person; none if the case itself was found.
    pub person: Option<PersonRow>,
    /// Why.
    pub why: MatchedBy,
}
