//! What a node put back from a backup asks its members for, and what it remembers of their answers until it goes on.
//! Not for whom it waits: that is the module above.

use super::{MOST, is_locked, key, row, since};
use crate::bounded::BoundedVec;
use crate::ids::{CaseId, ShareId, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most cases whose missing entries are asked for at once.
pub(crate) const MOST_ASKED: usize = 64;
/// Most cases that are to be handed over again at once.
const MOST_WANTED: usize = 8;
/// Most of them that are remembered of one member.
const MOST_REMEMBERED: usize = 1_000;

/// What a member is asked for. Key: `a` and the unit; `s` for what a restored member asks us, while an answer to it is on its way. It
/// travels in the charter exchange, which is not signed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ask {
    /// Cases in which the member named an entry of ours that is not here, and our first missing number.
    pub(crate) cases: BoundedVec<(CaseId, u64), MOST_ASKED>,
    /// Our newest beacon here; none before the member named a newer one.
    pub(crate) beacons_after: Option<u64>,
    /// Shares of cases that the member handed to us, and we have forgotten it.
    pub(crate) handed: BoundedVec<ShareId, MOST_WANTED>,
}

impl Record for Ask {
    const TABLE: Table = Table::RESTORED;
}

/// From which number on a member showed our entries in cases, since it is asked for what it can open until it has shown that. Key: `f`
/// and the unit.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct ShownFrom {
    cases: BTreeMap<CaseId, u64>,
}

impl Record for ShownFrom {
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

/// A member says that it handed us the case of a share, and here it is not ours: it is to give it again. Key: `w`, the unit and the share.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Wanted {
    /// It is here, or the member does not give it: it is asked for once.
    done: bool,
}

impl Record for Wanted {
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
pub(crate) fn ask_for(txn: &mut Txn<'_>, unit: UnitId, ask: &Ask) {
    txn.put(&key(b'a', unit.as_bytes()), Scope::Master, ask);
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

/// A member showed entries of ours, in each case from this number on.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn has_shown(txn: &mut Txn<'_>, unit: UnitId, cases: &BTreeMap<CaseId, u64>) -> Result<(), ViewError> {
    if cases.is_empty() {
        return Ok(());
    }
    let mut shown = shown_from(txn, unit)?;
    for (case, first) in cases {
        shown.entry(*case).and_modify(|before| *before = (*before).min(*first)).or_insert(*first);
    }
    txn.put(&key(b'f', unit.as_bytes()), Scope::Master, &ShownFrom { cases: shown });
    Ok(())
}

/// From which number on a member showed our entries in each case. That it was asked is not enough: its answers to earlier questions may
/// come first.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn shown_from(view: &dyn View, unit: UnitId) -> Result<BTreeMap<CaseId, u64>, ViewError> {
    Ok(row::<ShownFrom>(view, &key(b'f', unit.as_bytes()))?.unwrap_or_default().cases)
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

/// What a member could not open it may be able to now.
pub(super) fn forget_not_opened(txn: &mut Txn<'_>, unit: UnitId, case: CaseId) {
    txn.delete(Table::RESTORED, &not_opened_key(unit, case));
}

fn not_opened_key(unit: UnitId, case: CaseId) -> Vec<u8> {
    key(b'x', &[case.as_bytes().as_slice(), unit.as_bytes()].concat())
}

/// A case that a member handed to us under this share is to be given again.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn want(txn: &mut Txn<'_>, unit: UnitId, share: ShareId) -> Result<(), ViewError> {
    let key = wanted_key(unit, share);
    if since(txn)?.is_some() && row::<Wanted>(txn, &key)?.is_none() && wanted_rows(txn, unit)?.len() < MOST_REMEMBERED {
        txn.put(&key, Scope::Master, &Wanted { done: false });
    }
    Ok(())
}

/// It is here again, or the member does not give it.
pub(crate) fn want_no_more(txn: &mut Txn<'_>, unit: UnitId, share: ShareId) {
    txn.put(&wanted_key(unit, share), Scope::Master, &Wanted { done: true });
}

/// A member gives what cannot be taken: it is asked for nothing of that sort any more.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn want_nothing(txn: &mut Txn<'_>, unit: UnitId) -> Result<(), ViewError> {
    for (share, _) in wanted_rows(txn, unit)? {
        want_no_more(txn, unit, share);
    }
    Ok(())
}

/// Whether it is still to come.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn is_wanted(view: &dyn View, unit: UnitId, share: ShareId) -> Result<bool, ViewError> {
    Ok(row::<Wanted>(view, &wanted_key(unit, share))?.is_some_and(|row| !row.done))
}

/// What a member is to hand over again next.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn wanted(view: &dyn View, unit: UnitId) -> Result<BoundedVec<ShareId, MOST_WANTED>, ViewError> {
    let open = wanted_rows(view, unit)?.into_iter().filter(|(_, row)| !row.done);
    let shares = open.map(|(share, _)| share).take(MOST_WANTED);
    Ok(BoundedVec::new(shares.collect()).unwrap_or_default())
}

fn wanted_rows(view: &dyn View, unit: UnitId) -> Result<Vec<(ShareId, Wanted)>, ViewError> {
    let rows = view.scan(Table::RESTORED, &key(b'w', unit.as_bytes()), None, MOST_REMEMBERED)?;
    let read = |(key, bytes): &(Vec<u8>, Vec<u8>)| {
        Some((ShareId::from_slice(key.get(1 + UnitId::LEN..)?)?, read_row::<Wanted>(bytes).ok()?))
    };
    Ok(rows.iter().filter_map(read).collect())
}

fn wanted_key(unit: UnitId, share: ShareId) -> Vec<u8> {
    key(b'w', &[unit.as_bytes().as_slice(), share.as_bytes()].concat())
}
