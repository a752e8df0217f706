//! The receiver's side: a request arrives, somebody takes it, refuses it, or answers it.
//! What it says is under a key of its own, which its end destroys.

use super::answer::VerificationAnswer;
use super::ask::{Reply, ReplyPayload, each_once};
use super::end::end_here;
use super::refusal::RequestRefusal;
use super::request::{RefusalReason, VerificationRequest};
use super::rows::{IN, RequestIn, WorkRow, WorkState, in_key, work_key};
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::Name;
use crate::crypto::Signed;
use crate::dictionary::Value;
use crate::envelope::{Kind, Received, outbox};
use crate::federation::own;
use crate::ids::{ShareId, UnitId};
use crate::machine::{Notice, Scope, Txn, ViewError};
use crate::sharing::{Ended, Taken};
use crate::time::DAY;
use crate::wire;
use std::collections::BTreeMap;

/// Most bytes of a request.
const REQUEST_MAX: usize = 8 * 1024;
/// Most requests of one unit that wait here.
pub(super) const MOST_OPEN: usize = 200;
/// Most requests of one unit that are remembered here, with those that are over: it can withdraw as many as it sends.
pub(super) const MOST_KEPT: usize = 1_000;
/// Longest life of a request, in milliseconds.
const LONGEST: u64 = 500 * DAY;

