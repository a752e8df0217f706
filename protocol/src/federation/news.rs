//! News of a charter that is not here yet. Whoever passed it on may not have had it itself: it is asked again until the charter is here.
//! Not the asking: that is an exchange of `charter_sync`.

use super::charter::{self, Head};
use super::rows::{key, rows};
use crate::ids::{CharterHash, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError};
use serde::{Deserialize, Serialize};

const PREFIX: &[u8] = b"charter-news/";
/// Most units whose news are followed up.
const UNITS: usize = 256;
/// How often a unit is asked again, once a tick: whoever makes news up is not asked for ever.
pub(super) const TRIES: u32 = 12;

/// The last news that one unit passed on.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Heard {
    epoch: u64,
    hash: CharterHash,
    tries: u32,
}

impl Record for Heard {
    const TABLE: Table = Table::OWN;
}

/// Whether this very charter is here.
pub(super) fn is_known(view: &dyn View, head: Head) -> Result<bool, ViewError> {
    Ok(charter::stored(view, head.epoch)?.is_some_and(|epoch| epoch.hash() == head.hash))
}

/// A unit passed on news of a charter that is not here.
pub(super) fn heard(txn: &mut Txn<'_>, from: UnitId, head: Head) {
    txn.put(&key(PREFIX, from.as_bytes()), Scope::Master, &Heard { epoch: head.epoch, hash: head.hash, tries: 0 });
}

/// Asks for what was heard of and is not here.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn follow_up(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let Some(own) = charter::head(txn)? else { return Ok(()) };
    for (key, heard) in rows::<Heard>(txn, PREFIX, UNITS)? {
        let head = Head { epoch: heard.epoch, hash: heard.hash, ..own };
        let from = key.strip_prefix(PREFIX).and_then(UnitId::from_slice);
        match from.filter(|_| heard.tries < TRIES) {
            Some(from) if !is_known(txn, head)? => {
                txn.put(&key, Scope::Master, &Heard { tries: heard.tries + 1, ..heard });
                txn.sync(from);
            }
            _ => txn.delete(Table::OWN, &key),
        }
    }
    Ok(())
}
