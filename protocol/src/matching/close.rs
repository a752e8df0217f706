//! The end of a beacon and of the alerts that rest on it: withdrawn, below the floor, or its unit gone.
//! Not closing by a person: that is `alert::set_state`.

use super::alert::{self, Alert, AlertOf, Outcome, State, pair_key};
use super::beacon::{Action, UnitBeacon};
use super::confirm;
use super::lookup::ours_in;
use super::me::Me;
use super::room;
use super::rows::{BeaconRow, Counters, beacon_in, beacon_key, beacon_place};
use super::subject::Subject;
use crate::ids::{AlertId, UnitId};
use crate::machine::{Notice, Scope, Table, Txn, ViewError};

/// Rows of one unit read at once.
const PAGE: usize = 512;

/// Takes another unit's withdrawal of one of its numbers, also if that number has not come yet.
pub(super) fn withdrawn(txn: &mut Txn<'_>, me: &Me, unit: UnitId, number: u64, by: u64) -> Result<(), ViewError> {
    let key = beacon_key(unit, number);
    let row = txn.get::<BeaconRow>(&key)?.unwrap_or_default();
    if row.withdrawn_by.is_some() {
        return Ok(());
    }
    if let Some(beacon) = beacon_in(&row, me.federation, unit, number)? {
        retract(txn, me, &beacon)?;
    }
    txn.put(&key, Scope::Master, &BeaconRow { withdrawn_by: Some(by), ..row });
    Ok(())
}

/// Forgets what a unit announced below a number.
pub(super) fn drop_below(txn: &mut Txn<'_>, me: &Me, unit: UnitId, floor: u64) -> Result<(), ViewError> {
    loop {
        let page = txn.list::<BeaconRow>(unit.as_bytes(), None, PAGE)?;
        let below: Vec<_> = page.into_iter().filter(|(key, _)| *key < beacon_key(unit, floor)).collect();
        if below.is_empty() {
            return Ok(());
        }
        for (key, row) in below {
            if let (Some((_, number)), None) = (beacon_place(&key), row.withdrawn_by)
                && let Some(beacon) = beacon_in(&row, me.federation, unit, number)?
            {
                retract(txn, me, &beacon)?;
            }
            txn.delete(Table::BEACONS, &key);
        }
    }
}

/// A heard announcement counts no more: its alerts close.
fn retract(txn: &mut Txn<'_>, me: &Me, beacon: &UnitBeacon) -> Result<(), ViewError> {
    if beacon.action != Action::Announce {
        return Ok(());
    }
    Counters::change(txn, |counters| counters.heard = counters.heard.saturating_sub(1))?;
    confirm::retracted(txn, beacon.unit)?;
    for subject in ours_in(txn, me, beacon)? {
        confirm::end(txn, subject, beacon)?;
        let Some(of) = txn.get::<AlertOf>(&pair_key(subject, beacon.unit, beacon.subject))? else {
            continue;
        };
        if alert::get(txn, of.alert)?.is_some_and(|alert| alert.peer_beacon == beacon.number) {
            close(txn, of.alert)?;
        }
    }
    Ok(())
}

/// Closes every alert of a subject of ours that is announced no more.
pub(super) fn close_all_of(txn: &mut Txn<'_>, subject: &Subject) -> Result<(), ViewError> {
    for (_, of) in txn.list::<AlertOf>(subject.subject.as_bytes(), None, alert::PER_SUBJECT)? {
        close(txn, of.alert)?;
        room::person_withdrawn(txn, subject, of.alert)?;
    }
    Ok(())
}

/// Closes an alert whose beacon or own subject counts no more. What a person closed stays as it was.
pub(super) fn close(txn: &mut Txn<'_>, id: AlertId) -> Result<(), ViewError> {
    let Some(mut alert) = txn.get::<Alert>(id.as_bytes())? else {
        return Ok(());
    };
    if !matches!(alert.state, State::Closed { .. }) {
        alert.state = State::Closed { by: None, at: txn.now, outcome: Outcome::Withdrawn };
        alert.put(txn);
        txn.notify(Notice::Alert(id));
    }
    Ok(())
}
