//! Taking back, on a restored node, what a member shows; and opening what came from it once that is all.
//! Nothing is believed of what this unit signed but its signature.

use super::message::{Fact, Given, GivenState, Head, Held, HeldState, Line, Shown, Standing};
use crate::bounded::BoundedVec;
use crate::caselog::{self, Own as OwnEntry, case_row};
use crate::envelope::{PAYLOAD_MAX, Received, outbox};
use crate::federation::charter_sync::Ask;
use crate::federation::{own, peering, restored};
use crate::ids::{CaseId, ShareId, UnitId};
use crate::machine::{Record, Scope, Table, Txn, ViewError};
use crate::matching;
use crate::requests;
use crate::sharing::{self, Ended, Taken};
use crate::transfer;
use crate::wire;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Most envelopes of one answer.
const MOST_PARTS: u32 = 4096;
/// Most cases of one member that are asked for in one round; the others come when their shares are compared.
const MOST_HEADS: usize = 30_000;

/// Which envelopes of an answer have come, and what was found missing. Key: `r` and the unit.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Round {
    round: u64,
    got: BTreeSet<u32>,
    heads: Vec<(CaseId, u64)>,
    again: bool,
    /// The newest beacon of ours that came in it.
    #[serde(default)]
    beacon: u64,
    /// After which number it was asked for beacons: an answer to an earlier question is none to this one.
    #[serde(default)]
    after: Option<u64>,
}

impl Record for Round {
    const TABLE: Table = Table::RESTORED;
}

fn key(unit: UnitId) -> Vec<u8> {
    [b"r".as_slice(), unit.as_bytes()].concat()
}

/// Takes [`crate::envelope::Kind::Standing`]. Gives besides the cases to look at again, once the last member has shown.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn standing(txn: &mut Txn<'_>, received: &Received) -> Result<(Taken, Vec<CaseId>), ViewError> {
    let Ok(message) = wire::decode::<Standing>(&received.payload, PAYLOAD_MAX) else {
        return Ok((Taken::Refused("showed what it holds out of form"), Vec::new()));
    };
    let from = received.from;
    if message.index >= message.of || message.of > MOST_PARTS {
        return Ok((Taken::Refused("showed what it holds out of form"), Vec::new()));
    }
    // Nobody waits for it any more: it was shown already, or a person did not want to wait.
    if !restored::is_locked(txn, from)? {
        return Ok((Taken::Applied, Vec::new()));
    }
    outbox::raise(txn, from, message.pair_seq)?;
    restored::told(txn, from)?;
    let mut round = txn.get::<Round>(&key(from))?.filter(|held| held.round == message.round).unwrap_or_default();
    round.round = message.round;
    round.got.insert(message.index);
    let mut shown = BTreeMap::new();
    for fact in message.facts {
        match fact {
            Fact::Head(_) if round.heads.len() >= MOST_HEADS => {}
            Fact::Head(head) => round.heads.extend(missing(txn, from, head)?),
            Fact::Entry(one) => entry(txn, from, one, &mut shown)?,
            Fact::Held(held) => sharing_held(txn, from, &held)?,
            Fact::Given(given) => sharing_given(txn, from, given)?,
            Fact::TakenBack(one) => sharing::taken_back_before(txn, from, (one.case, one.entry, one.share))?,
            Fact::Request(one) => requests::take_between(txn, from, one)?,
            Fact::Again(again) => transfer::given_again(txn, from, again)?,
            Fact::Part(part) => transfer::part_again(txn, from, part)?,
            Fact::Gone(share) => gone(txn, from, share)?,
            Fact::Line(one) => line(txn, from, &one)?,
            Fact::BeaconHead(head) => matching::take_back_head(txn, &head)?,
            Fact::BeaconsAfter(number) => round.after = Some(number),
            Fact::Beacon(beacon) => round.beacon = matching::take_back(txn, &beacon)?.unwrap_or(0).max(round.beacon),
        }
    }
    restored::has_shown(txn, from, &shown)?;
    // What it shows of shares was looked at while the case was not ours: it is asked for all of it once more.
    round.again |= transfer::regain(txn)?;
    for case in shown.into_keys() {
        sharing::admitted_before(txn, case)?;
    }
    if round.got.len() < message.of as usize {
        txn.put(&key(from), Scope::Master, &round);
        return Ok((Taken::Applied, Vec::new()));
    }
    txn.delete(Table::RESTORED, &key(from));
    let ask = asked(txn, &round, message.beacon, from)?;
    let ask = ask.or(round.again.then(Ask::default));
    if let Some(ask) = ask {
        let again = restored::ask(txn, from)?.as_ref() == Some(&ask);
        restored::ask_for(txn, from, &ask);
        if !again || round.again {
            txn.sync(from);
        }
        return Ok((Taken::Applied, Vec::new()));
    }
    // Whoever does not show all is believed only if there never was more between the two than strangers have: a key that changed since
    // makes strangers of nobody.
    if !message.whole && peering::was_confirmed(txn, from)? {
        if restored::note_words(txn, from)? {
            txn.incident(Some(from), "does not show what it holds before the safety words are compared again");
        }
        return Ok((Taken::Applied, Vec::new()));
    }
    Ok((Taken::Applied, open(txn, from, false)?))
}

