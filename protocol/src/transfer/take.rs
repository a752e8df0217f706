//! The receiver's side: an offer, the yes or no of a person here, the parts of the case, and the entry that takes it.
//! Nothing here counts before the owner's last entry names this unit.

use super::again::FORGOTTEN;
use super::give::LIFETIME;
use super::messages::{Answer, FromOwner, Handing, Named, Part, Passed, Taking, ToOwner, TransferAnswer, TransferOffer};
use super::refusal::TransferRefusal;
use super::rows::{
    self, BY, ByRow, HandingRow, OfferRow, PartRow, RECEIVED, TERMS, TakenState, TransferIn, key, part_key, parts_prefix,
};
use crate::bounded::BoundedText;
use crate::caselog::{
    self, Author, Change, ChangeRow, EntityKey, Entry, FIELD_PARENT, FIELD_REMOVED, FIELD_TAKEOVER, ForeignError, Handover, Log,
    LogEntry, TransferValue, case_row, change_key, fold, load,
};
use crate::crypto::Signed;
use crate::dictionary::Value;
use crate::envelope::outbox::{self, OutboxError};
use crate::envelope::{self, Kind, PAYLOAD_MAX};
use crate::federation::{charter, own, restored};
use crate::ids::{CaseId, Commitment, EntryHash, UnitId};
use crate::machine::{Notice, Scope, Table, Txn, View, ViewError, read_row};
use crate::sharing::{self, Ended, InState, Taken, incoming_of};
use crate::wire;
use std::collections::{BTreeMap, BTreeSet};

/// Most parts of a case, each of at most 1 MiB.
pub(super) const MOST_PARTS: u32 = 1024;

/// Takes [`Kind::Transfer`] at the receiver.
///
/// # Errors
/// [`TransferRefusal`] if the store or the outbox fails.
pub fn offered(txn: &mut Txn<'_>, received: &envelope::Received) -> Result<Taken, TransferRefusal> {
    match wire::decode::<FromOwner>(&received.payload, PAYLOAD_MAX) {
        Ok(FromOwner::Offer(signed)) => Ok(offer(txn, received.from, signed)?),
        Ok(FromOwner::Withdrawn(named)) => Ok(withdrawn(txn, received.from, named)?),
        Ok(FromOwner::Part(part)) => part_came(txn, received, &part),
        Ok(FromOwner::Handing(handing)) => handed(txn, received.from, handing),
        Err(_) => Ok(Taken::Refused("offered a case out of form")),
    }
}

fn offer(txn: &mut Txn<'_>, from: UnitId, signed: Signed<TransferOffer>) -> Result<Taken, ViewError> {
    if charter::member(txn, from)?.is_none() {
        return Ok(Taken::Refused("offered a case and is no member"));
    }
    // It may have been written before its key changed; the envelope was not.
    let Some(offer) = charter::verify_of(txn, from, &signed)? else {
        return Ok(Taken::Refused("offered a case by a signature that does not hold"));
    };
    if offer.from != from || offer.to != own::load(txn)?.unit {
        return Ok(Taken::Refused("offered a case between other units"));
    }
    let case = offer.case;
    let accepted_here = incoming_of(txn, case)?
        .into_iter()
        .any(|(id, row)| id == offer.share && row.from == from && row.state == InState::Active);
    if !accepted_here || case_row(txn, case)?.is_none_or(|row| row.owner != from) {
        return Ok(Taken::Refused("offered a case that is not worked on here under a share of its own"));
    }
    // One that was overtaken by a newer one of the same owner, or came twice, changes nothing; nor does any while the case arrives.
    let before = received(txn, case)?.filter(|before| before.row.from == from);
    let newer = |before: &rows::Received| before.offer.as_ref().is_some_and(|held| held.at > offer.at && held.id != offer.id);
    if before.is_some_and(|before| {
        before.row.id == offer.id || newer(&before) || before.row.handing.is_some() && before.row.state == TakenState::Accepted
    }) {
        return Ok(Taken::Applied);
    }
    let row = TransferIn {
        id: offer.id,
        from,
        share: offer.share,
        state: TakenState::Offered,
        history: vec![(TakenState::Offered, txn.now)],
        handing: None,
        again: None,
    };
    let Some(scope) = sharing::sealing(txn, offer.share)? else {
        return Ok(Taken::Refused("offered a case under a share that ended"));
    };
    txn.put(&key(TERMS, case), scope, &OfferRow { offer: signed.clone() });
    put(txn, case, &row);
    Ok(Taken::Applied)
}

