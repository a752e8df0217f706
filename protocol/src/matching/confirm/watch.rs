//! Comparisons that time or a withdrawal ends: begun and not finished, waiting for too long, about somebody who is announced no more.
//! Not the limits of how often: those are `quota`.

use super::alarm::{self, Suspicion};
use super::begin::ask;
use super::conclude::{give_up, go_on};
use super::limits::{FINISH_AT_LAST, FINISH_WITHIN, LOOK_AFTER, WORTH};
use super::quota;
use super::rows::{self, OPEN, Open, Pair, Run, Stage};
use crate::envelope::outbox::{self, OutboxError};
use crate::ids::SubjectId;
use crate::machine::{Record, Txn, ViewError};
use crate::matching::beacon::UnitBeacon;
use crate::matching::lookup::{live, shared};
use crate::matching::me::Me;
use crate::matching::rows::read;
use crate::matching::subject::Subject;

/// Open comparisons read at once.
const PAGE: usize = 1_024;
/// Comparisons of one subject.
const PER_SUBJECT: usize = 4_096;

/// Looks at every open comparison whose time has come: to be called on every tick.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn watch(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let Some(me) = Me::load(txn)? else { return Ok(()) };
    let mut after = None;
    loop {
        let page = txn.list::<Open>(OPEN, after.as_deref(), PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = Some(last.clone());
        for (key, open) in page {
            if open.look <= txn.now {
                match (rows::load(txn, &open.pair)?, read::<Subject>(txn, open.pair.own.as_bytes())?) {
                    (Some(run), Some(subject)) if run.id == open.id => look(txn, &me, &open.pair, &subject, run)?,
                    _ => txn.delete(Open::TABLE, &key),
                }
            }
        }
    }
}

fn look(txn: &mut Txn<'_>, me: &Me, pair: &Pair, subject: &Subject, mut run: Run) -> Result<(), ViewError> {
    let now = txn.now;
    let over = now.since(run.since) >= WORTH;
    match &mut run.stage {
        _ if over => {
            let next = match &run.stage {
                Stage::Answered(answered) => answered.next,
                _ => None,
            };
            give_up(txn, pair, subject, run)?;
            go_on(txn, me, pair, subject, next)
        }
        Stage::Due => again(txn, me, pair, subject, run),
        Stage::Answered(answered) => {
            // Taking our answer is being there: from then on its own is due. Who takes it and does not say so has a day.
            if answered.arrived.is_none() && outbox::is_gone(txn, pair.peer, answered.sent_as)? {
                answered.arrived = Some(now);
            }
            let late = answered.arrived.is_some_and(|arrived| now.since(arrived) >= FINISH_WITHIN);
            if !answered.alarmed && (late || now.since(run.since) >= FINISH_AT_LAST) {
                answered.alarmed = true;
                alarm::raise(txn, run.id, pair, subject.case, subject.person, Suspicion::Unfinished);
            }
            let look = if answered.alarmed { run.since.plus(WORTH) } else { now.plus(LOOK_AFTER) };
            rows::put_open(txn, subject, pair, &run, look);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Tries to begin once more.
fn again(txn: &mut Txn<'_>, me: &Me, pair: &Pair, subject: &Subject, run: Run) -> Result<(), ViewError> {
    let Some(beacon) = live(txn, me, pair.peer, run.numbers.peer, txn.now)? else {
        rows::delete(txn, pair, run.id);
        return Ok(());
    };
    let tokens = shared(txn, me, subject, &beacon)?;
    match ask(txn, me, subject, pair, run.id, run.numbers, &tokens) {
        Ok(()) => Ok(()),
        Err(OutboxError::View(error)) => Err(error),
        Err(_) => {
            let look = txn.now.plus(LOOK_AFTER);
            rows::put_open(txn, subject, pair, &run, look);
            Ok(())
        }
    }
}

/// A subject of ours is announced no more: nothing of its comparisons is kept.
pub(in crate::matching) fn forget(txn: &mut Txn<'_>, own: SubjectId) -> Result<(), ViewError> {
    for (pair, run) in rows::of_subject(txn, own, PER_SUBJECT)? {
        rows::delete(txn, &pair, run.id);
    }
    quota::forget(txn, own)
}

/// A beacon counts no more, and neither does its comparison. Only what its unit owes us is waited for all the same: a withdrawal
/// must not be a way to count alone.
pub(in crate::matching) fn end(txn: &mut Txn<'_>, own: SubjectId, beacon: &UnitBeacon) -> Result<(), ViewError> {
    let pair = Pair { own, peer: beacon.unit, peer_subject: beacon.subject };
    match rows::load(txn, &pair)? {
        Some(run) if run.numbers.peer == beacon.number && !matches!(run.stage, Stage::Answered(_)) => {
            rows::delete(txn, &pair, run.id);
        }
        _ => {}
    }
    Ok(())
}
