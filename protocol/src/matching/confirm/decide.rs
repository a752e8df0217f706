//! What a person decides about comparisons beyond the limits: allowed, or not.
//! Not the limits: those are in `limits`.

use super::begin::{ask, reference, send};
use super::conclude::give_up;
use super::message::ConfirmMessage;
use super::receive::answer;
use super::rows::{self, OPEN, Open, Run, Stage};
use crate::ids::{CaseId, ConfirmId, EntityId, UnitId};
use crate::machine::{Notice, Txn, View, ViewError, read_row};
use crate::matching::alert::Refusal;
use crate::matching::lookup::{live, shared};
use crate::matching::me::Me;
use crate::matching::rows::read;
use crate::matching::subject::Subject;
use crate::time::Timestamp;

/// Open comparisons looked through.
const OPEN_MAX: usize = 100_000;

/// A comparison that waits for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The comparison.
    pub id: ConfirmId,
    /// The other unit.
    pub peer: UnitId,
    /// The case of our person.
    pub case: CaseId,
    /// Our person.
    pub person: EntityId,
    /// Since when it waits.
    pub since: Timestamp,
}

/// At most `limit` comparisons that wait for a person.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn decisions(view: &dyn View, limit: usize) -> Result<Vec<Decision>, ViewError> {
    let held = held(view)?.into_iter().take(limit);
    Ok(held.map(|Open { id, pair, case, person, since, .. }| Decision { id, peer: pair.peer, case, person, since }).collect())
}

fn held(view: &dyn View) -> Result<Vec<Open>, ViewError> {
    let mut found = Vec::new();
    for (_, bytes) in view.scan(crate::machine::Table::CONFIRMS, OPEN, None, OPEN_MAX)? {
        found.extend(Some(read_row::<Open>(&bytes)?).filter(|open| open.held));
    }
    Ok(found)
}

/// A person lets a comparison go on, or not. Gives what was decided about.
///
/// # Errors
/// [`Refusal::Unknown`] if it does not wait any more; [`Refusal::Outbox`] if nothing can be sent to the other unit now.
pub fn decide(txn: &mut Txn<'_>, id: ConfirmId, allow: bool) -> Result<Decision, Refusal> {
    let open = held(txn)?.into_iter().find(|open| open.id == id).ok_or(Refusal::Unknown)?;
    let Open { pair, case, person, since, .. } = open;
    let run = rows::load(txn, &pair)?.filter(|run| run.id == id).ok_or(Refusal::Unknown)?;
    let me = Me::load(txn)?.ok_or(Refusal::Unknown)?;
    let subject = read::<Subject>(txn, pair.own.as_bytes())?.ok_or(Refusal::Unknown)?;
    let Run { numbers, stage: Stage::Held(first), .. } = &run else { return Err(Refusal::Unknown) };
    let beacon = live(txn, &me, pair.peer, numbers.peer, txn.now)?.filter(|_| allow && subject.announces(numbers.own));
    match (beacon, first) {
        (Some(beacon), Some(first)) => {
            let tokens = shared(txn, &me, &subject, &beacon)?;
            answer(txn, &me, &subject, &pair, *numbers, &tokens, first)?;
        }
        (Some(beacon), None) => {
            let tokens = shared(txn, &me, &subject, &beacon)?;
            ask(txn, &me, &subject, &pair, id, *numbers, &tokens)?;
        }
        (None, first) => {
            if first.is_some() {
                send(txn, &pair, &ConfirmMessage::Declined(reference(&pair, id)))?;
            }
            give_up(txn, &pair, &subject, run)?;
        }
    }
    txn.notify(Notice::Comparison(case));
    Ok(Decision { id, peer: pair.peer, case, person, since })
}
