//! How much one unit may bring here: shares, and ends of shares that never came. Far beyond honest use, so that nobody fills a disk.
//! Not the parts of a share: those are bounded where they arrive.

use crate::ids::UnitId;
use crate::machine::{Record, Scope, Table, Txn, ViewError};
use serde::{Deserialize, Serialize};

/// Most shares of one unit, ended ones included: what a busy unit gives in some decades.
pub(super) const SHARES: u64 = 50_000;
/// Most ends of shares that never came here.
pub(super) const UNKNOWN: u64 = 4_096;
/// Most steps of one received share: twice what its owner's node would revise it.
pub(super) const STEPS: usize = 1_024;

/// What a unit has brought so far.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Brought {
    pub(super) shares: u64,
    pub(super) unknown: u64,
}

impl Record for Brought {
    const TABLE: Table = Table::OWN;
}

/// Counts a new share of a unit; false, and nothing changed, if there is no room.
pub(super) fn share(txn: &mut Txn<'_>, from: UnitId) -> Result<bool, ViewError> {
    count(txn, from, |brought| {
        brought.shares += 1;
        brought.shares <= SHARES
    })
}

/// The same for the end of a share that never came.
pub(super) fn unknown(txn: &mut Txn<'_>, from: UnitId) -> Result<bool, ViewError> {
    count(txn, from, |brought| {
        brought.unknown += 1;
        brought.unknown <= UNKNOWN
    })
}

fn count(txn: &mut Txn<'_>, from: UnitId, add: impl FnOnce(&mut Brought) -> bool) -> Result<bool, ViewError> {
    let key = [b"shares-from/".as_slice(), from.as_bytes()].concat();
    let mut brought = txn.get::<Brought>(&key)?.unwrap_or_default();
    let fits = add(&mut brought);
    if fits {
        txn.put(&key, Scope::Master, &brought);
    }
    Ok(fits)
}
