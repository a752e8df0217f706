//! Showing a restored unit what it signed and what stands between the two.
//! Everything in it is its own, or says how far a share between the two has come.

use super::message::{Fact, Given, GivenState, Head, Held, HeldState, Line, Shown, Standing, TakenBack};
use crate::caselog::{self, Log, cases, load};
use crate::envelope::{Kind, highest_seen, outbox};
use crate::federation::charter_sync::Ask;
use crate::federation::{own, peering, restored};
use crate::ids::{CaseId, UnitId};
use crate::machine::{Txn, View, ViewError};
use crate::matching;
use crate::requests;
use crate::sharing::{self, InState, OutState, PART};
use crate::transfer;
use crate::wire;
use std::collections::BTreeSet;

/// Cases, shares and beacons looked at in one answer.
const MOST: usize = 100_000;
/// Most beacons of one answer: more are asked for.
const MOST_BEACONS: usize = 2_000;
/// Cases read at a time.
const PAGE: usize = 512;

/// Answers a restored member's question. One that comes while an answer is on its way is answered after it: what may be shown can have
/// changed in between.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn show(txn: &mut Txn<'_>, to: UnitId, ask: &Ask) -> Result<(), ViewError> {
    if outbox::has(txn, to, Kind::Standing)? {
        restored::keep_question(txn, to, ask);
        return Ok(());
    }
    let whole = peering::is_confirmed(txn, to)?;
    let mut facts = Vec::new();
    if whole {
        heads(txn, to, &mut facts)?;
        // Before its own entries in it: they are taken into a case that is here.
        again(txn, to, ask, &mut facts)?;
        entries(txn, to, ask, &mut facts)?;
        shares(txn, to, &mut facts)?;
        facts.extend(requests::between(txn, to)?.into_iter().map(Fact::Request));
    }
    facts.extend(matching::head_of(txn, to)?.map(Fact::BeaconHead));
    let beacon = matching::newest_number(txn, to)?;
    if let Some(after) = ask.beacons_after {
        facts.push(Fact::BeaconsAfter(after));
        facts.extend(matching::beacons_after(txn, to, after, MOST_BEACONS)?.into_iter().map(Fact::Beacon));
    }
    let pair_seq = highest_seen(txn, to)?;
    let mut round = [0; 8];
    txn.rng.fill_bytes(&mut round);
    let round = u64::from_be_bytes(round);
    let parts = cut(facts);
    let of = u32::try_from(parts.len()).unwrap_or(u32::MAX);
    for (index, facts) in (0..of).zip(parts) {
        let standing = Standing { round, index, of, whole, pair_seq, beacon, facts };
        match outbox::queue(txn, to, Kind::Standing, wire::encode(&standing), Some(crate::time::DAY)) {
            Err(outbox::OutboxError::View(error)) => return Err(error),
            Err(_) => {
                txn.incident(Some(to), "cannot be shown what it signed");
                return Ok(());
            }
            Ok(_) => {}
        }
    }
    if whole {
        matching::rooms_level(txn, to, false)?;
    }
    Ok(())
}

/// A part of an answer has arrived, or is past its time: after the last one, a question that came meanwhile is answered.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn arrived(txn: &mut Txn<'_>, to: UnitId) -> Result<(), ViewError> {
    if outbox::has(txn, to, Kind::Standing)? {
        return Ok(());
    }
    restored::take_question(txn, to)?.map_or(Ok(()), |ask| show(txn, to, &ask))
}

/// A member wrote more: an answer that still waits for it names an older number, above which it must not go on should it have forgotten
/// that. It is given up; the member asks again, and a question that it has asked already is answered anew.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn outdated(txn: &mut Txn<'_>, to: UnitId) -> Result<(), ViewError> {
    if !outbox::void_shown_to(txn, to)? {
        return Ok(());
    }
    restored::take_question(txn, to)?.map_or(Ok(()), |ask| show(txn, to, &ask))
}

