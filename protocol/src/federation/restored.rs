//! A node put back from a backup has forgotten what it signed since: until a member has shown that, what came from it stays locked,
//! nothing is signed for it, and no chain or beacon that it may hold more of is continued.
//! Not what is shown and taken back: that is `standing`.

use super::rows::row;
use super::{charter, own, prekey};
use crate::bounded::BoundedVec;
use crate::ids::{CaseId, UnitId};
use crate::machine::{Notice, Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const RESTORED: &[u8] = b"restored";
/// Most cases whose missing entries are asked for at once.
pub(crate) const MOST_ASKED: usize = 64;
/// Most rows cleared at the end.
const MOST: usize = 100_000;

/// The mark of a restored node. Gone once everybody has shown.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Restored {
    at: Timestamp,
}

impl Record for Restored {
    const TABLE: Table = Table::OWN;
}

/// A member that has shown what it holds, or that a person here did not want to wait for. Key: `u` and the unit.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Shown {
    at: Timestamp,
    released: bool,
}

impl Record for Shown {
    const TABLE: Table = Table::RESTORED;
}

/// What a member is asked for. Key: `a` and the unit; `s` for what a restored member asks us, while an answer to it is on its way. It
/// travels in the charter exchange, which is not signed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ask {
    /// Cases in which the member named an entry of ours that is not here, and our first missing number.
    pub(crate) cases: BoundedVec<(CaseId, u64), MOST_ASKED>,
    /// Our newest beacon here; none before the member named a newer one.
    pub(crate) beacons_after: Option<u64>,
}

impl Record for Ask {
    const TABLE: Table = Table::RESTORED;
}

/// From which number on a member was asked for cases, since it is asked once for what it can open. Key: `f` and the unit.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Asked {
    cases: BTreeMap<CaseId, u64>,
}

impl Record for Asked {
    const TABLE: Table = Table::RESTORED;
}

/// A case noted while the node is being restored. Key: `c` and the case if it was opened since, `n` if it is to be looked at at the end.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Noted {
    at: Timestamp,
}

impl Record for Noted {
    const TABLE: Table = Table::RESTORED;
}

/// From which number on our entries in a case were taken back. Key: `b` and the case.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct TakenBack {
    from: u64,
}

impl Record for TakenBack {
    const TABLE: Table = Table::RESTORED;
}

/// A member showed entries of ours up to this number, of a case that we opened, and cannot open how it began: without that it is no case
/// here. Key: `x`, the case and the unit.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Unopened {
    seq: u64,
}

impl Record for Unopened {
    const TABLE: Table = Table::RESTORED;
}

/// A member told how far the numbers of our envelopes have come with it: above them one may be signed. Key: `t` and the unit.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Told {
    at: Timestamp,
    /// People here were told that its words have to be compared.
    noted: bool,
}

impl Record for Told {
    const TABLE: Table = Table::RESTORED;
}

/// To be called once on the rows of a backup before anything else happens with them.
///
/// # Errors
/// [`ViewError`] if the store fails or the node was never set up.
pub fn mark(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    clear(txn)?;
    txn.put(RESTORED, Scope::Master, &Restored { at: txn.now });
    prekey::leap(txn)?;
    finish(txn)?;
    Ok(())
}

/// Since when this node waits for what others have to show; none for a node that does not.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn since(view: &dyn View) -> Result<Option<Timestamp>, ViewError> {
    Ok(row::<Restored>(view, RESTORED)?.map(|restored| restored.at))
}

/// Whether what came from a unit is locked here, and nothing may be signed for it.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn is_locked(view: &dyn View, unit: UnitId) -> Result<bool, ViewError> {
    if since(view)?.is_none() || own::find(view)?.is_some_and(|own| own.unit == unit) {
        return Ok(false);
    }
    Ok(view.get(Table::RESTORED, &key(b'u', unit.as_bytes()))?.is_none())
}

/// The members that have not shown yet what they hold.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn locked(view: &dyn View) -> Result<Vec<UnitId>, ViewError> {
    if since(view)?.is_none() {
        return Ok(Vec::new());
    }
    let members = charter::current(view)?.map(|charter| charter.members.to_vec()).unwrap_or_default();
    let mut found = Vec::new();
    for member in members {
        if is_locked(view, member.unit)? {
            found.push(member.unit);
        }
    }
    Ok(found)
}

