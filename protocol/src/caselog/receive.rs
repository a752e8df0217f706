//! Taking another unit's entries and changes: signatures, chains without holes, commitments, the opening of the case.
//! Not whether they were due: `sharing` asks that. Checking reads and writing comes after, so what is refused leaves no trace.

use super::open::{case_id, is_opening};
use super::rows::{ChangeRow, EntryRow, case_row, change_key, entry_key};
use super::{CaseRow, Change, Entry, Log, LogEntry, load};
use crate::crypto::Signed;
use crate::dictionary::Value;
use crate::federation::{charter, proof};
use crate::ids::{CaseId, Commitment, EntryHash, Salt, UnitId};
use crate::machine::{Scope, Txn, View, ViewError};
use crate::wire::MessageKind;
use std::collections::{BTreeMap, BTreeSet};

/// A valid part of a case, not written yet.
#[derive(Debug)]
pub struct Checked {
    case: CaseId,
    row: CaseRow,
    new_entries: Vec<LogEntry>,
    /// With the entry that holds each.
    changes: Vec<(EntryHash, Change)>,
    /// Entries that were held here already and of which a value comes that was not open.
    pub opens_later: BTreeSet<EntryHash>,
}

/// What was taken.
#[derive(Debug, Clone, Default)]
pub struct Foreign {
    /// Entries that were new here.
    pub new_entries: Vec<LogEntry>,
    /// Commitments of all changes that came.
    pub changes: BTreeSet<Commitment>,
}