fn heads(view: &dyn View, to: UnitId, facts: &mut Vec<Fact>) -> Result<(), ViewError> {
    let mut after = None;
    while facts.len() < MOST {
        let page = cases(view, after, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = Some(*last);
        facts.extend(page.iter().filter_map(|(case, row)| {
            let (seq, hash) = *row.heads.get(&to)?;
            Some(Fact::Head(Head { case: *case, owner: row.owner, seq, hash }))
        }));
    }
    Ok(())
}

/// Cases that it was handed.
fn again(txn: &Txn<'_>, to: UnitId, ask: &Ask, facts: &mut Vec<Fact>) -> Result<(), ViewError> {
    let mut given = BTreeSet::new();
    for share in ask.handed.iter() {
        let Some(case) = transfer::case_of(txn, to, *share)? else {
            facts.push(Fact::Gone(*share));
            continue;
        };
        // Several shares may have led to one case.
        if !given.insert(case) {
            continue;
        }
        match transfer::give_again(txn, to, case)? {
            Some((again, parts)) => {
                facts.extend(as_owned(txn, case)?.as_ref().and_then(line).map(Fact::Line));
                facts.extend([Fact::Again(again)].into_iter().chain(parts.into_iter().map(Fact::Part)));
            }
            None => facts.push(Fact::Gone(*share)),
        }
    }
    Ok(())
}

/// Its own entries that it lacks, with their values as far as they are open here.
fn entries(view: &dyn View, to: UnitId, ask: &Ask, facts: &mut Vec<Fact>) -> Result<(), ViewError> {
    for (case, from) in ask.cases.iter() {
        let Some(log) = load(view, *case)? else { continue };
        facts.extend(line(&log).map(Fact::Line));
        for entry in log.chains.get(&to).into_iter().flatten().filter(|entry| entry.entry.seq >= *from) {
            let changes = log.changes_of(entry).map(|(_, change)| change.clone()).collect::<Vec<caselog::Change>>();
            facts.push(Fact::Entry(Shown { owner: log.owner, entry: entry.signed.clone(), changes }));
        }
    }
    Ok(())
}

/// A case as it stood while this unit owned it last.
fn as_owned(view: &dyn View, case: CaseId) -> Result<Option<Log>, ViewError> {
    let (own, log) = (own::load(view)?.unit, load(view, case)?);
    Ok(log.and_then(|mut log| {
        let until = log.handovers.iter().rposition(|one| one.from == own)?;
        log.handovers.truncate(until);
        Some(Log { owner: own, ..log })
    }))
}

/// How a case came to its owner; none if it never changed its owner, or not all of that can be shown.
fn line(log: &Log) -> Option<Line> {
    let custody = caselog::proofs(log);
    let whole = !custody.is_empty() && custody.len() == log.handovers.len();
    let opening = caselog::opening(log).filter(|_| whole)?.to_vec();
    Some(Line { case: log.case, owner: log.owner, opening, custody })
}

fn shares(view: &dyn View, to: UnitId, facts: &mut Vec<Fact>) -> Result<(), ViewError> {
    for (id, row) in sharing::incoming_list(view, |row| row.from == to)? {
        let state = match row.state {
            InState::Active => HeldState::Active,
            InState::Ended(ended) => HeldState::Ended(ended),
            InState::Arriving | InState::Offered | InState::Previewed => HeldState::Waiting,
        };
        facts.push(Fact::Held(Held { id, share: sharing::signed_terms(view, id)?, state }));
    }
    for (id, row) in sharing::outgoing_list(view, |row| row.to == to)? {
        let state = match row.state {
            OutState::Transferred => GivenState::Transferred,
            state if state.is_open() => GivenState::Open,
            _ => GivenState::Over,
        };
        let lowered = row.revisions.iter().filter(|one| one.lowers).map(|one| one.number).max().unwrap_or(0);
        facts.push(Fact::Given(Given { id, state, lowered }));
    }
    for (case, entry, share) in sharing::taken_back_from(view, to)? {
        facts.push(Fact::TakenBack(TakenBack { case, entry, share }));
    }
    Ok(())
}

/// At least one part: no facts are an answer too.
fn cut(facts: Vec<Fact>) -> Vec<Vec<Fact>> {
    let mut parts = vec![Vec::new()];
    let mut size = 0;
    for fact in facts {
        let bytes = wire::encode(&fact).len() + 8;
        if size + bytes > PART && size > 0 {
            parts.push(Vec::new());
            size = 0;
        }
        size += bytes;
        parts.last_mut().expect("there is a first part").push(fact);
    }
    parts
}
