//! Shares and contributions whose time is over, on both sides, and the reminders before that.
//! Called on a tick; nothing depends on its being punctual, since every use asks for the time itself.

use super::end::{end_here, send_recall};
use super::refusal::ShareRefusal;
use super::rows::{OutState, ShareIn, ShareOut};
use super::share::Ended;
use super::take_back;
use crate::envelope::outbox;
use crate::ids::ShareId;
use crate::machine::{Notice, Scope, Txn, ViewError};
use crate::time::{DAY, Timestamp};

/// So long before its end people are reminded of a share, each once.
const REMINDERS: [u64; 2] = [7 * DAY, DAY];

/// Ends what is past its time.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn expire(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    for (key, mut row) in txn.filtered::<ShareOut>(&[], |row| row.state.is_open())? {
        let Some(id) = ShareId::from_slice(&key) else { continue };
        let share = row.share.stored().map_err(|error| ViewError(error.to_string()))?;
        if txn.now >= share.expires {
            row.enter(OutState::Expired, txn.now);
            txn.put(&key, Scope::Case(row.case), &row);
            txn.touch(row.case);
            // A receiver that a shorter revision never reached would keep the share until its former end.
            let shortened = !row.revisions.is_empty() && outbox::serves(txn, row.to, id)?;
            outbox::void_share(txn, row.to, id)?;
            if shortened {
                told(txn, |txn| send_recall(txn, id, &row))?;
            }
            txn.notify(Notice::Share(id));
        }
    }
    let now = txn.now;
    for (key, row) in txn.filtered::<ShareIn>(&[], |row| row.is_open() && now >= row.expires)? {
        if let Some(id) = ShareId::from_slice(&key) {
            end_here(txn, id, row, Ended::Expired)?;
        }
    }
    told(txn, take_back::expire)
}

/// A peer that cannot be told never stops a tick.
fn told(txn: &mut Txn<'_>, work: impl FnOnce(&mut Txn<'_>) -> Result<(), ShareRefusal>) -> Result<(), ViewError> {
    match work(txn) {
        Err(ShareRefusal::View(error)) => Err(error),
        Err(_) => {
            txn.incident(None, "a peer could not be told of the end of a share");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Tells people once of each share that ends within seven days, and once within one.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn remind(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    for (key, mut row) in txn.filtered::<ShareOut>(&[], |row| row.state.is_open())? {
        let Some(id) = ShareId::from_slice(&key) else { continue };
        let expires = row.share.stored().map_err(|error| ViewError(error.to_string()))?.expires;
        let due = due(expires, txn.now);
        if due > row.reminded {
            row.reminded = due;
            txn.put(&key, Scope::Case(row.case), &row);
            txn.notify(Notice::Ending(id));
        }
    }
    for (key, mut row) in txn.filtered::<ShareIn>(&[], ShareIn::is_open)? {
        let Some(id) = ShareId::from_slice(&key) else { continue };
        let due = due(row.expires, txn.now);
        if due > row.reminded {
            row.reminded = due;
            txn.put(&key, Scope::Master, &row);
            txn.notify(Notice::Ending(id));
        }
    }
    Ok(())
}

/// How many reminders are due.
fn due(expires: Timestamp, now: Timestamp) -> u8 {
    REMINDERS.iter().map(|before| u8::from(expires.since(now) <= *before)).sum()
}
