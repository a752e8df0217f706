//! How far each unit's beacons reach, said once a day; what is missing shows as "may be incomplete".
//! Not the fetching of what is missing: that is `sync`.

use super::beacon::{Action, Beacon, BeaconHead};
use super::close;
use super::me::Me;
use super::publish::renew;
use super::rows::{BeaconRow, Counters, UnitRow, beacon_in, beacon_key, read};
use crate::crypto::Signed;
use crate::federation::restored;
use crate::ids::UnitId;
use crate::machine::{Table, Txn, View, ViewError};
use crate::time::{DAY, MINUTE, Timestamp};

/// A head older than this makes matches with its unit possibly incomplete.
const STALE: u64 = 3 * DAY;
/// How long before its end an announcement is made anew.
const RENEWAL: u64 = 30 * DAY;
/// Most own numbers looked at in one day's round.
const ROUND: usize = 2_000;
/// How far ahead another unit's clock may be.
const CLOCK_SKEW: u64 = 10 * MINUTE;

/// Signs today's head, if the last one is a day old, renews what soon expires, and moves the floor. Gives whether a head was
/// signed; it travels with the next exchange.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn daily_head(txn: &mut Txn<'_>) -> Result<bool, ViewError> {
    let Some(me) = Me::load(txn)? else {
        return Ok(false);
    };
    if restored::since(txn)?.is_some() {
        return Ok(false);
    }
    let row = UnitRow::of(txn, me.unit)?;
    let last = stored(&row)?.map(|head| head.at);
    // One of a past node key is worth nothing to the others.
    let signed_now = row.head.as_ref().is_some_and(|head| head.claimed_signer() == Ok(me.key.public()));
    if signed_now && last.is_some_and(|at| txn.now.since(at) < DAY && at <= txn.now) {
        return Ok(false);
    }
    let floor = advance(txn, &me, row.floor.max(1))?;
    let mut row = raise_floor(txn, &me, me.unit, floor)?;
    let highest = Counters::load(txn)?.last_number;
    let head = BeaconHead { federation: me.federation, epoch: me.epoch, floor, highest, at: txn.now };
    row.head = Some(Signed::sign(&head, &me.key));
    row.put(txn, me.unit);
    Ok(true)
}

/// Renews own announcements that soon expire, in order, and gives the first number that still counts.
fn advance(txn: &mut Txn<'_>, me: &Me, floor: u64) -> Result<u64, ViewError> {
    let highest = Counters::load(txn)?.last_number;
    let mut at = floor;
    for _ in 0..ROUND {
        if at > highest {
            break;
        }
        let row: BeaconRow = read(txn, &beacon_key(me.unit, at))?.unwrap_or_default();
        let beacon = beacon_in(&row, me.federation, me.unit, at)?;
        if let Some(beacon) = beacon.filter(|beacon| row.withdrawn_by.is_none() && beacon.action == Action::Announce) {
            if !is_ending(&beacon, txn.now) {
                break;
            }
            renew(txn, me, at, &beacon)?;
        }
        // Withdrawn, or a withdrawal of a number further down.
        at += 1;
    }
    Ok(at)
}

fn is_ending(beacon: &Beacon, now: Timestamp) -> bool {
    beacon.expires.minus(RENEWAL) <= now
}

/// Takes another unit's head: an older one changes nothing, a higher floor forgets what is below it.
pub(super) fn heard_head(txn: &mut Txn<'_>, me: &Me, signed: &Signed<BeaconHead>) -> Result<(), ViewError> {
    let unit = signed.claimed_signer().ok().and_then(|key| Some((key, me.unit_of(key)?)));
    let Some((key, unit)) = unit.filter(|(_, unit)| me.others.contains(unit)) else {
        return Ok(());
    };
    // Every exchange brings everybody's again: what is held already was checked when it came.
    if UnitRow::of(txn, unit)?.head.as_ref() == Some(signed) {
        return Ok(());
    }
    let Ok(head) = signed.verify(&key) else {
        txn.incident(None, "sent a beacon head whose signature does not hold");
        return Ok(());
    };
    if head.federation != me.federation || !head.is_possible() || head.at > txn.now.plus(CLOCK_SKEW) {
        txn.incident(Some(unit), "signed an impossible beacon head");
        return Ok(());
    }
    let before = stored(&UnitRow::of(txn, unit)?)?;
    if before.is_some_and(|before| before.at >= head.at) {
        return Ok(());
    }
    let mut row = raise_floor(txn, me, unit, head.floor)?;
    row.head = Some(signed.clone());
    row.put(txn, unit);
    Ok(())
}

/// The other units whose matches may be incomplete: no head younger than three days, or a number below its head missing.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn incomplete(view: &dyn View, now: Timestamp) -> Result<Vec<UnitId>, ViewError> {
    let Some(me) = Me::load(view)? else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for unit in &me.others {
        let row = UnitRow::of(view, *unit)?;
        let complete = stored(&row)?.is_some_and(|head| now.since(head.at) <= STALE && row.held.covers(head.floor, head.highest));
        if !complete {
            found.push(*unit);
        }
    }
    Ok(found)
}

pub(super) fn stored(row: &UnitRow) -> Result<Option<BeaconHead>, ViewError> {
    let head = row.head.as_ref().map(Signed::stored).transpose();
    let head = head.map_err(|error| ViewError(format!("{}: a stored head: {error}", Table::BEACON_HEADS.0)))?;
    Ok(head.map(crate::crypto::Verified::into_value))
}

pub(super) fn raise_floor(txn: &mut Txn<'_>, me: &Me, unit: UnitId, floor: u64) -> Result<UnitRow, ViewError> {
    let before = UnitRow::of(txn, unit)?;
    if floor <= before.floor {
        return Ok(before);
    }
    close::drop_below(txn, me, unit, floor)?;
    let mut row = UnitRow::of(txn, unit)?;
    row.floor = floor;
    row.held.cover_below(floor);
    Ok(row)
}
