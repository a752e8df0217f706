//! What is kept of a contribution: at the owner of the case, and at its author.
//! Not how it comes there: that is `contribute`.

use super::share::{Handling, Onward, Receipt};
use crate::crypto::Signed;
use crate::ids::{CaseId, EntityId, EntryHash, ShareId, UnitId};
use crate::machine::{Record, Table};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What the owner knows of another unit's entry in its case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ContributionRow {
    /// The author.
    pub from: UnitId,
    /// Under which share.
    pub share: ShareId,
    /// What the owner may do with it.
    pub handling: Handling,
    /// Whether the owner may pass it on.
    pub onward: Onward,
    /// When its time is over: then it is destroyed.
    pub expires: Option<Timestamp>,
    /// When it came.
    pub at: Timestamp,
    /// Where it stands.
    pub state: ContributionState,
    /// Entities of which it alone may have said whom they concern, once it is destroyed: what others wrote in them stays here until
    /// the owner says it anew.
    pub unmoored: BTreeSet<EntityId>,
    /// Units to which a person of its author let it pass, each asked for by itself.
    pub granted: BTreeSet<UnitId>,
}

impl ContributionRow {
    /// One of which nothing but its author is known.
    pub(super) fn new(from: UnitId, share: ShareId, at: Timestamp) -> Self {
        let ContributionTerms { handling, onward, expires } = ContributionTerms::USUAL;
        let (unmoored, granted) = (BTreeSet::new(), BTreeSet::new());
        Self { from, share, handling, onward, expires, at, state: ContributionState::Pending, unmoored, granted }
    }

    /// Whether its author lets it pass to this unit.
    #[must_use]
    pub fn passes_to(&self, to: UnitId) -> bool {
        self.onward == Onward::Allowed || self.granted.contains(&to)
    }

    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.state == ContributionState::TakenBack || self.expires.is_some_and(|expires| now >= expires)
    }
}

/// Where a contribution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContributionState {
    /// Waits for a person of the owner.
    Pending,
    /// Counts.
    Admitted,
    /// Taken back by its author, or past its time: its key is destroyed.
    TakenBack,
    /// A person of the owner does not let it count. It can still be admitted.
    Refused,
}

/// What the owner of a case may do with a contribution of this unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContributionTerms {
    /// What the owner may do with it.
    pub handling: Handling,
    /// Whether the owner may pass it on.
    pub onward: Onward,
    /// When its time is over.
    pub expires: Option<Timestamp>,
}

impl ContributionTerms {
    /// What holds if nobody said anything else.
    pub const USUAL: Self = Self { handling: Handling::H2, onward: Onward::Ask, expires: None };
}

/// A contribution of this unit to another's case: what it was given for and what became of it. Or, under the case alone, the terms
/// of those that come next.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Contributed {
    /// What the owner may do with it.
    pub terms: ContributionTerms,
    /// Under which share it went first.
    pub share: Option<ShareId>,
    /// When a person here took it back.
    pub taken_back: Option<Timestamp>,
    /// The owner's statement that it is destroyed.
    pub receipt: Option<Signed<Receipt>>,
}

impl Record for Contributed {
    const TABLE: Table = Table::CONTRIBUTED;
}

impl Record for ContributionRow {
    const TABLE: Table = Table::CONTRIBUTIONS;
}

pub(super) fn key(case: CaseId, entry: EntryHash) -> Vec<u8> {
    [case.as_bytes().as_slice(), entry.as_bytes()].concat()
}