fn withdrawn(txn: &mut Txn<'_>, from: UnitId, named: Named) -> Result<Taken, ViewError> {
    let Some(mut row) = read(txn, named.case)?.filter(|row| row.id == named.id && row.from == from) else {
        return Ok(Taken::Applied);
    };
    if matches!(row.state, TakenState::Offered | TakenState::Accepted) && row.handing.is_none() {
        row.enter(TakenState::Withdrawn, txn.now);
        txn.delete(Table::TRANSFERS, &key(TERMS, named.case));
        txn.delete(Table::TRANSFERS, &key(BY, named.case));
        put(txn, named.case, &row);
    }
    Ok(Taken::Applied)
}

/// A person here wants the case. It is ours once the owner's last entry has arrived with all of it.
///
/// # Errors
/// [`TransferRefusal`], and nothing is changed.
pub fn accept(txn: &mut Txn<'_>, case: CaseId, author: &Author) -> Result<(), TransferRefusal> {
    if case_row(txn, case)?.is_some_and(|row| row.frozen_for.contains(&row.owner)) {
        return Err(TransferRefusal::Contradicted);
    }
    txn.put(&key(BY, case), Scope::Case(case), &ByRow { by: author.name.clone() });
    answer(txn, case, true, BoundedText::default())
}

/// A person here does not want the case.
///
/// # Errors
/// [`TransferRefusal`], and nothing is changed.
pub fn decline(txn: &mut Txn<'_>, case: CaseId, reason: &str) -> Result<(), TransferRefusal> {
    let reason = BoundedText::new(reason.trim()).ok().filter(|reason| !reason.is_empty()).ok_or(TransferRefusal::Reason)?;
    answer(txn, case, false, reason)
}

fn answer(txn: &mut Txn<'_>, case: CaseId, accepted: bool, reason: BoundedText<500>) -> Result<(), TransferRefusal> {
    let open = received(txn, case)?.filter(|open| open.row.state == TakenState::Offered && open.offer.is_some());
    let mut row = open.ok_or(TransferRefusal::NoOffer)?.row;
    let own = own::load(txn)?;
    let said = TransferAnswer { id: row.id, case, from: row.from, to: own.unit, accepted, at: txn.now };
    let payload = ToOwner::Answer(Answer { answer: Signed::sign(&said, &own.key()), reason });
    outbox::queue(txn, row.from, Kind::TransferReply, wire::encode(&payload), Some(LIFETIME))?;
    row.enter(if accepted { TakenState::Accepted } else { TakenState::Declined }, txn.now);
    put(txn, case, &row);
    Ok(())
}

/// The transfer that was offered to this unit last of a case.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn received(view: &dyn View, case: CaseId) -> Result<Option<rows::Received>, ViewError> {
    let Some(row) = read(view, case)? else { return Ok(None) };
    let offer = match view.get(Table::TRANSFERS, &key(TERMS, case))? {
        Some(bytes) => {
            let stored = read_row::<OfferRow>(&bytes)?.offer;
            Some(stored.stored().map_err(|error| ViewError(error.to_string()))?.into_value())
        }
        None => None,
    };
    Ok(Some(rows::Received { row, offer }))
}

/// A person here decides whose a case is that an owner handed to two units.
///
/// # Errors
/// [`TransferRefusal`], and nothing is changed.
pub fn decide(txn: &mut Txn<'_>, case: CaseId, owner: UnitId) -> Result<(), TransferRefusal> {
    if !caselog::decide(txn, case, owner)? {
        return Err(TransferRefusal::NotDisputed);
    }
    Ok(sharing::retry(txn, case)?)
}

