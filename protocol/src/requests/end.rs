//! The ends of a request: withdrawn or closed by its asker, expired, refused; destruction of its key, receipt.
//! The same recall and receipt as for shares, by the same kinds of envelope; only the rows are others.

use super::ask::row_of;
use super::refusal::RequestRefusal;
use super::rows::{AskState, IN, OUT, RequestIn, RequestOut, WorkState, handle, in_key, work_key};
use crate::crypto::Signed;
use crate::envelope::outbox::OutboxError;
use crate::envelope::{Kind, PAYLOAD_MAX, Received, outbox};
use crate::federation::{charter, own, restored};
use crate::ids::{EntityId, ShareId, UnitId};
use crate::machine::{Notice, Scope, Table, Txn, ViewError};
use crate::sharing::{Ended, RecallPayload, Receipt, ReceiptPayload, Taken, erase_later};
use crate::time::DAY;
use crate::wire;

/// So long after its expiry the receiver's row of a request that is over is kept.
const REMEMBER: u64 = 30 * DAY;

/// The asker is done with a request, or takes it back: the receiver's node is told to destroy its key.
///
/// # Errors
/// [`RequestRefusal`], and nothing is changed.
pub fn close(txn: &mut Txn<'_>, id: ShareId) -> Result<AskState, RequestRefusal> {
    let mut row = row_of(txn, id)?.ok_or(RequestRefusal::Nothing)?;
    let end = match row.state {
        AskState::Answered => AskState::Closed,
        state if state.is_waiting() => AskState::Withdrawn,
        _ => return Err(RequestRefusal::State("over")),
    };
    row.enter(end, txn.now);
    row.keep(txn);
    outbox::void_share(txn, row.to, id)?;
    tell_over(txn, row.to, id)?;
    txn.notify(Notice::Share(id));
    Ok(end)
}

/// Has a unit destroy what it was asked.
pub(super) fn tell_over(txn: &mut Txn<'_>, to: UnitId, id: ShareId) -> Result<(), OutboxError> {
    let payload = wire::encode(&RecallPayload { share: id, revision: 0 });
    match outbox::queue_about(txn, to, Kind::Recall, payload, None, Some(id)) {
        Ok(_) => Ok(()),
        // Who has left the federation is told nothing; the request is over here all the same.
        Err(OutboxError::NotAMember) => {
            txn.incident(Some(to), "cannot be told of a withdrawal: it is no member any more");
            Ok(())
        }
        Err(other) => Err(other),
    }
}

/// Notes that the answer stands in the case as this entity.
///
/// # Errors
/// [`RequestRefusal`] if there is none, or it was put there before.
pub fn put(txn: &mut Txn<'_>, id: ShareId, entity: EntityId) -> Result<(), RequestRefusal> {
    let mut row = row_of(txn, id)?.ok_or(RequestRefusal::Nothing)?;
    if row.answer.is_none() {
        return Err(RequestRefusal::State("not answered"));
    }
    if row.put.is_some() {
        return Err(RequestRefusal::State("in the case already"));
    }
    row.put = Some((entity, txn.now));
    row.keep(txn);
    txn.notify(Notice::Share(id));
    Ok(())
}

/// Takes [`Kind::Recall`] at the receiver, if it is of a request; none if it is not.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn recalled(txn: &mut Txn<'_>, received: &Received) -> Result<Option<Taken>, ViewError> {
    let Ok(payload) = wire::decode::<RecallPayload>(&received.payload, PAYLOAD_MAX) else { return Ok(None) };
    let Some(row) = txn.get::<RequestIn>(&in_key(payload.share))? else { return Ok(None) };
    if row.from != received.from {
        return Ok(Some(Taken::Refused("withdrew another unit's request")));
    }
    match row.state {
        WorkState::Ended(ended) if row.receipted => send_receipt(txn, payload.share, row, ended)?,
        // Before the key is destroyed there is nothing to sign; the receipt follows by itself.
        WorkState::Ended(_) => {}
        _ => end_here(txn, payload.share, row, Ended::Recalled)?,
    }
    Ok(Some(Taken::Applied))
}

