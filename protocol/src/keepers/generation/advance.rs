//! Whatever can be done in a generation now: show the commitment, deal, add up, give the word, be done, or accuse.
//! Called after each change of a run, in any order; what was done before is not done again.

use super::super::message::Message;
use super::super::{Fault, KeepersError, marks, message};
use super::act::{is_next, tell, tell_all};
use super::rows::{Dealing, DealtTo, Ended, Run, State, dealing_key, dealt_to_prefix, forget_secrets, stored};
use super::step::{Step, What, contradiction};
use super::view::running;
use crate::crypto::Signed;
use crate::federation::charter::{self, Blinding, KeyTerms};
use crate::federation::joining::{self, JoinError};
use crate::federation::own::{self, Own};
use crate::federation::proof;
use crate::ids::{GenerationId, UnitId};
use crate::machine::{Notice, Record as _, Scope, Txn, ViewError};
use crate::oprf::generation::Commitment;
use crate::oprf::{KEEPERS_MAX, KeyShare};
use crate::wire::MessageKind;
use std::collections::BTreeMap;

/// Goes on as far as possible. The caller stores the run.
pub(super) fn advance(txn: &mut Txn<'_>, id: GenerationId, run: &mut Run) -> Result<(), ViewError> {
    match forward(txn, id, run) {
        Ok(()) => Ok(()),
        Err(KeepersError::Store(error)) => Err(error),
        Err(_) => {
            run.end(txn, id, Ended::Unsent);
            Ok(())
        }
    }
}

fn forward(txn: &mut Txn<'_>, id: GenerationId, run: &mut Run) -> Result<(), KeepersError> {
    if run.state != State::Running {
        return Ok(());
    }
    let (own, terms) = (own::load(txn)?, run.terms()?);
    if run.yes && run.hashes.len() == terms.keepers.len() && !run.shown {
        let dealing = dealing(txn, id)?;
        run.commitments.insert(own.unit, dealing.commitment.clone());
        run.shown = true;
        tell(txn, run, &terms, vec![dealing.commitment])?;
    }
    let Some(commitments) = commitments(txn, id, run, &terms)? else { return Ok(()) };
    if run.yes {
        deal(txn, id, run, &terms, &own)?;
        if !run.words.contains_key(&own.unit) && !add_up(txn, id, run, &terms, &commitments, &own)? {
            return Ok(());
        }
    }
    if run.state == State::Running {
        compare(txn, id, run, terms, &commitments)?;
    }
    Ok(())
}

fn dealing(txn: &Txn<'_>, id: GenerationId) -> Result<Dealing, ViewError> {
    txn.get::<Dealing>(&dealing_key(id))?.ok_or_else(|| ViewError("what this keeper dealt is missing".to_owned()))
}

/// All commitments in the order of the keepers, once they are here and hold. One that does not ends the generation.
fn commitments(
    txn: &mut Txn<'_>,
    id: GenerationId,
    run: &mut Run,
    terms: &KeyTerms,
) -> Result<Option<Vec<Commitment>>, KeepersError> {
    let mut found = Vec::new();
    let mut wrong = None;
    for unit in terms.keepers.iter() {
        let (Some(hash), Some(shown)) = (run.hashes.get(unit), run.commitments.get(unit)) else { continue };
        let (hashed, step) = (stored(hash)?, stored(shown)?);
        let against = |one: &Step, signed: &Signed<Step>| contradiction(terms, one, &step).map(|fault| (signed.clone(), fault));
        if let Some((one, fault)) = against(&hashed, hash).or_else(|| against(&step, shown)) {
            wrong = Some((*unit, one, shown.clone(), fault));
            break;
        }
        if let What::Commitment(commitment) = step.what {
            found.push(commitment);
        }
    }
    if let Some((unit, one, other, fault)) = wrong {
        accuse(txn, id, run, unit, [one, other], fault)?;
        return Ok(None);
    }
    Ok(Some(found).filter(|found| found.len() == terms.keepers.len()))
}

/// Sends every other keeper its share.
fn deal(txn: &mut Txn<'_>, id: GenerationId, run: &mut Run, terms: &KeyTerms, own: &Own) -> Result<(), KeepersError> {
    if run.dealt {
        return Ok(());
    }
    let dealt = dealing(txn, id)?.dealt;
    for to in terms.keepers.iter().copied().filter(|unit| *unit != own.unit) {
        let Some(index) = terms.index(to) else { continue };
        let what = What::Share { to, share: dealt.share_for(index) };
        let step = Signed::sign(&Step { generation: id, unit: own.unit, what }, &own.key());
        message::send(txn, to, &Message::Generation(run.around(vec![step], None)))?;
    }
    run.dealt = true;
    Ok(())
}

/// With the shares of all dealers: keeps their sum and gives the word. Says whether it is given.
fn add_up(
    txn: &mut Txn<'_>,
    id: GenerationId,
    run: &mut Run,
    terms: &KeyTerms,
    commitments: &[Commitment],
    own: &Own,
) -> Result<bool, KeepersError> {
    let index = terms.index(own.unit).ok_or(KeepersError::NotOpen)?;
    let mut shares: BTreeMap<UnitId, KeyShare> = BTreeMap::from([(own.unit, dealing(txn, id)?.dealt.share_for(index))]);
    for (_, DealtTo(signed)) in txn.list::<DealtTo>(&dealt_to_prefix(id), None, KEEPERS_MAX)? {
        let step = stored(&signed)?;
        let Some(shown) = run.commitments.get(&step.unit).cloned() else { continue };
        if let Some(fault) = contradiction(terms, &stored(&shown)?, &step) {
            accuse(txn, id, run, step.unit, [shown, signed], fault)?;
            return Ok(false);
        }
        if let What::Share { share, .. } = step.what {
            shares.insert(step.unit, share);
        }
    }
    if shares.len() < terms.keepers.len() {
        return Ok(false);
    }
    let received: Vec<KeyShare> = shares.into_values().collect();
    let Ok((_, word)) = charter::conclude(txn, terms, commitments, &received, own) else {
        return Err(KeepersError::Impossible);
    };
    run.words.insert(own.unit, word.clone());
    let all = run.commitments.values().cloned().collect();
    tell_all(txn, terms, &Message::Generation(run.around(all, Some(word))))?;
    forget_secrets(txn, id, true);
    Ok(true)
}

