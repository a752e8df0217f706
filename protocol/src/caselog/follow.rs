//! Whose line of custody is followed here: a longer one is taken, two that exclude each other freeze the case for a person to decide.
//! Not the proofs of a line: those are in `custody`.

use super::custody::{Handover, HandoverProof};
use super::{CaseRow, LogEntry, case_row, rows};
use crate::caselog::Entry;
use crate::crypto::Signed;
use crate::federation::proof;
use crate::ids::{CaseId, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

/// Most entries that a decision drops.
const MOST_REPLACED: usize = 100_000;

/// How two lines of custody of one case stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// The same, or the told one knows less.
    Known,
    /// The told one goes on where the held one ends.
    Longer,
    /// An owner took it by another entry than was told before: its node was put back, and nobody could show it what the first one says.
    Anew,
    /// One owner handed the case to two.
    Split,
}

fn compare(held: &[Handover], told: &[Handover]) -> Line {
    let mut anew = false;
    for (held, told) in held.iter().zip(told) {
        if (held.from, held.last, held.to) != (told.from, told.last, told.to) {
            return Line::Split;
        }
        anew |= held.first.is_some_and(|first| told.first.is_some_and(|other| other != first));
    }
    if anew {
        // What came after the first entry would be nobody's.
        return if told.len() >= held.len() { Line::Anew } else { Line::Split };
    }
    let taken = |line: &[Handover]| line.iter().filter(|one| one.first.is_some()).count();
    if told.len() > held.len() || taken(told) > taken(held) { Line::Longer } else { Line::Known }
}

/// What following a line of custody came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Followed {
    /// The case here is the unit's that told of it.
    Owner,
    /// It is another unit's.
    Other,
    /// An owner handed it to two units: it is frozen, and both lines are kept for a person to decide.
    Frozen,
}

/// Another line of custody than the one that is followed. Key: a letter and the case.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct RivalRow {
    owner: UnitId,
    line: Vec<Handover>,
    proofs: Vec<HandoverProof>,
}

impl Record for RivalRow {
    const TABLE: Table = Table::TRANSFERS;
}

fn rival_key(case: CaseId) -> Vec<u8> {
    [b"d".as_slice(), case.as_bytes()].concat()
}

/// Takes a verified line of custody: a case that changed its owner is the new owner's from here on.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn follow(
    txn: &mut Txn<'_>,
    case: CaseId,
    owner: UnitId,
    line: Vec<Handover>,
    proofs: &[HandoverProof],
) -> Result<Followed, ViewError> {
    let Some(mut row) = case_row(txn, case)? else {
        if !line.is_empty() {
            txn.put(case.as_bytes(), Scope::Master, &CaseRow { handovers: line, ..CaseRow::new(owner) });
        }
        return Ok(Followed::Owner);
    };
    if row.disputed {
        return Ok(Followed::Frozen);
    }
    let compared = compare(&row.handovers, &line);
    let mut split = compared == Line::Split;
    for proof in proofs {
        for signed in [Some(&proof.last), proof.first.as_ref().map(|(first, _)| first)].into_iter().flatten() {
            split |= differs(txn, case, signed)?;
        }
    }
    if split {
        let rival = RivalRow { owner, line, proofs: proofs.to_vec() };
        txn.put(&rival_key(case), Scope::Master, &rival);
        row.disputed = true;
        txn.put(case.as_bytes(), Scope::Master, &row);
        txn.incident(Some(owner), "shows a case as handed to it that was handed to another unit too; the case is frozen");
        txn.touch(case);
        return Ok(Followed::Frozen);
    }
    if matches!(compared, Line::Longer | Line::Anew) {
        (row.owner, row.handovers) = (owner, line);
        txn.put(case.as_bytes(), Scope::Master, &row);
        txn.touch(case);
    }
    Ok(if row.owner == owner { Followed::Owner } else { Followed::Other })
}

/// Whether another entry of the same number is held; then the proof is kept.
fn differs(txn: &mut Txn<'_>, case: CaseId, signed: &Signed<Entry>) -> Result<bool, ViewError> {
    let Ok(told) = signed.stored() else { return Ok(false) };
    let Some(row) = txn.get::<rows::EntryRow>(&rows::entry_key(case, told.unit, told.seq))? else { return Ok(false) };
    let held = row.signed.stored().map_err(|error| ViewError(error.to_string()))?;
    if held.payload() == told.payload() {
        return Ok(false);
    }
    proof::keep(txn, told.unit, MessageKind::Entry, row.signed.as_bytes(), signed.as_bytes())?;
    Ok(true)
}

/// Who owns a frozen case by the other line of custody; none if it is not disputed.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn rival(view: &dyn View, case: CaseId) -> Result<Option<UnitId>, ViewError> {
    let bytes = view.get(Table::TRANSFERS, &rival_key(case))?;
    bytes.map(|bytes| Ok(read_row::<RivalRow>(&bytes)?.owner)).transpose()
}

/// A person has decided whose a disputed case is; the other line is forgotten. Says whether `owner` was one of the two.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn decide(txn: &mut Txn<'_>, case: CaseId, owner: UnitId) -> Result<bool, ViewError> {
    let (Some(mut row), Some(rival)) = (case_row(txn, case)?, txn.get::<RivalRow>(&rival_key(case))?) else { return Ok(false) };
    if owner != row.owner && owner != rival.owner {
        return Ok(false);
    }
    if owner != row.owner {
        let signed = rival.proofs.iter().flat_map(|proof| [Some(&proof.last), proof.first.as_ref().map(|(first, _)| first)]);
        for signed in signed.flatten() {
            replace(txn, case, &mut row, signed)?;
        }
        (row.owner, row.handovers) = (rival.owner, rival.line);
    }
    row.disputed = false;
    txn.put(case.as_bytes(), Scope::Master, &row);
    txn.delete(Table::TRANSFERS, &rival_key(case));
    txn.touch(case);
    Ok(true)
}

/// Puts an entry in the place of the other one of its number; what followed that one is not part of this history.
fn replace(txn: &mut Txn<'_>, case: CaseId, row: &mut CaseRow, signed: &Signed<Entry>) -> Result<(), ViewError> {
    let entry = LogEntry::new(signed.clone(), signed.stored().map_err(|error| ViewError(error.to_string()))?);
    let (unit, seq) = (entry.entry.unit, entry.entry.seq);
    let key = rows::entry_key(case, unit, seq);
    let Some(held) = txn.get::<rows::EntryRow>(&key)?.filter(|held| held.signed != *signed) else { return Ok(()) };
    if held.signed.stored().is_ok_and(|held| held.payload() == entry.entry.payload()) {
        return Ok(());
    }
    txn.put(&key, Scope::Master, &rows::EntryRow { signed: signed.clone() });
    for later in txn.list::<rows::EntryRow>(&[case.as_bytes().as_slice(), unit.as_bytes()].concat(), Some(&key), MOST_REPLACED)? {
        txn.delete(Table::ENTRIES, &later.0);
    }
    row.heads.insert(unit, (seq, entry.hash));
    row.moved += 1;
    Ok(())
}