/// Ends a request at the receiver: the tombstone now, the key after the commit, the receipt after that.
pub(super) fn end_here(txn: &mut Txn<'_>, id: ShareId, mut row: RequestIn, ended: Ended) -> Result<(), ViewError> {
    row.enter(WorkState::Ended(ended), txn.now);
    txn.put(&in_key(id), Scope::Master, &row);
    txn.delete(Table::REQUESTS, &work_key(id));
    outbox::void_share(txn, row.from, id)?;
    erase_later(txn, row.scope(id), id, ended);
    txn.notify(Notice::Inbox(id));
    Ok(())
}

/// The key of a scope is destroyed: now the receipt may be signed.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn erased(txn: &mut Txn<'_>, scope: Scope) -> Result<(), ViewError> {
    let Scope::Request(id, _) = scope else { return Ok(()) };
    let Some(row) = txn.get::<RequestIn>(&in_key(id))? else { return Ok(()) };
    match row.state {
        WorkState::Ended(ended) if !row.receipted => send_receipt(txn, id, row, ended),
        _ => Ok(()),
    }
}

pub(super) fn send_receipt(txn: &mut Txn<'_>, id: ShareId, mut row: RequestIn, ended: Ended) -> Result<(), ViewError> {
    if restored::is_locked(txn, row.from)? {
        // Nothing can be signed for it now; it follows when the unit has shown what it holds.
        return Ok(());
    }
    let own = own::load(txn)?;
    let receipt = Receipt { share: id, revision: 0, unit: own.unit, at: txn.now, ended, entry: None };
    let payload = ReceiptPayload { receipt: Signed::sign(&receipt, &own.key()) };
    match outbox::queue_about(txn, row.from, Kind::Receipt, wire::encode(&payload), None, Some(id)) {
        Ok(_) => {}
        Err(OutboxError::View(error)) => return Err(error),
        Err(_) => txn.incident(Some(row.from), "cannot be sent the receipt of a destroyed key"),
    }
    row.receipted = true;
    txn.put(&in_key(id), Scope::Master, &row);
    Ok(())
}

/// Takes [`Kind::Receipt`] at the asker, if it is of a request; none if it is not.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn receipt(txn: &mut Txn<'_>, received: &Received) -> Result<Option<Taken>, ViewError> {
    let Ok(payload) = wire::decode::<ReceiptPayload>(&received.payload, PAYLOAD_MAX) else { return Ok(None) };
    let Some(receipt) = charter::verify_of(txn, received.from, &payload.receipt)? else { return Ok(None) };
    let Some(mut row) = row_of(txn, receipt.share)? else { return Ok(None) };
    if row.to != received.from || receipt.unit != received.from {
        return Ok(Some(Taken::Refused("sent a receipt for a request it was not sent")));
    }
    if matches!(receipt.ended, Ended::Lowered | Ended::Transferred) || receipt.entry.is_some() {
        return Ok(Some(Taken::Refused("sent a receipt that no request has")));
    }
    if row.state.is_waiting() {
        let state = match receipt.ended {
            Ended::Declined => AskState::Refused,
            Ended::Expired | Ended::Recalled | Ended::Lowered | Ended::Transferred => AskState::Expired,
        };
        row.enter(state, txn.now);
    }
    if row.receipt.is_none() {
        row.receipt = Some(payload.receipt.clone());
    }
    row.keep(txn);
    txn.notify(Notice::Share(receipt.share));
    Ok(Some(Taken::Applied))
}

/// Ends what is past its time, on both sides. Called on a tick.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn expire(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let now = txn.now;
    for (_, mut row) in txn.filtered::<RequestOut>(OUT, |row| row.state.is_waiting() && now >= row.request.expires)? {
        row.enter(AskState::Expired, txn.now);
        row.keep(txn);
        outbox::void_share(txn, row.to, row.request.id)?;
        txn.notify(Notice::Share(row.request.id));
    }
    for (key, row) in txn.filtered::<RequestIn>(IN, |row| now >= row.expires)? {
        let Some(id) = handle(&key) else { continue };
        if row.is_open() {
            end_here(txn, id, row, Ended::Expired)?;
        } else if row.receipted && txn.now >= row.expires.plus(REMEMBER) {
            txn.delete(Table::REQUESTS, &key);
        }
    }
    Ok(())
}