/// Every word must be over the same. With all of them the key is there.
fn compare(
    txn: &mut Txn<'_>,
    id: GenerationId,
    run: &mut Run,
    terms: KeyTerms,
    commitments: &[Commitment],
) -> Result<(), KeepersError> {
    let keepers = terms.keepers.clone();
    let blinding = Blinding::of(terms, commitments).map_err(|_| KeepersError::Impossible)?;
    let mut words = Vec::new();
    for unit in keepers.iter() {
        let Some(word) = run.words.get(unit) else { continue };
        if stored(word)? != blinding.word(*unit) {
            proof::keep(txn, *unit, MessageKind::KeeperWord, word.as_bytes(), run.terms.as_bytes())?;
            marks::blame(txn, *unit, Fault::OtherTranscript)?;
            run.end(txn, id, Ended::Failed(*unit, Fault::OtherTranscript));
            return Ok(());
        }
        words.push(word.clone());
    }
    if words.len() == keepers.len() {
        let words = crate::bounded::BoundedVec::new(words).expect("one for each keeper");
        run.state = State::Done(Box::new(Blinding { words, ..blinding }));
        txn.notify(Notice::Peers);
    }
    Ok(())
}

/// Two steps of a keeper do not go together: it is named, here and at everybody who is shown them.
pub(super) fn accuse(
    txn: &mut Txn<'_>,
    id: GenerationId,
    run: &mut Run,
    unit: UnitId,
    [one, other]: [Signed<Step>; 2],
    fault: Fault,
) -> Result<(), KeepersError> {
    let (own, terms) = (own::load(txn)?, run.terms()?);
    convict(txn, id, run, unit, [&one, &other], fault)?;
    let what = What::Complaint { one, other };
    let step = Signed::sign(&Step { generation: id, unit: own.unit, what }, &own.key());
    match tell(txn, run, &terms, vec![step]) {
        // It is over here all the same.
        Err(KeepersError::Outbox) => Ok(()),
        other => other,
    }
}

/// Keeps the proof, names the keeper, ends the generation.
pub(super) fn convict(
    txn: &mut Txn<'_>,
    id: GenerationId,
    run: &mut Run,
    unit: UnitId,
    [one, other]: [&Signed<Step>; 2],
    fault: Fault,
) -> Result<(), ViewError> {
    proof::keep(txn, unit, MessageKind::KeyStep, one.as_bytes(), other.as_bytes())?;
    marks::blame(txn, unit, fault)?;
    run.end(txn, id, Ended::Failed(unit, fault));
    Ok(())
}

/// Proposes a finished key, ends what took too long, forgets what is long over. To be called as time passes.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn keep_up(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    for (id, mut run) in super::view::all(txn)? {
        let before = run.clone();
        let age = txn.now.since(run.seen);
        match &run.state {
            State::Running if age > message::LIFETIME => run.end(txn, id, Ended::TooLong),
            State::Running if !is_next(txn, &run.terms()?)? => run.end(txn, id, Ended::Replaced),
            State::Over(_) | State::Done(_) if age > 2 * message::LIFETIME => {
                txn.delete(Run::TABLE, &super::rows::run_key(id));
                continue;
            }
            _ => {}
        }
        propose(txn, &mut run)?;
        if run != before {
            run.put(txn, id);
            txn.notify(Notice::Peers);
        }
    }
    Ok(())
}

/// At the unit that wanted the key: the members are asked, once.
pub(super) fn propose(txn: &mut Txn<'_>, run: &mut Run) -> Result<(), ViewError> {
    let State::Done(blinding) = &run.state else { return Ok(()) };
    if run.proposed || blinding.terms.by != own::load(txn)?.unit || !is_next(txn, &blinding.terms)? {
        return Ok(());
    }
    match joining::propose_keepers(txn, (**blinding).clone()) {
        Ok(()) => run.proposed = true,
        Err(JoinError::Store(error)) => return Err(error),
        // Another wish of this unit has to be through first.
        Err(JoinError::WantsAlready) => {}
        Err(_) => {
            run.proposed = true;
            txn.incident(
                None,
                "a finished blinding key could not be proposed: a keeper is no member any more, or changed its key",
            );
        }
    }
    Ok(())
}

/// Ends other generations that a unit wanted: one at a time. Says whether this one is older than one that is there.
pub(super) fn replace(txn: &mut Txn<'_>, terms: &KeyTerms) -> Result<bool, ViewError> {
    for (id, mut run) in running(txn)? {
        let other = run.terms()?;
        if other.by != terms.by || id == terms.id() {
            continue;
        }
        if other.made > terms.made {
            return Ok(true);
        }
        run.end(txn, id, Ended::Replaced);
        txn.put(&super::rows::run_key(id), Scope::Master, &run);
    }
    Ok(false)
}
