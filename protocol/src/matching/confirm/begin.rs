//! From a hit to the first step of a comparison: begun, left to the other side, or held for a person.
//! Not what comes back: that is `receive`.

use super::alarm::{self, Suspicion};
use super::conclude::peer;
use super::limits::{HELD_PER_PEER, LOOK_AFTER, WORTH, most_of};
use super::message::{ConfirmMessage, First, Reference, Said};
use super::points::{Frame, hide};
use super::quota;
use super::rows::{self, Numbers, Open, Pair, Run, Stage, open_of};
use crate::bounded::BoundedVec;
use crate::envelope::outbox::OutboxError;
use crate::envelope::{Kind, outbox};
use crate::fingerprint::{Df, MatchClass, Side, TokenType};
use crate::ids::{AlertId, ConfirmId};
use crate::machine::{Notice, Txn, ViewError};
use crate::matching::alert::Confirmed;
use crate::matching::beacon::UnitBeacon;
use crate::matching::hit::Hit;
use crate::matching::lookup;
use crate::matching::me::Me;
use crate::matching::raise::{self, Grounds};
use crate::matching::rows::{BeaconRow, Counters, beacon_key, signed_in};
use crate::matching::subject::{Role, Subject};
use crate::oprf::Exponent;
use crate::wire;
use serde_bytes::ByteArray;
use std::collections::BTreeMap;

/// Open comparisons looked at.
const OPEN_MAX: usize = 4_096;

/// A subject of ours and a heard beacon hit: they are compared, once for these two beacons. Gives the alert of the pair, if there
/// is one now: the comparison may bring it later.
pub(in crate::matching) fn found(
    txn: &mut Txn<'_>,
    me: &Me,
    subject: &Subject,
    beacon: &UnitBeacon,
    hit: &Hit,
) -> Result<Option<AlertId>, ViewError> {
    let Some(own) = subject.number() else { return Ok(None) };
    let pair = Pair { own: subject.subject, peer: beacon.unit, peer_subject: beacon.subject };
    let numbers = Numbers { own, peer: beacon.number };
    match rows::load(txn, &pair)? {
        // One thing after the other: who has had our answer owes us its own, whatever it announces since.
        Some(Run { stage: Stage::Answered(mut answered), numbers: before, id, since }) if numbers.are_newer_than(before) => {
            answered.next = Some(beacon.number);
            rows::put_open(txn, subject, &pair, &Run { id, numbers: before, since, stage: Stage::Answered(answered) }, since);
        }
        Some(run) if !numbers.are_newer_than(run.numbers) => {}
        before => {
            if let Some(before) = before {
                rows::delete(txn, &pair, before.id);
            }
            begin(txn, me, subject, &pair, numbers, beacon)?;
        }
    }
    let stage = rows::load(txn, &pair)?.map(|run| run.stage);
    let confirmed = match stage {
        Some(Stage::Expected | Stage::Due | Stage::Held(_) | Stage::Asked { .. } | Stage::Answered(_)) => Confirmed::Waiting,
        Some(Stage::Declined) => Confirmed::No,
        Some(Stage::Counted(_)) | None => return alert_of(txn, &pair),
    };
    match hit.class {
        // About a suspect nobody here is told before it is known who the other side's person is.
        Some(class) if class >= MatchClass::Probable && subject.role != Role::Suspect => {
            let grounds = Grounds { class, score: hit.score, agreed: hit.agreed.clone(), confirmed, told: false };
            raise::raise(txn, subject, peer(beacon), grounds).map(Some)
        }
        _ => alert_of(txn, &pair),
    }
}

fn alert_of(txn: &Txn<'_>, pair: &Pair) -> Result<Option<AlertId>, ViewError> {
    Ok(raise::of_pair(txn, pair.own, pair.peer, pair.peer_subject)?.map(|alert| alert.id))
}

fn begin(
    txn: &mut Txn<'_>,
    me: &Me,
    subject: &Subject,
    pair: &Pair,
    numbers: Numbers,
    beacon: &UnitBeacon,
) -> Result<(), ViewError> {
    let id = ConfirmId::random(txn.rng);
    if me.unit > pair.peer {
        let since = txn.now;
        rows::put(txn, subject.case, pair, &Run { id, numbers, since, stage: Stage::Expected });
        return Ok(());
    }
    let shared = lookup::shared(txn, me, subject, beacon)?;
    if looks_guessed(&shared) {
        alarm::raise(txn, id, pair, subject.case, subject.person, Suspicion::Guesses);
        return hold(txn, subject, pair, id, numbers, None).map(drop);
    }
    if !quota::take(txn, subject, pair)? {
        return hold(txn, subject, pair, id, numbers, None).map(drop);
    }
    match ask(txn, me, subject, pair, id, numbers, &shared) {
        Ok(()) => Ok(()),
        Err(OutboxError::View(error)) => Err(error),
        Err(_) => {
            let (since, look) = (txn.now, txn.now.plus(LOOK_AFTER));
            rows::put_open(txn, subject, pair, &Run { id, numbers, since, stage: Stage::Due }, look);
            Ok(())
        }
    }
}

