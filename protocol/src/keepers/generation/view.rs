//! Generations as people see them.
//! Changes nothing.

use super::rows::{RUN, Run, State};
use crate::federation::charter::KeyTerms;
use crate::federation::own;
use crate::ids::{GenerationId, UnitId};
use crate::machine::{Table, View, ViewError, read_row};
use crate::time::Timestamp;

/// Most that are kept.
const ALL: usize = 512;

/// One generation, for a person to judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunSummary {
    /// Names it when a person says yes or no.
    pub id: GenerationId,
    /// What is wanted.
    pub terms: KeyTerms,
    /// When this unit heard of it.
    pub seen: Timestamp,
    /// How far it is.
    pub state: State,
    /// It waits for a person here to say yes.
    pub asks_here: bool,
    /// Keepers where a person said yes, as far as is known here.
    pub yes: Vec<UnitId>,
}

/// All generations that this unit has a part in, the newest first; those long over are forgotten.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn runs(view: &dyn View) -> Result<Vec<RunSummary>, ViewError> {
    let Some(own) = own::find(view)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (id, run) in all(view)? {
        let terms = run.terms()?;
        let asks_here = run.state == State::Running && !run.yes && terms.index(own.unit).is_some();
        let yes = run.hashes.keys().copied().collect();
        found.push(RunSummary { id, asks_here, yes, seen: run.seen, state: run.state, terms });
    }
    found.sort_by_key(|run| core::cmp::Reverse((run.seen, run.id)));
    Ok(found)
}

pub(super) fn all(view: &dyn View) -> Result<Vec<(GenerationId, Run)>, ViewError> {
    let mut found = Vec::new();
    for (key, bytes) in view.scan(Table::KEEPING, RUN, None, ALL)? {
        if let Some(id) = GenerationId::from_slice(&key[RUN.len()..]) {
            found.push((id, read_row::<Run>(&bytes)?));
        }
    }
    Ok(found)
}

pub(super) fn running(view: &dyn View) -> Result<Vec<(GenerationId, Run)>, ViewError> {
    Ok(all(view)?.into_iter().filter(|(_, run)| run.state == State::Running).collect())
}
