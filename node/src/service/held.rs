//! A case as this unit may see it now: all of an own one; of a received one what shares in force hold, and what was written here.
//! Not who of this unit may see it: that is `access`.

use super::folds::{Content, Folds, Ways};
use icmc_protocol::caselog::{Log, case_row};
use icmc_protocol::dictionary::Value;
use icmc_protocol::federation::{own, restored};
use icmc_protocol::ids::{CaseId, EntryHash, ShareId, UnitId};
use icmc_protocol::machine::{View, ViewError};
use icmc_protocol::sharing::{InState, ShareIn, incoming_of};
use icmc_protocol::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A case that is open here.
#[derive(Debug)]
pub(super) struct Held {
    content: Arc<Content>,
    /// This unit.
    pub(super) unit: UnitId,
    /// It is ours.
    pub(super) own: bool,
    /// Shares of it that were accepted here, in force ones first.
    pub(super) accepted: Vec<(ShareId, ShareIn)>,
    /// How many of them are in force.
    pub(super) in_force: usize,
}

impl core::ops::Deref for Held {
    type Target = Content;
    fn deref(&self) -> &Content {
        &self.content
    }
}

impl Held {
    /// The shares in force.
    pub(super) fn active(&self) -> &[(ShareId, ShareIn)] {
        &self.accepted[..self.in_force]
    }

    /// The case's own entity, whether the case is deleted or not.
    pub(super) fn is_deleted(&self) -> bool {
        let mut heads = self.folded.entities.iter().filter(|((kind, _), _)| &**kind == "case").peekable();
        heads.peek().is_some() && heads.all(|(_, head)| head.removed)
    }
}

/// Reads a case; none if it is not here, or was never accepted.
pub(super) fn held(view: &dyn View, case: CaseId, now: Timestamp) -> Result<Option<Held>, ViewError> {
    held_with(&Folds::default(), None, view, case, now)
}

/// As [`held`], with what is kept of it in memory.
pub(super) fn held_with(
    folds: &Folds,
    committed: Option<&dyn View>,
    view: &dyn View,
    case: CaseId,
    now: Timestamp,
) -> Result<Option<Held>, ViewError> {
    let Some(row) = case_row(view, case)? else { return Ok(None) };
    let unit = own::load(view)?.unit;
    let own = row.owner == unit;
    let mut accepted = if own { Vec::new() } else { incoming_of(view, case)? };
    accepted.retain(|(_, share)| share.history.iter().any(|(state, _)| *state == InState::Active));
    // What this unit wrote and was given while it owned the case stays open here.
    let was_own = row.handovers.iter().any(|one| one.from == unit);
    if !own && !was_own && accepted.is_empty() {
        return Ok(None);
    }
    let is_active = |share: &ShareIn| share.state == InState::Active && now < share.expires;
    accepted.sort_by_key(|(id, share)| (!is_active(share), core::cmp::Reverse(share.history.last().map(|(_, at)| *at)), *id));
    let in_force = accepted.iter().filter(|(_, share)| is_active(share)).count();
    let under = || accepted[..in_force].iter().map(|(id, _)| *id).chain([WRITTEN_HERE]).collect();
    let ways = if own { Ways::All } else { Ways::Under(under()) };
    // After a restore what came from a unit is locked until it has shown whether it may still be seen.
    let locked = restored::locked(view)?;
    let content = if locked.is_empty() {
        folds.content(view, committed, case, ways)?
    } else {
        Content::without(view, case, row, ways, &locked)?.map(Arc::new)
    };
    let Some(content) = content else { return Ok(None) };
    Ok(Some(Held { content, unit, own, accepted, in_force }))
}

/// Stands in a key for "under no share".
const WRITTEN_HERE: ShareId = ShareId([0; ShareId::LEN]);

/// What entries do to the log itself, in words: opening a case, admitting a contribution.
pub(super) fn steering(log: &Log) -> BTreeMap<EntryHash, Vec<String>> {
    let mut found: BTreeMap<EntryHash, Vec<String>> = BTreeMap::new();
    for entry in log.chains.values().flatten() {
        for (_, change) in log.changes_of(entry).filter(|(_, change)| &*change.kind == icmc_protocol::caselog::KIND_LOG) {
            let line = match (&*change.field, &change.value) {
                ("opening", _) => "Case opened",
                ("admit", Value::Bytes(_)) => "Contribution admitted",
                ("transfer", _) => "Case handed over",
                ("takeover", _) => "Case taken over",
                _ => continue,
            };
            found.entry(entry.hash).or_default().push(line.to_owned());
        }
    }
    found
}
