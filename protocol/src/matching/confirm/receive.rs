//! The steps of a comparison as they come from the other unit: checked, answered, counted.
//! Not what the counts lead to: that is `conclude`.

use super::alarm::{self, Suspicion};
use super::begin::{damaged, frame, hold, looks_guessed, reference, said, send};
use super::conclude::{Counts, conclude, counted_at_last, decline, follow};
use super::limits::LOOK_AFTER;
use super::message::{CONFIRM_MAX, ConfirmMessage, First, Fourth, Reference, Second, Third};
use super::points::hide;
use super::quota;
use super::rows::{self, Answered, Numbers, Pair, Run, Stage};
use crate::envelope::outbox::OutboxError;
use crate::fingerprint::{Df, Side, TokenType};
use crate::ids::UnitId;
use crate::machine::{Txn, Verdict, ViewError};
use crate::matching::heard::hear;
use crate::matching::hit::judge;
use crate::matching::lookup::{live, shared};
use crate::matching::me::Me;
use crate::matching::rows::read;
use crate::matching::subject::Subject;
use crate::oprf::Exponent;
use crate::wire;
use serde_bytes::ByteArray;

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// Applied, known already, or about somebody who is announced no more.
    Applied,
    /// What comes before it is missing here, or its answer cannot be queued now: to be taken again later.
    NotYet,
    /// Refused for good, and why.
    Refused(&'static str),
}

/// Takes a step of a comparison out of a verified envelope.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn receive_confirm(txn: &mut Txn<'_>, from: UnitId, payload: &[u8]) -> Result<Compared, ViewError> {
    let Ok(message) = wire::decode::<ConfirmMessage>(payload, CONFIRM_MAX) else {
        return Ok(Compared::Refused("sent a step of a comparison that is not well-formed"));
    };
    let Some(me) = Me::load(txn)? else { return Ok(Compared::Applied) };
    let reference = match &message {
        ConfirmMessage::First(sent) => sent.reference,
        ConfirmMessage::Second(sent) => sent.reference,
        ConfirmMessage::Third(sent) => sent.reference,
        ConfirmMessage::Fourth(sent) => sent.reference,
        ConfirmMessage::Release(reference) | ConfirmMessage::Declined(reference) => *reference,
    };
    let pair = Pair { own: reference.peer_subject, peer: from, peer_subject: reference.own_subject };
    let step = match message {
        ConfirmMessage::First(sent) => return first(txn, &me, &pair, sent),
        later => later,
    };
    let Some(at) = Place::of(txn, &pair, &reference)? else { return Ok(Compared::Applied) };
    let taken = match step {
        ConfirmMessage::First(_) => Ok(Compared::Applied),
        ConfirmMessage::Second(sent) => second(txn, &me, at, *sent),
        ConfirmMessage::Third(sent) => third(txn, &me, at, sent),
        ConfirmMessage::Fourth(sent) => follow(txn, at, |counted| counted.peer_suspect = Some(sent.suspect)),
        ConfirmMessage::Release(_) => follow(txn, at, |counted| counted.released = true),
        ConfirmMessage::Declined(_) => decline(txn, at),
    };
    match taken {
        Ok(taken) => Ok(taken),
        Err(OutboxError::View(error)) => Err(error),
        Err(_) => Ok(Compared::NotYet),
    }
}

/// The run that a later step belongs to.
pub(super) struct Place {
    pub(super) pair: Pair,
    pub(super) subject: Subject,
    pub(super) run: Run,
}

impl Place {
    /// None if there is no such run any more: its subject was withdrawn, or one about newer beacons took its place.
    fn of(txn: &Txn<'_>, pair: &Pair, reference: &Reference) -> Result<Option<Self>, ViewError> {
        let Some(run) = rows::load(txn, pair)?.filter(|run| run.id == reference.run) else { return Ok(None) };
        let subject = read::<Subject>(txn, pair.own.as_bytes())?;
        Ok(subject.map(|subject| Self { pair: *pair, subject, run }))
    }
}