/// A person here does not wait for a unit: what it may hold beyond the backup is given up, and may show as a contradiction later.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn release(txn: &mut Txn<'_>, unit: UnitId) -> Result<Vec<CaseId>, ViewError> {
    if !restored::is_locked(txn, unit)? {
        return Ok(Vec::new());
    }
    open(txn, unit, true)
}

/// Members came or went: whoever is none any more is not waited for. Gives the cases to look at again if nobody is left.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn members_changed(txn: &mut Txn<'_>) -> Result<Vec<CaseId>, ViewError> {
    let last = restored::finish(txn)?;
    if last.is_some() {
        transfer::settle(txn)?;
        matching::settle(txn)?;
    }
    Ok(last.unwrap_or_default())
}

/// The unit has shown all: what stands between the two is levelled, and after the last one this node is as any other.
fn open(txn: &mut Txn<'_>, unit: UnitId, released: bool) -> Result<Vec<CaseId>, ViewError> {
    for (case, by, last) in restored::all_not_opened(txn)? {
        if case_row(txn, case)?.is_some() && caselog::next_own(txn, case)? <= last {
            restored::again(txn, by, case)?;
        }
    }
    if released && !restored::wanted(txn, unit)?.is_empty() {
        restored::lose_handover(txn, unit);
        txn.incident(Some(unit), transfer::FORGOTTEN);
    }
    let last = restored::shown(txn, unit, released)?;
    sharing::level(txn, unit)?;
    requests::level(txn, unit)?;
    matching::rooms_level(txn, unit, true)?;
    txn.wake(unit);
    if last.is_some() {
        transfer::settle(txn)?;
        matching::settle(txn)?;
    }
    Ok(last.unwrap_or_default())
}

/// What is still to be asked for; none if nothing is missing that this member can give.
fn asked(txn: &Txn<'_>, round: &Round, their_beacon: u64, from: UnitId) -> Result<Option<Ask>, ViewError> {
    let before = restored::ask(txn, from)?.unwrap_or_default();
    let shown_from = restored::shown_from(txn, from)?;
    let mut cases = Vec::new();
    for (case, seq) in &round.heads {
        let next = caselog::next_own(txn, *case)?;
        // Shown once: what it could not open then nobody gives.
        let shown = |first: &u64| shown_from.get(case).is_some_and(|from| from <= first);
        let to_open = restored::taken_back_from(txn, *case)?.filter(|first| !shown(first));
        let first = if next <= *seq {
            // It gave what it has, and that opens no case here: in one that is not here nothing is continued either.
            let given = restored::not_opened_to(txn, from, *case)?.is_some_and(|last| *seq <= last);
            (!given || case_row(txn, *case)?.is_some()).then(|| to_open.unwrap_or(next))
        } else {
            to_open
        };
        if let Some(first) = first.filter(|_| cases.len() < restored::MOST_ASKED) {
            cases.push((*case, first));
        }
    }
    // From the first hole on: another member may hold only what was announced after it. A number that it names and cannot give is not
    // asked for twice: an expired beacon is dropped everywhere.
    let after = matching::own_until(txn)?.max(round.beacon);
    let asks = |asked: u64| round.after != Some(asked) || after > asked;
    let goes_on = before.beacons_after.map_or(before == Ask::default(), asks);
    let beacons = (their_beacon > after && goes_on).then_some(after);
    let handed = restored::wanted(txn, from)?;
    if cases.is_empty() && beacons.is_none() && handed.is_empty() {
        return Ok(None);
    }
    // Who names entries and does not give them stays locked: the same question is put again at the next contact, and not at once.
    Ok(Some(Ask { cases: BoundedVec::new(cases).unwrap_or_default(), beacons_after: beacons, handed }))
}

