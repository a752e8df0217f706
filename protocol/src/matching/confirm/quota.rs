//! Counts automatic comparisons against `limits`, at both units alike: each guards its own persons.
//! Runs that a person allowed are not counted.

use super::limits::{RUNS_PER_DAY, RUNS_PER_SUBJECT, SUBJECT_WINDOW, TENTHS_PER_PERSON};
use super::rows::Pair;
use crate::ids::{SubjectId, UnitId};
use crate::machine::{Record, Scope, Table, Txn, ViewError};
use crate::matching::subject::Subject;
use crate::time::{DAY, Timestamp};
use serde::{Deserialize, Serialize};

/// When one of our subjects was last compared with one peer. Key: `n`, subject, peer.
#[derive(Default, Serialize, Deserialize)]
struct Recent {
    at: Vec<Timestamp>,
}

impl Record for Recent {
    const TABLE: Table = Table::CONFIRMS;
}

/// What is counted of one peer. Key: `d`, peer.
#[derive(Default, Serialize, Deserialize)]
struct Daily {
    day: u64,
    runs: u64,
    /// Persons that it announces now.
    persons: u64,
}

impl Record for Daily {
    const TABLE: Table = Table::CONFIRMS;
}

fn recent_of(own: SubjectId) -> Vec<u8> {
    [b"n".as_slice(), own.as_bytes()].concat()
}

fn daily_key(peer: UnitId) -> Vec<u8> {
    [b"d".as_slice(), peer.as_bytes()].concat()
}

/// Counts one automatic run. False if it is one too many: then it waits for a person and nothing was counted.
pub(super) fn take(txn: &mut Txn<'_>, subject: &Subject, pair: &Pair) -> Result<bool, ViewError> {
    let key = [recent_of(pair.own).as_slice(), pair.peer.as_bytes()].concat();
    let mut recent = txn.get::<Recent>(&key)?.unwrap_or_default();
    let now = txn.now;
    recent.at.retain(|at| now.since(*at) < SUBJECT_WINDOW);
    let mut daily = txn.get::<Daily>(&daily_key(pair.peer))?.unwrap_or_default();
    let today = now.0 / DAY;
    if daily.day != today {
        (daily.day, daily.runs) = (today, 0);
    }
    let most = RUNS_PER_DAY.saturating_add(daily.persons.saturating_mul(TENTHS_PER_PERSON) / 10);
    if recent.at.len() >= RUNS_PER_SUBJECT || daily.runs >= most {
        return Ok(false);
    }
    recent.at.push(now);
    daily.runs += 1;
    txn.put(&key, subject.scope(), &recent);
    txn.put(&daily_key(pair.peer), Scope::Master, &daily);
    Ok(true)
}

/// Nothing is counted of a subject that is announced no more.
pub(super) fn forget(txn: &mut Txn<'_>, own: SubjectId) -> Result<(), ViewError> {
    for (key, _) in txn.list::<Recent>(&recent_of(own), None, usize::from(u16::MAX))? {
        txn.delete(Table::CONFIRMS, &key);
    }
    Ok(())
}

/// A peer announced a person.
pub(in crate::matching) fn announced(txn: &mut Txn<'_>, peer: UnitId) -> Result<(), ViewError> {
    persons(txn, peer, |persons| persons.saturating_add(1))
}

/// An announcement of a peer counts no more.
pub(in crate::matching) fn retracted(txn: &mut Txn<'_>, peer: UnitId) -> Result<(), ViewError> {
    persons(txn, peer, |persons| persons.saturating_sub(1))
}

fn persons(txn: &mut Txn<'_>, peer: UnitId, change: impl FnOnce(u64) -> u64) -> Result<(), ViewError> {
    let daily = txn.get::<Daily>(&daily_key(peer))?.unwrap_or_default();
    let persons = change(daily.persons);
    txn.put(&daily_key(peer), Scope::Master, &Daily { persons, ..daily });
    Ok(())
}
