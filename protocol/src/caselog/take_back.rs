//! Entries of this unit's own chain that a restored node has forgotten, as a peer still holds them.
//! They are taken in their order and never in place of others: a chain that was continued differently stays as it is.

use super::custody::TransferValue;
use super::open::{case_id, is_opening};
use super::receive::verified;
use super::rows::{ChangeRow, EntryRow, change_key, entry_key};
use super::{CaseRow, Change, Entry, Handover, case_row};
use crate::crypto::Signed;
use crate::dictionary::Value;
use crate::federation::{own, restored};
use crate::ids::{CaseId, EntryHash, UnitId};
use crate::machine::{Scope, Table, Txn, View, ViewError, read_row};

/// What became of an entry of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    /// It is here again.
    Taken,
    /// It was here, or its predecessor is not.
    Known,
    /// It is of a case that this unit opened, and nobody has opened the beginning for it again.
    NotOpened(CaseId, u64),
    /// It is not ours, or does not fit.
    Refused(&'static str),
}

/// The first number of this unit's chain in a case that is not here.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn next_own(view: &dyn View, case: CaseId) -> Result<u64, ViewError> {
    let own = own::load(view)?.unit;
    Ok(case_row(view, case)?.and_then(|row| row.heads.get(&own).map(|(seq, _)| seq + 1)).unwrap_or(0))
}

/// The hash of this unit's entry of a number.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn own_hash(view: &dyn View, case: CaseId, seq: u64) -> Result<Option<EntryHash>, ViewError> {
    let own = own::load(view)?.unit;
    let Some(bytes) = view.get(Table::ENTRIES, &entry_key(case, own, seq))? else { return Ok(None) };
    let row: EntryRow = read_row(&bytes)?;
    let entry = row.signed.stored().map_err(|error| ViewError(error.to_string()))?;
    Ok(Some(super::entry::hash(&entry)))
}

/// Takes one of our own entries back, with those of its values that the peer could open.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn take_back(txn: &mut Txn<'_>, owner: UnitId, signed: &Signed<Entry>, changes: &[Change]) -> Result<Own, ViewError> {
    let own = own::load(txn)?.unit;
    let Ok((entry, _)) = verified(txn, signed) else { return Ok(Own::Refused("showed an entry of ours that does not verify")) };
    if entry.entry.unit != own || !changes.iter().all(|change| entry.entry.commitments.contains(&change.commitment())) {
        return Ok(Own::Refused("showed an entry of ours that is none, or other values than it holds"));
    }
    let (case, seq) = (entry.entry.case, entry.entry.seq);
    let held = case_row(txn, case)?;
    let opens =
        |change: &Change| is_opening(change) && matches!(&change.value, Value::Bytes(bytes) if case_id(own, bytes) == case);
    if held.is_none() && owner == own && !changes.iter().any(opens) {
        // Whoever cannot open how the case began does no wrong by showing the rest: also what we wrote first in a case that we took over,
        // as its owner or before.
        return Ok(Own::NotOpened(case, seq));
    }
    let mut row = held.unwrap_or_else(|| CaseRow::new(owner));
    let head = row.heads.get(&own).copied();
    let next = head.map_or(0, |(seq, _)| seq + 1);
    if seq < next && own_hash(txn, case, seq)? == Some(entry.hash) {
        return open(txn, case, changes).map(|()| Own::Known);
    }
    if seq != next {
        return Ok(Own::Known);
    }
    if entry.entry.prev != head.map(|(_, hash)| hash) {
        return Ok(Own::Refused("showed an entry of ours that continues another history than this node's"));
    }
    restored::taking_back(txn, case, seq)?;
    row.heads.insert(own, (seq, entry.hash));
    for change in changes {
        if let Some(value) = TransferValue::of(change).filter(|_| row.owner == own) {
            // We handed the case over after the backup was made.
            row.owner = value.to;
            row.handovers.push(Handover { from: own, last: (seq, entry.hash), to: value.to, first: None });
        }
        let scope = Scope::Case(case);
        txn.put(&change_key(case, change.commitment(), scope), scope, &ChangeRow { change: change.clone() });
    }
    txn.put(&entry_key(case, own, seq), Scope::Master, &EntryRow { signed: signed.clone() });
    txn.put(case.as_bytes(), Scope::Master, &row);
    txn.touch(case);
    Ok(Own::Taken)
}

/// Whoever showed an entry first may have been able to open less of it.
fn open(txn: &mut Txn<'_>, case: CaseId, changes: &[Change]) -> Result<(), ViewError> {
    let mut more = false;
    for change in changes {
        let scope = Scope::Case(case);
        let key = change_key(case, change.commitment(), scope);
        if txn.get::<ChangeRow>(&key)?.is_none() {
            txn.put(&key, scope, &ChangeRow { change: change.clone() });
            more = true;
        }
    }
    if more {
        super::rows::moved(txn, case)?;
        txn.touch(case);
    }
    Ok(())
}
