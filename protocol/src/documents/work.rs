//! What the node is to do about chunks, and how it says that it is done.
//! Lists are read in parts: what does not fit comes with the next.

use super::file::File;
use super::follow::rows;
use super::rows::{DocumentKey, DocumentRow, Holding, discard_key, discard_prefix, fetch_key, fetch_prefix};
use crate::caselog::ChangeRow;
use crate::federation::peering;
use crate::ids::{CaseId, PlaceId, ShareId, UnitId};
use crate::machine::{Notice, Scope, Table, Txn, View, ViewError, read_row};

/// A file to fetch.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Which.
    pub key: DocumentKey,
    /// Under which share to ask.
    pub share: ShareId,
    /// Where its chunks go.
    pub place: PlaceId,
    /// What it must become.
    pub file: File,
}

/// At most `limit` files to fetch from a unit after this one.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn wanted(view: &dyn View, unit: UnitId, after: Option<&DocumentKey>, limit: usize) -> Result<Vec<Wanted>, ViewError> {
    if peering::is_paused(view, unit)? {
        return Ok(Vec::new());
    }
    let prefix = fetch_prefix(unit);
    let after = after.map(|key| fetch_key(unit, key));
    let mut found = Vec::new();
    for (bytes, _) in view.scan(Table::DOCUMENT_WORK, &prefix, after.as_deref(), limit)? {
        let Some(key) = DocumentKey::from_bytes(&bytes[prefix.len()..]) else { continue };
        let (Some(row), Some(file)) = (row_at(view, &key)?, file_at(view, &key)?) else { continue };
        let Some((_, share)) = row.from else { continue };
        found.push(Wanted { key, share, place: row.place, file });
    }
    Ok(found)
}

/// A file is here in full, or never will be.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn finished(txn: &mut Txn<'_>, key: &DocumentKey, holding: Holding) -> Result<(), ViewError> {
    // The share may have ended meanwhile: then nothing is to be said of it any more.
    let Some(mut row) = txn.get::<DocumentRow>(&key.bytes())? else { return Ok(()) };
    if let Some((unit, _)) = row.from {
        txn.delete(Table::DOCUMENT_WORK, &fetch_key(unit, key));
    }
    row.holding = holding;
    txn.put(&key.bytes(), Scope::Master, &row);
    txn.notify(Notice::Case(key.case));
    Ok(())
}

/// At most `limit` places whose chunks are to be removed, after this one.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn discards(view: &dyn View, after: Option<PlaceId>, limit: usize) -> Result<Vec<PlaceId>, ViewError> {
    let after = after.map(discard_key);
    let rows = view.scan(Table::DOCUMENT_WORK, &discard_prefix(), after.as_deref(), limit)?;
    Ok(rows.iter().filter_map(|(key, _)| PlaceId::from_slice(&key[1..])).collect())
}

/// The chunks at a place are removed.
pub fn discarded(txn: &mut Txn<'_>, place: PlaceId) {
    txn.delete(Table::DOCUMENT_WORK, &discard_key(place));
}

/// The row of a file.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn row_at(view: &dyn View, key: &DocumentKey) -> Result<Option<DocumentRow>, ViewError> {
    view.get(Table::DOCUMENTS, &key.bytes())?.map(|bytes| read_row(&bytes)).transpose()
}

/// What a change says of its file; none once the key of the way it came is destroyed.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn file_at(view: &dyn View, key: &DocumentKey) -> Result<Option<File>, ViewError> {
    let Some(bytes) = view.get(Table::CHANGES, &key.bytes())? else { return Ok(None) };
    Ok(File::of_value(&read_row::<ChangeRow>(&bytes)?.change.value))
}

/// The files of a case that are here or wanted.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn of_case(view: &dyn View, case: CaseId) -> Result<Vec<(DocumentKey, DocumentRow)>, ViewError> {
    Ok(rows(view, case)?.into_iter().collect())
}