fn first(txn: &mut Txn<'_>, me: &Me, pair: &Pair, sent: Box<First>) -> Result<Compared, ViewError> {
    if pair.peer > me.unit {
        return Ok(Compared::Refused("began a comparison that is ours to begin"));
    }
    if let Some(fault) = sent.said.fault().or_else(|| sent.own.fault()) {
        return Ok(Compared::Refused(fault));
    }
    let signer = sent.beacon.claimed_signer().ok();
    if signer.and_then(|signer| me.unit_of(signer).or(me.past_unit_of(signer))) != Some(pair.peer) {
        return Ok(Compared::Refused("began a comparison with a beacon that is not its own"));
    }
    // As if it had come by gossip: what holds for any beacon holds for this one.
    if hear(txn, me, sent.beacon.as_bytes(), false)? == Verdict::Reject {
        return Ok(Compared::Refused("began a comparison with a beacon that does not hold"));
    }
    let Some(beacon) = live(txn, me, pair.peer, sent.own_beacon, txn.now)? else { return Ok(Compared::Applied) };
    if beacon.subject != pair.peer_subject {
        return Ok(Compared::Refused("began a comparison of a subject that its beacon does not announce"));
    }
    let subject = read::<Subject>(txn, pair.own.as_bytes())?;
    let Some(subject) = subject.filter(|subject| subject.announces(sent.peer_beacon)) else {
        return Ok(Compared::Applied);
    };
    let numbers = Numbers { own: sent.peer_beacon, peer: sent.own_beacon };
    if let Some(run) = rows::load(txn, pair)? {
        match run.stage {
            _ if run.id == sent.reference.run => return Ok(Compared::Applied),
            Stage::Expected if run.numbers == numbers => {}
            Stage::Answered(_) if numbers.are_newer_than(run.numbers) => return Ok(Compared::NotYet),
            _ if numbers.are_newer_than(run.numbers) => rows::delete(txn, pair, run.id),
            _ if run.numbers == numbers => return Ok(Compared::Refused("began a second comparison of the same beacons")),
            _ => return Ok(Compared::Applied),
        }
    }
    let tokens = shared(txn, me, &subject, &beacon)?;
    let types = sent.said.types();
    if tokens.is_empty() || sent.said.carriers.len() != tokens.len() || tokens.iter().any(|(kind, _)| !types.contains(kind)) {
        return Ok(Compared::Refused("began a comparison whose tokens are not those of its beacon"));
    }
    let id = sent.reference.run;
    if looks_guessed(&tokens) {
        alarm::raise(txn, id, pair, subject.case, subject.person, Suspicion::Guesses);
        return held(txn, &subject, pair, numbers, sent);
    }
    let ours = said(txn, &subject, &tokens)?;
    let joint = tokens.iter().zip(sent.said.carriers.iter()).map(|((kind, df), theirs)| (*kind, Df(df.0.max(*theirs))));
    if judge(joint, ours.persons.max(sent.said.persons), &me.weights).is_none() {
        // Counted together it is no hit, so the other side would not have begun either.
        let since = txn.now;
        rows::put(txn, subject.case, pair, &Run { id, numbers, since, stage: Stage::Declined });
        let declined = ConfirmMessage::Declined(reference(pair, id));
        return Ok(queued(send(txn, pair, &declined))?.map_or(Compared::NotYet, |_| Compared::Applied));
    }
    if !quota::take(txn, &subject, pair)? {
        return held(txn, &subject, pair, numbers, sent);
    }
    Ok(queued(answer(txn, me, &subject, pair, numbers, &tokens, &sent))?.map_or(Compared::NotYet, |()| Compared::Applied))
}

fn held(txn: &mut Txn<'_>, subject: &Subject, pair: &Pair, numbers: Numbers, sent: Box<First>) -> Result<Compared, ViewError> {
    let id = sent.reference.run;
    Ok(match hold(txn, subject, pair, id, numbers, Some(sent))? {
        true => Compared::Applied,
        false => Compared::Refused("began more comparisons than wait for a decision here"),
    })
}