fn part_came(txn: &mut Txn<'_>, received: &envelope::Received, part: &Part) -> Result<Taken, TransferRefusal> {
    let Some(named) = part.named else { return Ok(Taken::Refused("sent a part of no case")) };
    match awaited(txn, received.from, named)? {
        Some(row) if part.index < MOST_PARTS => {
            let payload = PartRow { payload: received.payload.clone() };
            txn.put(&part_key(named.id, part.index), Scope::Case(named.case), &payload);
            complete(txn, named.case, row)
        }
        _ => unasked(txn, received.from, named, "sent a part of a case that was not asked for"),
    }
}

/// What was not asked for is the sender's fault, unless this node was put back to before its people asked. It may have been given again
/// since.
fn unasked(view: &dyn View, from: UnitId, named: Named, why: &'static str) -> Result<Taken, TransferRefusal> {
    if read(view, named.case)?.is_some_and(|row| (row.id, row.from, row.state) == (named.id, from, TakenState::Owner)) {
        return Ok(Taken::Applied);
    }
    Ok(Taken::Refused(if restored::is_handover_lost(view, from)? { FORGOTTEN } else { why }))
}

fn handed(txn: &mut Txn<'_>, from: UnitId, handing: Handing) -> Result<Taken, TransferRefusal> {
    let named = handing.named;
    let Some(mut row) = awaited(txn, from, named)?.filter(|_| handing.parts <= MOST_PARTS) else {
        return unasked(txn, from, named, "handed over a case that was not asked for");
    };
    let Handing { parts, last, receivers, kept, .. } = handing;
    row.handing = Some(HandingRow { parts, last, receivers, kept });
    put(txn, named.case, &row);
    complete(txn, named.case, row)
}

/// A transfer to which a person here said yes.
fn awaited(view: &dyn View, from: UnitId, named: Named) -> Result<Option<TransferIn>, ViewError> {
    let row = read(view, named.case)?;
    Ok(row.filter(|row| (row.id, row.from, row.state) == (named.id, from, TakenState::Accepted)))
}

/// Takes the case once all of it is here.
fn complete(txn: &mut Txn<'_>, case: CaseId, row: TransferIn) -> Result<Taken, TransferRefusal> {
    let Some(handing) = row.handing.clone() else { return Ok(Taken::Applied) };
    match install(txn, case, &row, handing.parts)? {
        Installed::All => {}
        Installed::Missing => return Ok(Taken::Applied),
        Installed::Not(taken) => return Ok(taken),
    }
    let log = load(txn, case)?.ok_or_else(|| ViewError("a case that was just written in".to_owned()))?;
    let own = own::load(txn)?.unit;
    if !hands_over(&log, row.from, own, handing.last) {
        return Ok(Taken::Refused("handed over a case by an entry that does not say so"));
    }
    take(txn, case, row, &log, handing.last).map(|()| Taken::Applied)
}

/// Whether what the parts of a case hold is in its log.
pub(super) enum Installed {
    All,
    /// Parts are missing.
    Missing,
    /// It cannot be.
    Not(Taken),
}

/// Writes into the log what the parts hold, once all of them are here.
pub(super) fn install(txn: &mut Txn<'_>, case: CaseId, row: &TransferIn, count: u32) -> Result<Installed, TransferRefusal> {
    let parts = txn.list::<PartRow>(&parts_prefix(row.id), None, MOST_PARTS as usize)?;
    if parts.len() < count as usize {
        return Ok(Installed::Missing);
    }
    let (mut entries, mut changes, mut contributed) = (Vec::new(), Vec::new(), Vec::new());
    for (key, part) in parts {
        if let Ok(FromOwner::Part(part)) = wire::decode::<FromOwner>(&part.payload, PAYLOAD_MAX) {
            entries.extend(part.entries);
            changes.extend(part.changes);
            contributed.extend(part.contributed);
        }
        txn.delete(Table::TRANSFERS, &key);
    }
    let bound = bound(txn, case, row, &entries, contributed)?;
    let over: BTreeSet<Commitment> = bound.over.iter().flat_map(|entry| entry.commitments.iter().copied()).collect();
    changes.retain(|change| !over.contains(&change.commitment()));
    let refused = |why| Ok(Installed::Not(Taken::Refused(why)));
    match caselog::check(txn, case, row.from, &entries, &changes) {
        // Under the key of the case, since it is to outlive the share; what others contributed under keys that they can end.
        Ok(checked) => checked.write_by(txn, |entry| {
            if bound.passed.contains_key(&entry) { Scope::Contributed(case, entry) } else { Scope::Case(case) }
        }),
        Err(ForeignError::Gap) => return refused("handed over a case with a hole"),
        Err(ForeignError::Invalid(why)) => return refused(why),
        Err(ForeignError::Equivocation(proof)) => return Ok(proof.keep(txn).map(|()| Installed::Not(Taken::Applied))?),
        Err(ForeignError::View(error)) => return Err(error.into()),
    };
    for (entry, (by, passed)) in bound.passed {
        sharing::passed(txn, case, entry, (by, passed.share, passed.at), passed.terms)?;
    }
    Ok(Installed::All)
}

