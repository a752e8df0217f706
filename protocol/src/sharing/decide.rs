//! What people at the receiver decide on a share, and what the owner learns of it.
//! Declining destroys the key, as a recall does.

use super::Taken;
use super::end::end_here;
use super::outgoing::{Since, update};
use super::refusal::ShareRefusal;
use super::rows::{InState, OutState, ShareIn, ShareOut};
use super::share::Ended;
use crate::bounded::BoundedText;
use crate::envelope::{Kind, PAYLOAD_MAX, Received, outbox};
use crate::federation::restored;
use crate::ids::{CaseId, ShareId};
use crate::machine::{Notice, Scope, Txn};
use crate::time::DAY;
use crate::wire;
use serde::{Deserialize, Serialize};

/// The payload of [`Kind::ShareReply`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ReplyPayload {
    pub(super) share: ShareId,
    pub(super) revision: u64,
    pub(super) reply: Reply,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Reply {
    Previewed,
    Accepted,
    Declined(BoundedText<500>),
}

/// How long a reply is tried, in milliseconds; the state exchange on connect repairs what is lost after.
const REPLY_LIFETIME: u64 = 60 * DAY;

/// A person here looks at a complete share for the first time.
///
/// # Errors
/// [`ShareRefusal`], and nothing is changed.
pub fn previewed(txn: &mut Txn<'_>, id: ShareId) -> Result<(), ShareRefusal> {
    let mut row = txn.get::<ShareIn>(id.as_bytes())?.ok_or(ShareRefusal::NoShare)?;
    if row.state != InState::Offered {
        return Ok(());
    }
    row.enter(InState::Previewed, txn.now);
    txn.put(id.as_bytes(), Scope::Master, &row);
    send(txn, id, &row, Reply::Previewed)
}

/// A person here takes the share into work; gives the case.
///
/// # Errors
/// [`ShareRefusal`], and nothing is changed.
pub fn accept(txn: &mut Txn<'_>, id: ShareId) -> Result<CaseId, ShareRefusal> {
    let mut row = txn.get::<ShareIn>(id.as_bytes())?.ok_or(ShareRefusal::NoShare)?;
    let case = row.case.ok_or(ShareRefusal::NoShare)?;
    match row.state {
        InState::Offered | InState::Previewed if txn.now < row.expires => {}
        InState::Active => return Ok(case),
        state => return Err(ShareRefusal::State(word(state))),
    }
    row.enter(InState::Active, txn.now);
    txn.put(id.as_bytes(), Scope::Master, &row);
    send(txn, id, &row, Reply::Accepted)?;
    txn.notify(Notice::Inbox(id));
    txn.touch(case);
    Ok(case)
}

/// A person here does not want the share: its key is destroyed, the owner learns why.
///
/// # Errors
/// [`ShareRefusal`], and nothing is changed.
pub fn decline(txn: &mut Txn<'_>, id: ShareId, reason: &str) -> Result<(), ShareRefusal> {
    let row = txn.get::<ShareIn>(id.as_bytes())?.ok_or(ShareRefusal::NoShare)?;
    if !matches!(row.state, InState::Offered | InState::Previewed) {
        return Err(ShareRefusal::State(word(row.state)));
    }
    if reason.trim().is_empty() {
        return Err(ShareRefusal::Empty("reason"));
    }
    let reason = BoundedText::new(reason.trim()).map_err(|_| ShareRefusal::TooLong("reason"))?;
    match send(txn, id, &row, Reply::Declined(reason)) {
        // The reason does not reach who is not confirmed any more; the receipt does.
        Ok(()) | Err(ShareRefusal::Peer(_)) => {}
        Err(refusal) => return Err(refusal),
    }
    end_here(txn, id, row, Ended::Declined)?;
    Ok(())
}

/// Takes [`Kind::ShareReply`] at the owner.
///
/// # Errors
/// [`ShareRefusal`] if the store or the outbox fails.
pub fn reply(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ShareRefusal> {
    let Ok(payload) = wire::decode::<ReplyPayload>(&received.payload, PAYLOAD_MAX) else {
        return Ok(Taken::Refused("sent a reply out of form"));
    };
    let Some(mut row) = txn.get::<ShareOut>(payload.share.as_bytes())?.filter(|row| row.to == received.from) else {
        // It was given the share, and this node has forgotten that with the case: nothing here could change.
        if restored::is_share_lost(txn, received.from, payload.share)? {
            return Ok(Taken::Applied);
        }
        return Ok(Taken::Refused("replied to a share it was not given"));
    };
    let accepted = matches!(payload.reply, Reply::Accepted);
    match (payload.reply, row.state) {
        (Reply::Previewed, OutState::Sent | OutState::Delivered) => row.enter(OutState::Previewed, txn.now),
        (Reply::Accepted, OutState::Sent | OutState::Delivered | OutState::Previewed) => row.enter(OutState::Active, txn.now),
        (Reply::Declined(reason), OutState::Sent | OutState::Delivered | OutState::Previewed) => {
            row.reason = Some(reason);
            row.enter(OutState::Declined, txn.now);
        }
        _ => return Ok(Taken::Applied),
    }
    txn.put(payload.share.as_bytes(), Scope::Case(row.case), &row);
    txn.notify(Notice::Share(payload.share));
    if accepted {
        update(txn, payload.share, Since::Sent)?;
    }
    Ok(Taken::Applied)
}

fn send(txn: &mut Txn<'_>, id: ShareId, row: &ShareIn, reply: Reply) -> Result<(), ShareRefusal> {
    let payload = ReplyPayload { share: id, revision: row.revision, reply };
    outbox::queue_about(txn, row.from, Kind::ShareReply, wire::encode(&payload), Some(REPLY_LIFETIME), Some(id))?;
    Ok(())
}

/// Says again that a share is in work, to an owner who seems not to know.
pub(super) fn accept_again(txn: &mut Txn<'_>, id: ShareId, row: &ShareIn) -> Result<(), ShareRefusal> {
    send(txn, id, row, Reply::Accepted)
}

fn word(state: InState) -> &'static str {
    match state {
        InState::Arriving => "still arriving",
        InState::Offered | InState::Previewed => "past its time",
        InState::Active => "accepted already",
        InState::Ended(Ended::Recalled) => "recalled by its owner",
        InState::Ended(Ended::Expired) => "past its time",
        InState::Ended(Ended::Declined | Ended::Lowered) => "declined",
        InState::Ended(Ended::Transferred) => "over: the case is ours now",
    }
}
