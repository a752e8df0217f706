//! To whom this node has yet to say that it forgot what it was given since its backup was made: for as long as that has not arrived.
//! Outlives the waiting: a member may have shown all before words were compared again, and until then nothing of shares is said to it.

use super::{key, row};
use crate::ids::UnitId;
use crate::machine::{Record, Scope, Table, Txn, View, ViewError};
use serde::{Deserialize, Serialize};

/// First letter of these keys.
pub(super) const LETTER: u8 = b'g';

/// A member that is to hear it, and the number of the last envelope that says so. Key: `g` and the unit.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Forgetful {
    said: Option<u64>,
}

impl Record for Forgetful {
    const TABLE: Table = Table::RESTORED;
}

/// A member is to hear it.
pub(crate) fn forgot(txn: &mut Txn<'_>, unit: UnitId) {
    txn.put(&key(LETTER, unit.as_bytes()), Scope::Master, &Forgetful { said: None });
}

/// Whether a member has not heard it yet.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn is_forgetful(view: &dyn View, unit: UnitId) -> Result<bool, ViewError> {
    Ok(row::<Forgetful>(view, &key(LETTER, unit.as_bytes()))?.is_some())
}

/// The envelope of this number says it.
pub(crate) fn said_forgot(txn: &mut Txn<'_>, unit: UnitId, number: u64) {
    txn.put(&key(LETTER, unit.as_bytes()), Scope::Master, &Forgetful { said: Some(number) });
}

/// The envelope of this number has arrived: if it said so, the member has heard it.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn heard_forgot(txn: &mut Txn<'_>, unit: UnitId, number: u64) -> Result<(), ViewError> {
    let key = key(LETTER, unit.as_bytes());
    if row::<Forgetful>(txn, &key)?.is_some_and(|forgetful| forgetful.said == Some(number)) {
        txn.delete(Table::RESTORED, &key);
    }
    Ok(())
}