/// Why nothing is taken.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// An entry before the first one that came is missing: keep the message and try again after the next.
    #[error("an earlier entry is missing")]
    Gap,
    /// Not signed by a member, of another case, out of form, or a change that no entry holds.
    #[error("not a valid part of this case: {0}")]
    Invalid(&'static str),
    /// Two different entries of one number.
    #[error("two different entries of one number")]
    Equivocation(Box<Equivocation>),
    /// The store.
    #[error(transparent)]
    View(#[from] ViewError),
}

/// Two signed entries of one (case, unit, seq), to be kept for people to see.
#[derive(Debug)]
pub struct Equivocation {
    case: CaseId,
    unit: UnitId,
    held: Signed<Entry>,
    other: Signed<Entry>,
}

/// Checks entries and changes of a case against what is held here.
///
/// # Errors
/// [`ForeignError`]; an equivocation is to be kept.
pub fn check(
    view: &dyn View,
    case: CaseId,
    owner: UnitId,
    entries: &[Signed<Entry>],
    changes: &[Change],
) -> Result<Checked, ForeignError> {
    let mut row = case_row(view, case)?.unwrap_or_else(|| CaseRow::new(owner));
    if row.owner != owner {
        return Err(ForeignError::Invalid("the case has another owner"));
    }
    let log = load(view, case)?.unwrap_or_else(|| Log::new(case, owner));
    let homes = |entry: &LogEntry| entry.entry.commitments.iter().map(|one| (*one, entry.hash)).collect::<Vec<_>>();
    let before: BTreeMap<Commitment, EntryHash> = log.chains.values().flatten().flat_map(homes).collect();
    let mut held = before.clone();
    let mut new_entries: Vec<LogEntry> = Vec::new();
    for signed in entries {
        let (entry, rank) = verified(view, signed)?;
        let (unit, seq) = (entry.entry.unit, entry.entry.seq);
        if entry.entry.case != case {
            return Err(ForeignError::Invalid("an entry of another case"));
        }
        if row.frozen_for.contains(&unit) {
            return Err(ForeignError::Invalid("that unit's chain is frozen here"));
        }
        let next = row.heads.get(&unit).map_or(0, |(seq, _)| seq + 1);
        if seq < next {
            let twin = log
                .chains
                .get(&unit)
                .into_iter()
                .flatten()
                .chain(&new_entries)
                .find(|known| (known.entry.unit, known.entry.seq) == (unit, seq));
            same(case, twin, &entry)?;
            continue;
        }
        if seq > next {
            return Err(ForeignError::Gap);
        }
        if entry.entry.prev != row.heads.get(&unit).map(|(_, hash)| *hash) {
            return Err(ForeignError::Invalid("an entry that does not continue its chain"));
        }
        // A key that its unit had left behind in this very chain signs nothing new there.
        let before = match new_entries.iter().rfind(|one| one.entry.unit == unit) {
            Some(one) => Some(one),
            None => log.chains.get(&unit).and_then(|chain| chain.last()),
        };
        if let Some(before) = before
            && charter::owner_of_key(view, before.entry.signer())?.is_some_and(|owner| owner.rank > rank)
        {
            return Err(ForeignError::Invalid("an entry signed with a past key after one with a later key"));
        }
        // Whoever sees a header could else write another unit's values into a chain of its own.
        if !entry.entry.commitments.iter().all(|one| held.insert(*one, entry.hash).is_none()) {
            return Err(ForeignError::Invalid("an entry that repeats a commitment"));
        }
        row.heads.insert(unit, (seq, entry.hash));
        new_entries.push(entry);
    }
    let mut salts: BTreeMap<Salt, Commitment> = log.changes.iter().map(|(one, change)| (change.salt, *one)).collect();
    let (mut opens_later, mut beside) = (BTreeSet::new(), false);
    let mut placed = Vec::new();
    for change in changes {
        let commitment = change.commitment();
        let Some(home) = held.get(&commitment) else {
            return Err(ForeignError::Invalid("a change that no entry holds"));
        };
        placed.push((*home, change.clone()));
        if salts.insert(change.salt, commitment).is_some_and(|other| other != commitment) {
            return Err(ForeignError::Invalid("a salt used twice"));
        }
        check_opening(case, row.founder(), change)?;
        beside |= before.contains_key(&commitment);
        opens_later.extend(before.get(&commitment).filter(|_| !log.changes.contains_key(&commitment)));
    }
    row.moved += u64::from(beside);
    Ok(Checked { case, row, new_entries, changes: placed, opens_later })
}

impl Checked {
    /// Writes it, the changes under `scope`.
    pub fn write(self, txn: &mut Txn<'_>, scope: Scope) -> Foreign {
        self.write_by(txn, |_| scope)
    }

    /// Writes it, the changes of each entry under a scope of its own.
    pub fn write_by(self, txn: &mut Txn<'_>, scope: impl Fn(EntryHash) -> Scope) -> Foreign {
        for entry in &self.new_entries {
            let key = entry_key(self.case, entry.entry.unit, entry.entry.seq);
            txn.put(&key, Scope::Master, &EntryRow { signed: entry.signed.clone() });
        }
        let mut taken = BTreeSet::new();
        for (entry, change) in self.changes {
            let scope = scope(entry);
            let commitment = change.commitment();
            txn.put(&change_key(self.case, commitment, scope), scope, &ChangeRow { change });
            taken.insert(commitment);
        }
        txn.put(self.case.as_bytes(), Scope::Master, &self.row);
        txn.touch(self.case);
        Foreign { new_entries: self.new_entries, changes: taken }
    }
}

impl Equivocation {
    /// Keeps the proof and freezes the case for that unit.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails.
    pub fn keep(self, txn: &mut Txn<'_>) -> Result<(), ViewError> {
        proof::keep(txn, self.unit, MessageKind::Entry, self.held.as_bytes(), self.other.as_bytes())?;
        if let Some(mut row) = case_row(txn, self.case)? {
            row.frozen_for.insert(self.unit);
            txn.put(self.case.as_bytes(), Scope::Master, &row);
        }
        txn.incident(Some(self.unit), "signed two different entries of one number; the proof is kept and the case frozen for it");
        txn.touch(self.case);
        Ok(())
    }
}

/// An entry signed by its unit with any of its node keys, present or past, and the rank of that key. The envelope that brought it
/// was signed with a key in use: by its author, or by the owner, who passes on what it has admitted.
pub(super) fn verified(view: &dyn View, signed: &Signed<Entry>) -> Result<(LogEntry, u32), ForeignError> {
    let key = signed.claimed_signer().map_err(|_| ForeignError::Invalid("a malformed entry"))?;
    let entry = signed.verify(&key).map_err(|_| ForeignError::Invalid("an entry whose signature does not hold"))?;
    let Some(owner) = charter::owner_of_key(view, key)?.filter(|owner| owner.unit == entry.unit) else {
        return Err(ForeignError::Invalid("an entry not signed by its unit"));
    };
    if !entry.is_well_formed() {
        return Err(ForeignError::Invalid("an entry out of form"));
    }
    Ok((LogEntry::new(signed.clone(), entry), owner.rank))
}

/// An entry of a number that is held already: the same one, or a proof against its unit.
fn same(case: CaseId, held: Option<&LogEntry>, entry: &LogEntry) -> Result<(), ForeignError> {
    let Some(held) = held.filter(|held| held.entry.payload() != entry.entry.payload()) else { return Ok(()) };
    let unit = entry.entry.unit;
    let (held, other) = (held.signed.clone(), entry.signed.clone());
    Err(ForeignError::Equivocation(Box::new(Equivocation { case, unit, held, other })))
}

/// The first owner's opening must make this very case id, so that nobody invents an owner.
fn check_opening(case: CaseId, owner: UnitId, change: &Change) -> Result<(), ForeignError> {
    match &change.value {
        _ if !is_opening(change) => Ok(()),
        Value::Bytes(bytes) if case_id(owner, bytes) == case => Ok(()),
        _ => Err(ForeignError::Invalid("an opening that does not make this case")),
    }
}