/// What of a case stays its author's to end.
struct Bound {
    /// By whom, and on what terms.
    passed: BTreeMap<EntryHash, (UnitId, Passed)>,
    /// Taken back before it came.
    over: Vec<Entry>,
}

/// Of the contributions that the owner names, those of third units that did not write them as owners: nobody can take back what it
/// wrote as the owner.
fn bound(
    txn: &Txn<'_>,
    case: CaseId,
    row: &TransferIn,
    entries: &[Signed<Entry>],
    contributed: Vec<Passed>,
) -> Result<Bound, ViewError> {
    let own = own::load(txn)?.unit;
    let held = case_row(txn, case)?;
    let named: BTreeMap<EntryHash, Passed> = contributed.into_iter().map(|passed| (passed.entry, passed)).collect();
    let mut bound = Bound { passed: BTreeMap::new(), over: Vec::new() };
    for signed in entries {
        let (Some(hash), Ok(entry)) = (caselog::hash_of(signed), signed.stored()) else { continue };
        let as_owner = held.as_ref().is_some_and(|held| entry.seq < held.after_tenure(entry.unit));
        if sharing::is_over(txn, case, hash, txn.now)? {
            bound.over.push(entry.into_value());
        } else if let Some(passed) = named.get(&hash).filter(|_| ![own, row.from].contains(&entry.unit) && !as_owner) {
            bound.passed.insert(hash, (entry.unit, *passed));
        }
    }
    Ok(bound)
}

/// Whether the owner's newest entry names this unit, and everything that counts besides is here.
pub(super) fn hands_over(log: &Log, from: UnitId, own: UnitId, last: EntryHash) -> bool {
    let Some(entry) = log.chains.get(&from).and_then(|chain| chain.last()).filter(|entry| entry.hash == last) else {
        return false;
    };
    let Some(value) = log.changes_of(entry).find_map(|(_, change)| TransferValue::of(change)) else { return false };
    value.to == own && value.heads.iter().all(|(_, _, hash)| log.by_hash(*hash).is_some())
}

/// The entry that takes the case. What people here wrote before and was not admitted counts from now on.
pub(super) fn take(txn: &mut Txn<'_>, case: CaseId, row: TransferIn, log: &Log, last: EntryHash) -> Result<(), TransferRefusal> {
    let own = own::load(txn)?.unit;
    let by = txn.get::<ByRow>(&key(BY, case))?.map(|row| row.by).unwrap_or_default();
    let pending = fold(log).steps.into_iter().filter(|step| step.unit == own && !step.admitted).map(|step| step.hash);
    let mut steps = vec![(FIELD_TAKEOVER, Value::Bytes(last.0.to_vec()))];
    steps.extend(pending.map(|hash| ("admit", Value::Bytes(hash.0.to_vec()))));
    caselog::steer(txn, case, steps, &Author { name: by })?;

    let log = load(txn, case)?.ok_or_else(|| ViewError("a case that was just written in".to_owned()))?;
    let first = takeover(&log, own, last).ok_or_else(|| ViewError("an entry that was just written".to_owned()))?;
    owned(txn, case, row.clone(), &log, (first.0.entry.seq, first.0.hash))?;
    // Last: if the former owner has left and cannot be told, the case is ours all the same.
    Ok(say_taken(txn, case, &row, first)?)
}

