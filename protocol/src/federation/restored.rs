//! A node put back from a backup has forgotten what it signed since: until a member has shown that, what came from it stays locked,
//! nothing is signed for it, and no chain or beacon that it may hold more of is continued.
//! Not what members are asked for meanwhile (`asked`) and what is remembered after it (`lost`), nor what is shown and taken back: that is
//! `standing`.

mod asked;
mod forgetful;
mod lost;

pub(crate) use asked::{
    Ask, MOST_ASKED, all_not_opened, ask, ask_for, has_shown, has_told, is_wanted, keep_question, not_opened, not_opened_to,
    note_words, shown_from, take_question, taken_back_from, taking_back, told, want, want_no_more, want_nothing, wanted,
};
pub(crate) use forgetful::{forgot, heard_forgot, is_forgetful, said_forgot};
pub(crate) use lost::{forget_share, is_any_handover_lost, is_handover_lost, is_share_lost, lose_handover, lose_share};

use super::rows::row;
use super::{charter, own, prekey};
use crate::ids::{CaseId, NodeKey, UnitId};
use crate::machine::{Notice, Record, Scope, Table, Txn, View, ViewError};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

const RESTORED: &[u8] = b"restored";
const LOST_KEY: &[u8] = b"lost-key";
const PUT_BACK: &[u8] = b"put-back";
/// Most rows cleared at the end.
const MOST: usize = 100_000;

/// The mark of a restored node, gone once everybody has shown; and when it was restored, which stays.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Restored {
    at: Timestamp,
}

impl Record for Restored {
    const TABLE: Table = Table::OWN;
}

/// The node key that somebody else may hold. Stays until the folder is marked again.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct LostKey {
    key: NodeKey,
}

impl Record for LostKey {
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

/// A case noted while the node is being restored. Key: `c` and the case if it was opened since, `n` if it is to be looked at at the end.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Noted {
    at: Timestamp,
}

impl Record for Noted {
    const TABLE: Table = Table::RESTORED;
}

/// To be called once on the rows of a backup before anything else happens with them. `lost` if the computer on which the node was is in
/// foreign hands, and the node key with it.
///
/// # Errors
/// [`ViewError`] if the store fails or the node was never set up.
pub fn mark(txn: &mut Txn<'_>, lost: bool) -> Result<(), ViewError> {
    clear(txn, |_| true)?;
    if lost {
        let key = own::load(txn)?.public();
        txn.put(LOST_KEY, Scope::Master, &LostKey { key });
    } else {
        txn.delete(Table::OWN, LOST_KEY);
    }
    txn.put(RESTORED, Scope::Master, &Restored { at: txn.now });
    txn.put(PUT_BACK, Scope::Master, &Restored { at: txn.now });
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

/// When this node was put back last, if ever: of what it showed before that it may have forgotten something.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn put_back(view: &dyn View) -> Result<Option<Timestamp>, ViewError> {
    Ok(row::<Restored>(view, PUT_BACK)?.map(|restored| restored.at))
}

/// Whether this node is to meet nobody before it has a new key: whom it met under a lost one would show it everything, and what somebody
/// else did under that key meanwhile would pass for its own.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn keeps_off(view: &dyn View) -> Result<bool, ViewError> {
    let Some(lost) = row::<LostKey>(view, LOST_KEY)? else { return Ok(false) };
    Ok(own::find(view)?.is_some_and(|own| own.public() == lost.key))
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
    clear(txn, |key| key.first() != Some(&forgetful::LETTER))?;
    txn.delete(Table::OWN, RESTORED);
    Ok(Some(cases))
}

/// Somebody else opened the beginning of a case: what this member holds of it may be taken now, so it is asked again. Not one for whom a
/// person here did not want to wait.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn again(txn: &mut Txn<'_>, unit: UnitId, case: CaseId) -> Result<(), ViewError> {
    asked::forget_not_opened(txn, unit, case);
    wait_again(txn, unit)
}

/// A case is ours again: of what they hold of it members showed only what they show to anybody, so each is asked once more.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn all_again(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let rows = View::scan(txn, Table::RESTORED, b"u", None, MOST)?;
    for unit in rows.iter().filter_map(|(key, _)| UnitId::from_slice(&key[1..])) {
        wait_again(txn, unit)?;
    }
    Ok(())
}

fn wait_again(txn: &mut Txn<'_>, unit: UnitId) -> Result<(), ViewError> {
    let key = key(b'u', unit.as_bytes());
    if row::<Shown>(txn, &key)?.is_some_and(|shown| !shown.released) {
        txn.delete(Table::RESTORED, &key);
        txn.notify(Notice::Peers);
        txn.sync(unit);
    }
    Ok(())
}

fn clear(txn: &mut Txn<'_>, ends: impl Fn(&[u8]) -> bool) -> Result<(), ViewError> {
    let rows = View::scan(txn, Table::RESTORED, &[], None, MOST)?;
    for (key, _) in rows.into_iter().filter(|(key, _)| ends(key) && !lost::stays(key)) {
        txn.delete(Table::RESTORED, &key);
    }
    Ok(())
}

fn key(letter: u8, id: &[u8]) -> Vec<u8> {
    [&[letter], id].concat()
}
