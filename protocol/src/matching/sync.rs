//! Catching up over `/icmc/beacons/2`: each side says what it holds, the other gives what is missing.
//! Gossip is never relied on; the checks of a beacon are those of `heard`.

use super::beacon::{Beacon, BeaconHead};
use super::head::heard_head;
use super::heard::hear;
use super::me::Me;
use super::ranges::Ranges;
use super::rows::{BeaconRow, UnitRow, beacon_key, read, signed_in};
use crate::bounded::BoundedVec;
use crate::crypto::Signed;
use crate::ids::UnitId;
use crate::machine::{Txn, Verdict, View, ViewError};
use crate::wire;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most ranges told of one unit.
const RANGES: usize = 16;
/// Most units in a request or reply.
const UNITS: usize = 256;
/// Most beacons in a reply.
const BEACONS: usize = 4_096;
/// Bytes of beacons in a reply.
const BEACON_BYTES: usize = 900 * 1024;
/// Most bytes of a request.
pub const REQUEST_MAX: usize = 256 * 1024;
/// Most bytes of a reply.
pub const REPLY_MAX: usize = 1024 * 1024;

/// What is held of one unit's numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Held {
    pub(super) unit: UnitId,
    pub(super) ranges: BoundedVec<(u64, u64), RANGES>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) held: BoundedVec<Held, UNITS>,
    pub(super) head: Option<Signed<BeaconHead>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reply {
    pub(super) heads: BoundedVec<Signed<BeaconHead>, UNITS>,
    pub(super) beacons: BoundedVec<Signed<Beacon>, BEACONS>,
    pub(super) more: bool,
}

/// What a reply brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Synced {
    /// Beacons that were new.
    pub new: usize,
    /// Whether to ask the same peer again.
    pub more: bool,
}

/// The request for any member. None before this unit belongs to a federation.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn request(view: &dyn View) -> Result<Option<Vec<u8>>, ViewError> {
    let Some(me) = Me::load(view)? else {
        return Ok(None);
    };
    let mut held = Vec::new();
    for unit in me.others.iter().take(UNITS) {
        let ranges = UnitRow::of(view, *unit)?.held.first(RANGES);
        let ranges = BoundedVec::new(ranges).expect("no more were taken");
        held.push(Held { unit: *unit, ranges });
    }
    let held = BoundedVec::new(held).expect("no more were taken");
    let head = UnitRow::of(view, me.unit)?.head;
    Ok(Some(wire::encode(&Request { held, head })))
}

/// Answers a member's request, and takes its head. None if it is not well-formed.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn handle_request(txn: &mut Txn<'_>, from: UnitId, bytes: &[u8]) -> Result<Option<Vec<u8>>, ViewError> {
    let Some(me) = Me::load(txn)? else {
        return Ok(None);
    };
    let Some((theirs, head)) = understood(bytes) else {
        txn.garbage(Some(from), "sent a request for beacons that is not well-formed");
        return Ok(None);
    };
    if let Some(head) = head {
        heard_head(txn, &me, &head)?;
    }
    let (mut heads, mut beacons, mut size, mut more) = (Vec::new(), Vec::new(), 0, false);
    let none = Ranges::default();
    for unit in me.others.iter().chain([&me.unit]).filter(|unit| **unit != from).take(UNITS) {
        let row = UnitRow::of(txn, *unit)?;
        heads.extend(row.head);
        let wanted = theirs.get(unit).unwrap_or(&none);
        // Who tells as many ranges as fit may hold more beyond them.
        let last = if wanted.count() < RANGES { u64::MAX } else { wanted.end() };
        for number in row.held.without(wanted, row.floor).take_while(|number| *number <= last) {
            let stored: BeaconRow = read(txn, &beacon_key(*unit, number))?.unwrap_or_default();
            if stored.kept.as_ref().is_none_or(|kept| kept.expires <= txn.now) {
                continue;
            }
            let Some(signed) = signed_in(&stored, me.federation, *unit, number)? else {
                continue;
            };
            size += signed.as_bytes().len() + 4;
            if size > BEACON_BYTES || beacons.len() == BEACONS {
                more = true;
                break;
            }
            beacons.push(signed);
        }
        if more {
            break;
        }
    }
    let reply = Reply {
        heads: BoundedVec::new(heads).expect("no more units were asked"),
        beacons: BoundedVec::new(beacons).expect("no more were taken"),
        more,
    };
    Ok(Some(wire::encode(&reply)))
}

/// Takes a reply; every beacon in it is judged like a gossiped one.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn handle_reply(txn: &mut Txn<'_>, from: UnitId, bytes: &[u8]) -> Result<Synced, ViewError> {
    let mut synced = Synced { new: 0, more: false };
    let Some(me) = Me::load(txn)? else {
        return Ok(synced);
    };
    let Ok(reply) = wire::decode::<Reply>(bytes, REPLY_MAX) else {
        txn.garbage(Some(from), "sent a reply about beacons that is not well-formed");
        return Ok(synced);
    };
    for head in reply.heads.iter() {
        heard_head(txn, &me, head)?;
    }
    for beacon in reply.beacons.iter() {
        match hear(txn, &me, beacon.as_bytes(), true)? {
            Verdict::Accept => synced.new += 1,
            Verdict::Ignore => {}
            Verdict::Reject => {
                // Whoever passes on one that it cannot have checked may pass on thousands.
                txn.garbage(Some(from), "passed on a beacon that is not valid");
                return Ok(synced);
            }
        }
    }
    // A peer that promises more and brings nothing new is not asked again.
    synced.more = reply.more && synced.new > 0;
    Ok(synced)
}

type Understood = (BTreeMap<UnitId, Ranges>, Option<Signed<BeaconHead>>);

fn understood(bytes: &[u8]) -> Option<Understood> {
    let request: Request = wire::decode(bytes, REQUEST_MAX).ok()?;
    let held = request.held.into_inner().into_iter();
    let held = held.map(|held| Some((held.unit, Ranges::from_peer(held.ranges.into_inner())?)));
    Some((held.collect::<Option<_>>()?, request.head))
}
