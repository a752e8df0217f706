//! Which keys are in use, and what time does to them: shares of keys that are over are destroyed.
//! Not how a key begins: that is the charter.

use super::{generation, quota, seen};
use crate::federation::charter::{self, Blinding, Charter, OWN_SHARE, OwnShare};
use crate::federation::own;
use crate::ids::{Transcript, UnitId};
use crate::machine::{Scope, Table, Txn, View, ViewError};
use crate::sharing;
use crate::time::Timestamp;

/// Most own shares: the present key, the one before, and keys that were generated and not taken.
const SHARES: usize = 256;

/// The keys of a charter that are answered with now: the present one, then the one before while it goes on.
pub fn keys_of(charter: &Charter, now: Timestamp) -> impl Iterator<Item = &Blinding> {
    let former = charter.former.as_ref().filter(move |former| now < former.until).map(|former| &former.blinding);
    charter.blinding.iter().chain(former)
}

pub(super) fn key_of(charter: &Charter, epoch: u64, now: Timestamp) -> Option<&Blinding> {
    keys_of(charter, now).find(|key| key.epoch() == epoch)
}

/// The present key, if this unit keeps a share of it.
pub(super) fn own_key(view: &dyn View) -> Result<Option<Blinding>, ViewError> {
    let Some(own) = own::find(view)? else { return Ok(None) };
    let key = charter::current(view)?.and_then(|charter| charter.blinding);
    Ok(key.filter(|key| key.keeper(own.unit).is_some()))
}

/// To be called as time passes.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn keep_up(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    generation::keep_up(txn)?;
    quota::keep_up(txn)?;
    seen::keep_up(txn)?;
    destroy(txn)
}

/// Destroys own shares of keys that are over: former ones after the overlap, and those that another of their number took the place of.
fn destroy(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let Some(charter) = charter::current(txn)? else { return Ok(()) };
    let used: Vec<Transcript> = keys_of(&charter, txn.now).map(Blinding::transcript).collect();
    let present = charter.blinding.as_ref().map(Blinding::epoch);
    for (key, row) in txn.list::<OwnShare>(OWN_SHARE, None, SHARES)? {
        let Some(of) = Transcript::from_slice(&key[OWN_SHARE.len()..]) else { continue };
        if !used.contains(&of) && present.is_some_and(|present| row.epoch <= present) {
            txn.delete(Table::KEEPING, &key);
            sharing::erase_only(txn, Scope::KeyShare(of));
        }
    }
    Ok(())
}

/// Whether a unit answers with a key in use.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn is_keeper(view: &dyn View, unit: UnitId, now: Timestamp) -> Result<bool, ViewError> {
    Ok(charter::current(view)?.is_some_and(|charter| keys_of(&charter, now).any(|key| key.keeper(unit).is_some())))
}
