//! How many evaluations a keeper has given to each unit, and how many it gives: 40 points a person and 200 persons a day and unit,
//! of which each of n keepers grants t/n. Also what each unit asked and did not announce within the hour.
//! Not who may ask at all: see `answer`.

use super::request::{BURST_MAX, BlindRequest, Burst};
use super::seen::{self, Again};
use super::upkeep::own_key;
use super::{KeepersError, message};
use crate::crypto::Signed;
use crate::federation::charter::{self, Blinding, Charter};
use crate::federation::own;
use crate::ids::UnitId;
use crate::machine::{Notice, Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::time::{DAY, HOUR, MINUTE, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Points of a unit in a day: 200 persons of 40 points.
pub const QUOTA: u64 = 8_000;
/// Points of one person.
const PERSON: u64 = 40;
/// Most live subjects of a unit that are blinded again outside its quota when a key begins.
const RENEWED: u64 = 10_000;
/// Days that are counted apart.
const DAYS: u64 = 7;
const USED: &[u8] = b"u";
const BURST: &[u8] = b"b";
const LIMIT: &[u8] = b"q";
const ALL: usize = 1_024;

/// What was asked on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Day {
    points: u64,
    persons: u64,
    refused: u64,
    unannounced: u64,
}

/// What a unit has asked of this keeper. Key: the letter, then the unit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Used {
    days: BTreeMap<u64, Day>,
    /// For the key of this epoch, so many points outside the quota are left: what is announced is blinded again.
    granted: (u64, u64),
    /// Persons asked for and not announced yet, by the minute.
    open: BTreeMap<u64, u64>,
}

impl Record for Used {
    const TABLE: Table = Table::KEEPING;
}

/// A wish for more that was heard. Key: the letter, then the unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Granted {
    day: u64,
    points: u64,
    signed: Signed<Burst>,
}

impl Record for Granted {
    const TABLE: Table = Table::KEEPING;
}

/// Another quota than [`QUOTA`], where people here have set one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Limit {
    points: u64,
}

impl Record for Limit {
    const TABLE: Table = Table::KEEPING;
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charged {
    /// It is to be answered.
    Counted,
    /// It is not, until then.
    OverQuota { resets_at: Timestamp },
}

/// What one unit asked of this keeper, for people to see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Evaluations today.
    pub today: u64,
    /// Evaluations in seven days, today included.
    pub week: u64,
    /// Persons in seven days.
    pub persons: u64,
    /// Of these, persons whom the unit did not announce within the hour.
    pub unannounced: u64,
    /// Requests over the quota in seven days.
    pub refused: u64,
    /// How many evaluations it may have today at this keeper.
    pub quota: u64,
    /// Two persons there asked for more today.
    pub burst: bool,
}

pub(super) fn day(at: Timestamp) -> u64 {
    at.0 / DAY
}

fn key(letter: &[u8], unit: UnitId) -> Vec<u8> {
    [letter, unit.as_bytes()].concat()
}

fn used(view: &dyn View, unit: UnitId) -> Result<Used, ViewError> {
    let row = view.get(Table::KEEPING, &key(USED, unit))?;
    Ok(row.map(|bytes| read_row(&bytes)).transpose()?.unwrap_or_default())
}

/// Points of a unit today at one keeper of this key, and whether two persons there asked for more.
fn quota(view: &dyn View, blinding: &Blinding, unit: UnitId, now: Timestamp) -> Result<(u64, bool), ViewError> {
    let row = |bytes: Option<Vec<u8>>| bytes.map(|bytes| read_row::<Granted>(&bytes)).transpose();
    let granted = row(view.get(Table::KEEPING, &key(BURST, unit))?)?.filter(|granted| granted.day == day(now));
    let limit = view.get(Table::KEEPING, LIMIT)?.map(|bytes| read_row::<Limit>(&bytes)).transpose()?;
    let usual = limit.map_or(QUOTA, |limit| limit.points);
    let points = granted.as_ref().map_or(usual, |granted| granted.points.min(BURST_MAX).max(usual));
    let (t, n) = (u64::from(blinding.terms.threshold), blinding.terms.keepers.len().max(1) as u64);
    Ok((points.saturating_mul(t).div_ceil(n), granted.is_some()))
}

/// Counts a request, unless it is one that was answered before or is too much.
pub(super) fn charge(
    txn: &mut Txn<'_>,
    charter: &Charter,
    blinding: &Blinding,
    unit: UnitId,
    request: &BlindRequest,
) -> Result<Charged, ViewError> {
    if seen::again(txn, unit, request)? == Again::Free {
        return Ok(Charged::Counted);
    }
    let asked = request.points.len() as u64;
    let today = day(txn.now);
    let mut row = used(txn, unit)?;
    let renewing = charter.former.as_ref().is_some_and(|former| txn.now < former.until);
    let present = charter.blinding.as_ref().map(Blinding::epoch) == Some(request.epoch);
    if renewing && present && row.granted.0 == request.epoch && row.granted.1 >= asked {
        row.granted.1 -= asked;
    } else {
        let quota = quota(txn, blinding, unit, txn.now)?.0;
        let count = row.days.entry(today).or_default();
        if count.points + asked > quota {
            count.refused += 1;
            // The first of the day is the alarm; the rest is counted.
            if count.refused == 1 {
                txn.incident(Some(unit), "asked this keeper for more evaluations than its quota of the day");
                txn.notify(Notice::Peers);
            }
            put(txn, unit, row);
            return Ok(Charged::OverQuota { resets_at: Timestamp((today + 1) * DAY) });
        }
        count.points += asked;
        count.persons += 1;
    }
    *row.open.entry(txn.now.0 / MINUTE).or_default() += 1;
    put(txn, unit, row);
    seen::remember(txn, unit, request);
    Ok(Charged::Counted)
}

