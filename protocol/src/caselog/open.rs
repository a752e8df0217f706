//! What only the owner does to the log itself: opening a case, admitting another unit's entry.
//! Handing it over is `transfer`.

use super::append::{Author, LogRefusal, new_change, write};
use super::rows::CaseRow;
use super::{Appended, Change, Draft, KIND_LOG, Log, append, case_row, load};
use crate::crypto::{Hasher, labels};
use crate::dictionary::Value;
use crate::federation::{charter, own, restored};
use crate::ids::{CaseId, EntityId, EntryHash, UnitId};
use crate::machine::Txn;

/// The case that an owner and 32 random bytes make.
#[must_use]
pub(crate) fn case_id(owner: UnitId, opening: &[u8]) -> CaseId {
    CaseId(Hasher::new(labels::CASE).part(owner.as_bytes()).part(opening).finish())
}

/// Opens a case of this unit and writes its first values.
///
/// # Errors
/// [`LogRefusal`], and nothing is written.
pub fn open_case(txn: &mut Txn<'_>, drafts: &[Draft], author: &Author) -> Result<(CaseId, Appended), LogRefusal> {
    let own = own::load(txn)?;
    let mut opening = [0; 32];
    txn.rng.fill_bytes(&mut opening);
    let case = case_id(own.unit, &opening);
    let row = CaseRow::new(own.unit);
    restored::opened(txn, case)?;
    let opened = new_change(txn, EntityId([0; 16]), KIND_LOG, "opening", Value::Bytes(opening.to_vec()));
    write(txn, case, row, vec![opened], author)?;
    let appended = append(txn, case, drafts, author)?;
    Ok((case, appended))
}

/// The owner lets another unit's entry count.
///
/// # Errors
/// [`LogRefusal`], and nothing is written.
pub fn admit(txn: &mut Txn<'_>, case: CaseId, entry: EntryHash, author: &Author) -> Result<Appended, LogRefusal> {
    let row = case_row(txn, case)?.ok_or(LogRefusal::NoCase)?;
    if row.owner != own::load(txn)?.unit {
        return Err(LogRefusal::NoCase);
    }
    // What a unit contributed before it left counts if it was admitted before.
    let by = load(txn, case)?.and_then(|log| log.by_hash(entry).map(|entry| entry.entry.unit));
    if let Some(unit) = by
        && charter::member(txn, unit)?.is_none()
    {
        return Err(LogRefusal::FormerMember);
    }
    let change = new_change(txn, EntityId([0; 16]), KIND_LOG, "admit", Value::Bytes(entry.0.to_vec()));
    write(txn, case, row, vec![change], author)
}

/// Writes what steers the log itself on this unit's chain, in this order.
///
/// # Errors
/// [`LogRefusal`], and nothing is written.
pub(crate) fn steer(txn: &mut Txn<'_>, case: CaseId, steps: Vec<(&str, Value)>, author: &Author) -> Result<Appended, LogRefusal> {
    let row = case_row(txn, case)?.ok_or(LogRefusal::NoCase)?;
    let changes = steps.into_iter().map(|(field, value)| new_change(txn, EntityId([0; 16]), KIND_LOG, field, value)).collect();
    write(txn, case, row, changes, author)
}

/// What a case was opened with: shows that it is its owner's. None if that is not held here.
pub(crate) fn opening(log: &Log) -> Option<&[u8]> {
    let first = log.chains.get(&log.founder())?.first()?;
    log.changes_of(first).find_map(|(_, change)| match &change.value {
        Value::Bytes(opening) if is_opening(change) => Some(opening.as_slice()),
        _ => None,
    })
}

pub(super) fn is_opening(change: &Change) -> bool {
    &*change.kind == KIND_LOG && &*change.field == "opening"
}