/// None if it cannot be queued now.
fn queued<T>(outcome: Result<T, OutboxError>) -> Result<Option<T>, ViewError> {
    match outcome {
        Ok(done) => Ok(Some(done)),
        Err(OutboxError::View(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Sends the second step.
pub(super) fn answer(
    txn: &mut Txn<'_>,
    me: &Me,
    subject: &Subject,
    pair: &Pair,
    numbers: Numbers,
    tokens: &[(TokenType, Df)],
    sent: &First,
) -> Result<(), OutboxError> {
    let id = sent.reference.run;
    let secret = Exponent::random(txn.rng);
    let own = hide(&subject.facts, Side::Second, &frame(me, pair, id), &secret, txn.rng).map_err(damaged)?;
    let raised = sent.own.raised(&secret).map_err(damaged)?;
    let said = said(txn, subject, tokens)?;
    let sizes = ByteArray::new(own.sizes());
    let second = Second { reference: reference(pair, id), said: said.clone(), own, raised: raised.clone() };
    let sent_as = send(txn, pair, &ConfirmMessage::Second(Box::new(second)))?;
    let stage = Stage::Answered(Box::new(Answered {
        sizes,
        raised,
        kinds: tokens.iter().map(|(kind, _)| *kind).collect(),
        said,
        theirs: sent.said.clone(),
        sent_as,
        arrived: None,
        alarmed: false,
        next: None,
    }));
    let (since, look) = (txn.now, txn.now.plus(LOOK_AFTER));
    rows::put_open(txn, subject, pair, &Run { id, numbers, since, stage }, look);
    Ok(())
}

fn second(txn: &mut Txn<'_>, me: &Me, at: Place, sent: Second) -> Result<Compared, OutboxError> {
    let Stage::Asked { secret, sizes, kinds, said } = &at.run.stage else {
        return Ok(Compared::Applied);
    };
    if let Some(fault) = sent.said.fault().or_else(|| sent.own.fault()).or_else(|| sent.raised.fault()) {
        return Ok(Compared::Refused(fault));
    }
    let types = sent.said.types();
    if sent.said.carriers.len() != kinds.len() || kinds.iter().any(|kind| !types.contains(kind)) {
        return Ok(Compared::Refused("answered a comparison with other tokens than are shared"));
    }
    if sent.raised.sizes() != **sizes {
        return Ok(Compared::Refused("answered a comparison with another number of points"));
    }
    let theirs = sent.own.raised(secret).map_err(damaged)?;
    let counts = Counts {
        kinds,
        said,
        theirs: &sent.said,
        sizes: **sizes,
        their_sizes: sent.own.sizes(),
        common: theirs.common(&sent.raised),
    };
    let counted = counts.judged(me);
    let suspect = counted.as_ref().map(|_| at.subject.is_suspect());
    let third = Third { reference: reference(&at.pair, at.run.id), raised: theirs, suspect };
    send(txn, &at.pair, &ConfirmMessage::Third(third))?;
    conclude(txn, at, counted)?;
    Ok(Compared::Applied)
}

fn third(txn: &mut Txn<'_>, me: &Me, at: Place, sent: Third) -> Result<Compared, OutboxError> {
    let Stage::Answered(answered) = &at.run.stage else { return Ok(Compared::Applied) };
    if let Some(fault) = sent.raised.fault() {
        return Ok(Compared::Refused(fault));
    }
    if sent.raised.sizes() != *answered.sizes {
        return Ok(Compared::Refused("ended a comparison with another number of points"));
    }
    let counts = Counts {
        kinds: &answered.kinds,
        said: &answered.said,
        theirs: &answered.theirs,
        sizes: *answered.sizes,
        their_sizes: answered.raised.sizes(),
        common: answered.raised.common(&sent.raised),
    };
    let mut counted = counts.judged(me);
    if counted.is_some() != sent.suspect.is_some() {
        return Ok(Compared::Refused("ended a comparison with another result than its counts give"));
    }
    if let Some(counted) = &mut counted {
        counted.peer_suspect = sent.suspect;
        let suspect = at.subject.is_suspect();
        send(txn, &at.pair, &ConfirmMessage::Fourth(Fourth { reference: reference(&at.pair, at.run.id), suspect }))?;
    }
    if answered.alarmed {
        alarm::finished(txn, &at.subject, at.run.id)?;
    }
    counted_at_last(txn, me, at, counted)?;
    Ok(Compared::Applied)
}