fn put(txn: &mut Txn<'_>, unit: UnitId, mut row: Used) {
    let first = day(txn.now).saturating_sub(DAYS - 1);
    row.days.retain(|day, _| *day >= first);
    txn.put(&key(USED, unit), Scope::Master, &row);
}

/// A unit, which may be this one, announced somebody: the oldest that it asked for is not missed any more.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn announced(txn: &mut Txn<'_>, unit: UnitId) -> Result<(), ViewError> {
    let mut row = used(txn, unit)?;
    let Some(mut oldest) = row.open.first_entry() else { return Ok(()) };
    *oldest.get_mut() -= 1;
    if *oldest.get() == 0 {
        oldest.remove();
    }
    put(txn, unit, row);
    Ok(())
}

/// Counts as not announced what was asked more than an hour ago.
pub(super) fn keep_up(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let last = txn.now.minus(HOUR).0 / MINUTE;
    for (at, mut row) in txn.list::<Used>(USED, None, ALL)? {
        let Some(unit) = UnitId::from_slice(&at[USED.len()..]) else { continue };
        let due = row.open.split_off(&last);
        let missed = core::mem::replace(&mut row.open, due);
        if missed.is_empty() {
            continue;
        }
        for (minute, count) in missed {
            row.days.entry(minute * MINUTE / DAY).or_default().unannounced += count;
        }
        put(txn, unit, row);
    }
    Ok(())
}

/// When the key of an epoch begins: what a unit has announced, `live` subjects, is blinded again outside its quota.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn grant(txn: &mut Txn<'_>, unit: UnitId, epoch: u64, live: u64) -> Result<(), ViewError> {
    let row = Used { granted: (epoch, live.min(RENEWED) * PERSON), ..used(txn, unit)? };
    put(txn, unit, row);
    Ok(())
}

/// What every unit has asked of this keeper; nothing if this unit keeps no key.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn counts(view: &dyn View, now: Timestamp) -> Result<BTreeMap<UnitId, Counts>, ViewError> {
    let (Some(charter), Some(blinding)) = (charter::current(view)?, own_key(view)?) else { return Ok(BTreeMap::new()) };
    let mut found = BTreeMap::new();
    for unit in charter.members.iter().map(|member| member.unit) {
        let (quota, burst) = quota(view, &blinding, unit, now)?;
        let mut counts = Counts { quota, burst, ..Counts::default() };
        for (at, of) in used(view, unit)?.days.range((day(now) + 1).saturating_sub(DAYS)..) {
            counts.today += if *at == day(now) { of.points } else { 0 };
            counts.week += of.points;
            counts.persons += of.persons;
            counts.unannounced += of.unannounced;
            counts.refused += of.refused;
        }
        found.insert(unit, counts);
    }
    Ok(found)
}

/// People here set how many points a unit may have in a day over all keepers.
pub fn set_quota(txn: &mut Txn<'_>, points: u64) {
    txn.put(LIMIT, Scope::Master, &Limit { points });
}

/// Two persons of this unit want so many points today. Tells all keepers.
///
/// # Errors
/// [`KeepersError::Burst`] if it is more than anybody grants.
pub fn ask_burst(txn: &mut Txn<'_>, points: u64) -> Result<(), KeepersError> {
    if points == 0 || points > BURST_MAX {
        return Err(KeepersError::Burst);
    }
    let (own, charter) = (own::load(txn)?, charter::current(txn)?.ok_or(KeepersError::NotAMember)?);
    let burst = Burst { federation: charter.federation, unit: own.unit, day: day(txn.now), points };
    let signed = Signed::sign(&burst, &own.key());
    super::marks::ask_again(txn)?;
    for keeper in charter.blinding.iter().flat_map(|blinding| blinding.terms.keepers.iter().copied()) {
        if keeper == own.unit {
            take_burst(txn, own.unit, &signed)?;
        } else if charter.member(keeper).is_some() {
            message::send(txn, keeper, &message::Message::Burst(signed.clone()))?;
        }
    }
    Ok(())
}

/// Takes a unit's wish for more. Says whether it is in order.
pub(super) fn take_burst(txn: &mut Txn<'_>, from: UnitId, signed: &Signed<Burst>) -> Result<bool, ViewError> {
    let (Some(charter), Some(burst)) = (charter::current(txn)?, charter::verify_of(txn, from, signed)?) else { return Ok(false) };
    let near = burst.day.abs_diff(day(txn.now)) <= 1;
    if burst.unit != from || burst.federation != charter.federation || burst.points > BURST_MAX || !near {
        return Ok(false);
    }
    let (at, row) = (key(BURST, from), Granted { day: burst.day, points: burst.points, signed: signed.clone() });
    if txn.get::<Granted>(&at)?.is_none_or(|before| before.day < row.day || before.points < row.points) {
        txn.put(&at, Scope::Master, &row);
        txn.notify(Notice::Peers);
    }
    Ok(true)
}
