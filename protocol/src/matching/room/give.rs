//! Sending what was said in a room, with what is to be given now, in one envelope.
//! Not whether it may be given: `course` says which steps, `choose` whether the values may still be told.

use super::choose::still_allowed;
use super::course::Step;
use super::message::RoomMessage;
use super::rows::{GivenRow, Happened, LASTS, Room, given_key};
use crate::bounded::BoundedVec;
use crate::envelope::outbox::OutboxError;
use crate::envelope::{Kind, outbox};
use crate::machine::{Heard, Txn, ViewError};
use crate::wire;

/// Queues the message of a room. The caller keeps the room.
///
/// # Errors
/// [`OutboxError`], and nothing is queued.
pub(super) fn send(txn: &mut Txn<'_>, room: &mut Room, give: &[u8]) -> Result<(), OutboxError> {
    let mut given = Vec::new();
    let mut sent = room.course.sent;
    for step in give {
        let Some(row) = txn.get::<GivenRow>(&given_key(room.id, true, *step))? else { continue };
        given.push(row.given);
        sent = sent.max(*step);
    }
    let fits = |_| OutboxError::TooLarge;
    let message = RoomMessage {
        own_subject: room.own_subject,
        peer_subject: room.peer_subject,
        yes: BoundedVec::new(room.own_yes.clone()).map_err(fits)?,
        no: room.course.mine.no.clone(),
        end: room.course.mine.end.clone(),
        has: room.course.got,
        again: room.again,
        given: BoundedVec::new(given).map_err(fits)?,
    };
    // An end is worth delivering however late: what the other side received goes with it.
    let lifetime = room.course.mine.end.is_none().then_some(LASTS);
    outbox::queue(txn, room.peer, Kind::Disclosure, wire::encode(&message), lifetime)?;
    room.course.sent = sent;
    room.untold = false;
    for step in give.iter().filter_map(|step| Step::of(*step)) {
        room.happened(txn.now, true, None, Happened::Given(step));
        let word = ["gave_officer", "gave_case", "gave_fields"][usize::from(step.number()) - 1];
        txn.heard(Heard { peer: room.peer, alert: room.alert, word });
    }
    Ok(())
}

/// Whether everything that is to be given now may still be told.
pub(super) fn may_give(txn: &Txn<'_>, room: &Room, give: &[u8]) -> Result<bool, ViewError> {
    for step in give {
        let Some(row) = txn.get::<GivenRow>(&given_key(room.id, true, *step))? else { continue };
        if let Some(share) = &row.terms
            && !still_allowed(txn, share, &row.chosen, txn.now)?
        {
            return Ok(false);
        }
    }
    Ok(true)
}
