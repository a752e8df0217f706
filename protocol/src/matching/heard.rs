//! Judging a beacon of another unit, from gossip or from catching up: the same checks either way, in any order of arrival.
//! Nothing in it is believed before its signature holds under its unit's present key, or under a past one if the unit's own newest
//! head, signed with its present key, says that it reaches so far.

use super::beacon::{Action, BEACON_MAX, Beacon, UnitBeacon};
use super::close;
use super::confirm;
use super::lookup::{compare, ours_in};
use super::me::Me;
use super::rows::{BeaconRow, Counters, UnitRow, beacon_key, read, row_of, signed_in};
use super::subject::Subject;
use crate::crypto::{Signed, Verified};
use crate::federation::proof;
use crate::ids::UnitId;
use crate::keepers;
use crate::machine::{Scope, Txn, Verdict, ViewError};
use crate::wire::MessageKind;

/// Most numbers of one unit that count at the same time, announcements and withdrawals together.
pub(super) const MOST_LIVE: u64 = 200_000;

/// Takes a gossiped beacon. Ignored is what is of no use here and nobody's fault: known already, expired, our own, or signed
/// under a charter not known here. Rejected is what whoever passed it on did not check.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn heard(txn: &mut Txn<'_>, bytes: &[u8]) -> Result<Verdict, ViewError> {
    match Me::load(txn)? {
        Some(me) => hear(txn, &me, bytes, false),
        None => Ok(Verdict::Ignore),
    }
}

pub(super) fn hear(txn: &mut Txn<'_>, me: &Me, bytes: &[u8], catching_up: bool) -> Result<Verdict, ViewError> {
    if bytes.len() > BEACON_MAX {
        return reject(txn, None, "sent a beacon that is too long");
    }
    let signed = Signed::<Beacon>::from_bytes(bytes.to_vec());
    let Ok(signer) = signed.claimed_signer() else {
        return reject(txn, None, "sent something that is no beacon");
    };
    // An unknown key may belong to a newer charter than ours.
    let past = me.past_unit_of(signer).filter(|_| catching_up);
    let Some(unit) = me.unit_of(signer).or(past) else {
        return Ok(Verdict::Ignore);
    };
    let Ok(beacon) = signed.verify(&signer) else {
        return reject(txn, None, "sent a beacon whose signature does not hold");
    };
    if beacon.federation != me.federation {
        return reject(txn, Some(unit), "sent a beacon of another federation");
    }
    if beacon.lives_too_long(txn.now) {
        // Nobody here knows whose clock is wrong: the author's, that of whoever passed it on, or ours.
        txn.incident(Some(unit), "sent a beacon that lives too long, or a clock is wrong");
        return Ok(Verdict::Ignore);
    }
    if let Some(fault) = beacon.fault() {
        return reject(txn, Some(unit), fault);
    }
    // One of a key that is over, or of one that a newer charter names.
    let counts = me.counts(beacon.epoch, txn.now) && beacon.expires > txn.now;
    if unit == me.unit || !me.others.contains(&unit) || !counts {
        return Ok(Verdict::Ignore);
    }
    let mut row = UnitRow::of(txn, unit)?;
    if past.is_some() && !reaches(&row, me, unit, beacon.number)? {
        return Ok(Verdict::Ignore);
    }
    if beacon.number < row.floor {
        return Ok(Verdict::Ignore);
    }
    let key = beacon_key(unit, beacon.number);
    let before = txn.get::<BeaconRow>(&key)?.unwrap_or_default();
    if let Some(known) = signed_in(&before, me.federation, unit, beacon.number)? {
        return known_already(txn, unit, &known, &signed, &beacon);
    }
    let most = match beacon.action {
        Action::Announce => MOST_LIVE,
        // What ends something is taken beyond what begins something.
        Action::Withdraw(_) => 2 * MOST_LIVE,
    };
    if row.held.numbers_from(row.floor) >= most {
        txn.incident(Some(unit), "announces more than is kept of one unit");
        return Ok(Verdict::Ignore);
    }
    if !row.held.insert(beacon.number, beacon.number) {
        return Ok(Verdict::Ignore);
    }
    row.put(txn, unit);
    let withdrawn_by = before.withdrawn_by;
    txn.put(&key, Scope::Master, &row_of(&signed, &beacon, withdrawn_by)?);
    match beacon.action {
        Action::Announce if withdrawn_by.is_none() => announced(txn, me, &UnitBeacon { unit, beacon: beacon.into_value() })?,
        Action::Announce => {}
        Action::Withdraw(number) if number >= row.floor => close::withdrawn(txn, me, unit, number, beacon.number)?,
        Action::Withdraw(_) => {}
    }
    Ok(Verdict::Accept)
}

/// Whether the unit itself says, with its present key, that its beacons reach this number.
fn reaches(row: &UnitRow, me: &Me, unit: UnitId, number: u64) -> Result<bool, ViewError> {
    let Some(head) = &row.head else { return Ok(false) };
    let head = head.stored().map_err(|error| ViewError(format!("a stored head: {error}")))?;
    Ok(me.unit_of(head.signer()) == Some(unit) && number <= head.highest)
}

/// Counts it and follows up whoever of ours is in it.
fn announced(txn: &mut Txn<'_>, me: &Me, beacon: &UnitBeacon) -> Result<(), ViewError> {
    Counters::change(txn, |counters| counters.heard += 1)?;
    keepers::announced(txn, beacon.unit)?;
    confirm::announced(txn, beacon.unit)?;
    for subject in ours_in(txn, me, beacon)? {
        let Some(subject) = read::<Subject>(txn, subject.as_bytes())? else {
            continue;
        };
        if let Some(hit) = compare(txn, me, &subject, beacon)? {
            confirm::found(txn, me, &subject, beacon, &hit)?;
        }
    }
    Ok(())
}

/// The same payload again is nothing; another one under the same number is a proof against its unit.
fn known_already(
    txn: &mut Txn<'_>,
    unit: UnitId,
    known: &Signed<Beacon>,
    signed: &Signed<Beacon>,
    beacon: &Verified<Beacon>,
) -> Result<Verdict, ViewError> {
    let stored = known.stored().map_err(|error| ViewError(format!("a stored beacon: {error}")))?;
    if stored.payload() == beacon.payload() {
        return Ok(Verdict::Ignore);
    }
    proof::keep(txn, unit, MessageKind::Beacon, known.as_bytes(), signed.as_bytes())?;
    // Whoever passed it on may have heard this one first: only its author is at fault.
    txn.incident(Some(unit), "signed two different beacons of one number");
    Ok(Verdict::Ignore)
}

fn reject(txn: &mut Txn<'_>, unit: Option<UnitId>, what: &'static str) -> Result<Verdict, ViewError> {
    txn.incident(unit, what);
    Ok(Verdict::Reject)
}
