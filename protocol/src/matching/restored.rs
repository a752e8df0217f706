//! Beacons of our own that others still hold after this node was put back from a backup: taken back, and set right at the end.
//! Not the beacons of others: those come by catching up.

use super::beacon::{Action, Beacon, BeaconHead, UnitBeacon};
use super::head::{raise_floor, stored as head_in};
use super::me::Me;
use super::publish::{publish, withdraw_number};
use super::raise;
use super::rows::{BeaconRow, Counters, UnitRow, beacon_in, beacon_key, beacon_place, read, row_of, signed_in};
use super::subject::Subject;
use crate::crypto::{Signed, Verified};
use crate::federation::charter;
use crate::ids::{SubjectId, UnitId};
use crate::machine::{Scope, Table, Txn, View, ViewError};
use std::collections::BTreeMap;

/// Most own beacons looked at.
const MOST: usize = 100_000;

/// The newest number that is known here of a unit, this one included.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn newest_number(view: &dyn View, unit: UnitId) -> Result<u64, ViewError> {
    let own = Me::load(view)?.is_some_and(|me| me.unit == unit);
    Ok(if own { Counters::load(view)?.last_number } else { UnitRow::of(view, unit)?.held.end() })
}

/// The number up to which our own beacons are here without a hole.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn own_until(view: &dyn View) -> Result<u64, ViewError> {
    let Some(me) = Me::load(view)? else { return Ok(0) };
    let first = UnitRow::of(view, me.unit)?.held.first(1).first().copied();
    Ok(first.filter(|(from, _)| *from <= 1).map_or(0, |(_, to)| to))
}

/// The signed beacons of a unit after a number, as held here.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn beacons_after(view: &dyn View, unit: UnitId, number: u64, limit: usize) -> Result<Vec<Signed<Beacon>>, ViewError> {
    let Some(me) = Me::load(view)? else { return Ok(Vec::new()) };
    let rows = view.scan(Table::BEACONS, unit.as_bytes(), Some(&beacon_key(unit, number)), limit)?;
    let mut found = Vec::new();
    for (key, bytes) in rows {
        let Some((_, number)) = beacon_place(&key) else { continue };
        found.extend(signed_in(&crate::machine::read_row(&bytes)?, me.federation, unit, number)?);
    }
    Ok(found)
}

/// A unit's newest head, as held here.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn head_of(view: &dyn View, unit: UnitId) -> Result<Option<Signed<BeaconHead>>, ViewError> {
    Ok(UnitRow::of(view, unit)?.head)
}

/// Keeps a beacon of our own that a peer showed. Gives its number, if it is one.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn take_back(txn: &mut Txn<'_>, signed: &Signed<Beacon>) -> Result<Option<u64>, ViewError> {
    let Some(me) = Me::load(txn)? else { return Ok(None) };
    let fits = |beacon: &Verified<Beacon>| beacon.federation == me.federation && beacon.fault().is_none();
    let own = charter::verify_of(txn, me.unit, signed)?.filter(fits);
    let Some(beacon) = own else { return Ok(None) };
    let key = beacon_key(me.unit, beacon.number);
    let row = txn.get::<BeaconRow>(&key)?.unwrap_or_default();
    if row.kept.is_some() {
        return Ok(Some(beacon.number));
    }
    let mut held = UnitRow::of(txn, me.unit)?;
    // Beyond too many holes it is asked for again, and kept all the same.
    if held.held.insert(beacon.number, beacon.number) {
        held.put(txn, me.unit);
    }
    txn.put(&key, Scope::Master, &row_of(signed, &beacon, row.withdrawn_by)?);
    if let Action::Withdraw(number) = beacon.action {
        let key = beacon_key(me.unit, number);
        let withdrawn = txn.get::<BeaconRow>(&key)?.unwrap_or_default();
        txn.put(&key, Scope::Master, &BeaconRow { withdrawn_by: Some(beacon.number), ..withdrawn });
    }
    Counters::change(txn, |counters| counters.last_number = counters.last_number.max(beacon.number))?;
    Ok(Some(beacon.number))
}