/// A number of ours that is not here.
fn missing(txn: &mut Txn<'_>, from: UnitId, head: Head) -> Result<Option<(CaseId, u64)>, ViewError> {
    let own = own::load(txn)?.unit;
    if case_row(txn, head.case)?.is_none() && head.owner != own && head.owner != from {
        // A third unit's case, of which nothing is left here: its owner shows it.
        return Ok(None);
    }
    if caselog::next_own(txn, head.case)? > head.seq {
        if caselog::own_hash(txn, head.case, head.seq)? != Some(head.hash) {
            txn.incident(Some(from), "holds another entry of ours than this node: it was written anew after the restore");
            return Ok(None);
        }
        // Another member showed it, and may not have been able to open what this one can.
        let open_here = restored::taken_back_from(txn, head.case)?.is_some_and(|first| first <= head.seq);
        return Ok(open_here.then_some((head.case, head.seq)));
    }
    Ok(Some((head.case, head.seq)))
}

fn entry(txn: &mut Txn<'_>, from: UnitId, shown: Shown, all: &mut BTreeMap<CaseId, u64>) -> Result<(), ViewError> {
    if let Ok(entry) = shown.entry.stored() {
        all.entry(entry.case).and_modify(|first| *first = (*first).min(entry.seq)).or_insert(entry.seq);
    }
    match caselog::take_back(txn, shown.owner, &shown.entry, &shown.changes)? {
        OwnEntry::Taken | OwnEntry::Known => {}
        OwnEntry::NotOpened(case, seq) => restored::not_opened(txn, from, case, seq)?,
        OwnEntry::Refused(why) => txn.incident(Some(from), why),
    }
    Ok(())
}

/// A case of which nothing is left here, and that this unit may have owned before the one that shows it: what it wrote as the owner is
/// told from what it contributed by that. One that is its own is given again by whoever handed it over.
fn line(txn: &mut Txn<'_>, from: UnitId, shown: &Line) -> Result<(), ViewError> {
    let Line { case, owner, ref opening, ref custody } = *shown;
    if owner != from || case_row(txn, case)?.is_some() {
        return Ok(());
    }
    match caselog::verify(txn, case, opening, owner, custody)? {
        Ok(line) => caselog::follow(txn, case, owner, line, custody).map(drop),
        Err(why) => {
            txn.incident(Some(from), why);
            Ok(())
        }
    }
}

fn sharing_held(txn: &mut Txn<'_>, from: UnitId, held: &Held) -> Result<(), ViewError> {
    let ended = match held.state {
        HeldState::Ended(ended) => Some(ended),
        HeldState::Waiting | HeldState::Active => None,
    };
    sharing::given_before(txn, from, held.id, held.share.as_ref(), held.state == HeldState::Active, ended)
}

fn sharing_given(txn: &mut Txn<'_>, from: UnitId, given: Given) -> Result<(), ViewError> {
    match given.state {
        GivenState::Open => sharing::lowered_before(txn, from, given.id, given.lowered),
        GivenState::Over => sharing::ended_before(txn, from, given.id, Ended::Recalled),
        GivenState::Transferred => {
            if sharing::is_handed(txn, from, given.id)? {
                return Ok(());
            }
            restored::want(txn, from, given.id)
        }
    }
}

/// A case that a member handed to us after the backup was made, and does not give again.
fn gone(txn: &mut Txn<'_>, from: UnitId, share: ShareId) -> Result<(), ViewError> {
    if restored::is_wanted(txn, from, share)? {
        restored::want_no_more(txn, from, share);
        restored::lose_handover(txn, from);
        txn.incident(Some(from), transfer::FORGOTTEN);
        // It ended with the case: what the backup brought back of it goes.
        sharing::ended_before(txn, from, share, Ended::Transferred)?;
    }
    Ok(())
}
