//! Shares whose time is over, on both sides.
//! Called on a tick; nothing depends on its being punctual, since every use asks for the time itself.

use super::end::end_here;
use super::rows::{InState, OutState, ShareIn, ShareOut};
use super::share::Ended;
use crate::envelope::outbox;
use crate::ids::ShareId;
use crate::machine::{Notice, Scope, Txn, ViewError};

/// Rows looked at in one tick.
const MOST: usize = 10_000;

/// Ends what is past its time.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn expire(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    for (key, mut row) in txn.list::<ShareOut>(&[], None, MOST)? {
        let Some(id) = ShareId::from_slice(&key).filter(|_| row.state.is_open()) else { continue };
        let share = row.share.stored().map_err(|error| ViewError(error.to_string()))?;
        if txn.now >= share.expires {
            row.enter(OutState::Expired, txn.now);
            txn.put(&key, Scope::Case(row.case), &row);
            outbox::void_share(txn, row.to, id)?;
            txn.notify(Notice::Share(id));
        }
    }
    for (key, row) in txn.list::<ShareIn>(&[], None, MOST)? {
        let Some(id) = ShareId::from_slice(&key) else { continue };
        if !matches!(row.state, InState::Ended(_)) && txn.now >= row.expires {
            end_here(txn, id, row, Ended::Expired)?;
        }
    }
    Ok(())
}
