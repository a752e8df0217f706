//! Cases that were opened lately, read and folded, so that opening one again reads and folds only what is new.
//! In memory only, and only what is committed; gone with the process, and at once when any key is destroyed.

use icmc_protocol::caselog::{CaseRow, Folding, Log, case_row, load_under};
use icmc_protocol::ids::{CaseId, ShareId, UnitId};
use icmc_protocol::machine::{View, ViewError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Most cases kept.
const CASES: usize = 256;
/// Most entries and changes of all cases kept together; some hundred bytes each.
const WEIGHT: usize = 200_000;

/// In which ways a change may have come to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ways {
    /// All: the case is ours.
    All,
    /// Under these shares; all zeros for what was written here.
    Under(BTreeSet<ShareId>),
}

impl Ways {
    fn contain(&self, way: ShareId) -> bool {
        match self {
            Self::All => true,
            Self::Under(ways) => ways.contains(&way),
        }
    }
}

/// A case as it was read.
#[derive(Debug, Clone)]
pub(super) struct Content {
    pub(super) log: Log,
    pub(super) folded: Folding,
    row: CaseRow,
    ways: Ways,
}

impl Content {
    fn read(view: &dyn View, case: CaseId, row: CaseRow, ways: Ways) -> Result<Option<Self>, ViewError> {
        Self::without(view, case, row, ways, &[])
    }

    /// Reads a case without what some units wrote in it: after a restore, until they have shown whether it may be seen.
    pub(super) fn without(
        view: &dyn View,
        case: CaseId,
        row: CaseRow,
        ways: Ways,
        locked: &[UnitId],
    ) -> Result<Option<Self>, ViewError> {
        let Some(mut log) = load_under(view, case, |way| ways.contain(way))? else { return Ok(None) };
        let theirs = log.chains.iter().filter(|(unit, _)| locked.contains(unit)).flat_map(|(_, chain)| chain);
        for commitment in theirs.flat_map(|entry| entry.entry.commitments.iter()) {
            log.changes.remove(commitment);
        }
        let folded = Folding::of(&log);
        Ok(Some(Self { log, folded, row, ways }))
    }

    /// Whether this is the case as the row has it, but for entries on top.
    fn is_below(&self, row: &CaseRow, ways: &Ways) -> bool {
        let same = |one: &CaseRow| (one.owner, one.handovers.clone(), one.disputed, one.frozen_for.clone(), one.moved);
        let on_top = |(unit, (seq, hash)): (_, &(u64, _))| {
            row.heads.get(unit).is_some_and(|(there, other)| seq < there || (seq == there && hash == other))
        };
        same(&self.row) == same(row) && self.ways == *ways && self.row.heads.iter().all(on_top)
    }

    fn go_on(&mut self, view: &dyn View, row: CaseRow) -> Result<(), ViewError> {
        let ways = &self.ways;
        self.log.read_on(view, |way| ways.contain(way))?;
        self.folded.go_on(&self.log);
        self.row = row;
        Ok(())
    }

    fn weight(&self) -> usize {
        self.log.changes.len() + self.log.chains.values().map(Vec::len).sum::<usize>()
    }
}

#[derive(Debug, Default)]
struct Kept {
    /// With the number of their last use.
    cases: BTreeMap<CaseId, (u64, Arc<Content>)>,
    uses: u64,
}

/// What is kept.
#[derive(Debug, Default)]
pub(super) struct Folds(Mutex<Kept>);

impl Folds {
    /// A case as `view` has it; none if it is not there. `committed` is the store without the steps in progress: what is not
    /// yet in it is read, and not kept, since it may still be refused.
    pub(super) fn content(
        &self,
        view: &dyn View,
        committed: Option<&dyn View>,
        case: CaseId,
        ways: Ways,
    ) -> Result<Option<Arc<Content>>, ViewError> {
        let Some(row) = case_row(view, case)? else { return Ok(None) };
        let keep = match committed {
            Some(committed) => case_row(committed, case)?.as_ref() == Some(&row),
            None => false,
        };
        let content = match self.take(case).filter(|content| content.is_below(&row, &ways)) {
            Some(content) if content.row == row => {
                self.put(case, Arc::clone(&content));
                return Ok(Some(content));
            }
            Some(mut content) => {
                if !keep {
                    self.put(case, Arc::clone(&content));
                }
                Arc::make_mut(&mut content).go_on(view, row)?;
                content
            }
            None => match Content::read(view, case, row, ways)? {
                Some(content) => Arc::new(content),
                None => return Ok(None),
            },
        };
        if keep {
            self.put(case, Arc::clone(&content));
        }
        Ok(Some(content))
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        self.lock().cases.clear();
    }

    fn take(&self, case: CaseId) -> Option<Arc<Content>> {
        self.lock().cases.remove(&case).map(|(_, content)| content)
    }

    fn put(&self, case: CaseId, content: Arc<Content>) {
        let mut kept = self.lock();
        kept.uses += 1;
        let uses = kept.uses;
        kept.cases.insert(case, (uses, content));
        let mut weight: usize = kept.cases.values().map(|(_, content)| content.weight()).sum();
        while kept.cases.len() > CASES || weight > WEIGHT {
            let Some(oldest) = kept.cases.iter().min_by_key(|(_, (used, _))| *used).map(|(case, _)| *case) else { return };
            if let Some((_, content)) = kept.cases.remove(&oldest) {
                weight -= content.weight();
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