/// Whether a beacon shares more tokens of one type with a person than one person has.
pub(super) fn looks_guessed(shared: &[(TokenType, Df)]) -> bool {
    let mut counts = BTreeMap::<TokenType, usize>::new();
    shared.iter().for_each(|(kind, _)| *counts.entry(*kind).or_default() += 1);
    counts.into_iter().any(|(kind, count)| count > most_of(kind))
}

/// Leaves it to a person. False if too many wait already: then there is none.
pub(super) fn hold(
    txn: &mut Txn<'_>,
    subject: &Subject,
    pair: &Pair,
    id: ConfirmId,
    numbers: Numbers,
    first: Option<Box<First>>,
) -> Result<bool, ViewError> {
    let since = txn.now;
    let open = txn.list::<Open>(&open_of(pair.peer), None, OPEN_MAX)?;
    if open.iter().filter(|(_, open)| open.held).count() >= HELD_PER_PEER {
        txn.incident(Some(pair.peer), "more comparisons with it wait for a decision than are kept");
        rows::put(txn, subject.case, pair, &Run { id, numbers, since, stage: Stage::Declined });
        return Ok(false);
    }
    rows::put_open(txn, subject, pair, &Run { id, numbers, since, stage: Stage::Held(first) }, since.plus(WORTH));
    txn.notify(Notice::Comparison(subject.case));
    Ok(true)
}

/// Sends the first step.
pub(super) fn ask(
    txn: &mut Txn<'_>,
    me: &Me,
    subject: &Subject,
    pair: &Pair,
    id: ConfirmId,
    numbers: Numbers,
    shared: &[(TokenType, Df)],
) -> Result<(), OutboxError> {
    let row = txn.get::<BeaconRow>(&beacon_key(me.unit, numbers.own))?.unwrap_or_default();
    let signed = signed_in(&row, me.federation, me.unit, numbers.own)?;
    // A restored node may lack it until the others have shown what they hold.
    let beacon = signed.ok_or(OutboxError::Restored)?;
    let secret = Exponent::random(txn.rng);
    let frame = frame(me, pair, id);
    let own = hide(&subject.facts, Side::First, &frame, &secret, txn.rng).map_err(damaged)?;
    let said = said(txn, subject, shared)?;
    let first = First {
        reference: reference(pair, id),
        own_beacon: numbers.own,
        peer_beacon: numbers.peer,
        beacon,
        said: said.clone(),
        own: own.clone(),
    };
    send(txn, pair, &ConfirmMessage::First(Box::new(first)))?;
    let kinds = shared.iter().map(|(kind, _)| *kind).collect();
    let stage = Stage::Asked { secret, sizes: ByteArray::new(own.sizes()), kinds, said };
    let since = txn.now;
    rows::put_open(txn, subject, pair, &Run { id, numbers, since, stage }, since.plus(WORTH));
    Ok(())
}

/// What a run is about, the starting side first.
pub(super) fn frame(me: &Me, pair: &Pair, run: ConfirmId) -> Frame {
    let (ours, theirs) = ((me.unit, pair.own), (pair.peer, pair.peer_subject));
    let (first, second) = if ours.0 < theirs.0 { (ours, theirs) } else { (theirs, ours) };
    Frame { federation: me.federation, units: [first.0, second.0], subjects: [first.1, second.1], run }
}

/// What is said beside the points.
pub(super) fn said(txn: &Txn<'_>, subject: &Subject, shared: &[(TokenType, Df)]) -> Result<Said, ViewError> {
    let carriers = shared.iter().map(|(_, df)| df.0).collect();
    Ok(Said {
        persons: Counters::load(txn)?.persons(),
        types: Said::bits(subject.features.iter().map(|(kind, _)| *kind)),
        carriers: BoundedVec::new(carriers).map_err(|error| ViewError(format!("shared tokens: {error}")))?,
    })
}

pub(super) const fn reference(pair: &Pair, run: ConfirmId) -> Reference {
    Reference { run, own_subject: pair.own, peer_subject: pair.peer_subject }
}

pub(super) fn send(txn: &mut Txn<'_>, pair: &Pair, message: &ConfirmMessage) -> Result<u64, OutboxError> {
    outbox::queue(txn, pair.peer, Kind::MatchConfirm, wire::encode(message), Some(WORTH))
}

/// Values of ours are short, and nobody finds one that is hashed to the identity.
pub(super) fn damaged(error: crate::oprf::OprfError) -> ViewError {
    ViewError(format!("a person's values: {error}"))
}
