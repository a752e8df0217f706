//! Requests between a unit and one whose node was put back from a backup: what the one shows of them, and what the other does about it.
//! The exchange itself is `standing`.

use super::answer::VerificationAnswer;
use super::ask::{answered, row_of};
use super::end::{end_here, send_receipt, tell_over};
use super::request::VerificationRequest;
use super::rows::{AskState, RequestIn, WorkRow, WorkState, in_key, work_key};
use super::view::{asked_list, received_list, work_of};
use super::work::check_and_keep;
use crate::crypto::Signed;
use crate::envelope::outbox::OutboxError;
use crate::federation::{charter, own};
use crate::ids::{ShareId, UnitId};
use crate::machine::{Notice, Record, Scope, Table, Txn, View, ViewError};
use crate::sharing::{Ended, Taken, pending_erasures};
use serde::{Deserialize, Serialize};

/// Most requests taken back after a restore.
const MOST: usize = 10_000;

/// One request between the two, as the unit that was not restored knows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Between {
    /// Its own, which the restored unit is to work on, or has answered.
    Asks(Box<VerificationRequest>, Option<Signed<VerificationAnswer>>),
    /// Its own, which is over.
    Over(ShareId),
    /// The restored unit's: how it ended here, and what was answered while that can be read.
    Asked(ShareId, Option<Ended>, Option<Signed<VerificationAnswer>>),
}

/// A request of ours that the backup does not know; the other unit is told to destroy it. Key: `q`, the unit and the handle.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Forgotten;

impl Record for Forgotten {
    const TABLE: Table = Table::RESTORED;
}

fn key(unit: UnitId, id: &[u8]) -> Vec<u8> {
    [b"q".as_slice(), unit.as_bytes(), id].concat()
}

/// What is shown to a restored unit.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn between(view: &dyn View, to: UnitId) -> Result<Vec<Between>, ViewError> {
    let made = asked_list(view)?.into_iter().filter(|row| row.to == to).map(|row| match row.state {
        state if state.is_waiting() || state == AskState::Answered => Between::Asks(Box::new(row.request), row.answer),
        _ => Between::Over(row.request.id),
    });
    let mut all: Vec<Between> = made.collect();
    for (id, row) in received_list(view)?.into_iter().filter(|(_, row)| row.from == to) {
        let ended = match row.state {
            WorkState::Ended(ended) => Some(ended),
            WorkState::New | WorkState::Taken | WorkState::Answered => None,
        };
        let work = work_of(view, id)?.and_then(|(_, work)| work);
        all.push(Between::Asked(id, ended, work.and_then(|(_, answer)| answer)));
    }
    Ok(all)
}

/// Takes one of them on the restored node.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn take_between(txn: &mut Txn<'_>, from: UnitId, one: Between) -> Result<(), ViewError> {
    match one {
        Between::Asks(request, answer) => asks(txn, from, *request, answer),
        Between::Over(id) => match txn.get::<RequestIn>(&in_key(id))? {
            Some(row) if row.from == from && row.is_open() => end_here(txn, id, row, Ended::Recalled),
            _ => Ok(()),
        },
        Between::Asked(id, ended, answer) => asked(txn, from, id, ended, answer),
    }
}

fn asks(
    txn: &mut Txn<'_>,
    from: UnitId,
    request: VerificationRequest,
    answer: Option<Signed<VerificationAnswer>>,
) -> Result<(), ViewError> {
    let id = request.id;
    if let Taken::Refused(why) = check_and_keep(txn, from, request)? {
        txn.incident(Some(from), why);
        return Ok(());
    }
    let own = own::load(txn)?;
    let Some(answer) = answer else { return Ok(()) };
    let said = charter::verify_of(txn, own.unit, &answer)?;
    if said.is_none_or(|said| (said.request, said.from, said.to) != (id, own.unit, from)) {
        return Ok(());
    }
    let (Some(mut row), Some(mut work)) = (txn.get::<RequestIn>(&in_key(id))?, txn.get::<WorkRow>(&work_key(id))?) else {
        return Ok(());
    };
    if matches!(row.state, WorkState::New | WorkState::Taken) {
        work.answer = Some(answer);
        row.enter(WorkState::Answered, txn.now);
        txn.put(&work_key(id), row.scope(id), &work);
        txn.put(&in_key(id), Scope::Master, &row);
        txn.notify(Notice::Inbox(id));
    }
    Ok(())
}

fn asked(
    txn: &mut Txn<'_>,
    from: UnitId,
    id: ShareId,
    ended: Option<Ended>,
    answer: Option<Signed<VerificationAnswer>>,
) -> Result<(), ViewError> {
    let Some(mut row) = row_of(txn, id)?.filter(|row| row.to == from) else {
        if ended.is_none() && txn.scan(Table::RESTORED, &key(from, b""), None, MOST)?.len() < MOST {
            txn.put(&key(from, id.as_bytes()), Scope::Master, &Forgotten);
        }
        return Ok(());
    };
    if let Some(answer) = answer
        && let Taken::Refused(why) = answered(txn, from, &mut row, answer)?
    {
        txn.incident(Some(from), why);
    }
    let state = match ended {
        Some(Ended::Declined) => Some(AskState::Refused),
        Some(_) => Some(AskState::Expired),
        None if row.state == AskState::Sent => Some(AskState::Delivered),
        None => None,
    };
    if let Some(state) = state.filter(|_| row.state.is_waiting()) {
        row.enter(state, txn.now);
    }
    row.keep(txn);
    txn.notify(Notice::Share(id));
    Ok(())
}

/// Tells a unit that has shown all what could not be said to it before.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn level(txn: &mut Txn<'_>, unit: UnitId) -> Result<(), ViewError> {
    for (key, _) in txn.scan(Table::RESTORED, &key(unit, b""), None, MOST)? {
        txn.delete(Table::RESTORED, &key);
        let Some(id) = key.get(key.len() - ShareId::LEN..).and_then(ShareId::from_slice) else { continue };
        txn.incident(Some(unit), "was asked something after the backup was made: the request is taken back");
        match tell_over(txn, unit, id) {
            Err(OutboxError::View(error)) => return Err(error),
            Err(_) => txn.incident(Some(unit), "cannot be told that a request is taken back"),
            Ok(()) => {}
        }
    }
    let pending = pending_erasures(txn)?;
    for (id, row) in received_list(txn)?.into_iter().filter(|(_, row)| row.from == unit && !row.receipted) {
        // Before the key is destroyed there is nothing to sign: then it follows by itself.
        if let WorkState::Ended(ended) = row.state
            && !pending.contains(&row.scope(id))
        {
            send_receipt(txn, id, row, ended)?;
        }
    }
    Ok(())
}