/// Whether this unit's chain in a case may be continued: some member may hold more of it than is here.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn may_continue(view: &dyn View, case: CaseId) -> Result<bool, ViewError> {
    Ok(since(view)?.is_none() || view.get(Table::RESTORED, &key(b'c', case.as_bytes()))?.is_some())
}

/// A case is being opened: nobody can hold anything of it.
pub(crate) fn opened(txn: &mut Txn<'_>, case: CaseId) -> Result<(), ViewError> {
    note(txn, b'c', case)
}

/// A case changed while the node is being restored; its people are announced, or not, at the end.
pub(crate) fn later(txn: &mut Txn<'_>, case: CaseId) -> Result<(), ViewError> {
    note(txn, b'n', case)
}

fn note(txn: &mut Txn<'_>, letter: u8, case: CaseId) -> Result<(), ViewError> {
    if since(txn)?.is_some() {
        txn.put(&key(letter, case.as_bytes()), Scope::Master, &Noted { at: txn.now });
    }
    Ok(())
}

/// What a locked member is asked for; none for any other.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn ask(view: &dyn View, unit: UnitId) -> Result<Option<Ask>, ViewError> {
    if !is_locked(view, unit)? {
        return Ok(None);
    }
    Ok(Some(row(view, &key(b'a', unit.as_bytes()))?.unwrap_or_default()))
}

/// Asks a member for more at the next exchange.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn ask_for(txn: &mut Txn<'_>, unit: UnitId, ask: &Ask) -> Result<(), ViewError> {
    txn.put(&key(b'a', unit.as_bytes()), Scope::Master, ask);
    let memory = key(b'f', unit.as_bytes());
    let mut asked = row::<Asked>(txn, &memory)?.unwrap_or_default();
    for (case, first) in ask.cases.iter() {
        asked.cases.entry(*case).and_modify(|before| *before = (*before).min(*first)).or_insert(*first);
    }
    txn.put(&memory, Scope::Master, &asked);
    Ok(())
}

/// Keeps the question of a restored member until the answer to an earlier one has arrived.
pub(crate) fn keep_question(txn: &mut Txn<'_>, unit: UnitId, ask: &Ask) {
    txn.put(&key(b's', unit.as_bytes()), Scope::Master, ask);
}

/// The question that was kept, if there is one; it is kept no longer.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn take_question(txn: &mut Txn<'_>, unit: UnitId) -> Result<Option<Ask>, ViewError> {
    let key = key(b's', unit.as_bytes());
    let ask = row::<Ask>(txn, &key)?;
    if ask.is_some() {
        txn.delete(Table::RESTORED, &key);
    }
    Ok(ask)
}

/// From which number on a member was asked for each case, in whatever question.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn asked_from(view: &dyn View, unit: UnitId) -> Result<BTreeMap<CaseId, u64>, ViewError> {
    Ok(row::<Asked>(view, &key(b'f', unit.as_bytes()))?.unwrap_or_default().cases)
}

/// A member has shown all that it holds, or a person here does not wait for it. Gives the cases to look at again if it was the
/// last one: then the node goes on as any other.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn shown(txn: &mut Txn<'_>, unit: UnitId, released: bool) -> Result<Option<Vec<CaseId>>, ViewError> {
    txn.delete(Table::RESTORED, &key(b'a', unit.as_bytes()));
    txn.delete(Table::RESTORED, &key(b'f', unit.as_bytes()));
    txn.put(&key(b'u', unit.as_bytes()), Scope::Master, &Shown { at: txn.now, released });
    txn.notify(Notice::Peers);
    finish(txn)
}

/// Ends the waiting if nobody is left to wait for: also when the last one is no member any more. Gives the cases to look at again.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn finish(txn: &mut Txn<'_>) -> Result<Option<Vec<CaseId>>, ViewError> {
    if since(txn)?.is_none() || !locked(txn)?.is_empty() {
        return Ok(None);
    }
    let noted = View::scan(txn, Table::RESTORED, b"n", None, MOST)?;
    let cases = noted.iter().filter_map(|(key, _)| CaseId::from_slice(&key[1..])).collect();
    clear(txn)?;
    txn.delete(Table::OWN, RESTORED);
    Ok(Some(cases))
}

