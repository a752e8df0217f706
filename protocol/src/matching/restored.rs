//! Beacons of our own that others still hold after this node was put back from a backup: taken back, and set right at the end.
//! Not the beacons of others: those come by catching up.

use super::beacon::{Action, Beacon};
use super::me::Me;
use super::publish::{publish, withdraw_number};
use super::rows::{BeaconRow, Counters, UnitRow, beacon_in, beacon_key, beacon_place, read, row_of, signed_in};
use super::subject::Subject;
use crate::crypto::Signed;
use crate::federation::charter;
use crate::ids::UnitId;
use crate::machine::{Scope, Table, Txn, View, ViewError};

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

/// Keeps a beacon of our own that a peer showed. Says whether it is one.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn take_back(txn: &mut Txn<'_>, signed: &Signed<Beacon>) -> Result<bool, ViewError> {
    let Some(me) = Me::load(txn)? else { return Ok(false) };
    let Some(beacon) = charter::verify_of(txn, me.unit, signed)? else { return Ok(false) };
    if beacon.federation != me.federation {
        return Ok(false);
    }
    let key = beacon_key(me.unit, beacon.number);
    let row = txn.get::<BeaconRow>(&key)?.unwrap_or_default();
    if row.kept.is_some() {
        return Ok(true);
    }
    txn.put(&key, Scope::Master, &row_of(signed, &beacon, row.withdrawn_by)?);
    if let Action::Withdraw(number) = beacon.action {
        let key = beacon_key(me.unit, number);
        let withdrawn = txn.get::<BeaconRow>(&key)?.unwrap_or_default();
        txn.put(&key, Scope::Master, &BeaconRow { withdrawn_by: Some(beacon.number), ..withdrawn });
    }
    Counters::change(txn, |counters| counters.last_number = counters.last_number.max(beacon.number))?;
    Ok(true)
}

/// All members have shown: what stands behind no person here any more is withdrawn, and who was withdrawn since is announced again.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn settle(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let Some(me) = Me::load(txn)? else { return Ok(()) };
    let mut row = UnitRow::of(txn, me.unit)?;
    let highest = Counters::load(txn)?.last_number;
    // Numbers that nobody had left are held as far as anybody can: no hole is ours to fill.
    if highest > 0 && row.held.insert(0, highest) {
        row.put(txn, me.unit);
    }
    let from = beacon_key(me.unit, row.floor.saturating_sub(1));
    for (key, row) in txn.list::<BeaconRow>(me.unit.as_bytes(), Some(&from), MOST)? {
        let Some((_, number)) = beacon_place(&key) else { continue };
        let beacon = beacon_in(&row, me.federation, me.unit, number)?;
        let Some(beacon) = beacon.filter(|beacon| beacon.action == Action::Announce) else { continue };
        let withdrawn = row.withdrawn_by;
        let Some(mut subject) = read::<Subject>(txn, beacon.subject.as_bytes())? else {
            if withdrawn.is_none() {
                withdraw_number(txn, &me, beacon.subject, beacon.number)?;
            }
            continue;
        };
        let of_key = subject.announced.iter_mut().find(|announced| announced.epoch == beacon.epoch);
        let Some(number) = of_key.map(|announced| &mut announced.number) else { continue };
        match withdrawn {
            None if beacon.number > *number => *number = beacon.number,
            Some(_) if beacon.number == *number => {
                *number = publish(txn, &me, beacon.epoch, subject.subject, Action::Announce, beacon.tokens.clone())?;
            }
            _ => continue,
        }
        subject.put(txn);
    }
    Ok(())
}
