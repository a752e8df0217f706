//! What other units said in disclosure rooms, and what this node gave in them by itself, one entry each. A unit can say so little in a room that nothing is summed up.
//! Not what people here say: the service audits that.

use super::actions;
use super::append::append;
use super::entry::Event;
use icmc_protocol::machine::{Heard, Txn, ViewError};

/// Adds what was said and given in one step.
///
/// # Errors
/// [`ViewError`] if the head cannot be read.
pub fn heard(txn: &mut Txn<'_>, heard: &[Heard]) -> Result<(), ViewError> {
    for Heard { peer, alert, word } in heard {
        append(txn, Event::new(actions::ROOM_HEARD).on(format_args!("{alert}/{peer}")).because(word))?;
    }
    Ok(())
}
