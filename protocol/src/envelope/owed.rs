//! Acknowledgements of envelopes that came in a file: they go back in a file, until the sender says that it has them.
//! Not of those that came over the network: these were answered at once.

use super::ack::Ack;
use super::outbox::{number_of, row_key};
use crate::crypto::Signed;
use crate::ids::UnitId;
use crate::machine::{Record, Scope, Table, Txn, View, ViewError, read_row};
use serde::{Deserialize, Serialize};

/// As many as numbers are remembered.
const MOST: usize = 4096;

/// An acknowledgement that waits to be carried.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct OwedRow {
    ack: Signed<Ack>,
}

impl Record for OwedRow {
    const TABLE: Table = Table::OWED;
}

/// Keeps it. At most the newest 4,096 of a unit stay.
pub(crate) fn keep(txn: &mut Txn<'_>, to: UnitId, pair_seq: u64, ack: &Signed<Ack>) -> Result<(), ViewError> {
    txn.put(&row_key(to, pair_seq), Scope::Master, &OwedRow { ack: ack.clone() });
    let held = txn.scan(Table::OWED, to.as_bytes(), None, MOST + 1)?;
    if held.len() > MOST
        && let Some((oldest, _)) = held.first()
    {
        txn.delete(Table::OWED, oldest);
    }
    Ok(())
}

/// Those that wait for a unit, by number.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn list(view: &dyn View, to: UnitId) -> Result<Vec<(u64, Signed<Ack>)>, ViewError> {
    let rows = view.scan(Table::OWED, to.as_bytes(), None, MOST)?;
    rows.iter().map(|(key, bytes)| Ok((number_of(key), read_row::<OwedRow>(bytes)?.ack))).collect()
}

/// The unit has all acknowledgements below this number.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn settle(txn: &mut Txn<'_>, to: UnitId, below: u64) -> Result<(), ViewError> {
    for (key, _) in txn.scan(Table::OWED, to.as_bytes(), None, MOST)? {
        if number_of(&key) < below {
            txn.delete(Table::OWED, &key);
        }
    }
    Ok(())
}
