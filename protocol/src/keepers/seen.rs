//! Which requests a keeper has answered, so that the same one again is free.
//! Not the answers: they are computed again.

use super::quota::day;
use super::request::BlindRequest;
use crate::crypto::{Hasher, labels};
use crate::ids::UnitId;
use crate::machine::{Record, Scope, Table, Txn, View, ViewError};
use serde::{Deserialize, Serialize};

const SEEN: &[u8] = b"a";
/// Free answers to one request.
const FREE: u32 = 50;
/// Rows forgotten in one step.
const FORGOTTEN: usize = 1_000;

/// Key: the letter, the day, the unit, the blinding epoch, the reference. Bounded by the quota of two days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    #[serde(with = "serde_bytes")]
    points: [u8; 32],
    again: u32,
}

impl Record for Seen {
    const TABLE: Table = Table::KEEPING;
}

/// Whether a request costs anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// It was answered since yesterday.
    Free,
    /// It was not, or far too often.
    Costs,
}

fn key(day: u64, unit: UnitId, request: &BlindRequest) -> Vec<u8> {
    let (day, epoch) = (day.to_be_bytes(), request.epoch.to_be_bytes());
    [SEEN, &day, unit.as_bytes(), &epoch, request.person_ref.as_bytes()].concat()
}

fn hash(request: &BlindRequest) -> [u8; 32] {
    let parts = request.points.iter().fold(Hasher::new(labels::BLIND_REQUEST), |hasher, point| hasher.part(point.as_bytes()));
    parts.finish()
}

pub(super) fn again(txn: &mut Txn<'_>, unit: UnitId, request: &BlindRequest) -> Result<Again, ViewError> {
    let today = day(txn.now);
    for day in [today, today.saturating_sub(1)] {
        let at = key(day, unit, request);
        let Some(row) = txn.get::<Seen>(&at)?.filter(|row| row.points == hash(request) && row.again < FREE) else { continue };
        txn.put(&at, Scope::Master, &Seen { again: row.again + 1, ..row });
        return Ok(Again::Free);
    }
    Ok(Again::Costs)
}

pub(super) fn remember(txn: &mut Txn<'_>, unit: UnitId, request: &BlindRequest) {
    let row = Seen { points: hash(request), again: 0 };
    txn.put(&key(day(txn.now), unit, request), Scope::Master, &row);
}

/// Forgets what is older than yesterday, a part at a time.
pub(super) fn keep_up(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let first = [SEEN, &day(txn.now).saturating_sub(1).to_be_bytes()].concat();
    let old = View::scan(txn, Table::KEEPING, SEEN, None, FORGOTTEN)?;
    old.iter().filter(|(key, _)| *key < first).for_each(|(key, _)| txn.delete(Table::KEEPING, key));
    Ok(())
}