/// Takes our own newest head that a peer showed: what is below its floor counts for nobody and was dropped everywhere, and no number up
/// to its highest is given again.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn take_back_head(txn: &mut Txn<'_>, signed: &Signed<BeaconHead>) -> Result<(), ViewError> {
    let Some(me) = Me::load(txn)? else { return Ok(()) };
    let own = charter::verify_of(txn, me.unit, signed)?.filter(|head| head.federation == me.federation && head.is_possible());
    let mut row = UnitRow::of(txn, me.unit)?;
    let before = head_in(&row)?.map(|head| head.at);
    let Some(head) = own.filter(|head| before.is_none_or(|before| before < head.at)) else { return Ok(()) };
    row.head = Some(signed.clone());
    row.held.cover_below(head.floor);
    row.put(txn, me.unit);
    Counters::change(txn, |counters| counters.last_number = counters.last_number.max(head.highest))
}

/// An announcement of ours, as others know it.
struct Announced {
    number: u64,
    beacon: UnitBeacon,
    /// Not withdrawn, nor below the floor that we told.
    counts: bool,
}

/// All members have shown: what stands behind no person here any more is withdrawn, and who was withdrawn since is announced again.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn settle(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let Some(me) = Me::load(txn)? else { return Ok(()) };
    let mut row = UnitRow::of(txn, me.unit)?;
    let floor = head_in(&row)?.map_or(row.floor, |head| head.floor.max(row.floor));
    let highest = Counters::load(txn)?.last_number;
    // Numbers that nobody had left are held as far as anybody can: no hole is ours to fill.
    if highest > 0 && row.held.insert(0, highest) {
        row.put(txn, me.unit);
    }
    let all = announcements(txn, &me, row.floor, floor)?;
    // The newest that counts of each subject, by its key: it may have been renewed since.
    let newest: BTreeMap<(SubjectId, u64), u64> =
        all.iter().filter(|one| one.counts).map(|one| ((one.beacon.subject, one.beacon.epoch), one.number)).collect();
    for Announced { number, beacon, counts } in all {
        let Some(mut subject) = read::<Subject>(txn, beacon.subject.as_bytes())? else {
            if counts {
                withdraw_number(txn, &me, beacon.subject, number)?;
            }
            continue;
        };
        let of_key = subject.announced.iter().find(|announced| announced.epoch == beacon.epoch).map(|announced| announced.number);
        let now = match newest.get(&(beacon.subject, beacon.epoch)) {
            Some(newest) if of_key.is_some_and(|known| known < *newest) => *newest,
            None if of_key == Some(number) => {
                publish(txn, &me, beacon.epoch, subject.subject, Action::Announce, beacon.tokens.clone())?
            }
            _ => continue,
        };
        for announced in subject.announced.iter_mut().filter(|announced| announced.epoch == beacon.epoch) {
            announced.number = now;
        }
        subject.put(txn);
        raise::carry(txn, &subject, &subject, now)?;
    }
    raise_floor(txn, &me, me.unit, floor)?.put(txn, me.unit);
    Ok(())
}

/// Our own announcements from one number on, in order. One below the floor that we told counts for nobody, whatever is known here: that
/// is noted.
fn announcements(txn: &mut Txn<'_>, me: &Me, from: u64, floor: u64) -> Result<Vec<Announced>, ViewError> {
    let from = beacon_key(me.unit, from.saturating_sub(1));
    let mut all = Vec::new();
    for (key, row) in txn.list::<BeaconRow>(me.unit.as_bytes(), Some(&from), MOST)? {
        let Some((_, number)) = beacon_place(&key) else { continue };
        let beacon = beacon_in(&row, me.federation, me.unit, number)?.filter(|beacon| beacon.action == Action::Announce);
        let Some(beacon) = beacon else { continue };
        let counts = row.withdrawn_by.is_none() && number >= floor;
        if row.withdrawn_by.is_none() && !counts {
            txn.put(&key, Scope::Master, &BeaconRow { withdrawn_by: Some(floor), ..row });
        }
        all.push(Announced { number, beacon, counts });
    }
    Ok(all)
}
