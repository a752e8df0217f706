//! What a node that was put back learned to have lost for good. It remembers that after it goes on, so that it accuses nobody who comes
//! back to it: it was told so once, and more people here cannot do.
//! Not what comes back: that is `standing`.

use super::key;
use crate::ids::{ShareId, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Most shares with one unit that are remembered.
const MOST_SHARES: usize = 1_000;
const SHARE: u8 = b'l';
const CASE: u8 = b'h';

/// Lost. Key: `l`, the receiver and the share, for one that we signed of a case that is not ours here; `h` and the unit, for one that
/// handed us a case.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Lost {
    at: Timestamp,
}

impl Record for Lost {
    const TABLE: Table = Table::RESTORED;
}

/// Whether a row outlasts the waiting.
pub(super) fn stays(key: &[u8]) -> bool {
    matches!(key.first(), Some(&SHARE | &CASE))
}

/// A unit holds a share that we signed, of a case that is not ours here.
pub(crate) fn lose_share(txn: &mut Txn<'_>, to: UnitId, share: ShareId) -> Result<(), ViewError> {
    if txn.scan(Table::RESTORED, &key(SHARE, to.as_bytes()), None, MOST_SHARES)?.len() < MOST_SHARES {
        txn.put(&share_key(to, share), Scope::Master, &Lost { at: txn.now });
    }
    Ok(())
}

/// A share is known again with its case, or is over.
pub(crate) fn forget_share(txn: &mut Txn<'_>, to: UnitId, share: ShareId) {
    txn.delete(Table::RESTORED, &share_key(to, share));
}

/// Whether a unit holds a share of ours that was lost here with its case.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn is_share_lost(view: &dyn View, to: UnitId, share: ShareId) -> Result<bool, ViewError> {
    Ok(view.get(Table::RESTORED, &share_key(to, share))?.is_some())
}

/// A unit handed us a case and does not give it again: our yes and what came after it is lost here.
pub(crate) fn lose_handover(txn: &mut Txn<'_>, from: UnitId) {
    txn.put(&key(CASE, from.as_bytes()), Scope::Master, &Lost { at: txn.now });
}

/// Whether it did.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn is_handover_lost(view: &dyn View, from: UnitId) -> Result<bool, ViewError> {
    Ok(view.get(Table::RESTORED, &key(CASE, from.as_bytes()))?.is_some())
}

/// Whether somebody did.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn is_any_handover_lost(view: &dyn View) -> Result<bool, ViewError> {
    Ok(!view.scan(Table::RESTORED, &[CASE], None, 1)?.is_empty())
}

fn share_key(to: UnitId, share: ShareId) -> Vec<u8> {
    key(SHARE, &[to.as_bytes().as_slice(), share.as_bytes()].concat())
}
