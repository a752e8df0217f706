//! After a case has changed: its files are compared with the rows; what is new is wanted, what has lost its key is to be removed.
//! Fetching and removing are the node's; nothing is fetched before a person has accepted the share.

use super::file::File;
use super::rows::{DocumentKey, DocumentRow, Holding, WorkRow, discard_key, fetch_key};
use super::{FIELD_FILE, KINDS};
use crate::caselog::{ChangeRow, load};
use crate::crypto::{Hasher, labels};
use crate::federation::own;
use crate::ids::{CaseId, ChunkHash, Commitment, PlaceId, ShareId, UnitId};
use crate::machine::{Scope, Table, Txn, View, ViewError, read_row};
use crate::sharing::{Ended, InState, contributions, incoming_of, outgoing_of};
use std::collections::{BTreeMap, BTreeSet};

/// Rows read at a time.
const PAGE: usize = 512;

type Source = Option<(UnitId, ShareId)>;

/// Brings the rows of a case up to date.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn follow(txn: &mut Txn<'_>, case: CaseId) -> Result<(), ViewError> {
    let files = files(txn, case)?;
    let known = rows(txn, case)?;
    if files.is_empty() && known.is_empty() {
        return Ok(());
    }
    let shares: BTreeMap<ShareId, (UnitId, InState)> =
        incoming_of(txn, case)?.into_iter().map(|(id, row)| (id, (row.from, row.state))).collect();
    let lives = |key: &DocumentKey| match key.way {
        Some(share) => shares.get(&share).is_some_and(|(_, state)| !matches!(state, InState::Ended(_))),
        None => true,
    };
    let mut now: BTreeMap<DocumentKey, DocumentRow> = BTreeMap::new();
    let authors =
        if files.keys().any(|key| key.way.is_none() && !known.contains_key(key)) { authors(txn, case)? } else { BTreeMap::new() };
    for (key, manifest) in files.into_iter().filter(|(key, _)| lives(key)) {
        let row = match known.get(&key) {
            Some(row) => row.clone(),
            None => new_row(txn, &key, manifest, &authors, &shares)?,
        };
        now.insert(key, row);
    }
    for (key, row) in &now {
        if known.get(key) != Some(row) {
            txn.put(&key.bytes(), Scope::Master, row);
            txn.delete(Table::DOCUMENT_WORK, &discard_key(row.place));
        }
        let accepted = key.way.is_none_or(|share| shares.get(&share).is_some_and(|(_, state)| *state == InState::Active));
        if let Some((unit, _)) = row.from.filter(|_| accepted && row.holding == Holding::Wanted) {
            txn.put(&fetch_key(unit, key), Scope::Master, &WorkRow { due: true });
        }
    }
    let used: BTreeSet<PlaceId> = now.values().map(|row| row.place).collect();
    for (key, row) in known.iter().filter(|(key, _)| !now.contains_key(key)) {
        txn.delete(Table::DOCUMENTS, &key.bytes());
        if let Some((unit, _)) = row.from {
            txn.delete(Table::DOCUMENT_WORK, &fetch_key(unit, key));
        }
        if !used.contains(&row.place) {
            txn.put(&discard_key(row.place), Scope::Master, &WorkRow { due: true });
        }
    }
    Ok(())
}

fn new_row(
    txn: &Txn<'_>,
    key: &DocumentKey,
    manifest: ChunkHash,
    authors: &BTreeMap<Commitment, (UnitId, Source)>,
    shares: &BTreeMap<ShareId, (UnitId, InState)>,
) -> Result<DocumentRow, ViewError> {
    let from = match key.way {
        Some(share) => shares.get(&share).map(|(unit, _)| (*unit, share)),
        None => authors.get(&key.change).and_then(|(_, source)| *source),
    };
    let server = match from {
        Some((unit, _)) => unit,
        None => own::load(txn)?.unit,
    };
    // Bound to whoever serves it, and to the case: what one unit sends or ends never touches what another one sent.
    let place = Hasher::new(labels::CHUNK_PLACE).part(server.as_bytes()).part(key.case.as_bytes()).part(manifest.as_bytes());
    let place = PlaceId(place.finish());
    let held = rows(txn, key.case)?.values().any(|row| row.place == place && row.holding == Holding::Held);
    Ok(DocumentRow { place, from, holding: if held { Holding::Held } else { Holding::Wanted } })
}

/// Every file of the case that is open here, by change and way.
fn files(view: &dyn View, case: CaseId) -> Result<BTreeMap<DocumentKey, ChunkHash>, ViewError> {
    let mut found = BTreeMap::new();
    each(view, Table::CHANGES, case, |key, bytes| {
        let change = read_row::<ChangeRow>(bytes)?.change;
        if KINDS.contains(&&*change.kind)
            && &*change.field == FIELD_FILE
            && let (Some(key), Some(file)) = (DocumentKey::from_bytes(key), File::of_value(&change.value))
        {
            found.insert(key, file.manifest);
        }
        Ok(())
    })?;
    Ok(found)
}

/// The rows of a case.
pub(super) fn rows(view: &dyn View, case: CaseId) -> Result<BTreeMap<DocumentKey, DocumentRow>, ViewError> {
    let mut found = BTreeMap::new();
    each(view, Table::DOCUMENTS, case, |key, bytes| {
        if let Some(key) = DocumentKey::from_bytes(key) {
            found.insert(key, read_row(bytes)?);
        }
        Ok(())
    })?;
    Ok(found)
}

fn each(
    view: &dyn View,
    table: Table,
    case: CaseId,
    mut take: impl FnMut(&[u8], &[u8]) -> Result<(), ViewError>,
) -> Result<(), ViewError> {
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = view.scan(table, case.as_bytes(), after.as_deref(), PAGE)?;
        for (key, bytes) in &page {
            take(key, bytes)?;
        }
        match page.into_iter().last() {
            Some((key, _)) => after = Some(key),
            None => return Ok(()),
        }
    }
}

/// Who wrote each change of the case, and who serves what others wrote: they themselves what they contributed here, and the former
/// owner what came with the case from it.
fn authors(view: &dyn View, case: CaseId) -> Result<BTreeMap<Commitment, (UnitId, Source)>, ViewError> {
    let Some(log) = load(view, case)? else { return Ok(BTreeMap::new()) };
    let own = own::load(view)?.unit;
    let given: BTreeSet<ShareId> = outgoing_of(view, case)?.into_iter().map(|(id, _)| id).collect();
    let shares: BTreeMap<_, _> = contributions(view, case)?
        .into_iter()
        .filter(|(_, row)| given.contains(&row.share))
        .map(|(hash, row)| (hash, (row.from, row.share)))
        .collect();
    let handed = incoming_of(view, case)?
        .into_iter()
        .filter(|(_, row)| row.state == InState::Ended(Ended::Transferred))
        .max_by_key(|(_, row)| row.history.last().map(|(_, at)| *at))
        .map(|(id, row)| (row.from, id));
    let entries = log.chains.values().flatten();
    Ok(entries
        .flat_map(|entry| {
            let unit = entry.entry.unit;
            let by = (unit, shares.get(&entry.hash).copied().or(handed.filter(|_| unit != own)));
            entry.entry.commitments.iter().map(move |change| (*change, by))
        })
        .collect())
}
