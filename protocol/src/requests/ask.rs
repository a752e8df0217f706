//! The asker's side: asking, and what comes back.
//! The end of a request is in `end`.

use super::answer::VerificationAnswer;
use super::consent::{Named, gaps};
use super::refusal::RequestRefusal;
use super::request::{RefusalReason, VerificationRequest};
use super::rows::{AskState, RequestOut, out_key};
use crate::bounded::BoundedText;
use crate::caselog::case_row;
use crate::crypto::Signed;
use crate::envelope::outbox::OutboxError;
use crate::envelope::{Kind, PAYLOAD_MAX, Received, outbox};
use crate::federation::{charter, own, peering};
use crate::ids::{CaseId, EntityId, ShareId, UnitId};
use crate::machine::{Notice, Txn, ViewError};
use crate::sharing::{Basis, Taken};
use crate::time::DAY;
use crate::wire;
use serde::{Deserialize, Serialize};

/// An answer is wanted within this time, in milliseconds.
const LONGEST: u64 = 366 * DAY;
/// So long after the day it was wanted by a request destroys itself.
const KEEP: u64 = 90 * DAY;

/// What a person asks for: the request, and what of it stays here.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The case.
    pub case: CaseId,
    /// The person it is about.
    pub person: EntityId,
    /// Why the person may be named; required unless she consented.
    pub reason: BoundedText<500>,
    /// Who is asked.
    pub to: UnitId,
    /// What is asked; handle and expiry are set here.
    pub request: VerificationRequest,
}

/// The payload of [`Kind::VerificationReply`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ReplyPayload {
    pub(super) request: ShareId,
    pub(super) reply: Reply,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Reply {
    Taken,
    Refused(RefusalReason, BoundedText<500>),
    Answered(Signed<VerificationAnswer>),
}

/// Asks another unit to check something.
///
/// # Errors
/// [`RequestRefusal`], and nothing is sent.
pub fn ask(txn: &mut Txn<'_>, asked: Asked) -> Result<ShareId, RequestRefusal> {
    check(txn, &asked)?;
    let id = ShareId::random(txn.rng);
    let request = VerificationRequest { id, expires: asked.request.due.plus(KEEP), ..asked.request };
    let row = RequestOut {
        case: asked.case,
        person: asked.person,
        reason: asked.reason,
        to: asked.to,
        state: AskState::Sent,
        history: vec![(AskState::Sent, txn.now)],
        refused: None,
        answer: None,
        put: None,
        receipt: None,
        request,
    };
    let lifetime = Some(row.request.expires.since(txn.now));
    outbox::queue_about(txn, row.to, Kind::VerificationRequest, wire::encode(&row.request), lifetime, Some(id))?;
    row.keep(txn);
    txn.notify(Notice::Share(id));
    Ok(id)
}

fn check(txn: &Txn<'_>, asked: &Asked) -> Result<(), RequestRefusal> {
    let own = own::load(txn)?;
    if charter::is_frozen(txn)? {
        return Err(RequestRefusal::Frozen);
    }
    if case_row(txn, asked.case)?.is_none_or(|case| case.owner != own.unit) {
        return Err(RequestRefusal::NotOwner);
    }
    if charter::member(txn, asked.to)?.is_none() || asked.to == own.unit {
        return Err(OutboxError::NotAMember.into());
    }
    if !peering::is_confirmed(txn, asked.to)? {
        return Err(OutboxError::NotConfirmed.into());
    }
    let request = &asked.request;
    if request.name.trim().is_empty() && request.address.trim().is_empty() {
        return Err(RequestRefusal::Field("address", "an address or a name: with neither nothing can be found"));
    }
    if request.checks.is_empty() || !each_once(request) {
        return Err(RequestRefusal::Field("checks", "at least one thing to find out, each once"));
    }
    if request.basis != Basis::Consent && asked.reason.trim().is_empty() {
        return Err(RequestRefusal::Field("reason", "why, unless the person consented"));
    }
    if request.due <= txn.now || request.due.since(txn.now) > LONGEST {
        return Err(RequestRefusal::Field("due", "a day within the next year"));
    }
    let named = Named { case: asked.case, person: asked.person, to: asked.to };
    let gaps = gaps(txn, &named, request, request.due.plus(KEEP), txn.now)?;
    if !gaps.is_empty() {
        return Err(RequestRefusal::Consent(gaps));
    }
    Ok(())
}