/// Our entry that takes a case from the entry `last`, and its change that says so.
pub(super) fn takeover(log: &Log, own: UnitId, last: EntryHash) -> Option<(&LogEntry, &Change)> {
    log.chains.get(&own)?.iter().find_map(|entry| {
        let change = log.changes_of(entry).find(|(_, change)| caselog::takes(entry, change, log.case, own, last))?.1;
        Some((entry, change))
    })
}

/// Tells the former owner by which entry we took the case.
pub(super) fn say_taken(
    txn: &mut Txn<'_>,
    case: CaseId,
    row: &TransferIn,
    (entry, takeover): (&LogEntry, &Change),
) -> Result<(), OutboxError> {
    let named = Named { id: row.id, case };
    let taking = ToOwner::Taken(Taking { named, entry: entry.signed.clone(), takeover: takeover.clone() });
    outbox::queue(txn, row.from, Kind::TransferReply, wire::encode(&taking), None).map(drop)
}

/// The case is ours from this entry of ours on.
pub(super) fn owned(
    txn: &mut Txn<'_>,
    case: CaseId,
    mut row: TransferIn,
    log: &Log,
    first: (u64, EntryHash),
) -> Result<(), ViewError> {
    let own = own::load(txn)?.unit;
    keep_structure(txn, case, log, own)?;
    let mut held = case_row(txn, case)?.ok_or_else(|| ViewError("a case that was just written in".to_owned()))?;
    let last = row.handing.as_ref().map_or(first.1, |handing| handing.last);
    let from = held.heads.get(&row.from).map_or((0, last), |head| *head);
    held.owner = own;
    held.handovers.push(Handover { from: row.from, last: from, to: own, first: Some(first) });
    txn.put(case.as_bytes(), Scope::Master, &held);
    sharing::end_received(txn, case, row.from, Ended::Transferred)?;
    // What its former owner had contributed here, and let count itself since, waits for nobody.
    sharing::admitted_before(txn, case)?;
    row.enter(TakenState::Owner, txn.now);
    txn.delete(Table::TRANSFERS, &key(BY, case));
    put(txn, case, &row);
    txn.touch(case);
    Ok(())
}

/// Whose member each entity is that people here wrote in, and whether its owners removed it or what it hangs on: what came of that under
/// the share goes with its key, and the former owner need not have known that they wrote there.
fn keep_structure(txn: &mut Txn<'_>, case: CaseId, log: &Log, own: UnitId) -> Result<(), ViewError> {
    let folded = fold(log);
    let of = |entry| log.changes_of(entry).map(|(commitment, change)| (commitment, change, (change.kind.clone(), change.entity)));
    let written = log.chains.get(&own).into_iter().flatten().flat_map(of).map(|(.., key)| key);
    let known: BTreeSet<EntityKey> = written.flat_map(|key| caselog::above(&folded, &key).into_iter().chain([key])).collect();
    let of_owners = log.chains.values().flatten().filter(|entry| log.is_owners(entry.entry.unit, entry.entry.seq));
    for (commitment, change, key) in of_owners.flat_map(of) {
        if known.contains(&key) && matches!(&*change.field, FIELD_PARENT | FIELD_REMOVED) {
            let scope = Scope::Case(case);
            txn.put(&change_key(case, commitment, scope), scope, &ChangeRow { change: change.clone() });
        }
    }
    Ok(())
}

pub(super) fn read(view: &dyn View, case: CaseId) -> Result<Option<TransferIn>, ViewError> {
    view.get(Table::TRANSFERS, &key(RECEIVED, case))?.map(|bytes| read_row(&bytes)).transpose()
}

pub(super) fn put(txn: &mut Txn<'_>, case: CaseId, row: &TransferIn) {
    txn.put(&key(RECEIVED, case), Scope::Master, row);
    txn.notify(Notice::Case(case));
}
