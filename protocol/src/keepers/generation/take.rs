//! Steps of others as they come, in any order: verified, kept, compared with what is there.
//! Nothing is believed that its unit did not sign.

use super::super::{Fault, KeepersError, marks};
use super::act::is_next;
use super::advance::{accuse, advance, convict, propose, replace};
use super::rows::{DealtTo, Ended, Run, State, dealt_to_key, run_key, stored};
use super::step::{Step, Steps, What, contradiction};
use super::view::running;
use crate::crypto::Signed;
use crate::federation::charter::{self, KeyTerms};
use crate::federation::own;
use crate::ids::{GenerationId, UnitId};
use crate::machine::{Notice, Scope, Txn, ViewError};
use crate::sharing::Taken;
use std::collections::btree_map::Entry;

/// Most generations that run at one time here.
const RUNNING_MAX: usize = 16;

/// Takes steps that `from` sent.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn receive(txn: &mut Txn<'_>, from: UnitId, message: &Steps) -> Result<Taken, ViewError> {
    let (own, Some(charter)) = (own::load(txn)?, charter::current(txn)?) else {
        return Ok(Taken::Refused("sent steps of a generation to a unit without a federation"));
    };
    let Some(terms) = verified(txn, &message.terms)? else {
        return Ok(Taken::Refused("sent terms of a generation that nobody signed"));
    };
    let concerns = |unit: UnitId| unit == terms.by || terms.index(unit).is_some();
    if terms.federation != charter.federation || !terms.is_possible() || !concerns(from) || !concerns(own.unit) {
        return Ok(Taken::Refused("sent steps of a generation in which one of the two has no part"));
    }
    let id = terms.id();
    let mut run = match txn.get::<Run>(&run_key(id))? {
        Some(run) => run,
        None if !is_next(txn, &terms)? => {
            // Over, or of a charter that is still to be fetched.
            let newer = charter.blinding.is_none_or(|present| present.epoch() + 1 < terms.epoch);
            return Ok(if newer { Taken::NotYet } else { Taken::Applied });
        }
        None => {
            if running(txn)?.len() >= RUNNING_MAX {
                return Ok(Taken::Refused("began one more generation than are followed at one time"));
            }
            let mut run = Run::new(message.terms.clone(), txn.now);
            if replace(txn, &terms)? {
                run.state = State::Over(Ended::Replaced);
            }
            run
        }
    };
    let before = run.state.clone();
    for signed in message.steps.iter() {
        if run.state != State::Running {
            break;
        }
        match take(txn, id, &mut run, &terms, from, signed) {
            Ok(None) => {}
            Ok(Some(why)) => return Ok(Taken::Refused(why)),
            Err(KeepersError::Store(error)) => return Err(error),
            Err(_) => run.end(txn, id, Ended::Unsent),
        }
    }
    if let Some(word) = message.word.as_ref().filter(|_| run.state == State::Running) {
        let said = charter::verify_of(txn, from, word)?.filter(|said| said.unit == from && terms.index(from).is_some());
        if said.is_none() {
            return Ok(Taken::Refused("sent a keeper's word that is not its own"));
        }
        run.words.entry(from).or_insert_with(|| word.clone());
    }
    advance(txn, id, &mut run)?;
    propose(txn, &mut run)?;
    run.put(txn, id);
    if run.state != before || !run.yes {
        txn.notify(Notice::Peers);
    }
    Ok(Taken::Applied)
}

/// The terms, if whoever is said to want them signed them.
fn verified(txn: &Txn<'_>, signed: &Signed<KeyTerms>) -> Result<Option<KeyTerms>, ViewError> {
    let Ok(signer) = signed.claimed_signer() else { return Ok(None) };
    let (Some(owner), Ok(terms)) = (charter::owner_of_key(txn, signer)?, signed.verify(&signer)) else { return Ok(None) };
    Ok(Some(terms.into_value()).filter(|terms| terms.by == owner.unit))
}

/// One step. Gives why the whole message is refused, if it is out of order in itself.
fn take(
    txn: &mut Txn<'_>,
    id: GenerationId,
    run: &mut Run,
    terms: &KeyTerms,
    from: UnitId,
    signed: &Signed<Step>,
) -> Result<Option<&'static str>, KeepersError> {
    let Some(step) = signed_by_its_unit(txn, signed)?.filter(|step| step.generation == id) else {
        return Ok(Some("sent a step of a generation that its unit did not sign"));
    };
    let own = own::load(txn)?.unit;
    let relayed = matches!(step.what, What::Commitment(_));
    let of_keeper = terms.index(step.unit).is_some() || matches!(step.what, What::No | What::Complaint { .. });
    if step.unit != from && !relayed || !of_keeper {
        return Ok(Some("sent a step of a generation that is not its own"));
    }
    match &step.what {
        What::Hash(_) | What::Commitment(_) => {
            let kept = if relayed { &mut run.commitments } else { &mut run.hashes };
            let known = match kept.entry(step.unit) {
                // One that another passes on is as good: its unit signed it, and a different one will show against it.
                Entry::Vacant(vacant) => {
                    vacant.insert(signed.clone());
                    return Ok(None);
                }
                Entry::Occupied(known) => known.get().clone(),
            };
            if let Some(fault) = contradiction(terms, &stored(&known)?, &step).filter(|_| known != *signed) {
                accuse(txn, id, run, step.unit, [known, signed.clone()], fault)?;
            }
        }
        What::Share { to, .. } if *to == own => {
            let key = dealt_to_key(id, step.unit);
            if run.yes && !run.words.contains_key(&own) && txn.get::<DealtTo>(&key)?.is_none() {
                txn.put(&key, Scope::Dealing(id), &DealtTo(signed.clone()));
            }
        }
        What::Share { .. } => return Ok(Some("sent a share that is for another keeper")),
        What::No => run.end(txn, id, Ended::Declined(step.unit)),
        What::Complaint { one, other } => {
            let both = (signed_by_its_unit(txn, one)?, signed_by_its_unit(txn, other)?);
            let found = match &both {
                (Some(first), Some(second)) => contradiction(terms, first, second).map(|fault| (first.unit, fault)),
                _ => None,
            };
            if let Some((unit, fault)) = found {
                convict(txn, id, run, unit, [one, other], fault)?;
            } else {
                marks::blame(txn, step.unit, Fault::FalseComplaint)?;
                run.end(txn, id, Ended::Failed(step.unit, Fault::FalseComplaint));
            }
        }
    }
    Ok(None)
}

fn signed_by_its_unit(txn: &Txn<'_>, signed: &Signed<Step>) -> Result<Option<Step>, ViewError> {
    let Ok(signer) = signed.claimed_signer() else { return Ok(None) };
    let (Some(owner), Ok(step)) = (charter::owner_of_key(txn, signer)?, signed.verify(&signer)) else { return Ok(None) };
    Ok(Some(step.into_value()).filter(|step| step.unit == owner.unit))
}
