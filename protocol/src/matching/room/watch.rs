//! Rooms that time ends, that could not be told of before, or of which a restored node has forgotten something.
//! Not what people say in them.

use super::RoomRefusal;
use super::act::{end, withdraw};
use super::choose::still_allowed;
use super::course::{End, Ending, Step};
use super::give::{may_give, send};
use super::rows::{GivenRow, LASTS, Room, delete_given, given_key, key, of_case, open, open_key};
use crate::bounded::BoundedText;
use crate::envelope::outbox::OutboxError;
use crate::ids::{CaseId, UnitId};
use crate::machine::{Notice, Table, Txn, ViewError};

/// Ends what nobody has spoken in for too long, and deletes what was kept beside a share: to be called on every tick.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn room_watch(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let now = txn.now;
    for (id, row) in open(txn)?.into_iter().filter(|(_, row)| row.expires <= now) {
        let Some(mut room) = txn.get::<Room>(&key(id))? else {
            // Its case's key is gone, and all of it with that.
            txn.delete(Table::ROOMS, &open_key(id));
            continue;
        };
        delete_given(txn, id);
        if room.course.ended().is_none() {
            let over = End { how: Ending::Expired, text: BoundedText::default() };
            end(txn, room, None, over).map(|_| ()).or_else(only_view)?;
        } else if room.untold {
            room.expires = row.expires.plus(LASTS);
            room.put(txn);
            room.put_open(txn);
        } else {
            txn.delete(Table::ROOMS, &open_key(id));
            txn.notify(Notice::Alert(room.alert));
        }
    }
    Ok(())
}

/// Tells a unit what could not be queued for it before: to be called when the two are connected.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn room_connected(txn: &mut Txn<'_>, unit: UnitId) -> Result<(), ViewError> {
    for room in with(txn, unit)?.into_iter().filter(|room| room.untold) {
        again(txn, room)?;
    }
    Ok(())
}

/// One of the two was restored from a backup: each tells the other all that it has said. `here` is whether it was this one.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn level(txn: &mut Txn<'_>, unit: UnitId, here: bool) -> Result<(), ViewError> {
    for mut room in with(txn, unit)? {
        room.again |= here;
        again(txn, room)?;
    }
    Ok(())
}

/// Ends the rooms of a case in which values were told, or are to be told, that may not be told any more.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn room_uphold(txn: &mut Txn<'_>, case: CaseId) -> Result<(), ViewError> {
    for id in of_case(txn, case)? {
        let Some(room) = txn.get::<Room>(&key(id))?.filter(|room| room.course.ended().is_none()) else { continue };
        let row = txn.get::<GivenRow>(&given_key(id, true, Step::Fields.number()))?;
        if let Some(GivenRow { terms: Some(share), chosen, .. }) = row
            && !still_allowed(txn, &share, &chosen, txn.now)?
        {
            withdraw(txn, room)?;
        }
    }
    Ok(())
}

fn with(txn: &Txn<'_>, unit: UnitId) -> Result<Vec<Room>, ViewError> {
    let mut rooms = Vec::new();
    for (id, _) in open(txn)?.into_iter().filter(|(_, row)| row.peer == unit) {
        rooms.extend(txn.get::<Room>(&key(id))?);
    }
    Ok(rooms)
}

fn again(txn: &mut Txn<'_>, mut room: Room) -> Result<(), ViewError> {
    let due = room.course.due();
    if !may_give(txn, &room, &due)? {
        return withdraw(txn, room);
    }
    match send(txn, &mut room, &due) {
        Err(OutboxError::View(error)) => return Err(error),
        Err(_) => room.untold = true,
        Ok(()) => {}
    }
    room.put(txn);
    Ok(())
}

fn only_view(error: RoomRefusal) -> Result<(), ViewError> {
    match error {
        RoomRefusal::View(error) => Err(error),
        _ => Ok(()),
    }
}
