//! What people do: want a key, say yes to it, say no.
//! Not what follows from it: see `advance`.

use super::super::KeepersError;
use super::super::message::{self, Message};
use super::advance::{advance, propose};
use super::rows::{Dealing, Ended, Run, State, dealing_key, run_key};
use super::step::{Step, What};
use super::view::running;
use crate::bounded::{BoundedText, BoundedVec};
use crate::crypto::Signed;
use crate::federation::charter::{self, Blinding, KeyTerms};
use crate::federation::own;
use crate::fingerprint::RECIPE;
use crate::ids::{GenerationId, UnitId};
use crate::machine::{Notice, Scope, Txn, ViewError};
use crate::oprf::generation::Dealt;

/// A person here wants another key: kept by these units, any `threshold` of which answer. The one that was wanted here before is
/// not wanted any more. If this unit is among them, that is its yes.
///
/// # Errors
/// [`KeepersError`] if there can be no such key.
pub fn start(txn: &mut Txn<'_>, threshold: u16, keepers: Vec<UnitId>) -> Result<GenerationId, KeepersError> {
    let (own, charter) = (own::load(txn)?, charter::current(txn)?.ok_or(KeepersError::NotAMember)?);
    if charter.member(own.unit).is_none() {
        return Err(KeepersError::NotAMember);
    }
    if charter::is_frozen(txn)? {
        return Err(KeepersError::Frozen);
    }
    if keepers.iter().any(|unit| charter.member(*unit).is_none()) {
        return Err(KeepersError::NotAMemberKeeper);
    }
    let terms = KeyTerms {
        federation: charter.federation,
        epoch: charter.blinding.as_ref().map_or(0, |present| present.epoch() + 1),
        recipe: BoundedText::new(RECIPE).expect("the name of a recipe is short"),
        threshold,
        keepers: BoundedVec::new(keepers).map_err(|_| KeepersError::Impossible)?,
        by: own.unit,
        made: txn.now,
    };
    if !terms.is_possible() {
        return Err(KeepersError::Impossible);
    }
    for (id, mut run) in running(txn)? {
        if run.terms()?.by == own.unit {
            stop(txn, id, &mut run, &own)?;
        }
    }
    let id = terms.id();
    let run = Run::new(Signed::sign(&terms, &own.key()), txn.now);
    run.put(txn, id);
    txn.notify(Notice::Peers);
    if terms.index(own.unit).is_some() {
        say_yes(txn, id)?;
    } else {
        tell(txn, &run, &terms, Vec::new())?;
    }
    Ok(id)
}

/// A person here says that this unit takes part: it deals.
///
/// # Errors
/// [`KeepersError::NotOpen`] if it is not asked, or has said yes or no before.
pub fn say_yes(txn: &mut Txn<'_>, id: GenerationId) -> Result<(), KeepersError> {
    let own = own::load(txn)?;
    let mut run = open(txn, id)?;
    let terms = run.terms()?;
    let index = terms.index(own.unit).filter(|_| !run.yes).ok_or(KeepersError::NotOpen)?;
    let dealt = Dealt::new(terms.threshold, &mut *txn.rng).map_err(|_| KeepersError::Impossible)?;
    let commitment = dealt.commitment(id.as_bytes(), index, &mut *txn.rng);
    let sign = |what| Signed::sign(&Step { generation: id, unit: own.unit, what }, &own.key());
    let hash = sign(What::Hash(commitment.hash(id.as_bytes(), index)));
    let dealing = Dealing { dealt, commitment: sign(What::Commitment(commitment)) };
    txn.put(&dealing_key(id), Scope::Dealing(id), &dealing);
    run.yes = true;
    run.hashes.insert(own.unit, hash.clone());
    tell(txn, &run, &terms, vec![hash])?;
    advance(txn, id, &mut run)?;
    propose(txn, &mut run)?;
    run.put(txn, id);
    txn.notify(Notice::Peers);
    Ok(())
}

/// A person here says that this unit does not take part, or takes back what it wanted. Then there is no such key.
///
/// # Errors
/// [`KeepersError::NotOpen`] if it does not wait for this unit.
pub fn say_no(txn: &mut Txn<'_>, id: GenerationId) -> Result<(), KeepersError> {
    let own = own::load(txn)?;
    let mut run = open(txn, id)?;
    let terms = run.terms()?;
    if terms.by != own.unit && terms.index(own.unit).is_none() {
        return Err(KeepersError::NotOpen);
    }
    stop(txn, id, &mut run, &own)
}

fn stop(txn: &mut Txn<'_>, id: GenerationId, run: &mut Run, own: &own::Own) -> Result<(), KeepersError> {
    let terms = run.terms()?;
    run.end(txn, id, Ended::Declined(own.unit));
    run.put(txn, id);
    txn.notify(Notice::Peers);
    let no = Signed::sign(&Step { generation: id, unit: own.unit, what: What::No }, &own.key());
    match tell(txn, run, &terms, vec![no]) {
        // The others give up after fourteen days.
        Err(KeepersError::Outbox) => Ok(()),
        other => other,
    }
}

fn open(txn: &Txn<'_>, id: GenerationId) -> Result<Run, KeepersError> {
    let run = txn.get::<Run>(&run_key(id))?.filter(|run| run.state == State::Running);
    run.ok_or(KeepersError::NotOpen)
}

/// Sends steps to every keeper and to whoever wants the key.
pub(super) fn tell(txn: &mut Txn<'_>, run: &Run, terms: &KeyTerms, steps: Vec<Signed<Step>>) -> Result<(), KeepersError> {
    tell_all(txn, terms, &Message::Generation(run.around(steps, None)))
}

pub(super) fn tell_all(txn: &mut Txn<'_>, terms: &KeyTerms, message: &Message) -> Result<(), KeepersError> {
    let own = own::load(txn)?.unit;
    let wanting = Some(terms.by).filter(|by| terms.index(*by).is_none());
    for unit in terms.keepers.iter().copied().chain(wanting).filter(|unit| *unit != own) {
        message::send(txn, unit, message)?;
    }
    Ok(())
}

/// Whether this key can still become the next one.
pub(super) fn is_next(txn: &Txn<'_>, terms: &KeyTerms) -> Result<bool, ViewError> {
    let present = charter::current(txn)?.and_then(|charter| charter.blinding);
    Ok(terms.epoch == present.as_ref().map(Blinding::epoch).map_or(0, |epoch| epoch + 1))
}
