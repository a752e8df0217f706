//! What lists and searches need of a case, one row a case, sealed under the key that the case came with.
//! Made by `service::summary` from a fold; nothing here is searchable on disk.

use crate::casework::Known;
use crate::store::tables;
use icmc_protocol::ids::{CaseId, EntityId, UnitId};
use icmc_protocol::machine::{Record, Table};
use icmc_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Key: CaseId.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryRow {
    /// The case.
    pub case: CaseId,
    /// Its owner.
    pub owner: UnitId,
    /// It came from another unit.
    pub received: bool,
    /// Its number, empty if that is not open here.
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
    /// The stages that its people are in now.
    pub stages: Vec<String>,
    /// The roles that its people have.
    pub roles: Vec<String>,
    /// Contributions that wait for the owner's yes.
    pub pending: u32,
    /// The newest entry.
    pub updated: Timestamp,
    /// Its people.
    pub people: Vec<PersonRow>,
}

/// One person of a case.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// The person.
    pub person: EntityId,
    /// What the person is called on a page.
    pub display: String,
    /// All names as normalised words, each once.
    pub words: Vec<String>,
    /// Names in scripts that have no words here, in lower case.
    pub native: Vec<String>,
    /// The last nine digits of each phone.
    pub phones: Vec<String>,
    /// Numbers of papers, letters and digits only.
    pub papers: Vec<String>,
    /// Year of birth, stated or from an age.
    pub year: Option<i32>,
    /// Who the person is, as entered; empty if that is not open here.
    pub known: Known,
}

impl Record for SummaryRow {
    const TABLE: Table = tables::SUMMARIES;
}

impl core::fmt::Debug for SummaryRow {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SummaryRow({}…)", self.case.short())
    }
}

impl core::fmt::Debug for PersonRow {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PersonRow")
    }
}
