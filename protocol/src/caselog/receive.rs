//! Taking another unit's entries and changes: signatures, chains without holes, commitments, the opening of the case.
//! Not whether they were due: `sharing` asks that first; every refusal leaves the state as it was.

use super::open::{case_id, foreign_case};
use super::rows::{ChangeRow, EntryRow, case_row, change_key, entry_key};
use super::{Change, Entry, KIND_LOG, LogEntry};
use crate::crypto::{Signed, derive};
use crate::dictionary::Value;
use crate::federation::charter;
use crate::ids::{CaseId, Commitment, UnitId};
use crate::machine::{Record, Scope, Table, Txn, ViewError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What was taken.
#[derive(Debug, Clone, Default)]
pub struct Foreign {
    /// Entries that were new here.
    pub new_entries: Vec<LogEntry>,
    /// Commitments of all changes that came.
    pub changes: BTreeSet<Commitment>,
}

/// Why nothing was taken.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// An entry before the first one that came is missing: keep the message and try again after the next.
    #[error("an earlier entry is missing")]
    Gap,
    /// Not signed by a member, of another case, out of form, or a change that no entry holds.
    #[error("not a valid part of this case: {0}")]
    Invalid(&'static str),
    /// Two different entries of one number: the proof is kept, the case is frozen for that unit.
    #[error("two different entries of one number")]
    Equivocation(UnitId),
    /// The store.
    #[error(transparent)]
    View(#[from] ViewError),
}

/// Two signed entries of one (case, unit, seq), kept for people to see.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EntryProof {
    one: Signed<Entry>,
    other: Signed<Entry>,
}

impl Record for EntryProof {
    const TABLE: Table = Table::PROOFS;
}

/// Takes entries and changes of a case into the log, changes under `scope`.
///
/// # Errors
/// [`ForeignError`]. On equivocation the caller keeps the step (it holds proof and freeze), on all others it drops it.
pub fn receive(
    txn: &mut Txn<'_>,
    case: CaseId,
    owner: UnitId,
    entries: &[Signed<Entry>],
    changes: &[Change],
    scope: Scope,
) -> Result<Foreign, ForeignError> {
    let row = case_row(txn, case)?;
    if row.is_none() {
        foreign_case(txn, case, owner);
    }
    let mut row = case_row(txn, case)?.ok_or(ForeignError::Invalid("no case row"))?;
    if row.owner != owner {
        return Err(ForeignError::Invalid("the case has another owner"));
    }
    let mut foreign = Foreign::default();
    let mut held: BTreeSet<Commitment> = BTreeSet::new();
    for signed in entries {
        let entry = verified(txn, signed)?;
        if entry.entry.case != case {
            return Err(ForeignError::Invalid("an entry of another case"));
        }
        let unit = entry.entry.unit;
        if row.frozen_for.contains(&unit) {
            return Err(ForeignError::Invalid("that unit's chain is frozen here"));
        }
        let next = row.heads.get(&unit).map_or(0, |(seq, _)| seq + 1);
        held.extend(entry.entry.commitments.iter());
        if entry.entry.seq < next {
            known(txn, case, &mut row, &entry)?;
            continue;
        }
        if entry.entry.seq > next {
            return Err(ForeignError::Gap);
        }
        if entry.entry.prev != row.heads.get(&unit).map(|(_, hash)| *hash) {
            return Err(ForeignError::Invalid("an entry that does not continue its chain"));
        }
        txn.put(&entry_key(case, unit, entry.entry.seq), Scope::Master, &EntryRow { signed: entry.signed.clone() });
        row.heads.insert(unit, (entry.entry.seq, entry.hash));
        foreign.new_entries.push(entry);
    }
    let missing: Vec<&Change> = changes.iter().filter(|change| !held.contains(&change.commitment())).collect();
    if !missing.is_empty() {
        let before = stored_commitments(txn, case)?;
        if missing.iter().any(|change| !before.contains(&change.commitment())) {
            return Err(ForeignError::Gap);
        }
    }
    let mut salts = BTreeSet::new();
    for change in changes {
        if !salts.insert(change.salt) {
            return Err(ForeignError::Invalid("a salt used twice"));
        }
        check_opening(case, owner, change)?;
        let commitment = change.commitment();
        txn.put(&change_key(case, commitment, scope), scope, &ChangeRow { change: change.clone() });
        foreign.changes.insert(commitment);
    }
    txn.put(case.as_bytes(), Scope::Master, &row);
    txn.touch(case);
    Ok(foreign)
}

fn verified(txn: &Txn<'_>, signed: &Signed<Entry>) -> Result<LogEntry, ForeignError> {
    let key = signed.claimed_signer().map_err(|_| ForeignError::Invalid("a malformed entry"))?;
    let entry = signed.verify(&key).map_err(|_| ForeignError::Invalid("an entry whose signature does not hold"))?;
    if charter::unit_of_key(txn, key)? != Some(entry.unit) {
        return Err(ForeignError::Invalid("an entry not signed by its unit"));
    }
    if !entry.is_well_formed() {
        return Err(ForeignError::Invalid("an entry out of form"));
    }
    Ok(LogEntry::new(signed.clone(), entry))
}

/// An entry of a number that is held already: the same one, or a proof against its unit.
fn known(txn: &mut Txn<'_>, case: CaseId, row: &mut super::CaseRow, entry: &LogEntry) -> Result<(), ForeignError> {
    let unit = entry.entry.unit;
    let Some(before) = txn.get::<EntryRow>(&entry_key(case, unit, entry.entry.seq))? else { return Ok(()) };
    let stored = before.signed.stored().map_err(|error| ViewError(error.to_string()))?;
    if stored.payload() == entry.entry.payload() {
        return Ok(());
    }
    let proof = EntryProof { one: before.signed, other: entry.signed.clone() };
    let key = [unit.as_bytes().as_slice(), &derive(crate::crypto::labels::ENTRY, entry.entry.payload())].concat();
    txn.put(&key, Scope::Master, &proof);
    row.frozen_for.insert(unit);
    txn.put(case.as_bytes(), Scope::Master, row);
    txn.incident(Some(unit), "signed two different entries of one number; the proof is kept and the case frozen for it");
    txn.touch(case);
    Err(ForeignError::Equivocation(unit))
}

fn stored_commitments(txn: &Txn<'_>, case: CaseId) -> Result<BTreeSet<Commitment>, ViewError> {
    let log = super::load(txn, case)?;
    Ok(log.into_iter().flat_map(|log| log.chains.into_values().flatten()).flat_map(|entry| entry.entry.commitments.to_vec()).collect())
}

/// The first owner's opening must make this very case id, so that nobody invents an owner.
fn check_opening(case: CaseId, owner: UnitId, change: &Change) -> Result<(), ForeignError> {
    if &*change.kind != KIND_LOG || &*change.field != "opening" {
        return Ok(());
    }
    match &change.value {
        Value::Bytes(bytes) if case_id(owner, bytes) == case => Ok(()),
        _ => Err(ForeignError::Invalid("an opening that does not make this case")),
    }
}