/// Entries of our own are being taken back in a case: from this number on every member is asked for what it can open of them.
pub(crate) fn taking_back(txn: &mut Txn<'_>, case: CaseId, seq: u64) -> Result<(), ViewError> {
    if since(txn)?.is_some() && taken_back_from(txn, case)?.is_none() {
        txn.put(&key(b'b', case.as_bytes()), Scope::Master, &TakenBack { from: seq });
    }
    Ok(())
}

/// The first number of our entries in a case that was taken back since the restore.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn taken_back_from(view: &dyn View, case: CaseId) -> Result<Option<u64>, ViewError> {
    Ok(row::<TakenBack>(view, &key(b'b', case.as_bytes()))?.map(|one| one.from))
}

/// A member told how far the numbers of our envelopes have come with it.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn told(txn: &mut Txn<'_>, unit: UnitId) -> Result<(), ViewError> {
    if !has_told(txn, unit)? {
        txn.put(&key(b't', unit.as_bytes()), Scope::Master, &Told { at: txn.now, noted: false });
    }
    Ok(())
}

/// It shows nothing before words are compared. Says whether that is to be noted: once, however often it is asked.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn note_words(txn: &mut Txn<'_>, unit: UnitId) -> Result<bool, ViewError> {
    let key = key(b't', unit.as_bytes());
    let Some(told) = row::<Told>(txn, &key)?.filter(|told| !told.noted) else { return Ok(false) };
    txn.put(&key, Scope::Master, &Told { noted: true, ..told });
    Ok(true)
}

/// Whether it told that, so that words can be confirmed: before that one whose words have to be compared again shows nothing else.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn has_told(view: &dyn View, unit: UnitId) -> Result<bool, ViewError> {
    Ok(view.get(Table::RESTORED, &key(b't', unit.as_bytes()))?.is_some())
}

/// A member cannot open how a case of ours began of which it shows an entry of this number.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn not_opened(txn: &mut Txn<'_>, unit: UnitId, case: CaseId, seq: u64) -> Result<(), ViewError> {
    let most = not_opened_to(txn, unit, case)?.map_or(seq, |before| before.max(seq));
    txn.put(&not_opened_key(unit, case), Scope::Master, &Unopened { seq: most });
    Ok(())
}

/// The last number that a member showed of a case and could not open.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn not_opened_to(view: &dyn View, unit: UnitId, case: CaseId) -> Result<Option<u64>, ViewError> {
    Ok(row::<Unopened>(view, &not_opened_key(unit, case))?.map(|one| one.seq))
}

/// What members showed and could not open.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn all_not_opened(view: &dyn View) -> Result<Vec<(CaseId, UnitId, u64)>, ViewError> {
    let rows = view.scan(Table::RESTORED, b"x", None, MOST)?;
    let read = |(key, bytes): &(Vec<u8>, Vec<u8>)| {
        let (case, unit) = key[1..].split_at_checked(CaseId::LEN)?;
        Some((CaseId::from_slice(case)?, UnitId::from_slice(unit)?, read_row::<Unopened>(bytes).ok()?.seq))
    };
    Ok(rows.iter().filter_map(read).collect())
}

/// Somebody else opened the beginning of a case: what this member holds of it may be taken now, so it is asked again. Not one for whom a
/// person here did not want to wait.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn again(txn: &mut Txn<'_>, unit: UnitId, case: CaseId) -> Result<(), ViewError> {
    txn.delete(Table::RESTORED, &not_opened_key(unit, case));
    let key = key(b'u', unit.as_bytes());
    if row::<Shown>(txn, &key)?.is_some_and(|shown| !shown.released) {
        txn.delete(Table::RESTORED, &key);
        txn.notify(Notice::Peers);
        txn.sync(unit);
    }
    Ok(())
}

fn clear(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    for (key, _) in View::scan(txn, Table::RESTORED, &[], None, MOST)? {
        txn.delete(Table::RESTORED, &key);
    }
    Ok(())
}

fn not_opened_key(unit: UnitId, case: CaseId) -> Vec<u8> {
    key(b'x', &[case.as_bytes().as_slice(), unit.as_bytes()].concat())
}

fn key(letter: u8, id: &[u8]) -> Vec<u8> {
    [&[letter], id].concat()
}