pub(super) fn each_once(request: &VerificationRequest) -> bool {
    request.checks.windows(2).all(|pair| pair[0] < pair[1])
}

/// Takes [`Kind::VerificationReply`] at the asker.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn reply(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ViewError> {
    let Ok(payload) = wire::decode::<ReplyPayload>(&received.payload, PAYLOAD_MAX) else {
        return Ok(Taken::Refused("replied to a request out of form"));
    };
    let id = payload.request;
    let Some(mut row) = row_of(txn, id)?.filter(|row| row.to == received.from) else {
        return Ok(Taken::Refused("replied to a request it was not sent"));
    };
    match (payload.reply, row.state) {
        (Reply::Taken, AskState::Sent | AskState::Delivered) => row.enter(AskState::Taken, txn.now),
        (Reply::Taken, _) => return Ok(Taken::Applied),
        (Reply::Refused(reason, text), state) if state.is_waiting() => {
            row.refused = Some((reason, text));
            row.enter(AskState::Refused, txn.now);
        }
        (Reply::Refused(..), _) => return Ok(Taken::Applied),
        (Reply::Answered(answer), _) => match answered(txn, received.from, &mut row, answer)? {
            Taken::Applied => {}
            refused => return Ok(refused),
        },
    }
    row.keep(txn);
    txn.notify(Notice::Share(id));
    Ok(Taken::Applied)
}

/// Puts an answer into the row of its request; one that stands there changes nothing.
pub(super) fn answered(
    txn: &Txn<'_>,
    from: UnitId,
    row: &mut RequestOut,
    answer: Signed<VerificationAnswer>,
) -> Result<Taken, ViewError> {
    if let Err(why) = verify(txn, from, row.request.id, &answer)? {
        return Ok(Taken::Refused(why));
    }
    match &row.answer {
        Some(before) if *before == answer => return Ok(Taken::Applied),
        Some(_) => return Ok(Taken::Refused("answered a request twice")),
        // It crossed with the withdrawal, or with the end of its time: whoever answered could not know.
        None if matches!(row.state, AskState::Withdrawn | AskState::Expired) => return Ok(Taken::Applied),
        None if !row.state.is_waiting() => return Ok(Taken::Refused("answered a request that is over")),
        None => {}
    }
    row.answer = Some(answer);
    row.enter(AskState::Answered, txn.now);
    Ok(Taken::Applied)
}

fn verify(
    txn: &Txn<'_>,
    from: UnitId,
    id: ShareId,
    answer: &Signed<VerificationAnswer>,
) -> Result<Result<(), &'static str>, ViewError> {
    // The envelope was verified with the key in use; the answer may have been signed before that was.
    let Some(answer) = charter::verify_of(txn, from, answer)? else {
        return Ok(Err("answered a request with a signature that does not hold"));
    };
    if answer.request != id || answer.from != from || answer.to != own::load(txn)?.unit {
        return Ok(Err("answered a request with the answer to another"));
    }
    if !answer.in_order() || !answer.faults().is_empty() {
        return Ok(Err("answered a request out of form"));
    }
    Ok(Ok(()))
}

pub(super) fn row_of(txn: &Txn<'_>, id: ShareId) -> Result<Option<RequestOut>, ViewError> {
    txn.get::<RequestOut>(&out_key(id))
}

/// The other node has taken, or refused for good, an envelope about a request.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn delivered(txn: &mut Txn<'_>, kind: Kind, id: ShareId, applied: bool) -> Result<(), ViewError> {
    let Some(mut row) = row_of(txn, id)?.filter(|row| kind == Kind::VerificationRequest && row.state == AskState::Sent) else {
        return Ok(());
    };
    row.enter(if applied { AskState::Delivered } else { AskState::Undeliverable }, txn.now);
    row.keep(txn);
    txn.notify(Notice::Share(id));
    Ok(())
}