/// Takes [`Kind::VerificationRequest`].
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn request(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ViewError> {
    let Ok(request) = wire::decode::<VerificationRequest>(&received.payload, REQUEST_MAX) else {
        return Ok(Taken::Refused("sent a request out of form"));
    };
    check_and_keep(txn, received.from, request)
}

/// One that is here is left as it is.
pub(super) fn check_and_keep(txn: &mut Txn<'_>, from: UnitId, request: VerificationRequest) -> Result<Taken, ViewError> {
    let id = request.id;
    if let Some(before) = txn.get::<RequestIn>(&in_key(id))? {
        let known = before.from == from;
        return Ok(if known { Taken::Applied } else { Taken::Refused("sent a request under another unit's handle") });
    }
    // A withdrawal that overtook its request left its mark where shares leave theirs.
    if txn.get::<crate::sharing::ShareIn>(id.as_bytes())?.is_some() {
        return Ok(Taken::Refused("sent a request that was withdrawn, or under the handle of a share"));
    }
    if request.checks.is_empty() || !each_once(&request) || (request.name.trim().is_empty() && request.address.trim().is_empty())
    {
        return Ok(Taken::Refused("sent a request that asks for nothing"));
    }
    if request.expires <= txn.now || request.expires.since(txn.now) > LONGEST || request.due > request.expires {
        return Ok(Taken::Refused("sent a request past its time, or without an end"));
    }
    let kept = txn.filtered::<RequestIn>(IN, |row| row.from == from)?;
    if kept.len() >= MOST_KEPT || kept.iter().filter(|(_, row)| row.is_open()).count() >= MOST_OPEN {
        return Ok(Taken::Refused("sent more requests than can wait here"));
    }
    let row = RequestIn {
        from,
        state: WorkState::New,
        history: vec![(WorkState::New, txn.now)],
        due: request.due,
        expires: request.expires,
        receipted: false,
        since: txn.now,
    };
    txn.put(&in_key(id), Scope::Master, &row);
    txn.put(&work_key(id), row.scope(id), &WorkRow { request, answer: None });
    txn.notify(Notice::Inbox(id));
    Ok(Taken::Applied)
}

/// A person here looks into it.
///
/// # Errors
/// [`RequestRefusal`], and nothing is changed.
pub fn take(txn: &mut Txn<'_>, id: ShareId) -> Result<(), RequestRefusal> {
    let mut row = open(txn, id)?;
    if row.state != WorkState::New {
        return Err(RequestRefusal::State(word(row.state)));
    }
    row.enter(WorkState::Taken, txn.now);
    txn.put(&in_key(id), Scope::Master, &row);
    send(txn, id, &row, Reply::Taken)?;
    txn.notify(Notice::Inbox(id));
    Ok(())
}

/// A person here does not take it: its key is destroyed, the asker learns why.
///
/// # Errors
/// [`RequestRefusal`], and nothing is changed.
pub fn refuse(txn: &mut Txn<'_>, id: ShareId, reason: RefusalReason, text: &str) -> Result<(), RequestRefusal> {
    let row = open(txn, id)?;
    if row.state == WorkState::Answered {
        return Err(RequestRefusal::State(word(row.state)));
    }
    let text = BoundedText::new(text.trim()).map_err(|_| RequestRefusal::Field("text", "at most 500 bytes"))?;
    if reason == RefusalReason::Other && text.is_empty() {
        return Err(RequestRefusal::Field("text", "why"));
    }
    end_here(txn, id, row.clone(), Ended::Declined)?;
    match send(txn, id, &row, Reply::Refused(reason, text)) {
        // The reason does not reach who is not confirmed any more; the receipt does.
        Ok(()) | Err(RequestRefusal::Peer(_)) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

/// A person here answers: signed, sent, and kept as long as the request.
///
/// # Errors
/// [`RequestRefusal`], and nothing is changed.
pub fn answer(txn: &mut Txn<'_>, id: ShareId, fields: BTreeMap<Name, Value>) -> Result<(), RequestRefusal> {
    let mut row = open(txn, id)?;
    if row.state == WorkState::Answered {
        return Err(RequestRefusal::State(word(row.state)));
    }
    let mut work = txn.get::<WorkRow>(&work_key(id))?.ok_or(RequestRefusal::Nothing)?;
    let own = own::load(txn)?;
    let fields = BoundedVec::new(fields.into_iter().filter(|(_, value)| !value.is_cleared()).collect())
        .map_err(|_| RequestRefusal::Field("fields", "at most 32"))?;
    let answer = VerificationAnswer { request: id, from: own.unit, to: row.from, at: txn.now, fields };
    let faults = answer.faults();
    if !faults.is_empty() {
        return Err(RequestRefusal::Fields(faults));
    }
    let signed = Signed::sign(&answer, &own.key());
    work.answer = Some(signed.clone());
    row.enter(WorkState::Answered, txn.now);
    txn.put(&work_key(id), row.scope(id), &work);
    txn.put(&in_key(id), Scope::Master, &row);
    send(txn, id, &row, Reply::Answered(signed))?;
    txn.notify(Notice::Inbox(id));
    Ok(())
}

fn open(txn: &Txn<'_>, id: ShareId) -> Result<RequestIn, RequestRefusal> {
    let row = txn.get::<RequestIn>(&in_key(id))?.ok_or(RequestRefusal::Nothing)?;
    match row.state {
        WorkState::Ended(_) => Err(RequestRefusal::State(word(row.state))),
        _ if txn.now >= row.expires => Err(RequestRefusal::State("past its time")),
        _ => Ok(row),
    }
}

fn send(txn: &mut Txn<'_>, id: ShareId, row: &RequestIn, reply: Reply) -> Result<(), RequestRefusal> {
    let payload = wire::encode(&ReplyPayload { request: id, reply });
    let lifetime = Some(row.expires.since(txn.now));
    outbox::queue_about(txn, row.from, Kind::VerificationReply, payload, lifetime, Some(id))?;
    Ok(())
}

fn word(state: WorkState) -> &'static str {
    match state {
        WorkState::New => "new",
        WorkState::Taken => "taken already",
        WorkState::Answered => "answered already",
        WorkState::Ended(Ended::Recalled) => "taken back by the unit that asked",
        WorkState::Ended(Ended::Expired) => "past its time",
        WorkState::Ended(Ended::Declined | Ended::Lowered | Ended::Transferred) => "refused already",
    }
}
