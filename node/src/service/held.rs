//! A case as this unit may see it now: all of an own one; of a received one what shares in force hold, and what was written here.
//! Not who of this unit may see it: that is `access`.

use icmc_protocol::caselog::{FoldedCase, Log, case_row, fold, load};
use icmc_protocol::dictionary::Value;
use icmc_protocol::federation::{own, restored};
use icmc_protocol::ids::{CaseId, Commitment, EntryHash, ShareId, UnitId};
use icmc_protocol::machine::{Table, View, ViewError};
use icmc_protocol::sharing::{InState, ShareIn, incoming_of};
use icmc_protocol::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Keys read at a time.
const PAGE: usize = 512;
/// Bytes of a change's key before the way that it came.
const BEFORE_WAY: usize = CaseId::LEN + Commitment::LEN;

/// A case that is open here.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) log: Log,
    pub(super) folded: FoldedCase,
    /// This unit.
    pub(super) unit: UnitId,
    /// It is ours.
    pub(super) own: bool,
    /// Shares of it that were accepted here, in force ones first.
    pub(super) accepted: Vec<(ShareId, ShareIn)>,
    /// How many of them are in force.
    pub(super) in_force: usize,
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
    let Some(mut log) = load(view, case)? else { return Ok(None) };
    if !own {
        let ways: BTreeSet<ShareId> = accepted[..in_force].iter().map(|(id, _)| *id).chain([WRITTEN_HERE]).collect();
        let open = came(view, case, &ways)?;
        log.changes.retain(|commitment, _| open.contains(commitment));
    }
    // After a restore what came from a unit is locked until it has shown whether it may still be seen.
    for locked in restored::locked(view)? {
        let chain = log.chains.get(&locked).into_iter().flatten();
        let theirs: Vec<Commitment> = chain.flat_map(|entry| entry.entry.commitments.to_vec()).collect();
        theirs.iter().for_each(|commitment| {
            log.changes.remove(commitment);
        });
    }
    let folded = fold(&log);
    Ok(Some(Held { log, folded, unit, own, accepted, in_force }))
}

/// Stands in a key for "under no share".
const WRITTEN_HERE: ShareId = ShareId([0; ShareId::LEN]);

/// The changes that came in one of these ways.
fn came(view: &dyn View, case: CaseId, ways: &BTreeSet<ShareId>) -> Result<BTreeSet<Commitment>, ViewError> {
    let mut open = BTreeSet::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = view.scan(Table::CHANGES, case.as_bytes(), after.as_deref(), PAGE)?;
        for (key, _) in &page {
            let way = key.get(BEFORE_WAY..).and_then(ShareId::from_slice);
            if way.is_some_and(|way| ways.contains(&way)) {
                open.extend(key.get(CaseId::LEN..BEFORE_WAY).and_then(Commitment::from_slice));
            }
        }
        match page.into_iter().last() {
            Some((key, _)) => after = Some(key),
            None => return Ok(open),
        }
    }
}

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
