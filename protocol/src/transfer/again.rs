//! A case is given again to its new owner, whose node was put back to before it took it: by the yes that a person there signed then, so
//! nobody is asked anew. All of it happens while that node waits for what others show it, in the envelopes of `standing`.
//! Not the first handing over: that is `hand` and `take`.

use super::give::{given, offer_of};
use super::hand::{contributed, cut, whole};
use super::messages::{Again, FromOwner, Handing, MOST_SHARES, Named, Part};
use super::refusal::TransferRefusal;
use super::rows::{
    AgainRow, AgainState, GivenState, HandingRow, PartRow, RECEIVED, TakenState, TransferIn, TransferOut, key, part_key,
    parts_prefix,
};
use super::take::{Installed, MOST_PARTS, hands_over, install, owned, put, read, say_taken, take, takeover};
use crate::bounded::BoundedVec;
use crate::caselog::{Handover, Log, TransferValue, case_row, fold, load};
use crate::envelope::outbox::OutboxError;
use crate::federation::{charter, own, restored};
use crate::ids::{CaseId, EntryHash, ShareId, UnitId};
use crate::machine::{Scope, Table, Txn, ViewError};
use crate::sharing::{self, Ended, OutState, ShareOut, ShareRefusal, Taken, outgoing_of};
use crate::wire;
use std::collections::BTreeSet;

/// What a unit notes that was put back to before it took a case, and is not given it again.
pub(crate) const FORGOTTEN: &str = "handed us a case after the backup was made, and does not give it again";

/// The case of a share that a unit was given.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn case_of(txn: &Txn<'_>, to: UnitId, share: ShareId) -> Result<Option<CaseId>, ViewError> {
    Ok(txn.get::<ShareOut>(share.as_bytes())?.filter(|row| row.to == to).map(|row| row.case))
}

/// A case as it was handed over, and its parts; none if it was not handed to this unit, or has gone on since.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn give_again(txn: &Txn<'_>, to: UnitId, case: CaseId) -> Result<Option<(Again, Vec<Part>)>, ViewError> {
    let (Some(row), Some(held), Some(log)) = (given(txn, case)?, case_row(txn, case)?, load(txn, case)?) else { return Ok(None) };
    let own = own::load(txn)?.unit;
    let offer = offer_of(&row)?;
    let TransferOut { answer: Some(answer), state: GivenState::HandedOver | GivenState::Taken, .. } = &row else {
        return Ok(None);
    };
    let handover = held.handovers.last().filter(|one| (one.from, one.to) == (own, to) && offer.to == to);
    let Some((handover, (log, heads))) = handover.and_then(|one| Some((one, as_handed(log, one)?))) else { return Ok(None) };
    let disclosure = whole(txn, txn.now, &log, &fold(&log), &offer, &heads)?;
    let named = Named { id: offer.id, case };
    let parts = cut(named, disclosure, contributed(txn, case, to)?);
    let handing = Handing {
        named,
        parts: u32::try_from(parts.len()).unwrap_or(u32::MAX),
        last: handover.last.1,
        receivers: row.receivers.clone(),
        kept: row.kept,
    };
    let over = outgoing_of(txn, case)?.into_iter().filter(|(_, row)| row.to == to && row.state == OutState::Transferred);
    let shares = BoundedVec::new(over.map(|(id, _)| id).take(MOST_SHARES).collect()).unwrap_or_default();
    Ok(Some((Again { offer: row.offer.clone(), answer: answer.clone(), handing, shares }, parts)))
}

/// The log as it stood when the case was handed over, and the newest entry that counted of every other chain.
#[expect(clippy::type_complexity, reason = "the heads are as they stand in the value of a transfer")]
fn as_handed(mut log: Log, handover: &Handover) -> Option<(Log, Vec<(UnitId, u64, EntryHash)>)> {
    let last = log.by_hash(handover.last.1)?;
    let value = log.changes_of(last).find_map(|(_, change)| TransferValue::of(change))?;
    let first = handover.first.map_or(u64::MAX, |(seq, _)| seq);
    for (unit, chain) in &mut log.chains {
        let counted = value.heads.iter().find(|(one, ..)| one == unit).map(|(_, seq, _)| *seq);
        chain.retain(|entry| match entry.entry.seq {
            seq if *unit == handover.from => seq <= handover.last.0,
            // Also what it had written and was not admitted yet.
            seq if *unit == handover.to => seq < first,
            seq => counted.is_some_and(|counted| seq <= counted),
        });
    }
    log.handovers.pop();
    log.owner = handover.from;
    Some((log, value.heads))
}

/// A member gives a case again that it handed to us, and that this node has forgotten.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn given_again(txn: &mut Txn<'_>, from: UnitId, again: Again) -> Result<(), ViewError> {
    let own = own::load(txn)?.unit;
    let offer = charter::verify_of(txn, from, &again.offer)?;
    let answer = charter::verify_of(txn, own, &again.answer)?;
    let (Some(offer), Some(answer)) = (offer, answer) else {
        txn.incident(Some(from), "gives a case again by signatures that do not hold");
        return restored::want_nothing(txn, from);
    };
    let Handing { named, parts, last, receivers, kept } = again.handing;
    let (id, case) = (named.id, named.case);
    let fits = (offer.id, offer.case, offer.from, offer.to) == (id, case, from, own)
        && (answer.id, answer.case, answer.from, answer.to, answer.accepted) == (id, case, from, own, true)
        && (1..=MOST_PARTS).contains(&parts);
    if !fits {
        txn.incident(Some(from), "gives a case again to which nobody here said yes");
        return restored::want_nothing(txn, from);
    }
    let shares = again.shares.to_vec();
    let mut wanted = false;
    for share in &shares {
        wanted |= restored::is_wanted(txn, from, *share)?;
    }
    if !wanted {
        return Ok(());
    }
    if case_row(txn, case)?.is_some_and(|row| row.owner != from) {
        // It is ours already, or has gone on to another unit: what led here is over all the same.
        end_wanted(txn, from, case, &shares)?;
        return sharing::end_received(txn, case, from, Ended::Transferred);
    }
    let before = read(txn, case)?.map(|row| row.id);
    for id in before.into_iter().chain([id]) {
        drop_parts(txn, &parts_prefix(id))?;
    }
    let row = TransferIn {
        id,
        from,
        share: offer.share,
        state: TakenState::Accepted,
        history: vec![(TakenState::Accepted, answer.at)],
        handing: Some(HandingRow { parts, last, receivers, kept }),
        again: Some(AgainRow { state: AgainState::Coming, shares }),
    };
    put(txn, case, &row);
    Ok(())
}

/// A part of a case that is given again. One that comes before its [`Again`] comes once more.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn part_again(txn: &mut Txn<'_>, from: UnitId, part: Part) -> Result<(), ViewError> {
    let Some(Named { id, case }) = part.named else { return Ok(()) };
    let coming = |row: &TransferIn| (row.id, row.from) == (id, from) && stands(row, AgainState::Coming);
    let Some(mut row) = read(txn, case)?.filter(coming) else { return Ok(()) };
    let parts = row.handing.as_ref().map_or(0, |handing| handing.parts);
    if part.index >= parts {
        return Ok(());
    }
    let payload = PartRow { payload: wire::encode(&FromOwner::Part(part.clone())) };
    txn.put(&part_key(id, part.index), Scope::Case(case), &payload);
    let why = match install(txn, case, &row, parts) {
        Ok(Installed::Missing) => return Ok(()),
        Ok(Installed::All) => {
            let shares = row.again.take().map(|again| again.shares).unwrap_or_default();
            for share in &shares {
                restored::want_no_more(txn, from, *share);
            }
            row.again = Some(AgainRow { state: AgainState::Here, shares });
            put(txn, case, &row);
            return Ok(());
        }
        Ok(Installed::Not(Taken::Refused(why))) => why,
        Err(TransferRefusal::View(error)) => return Err(error),
        Ok(Installed::Not(_)) | Err(_) => FORGOTTEN,
    };
    txn.incident(Some(from), why);
    give_up(txn, case, &row)
}

/// Cases that were given again are ours from our own entry on that took them, once somebody has shown that. Says whether one is.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn regain(txn: &mut Txn<'_>) -> Result<bool, ViewError> {
    let own = own::load(txn)?.unit;
    let mut any = false;
    for (case, mut row) in all(txn, AgainState::Here)? {
        let (Some(log), Some(handing)) = (load(txn, case)?, row.handing.clone()) else { continue };
        let Some((entry, _)) = takeover(&log, own, handing.last).filter(|_| hands_over(&log, row.from, own, handing.last)) else {
            continue;
        };
        let shares = row.again.take().map(|again| again.shares).unwrap_or_default();
        end_wanted(txn, row.from, case, &shares)?;
        row.again = Some(AgainRow { state: AgainState::Taken, shares });
        owned(txn, case, row, &log, (entry.entry.seq, entry.hash))?;
        handed_on(txn, case, &log, own)?;
        restored::all_again(txn)?;
        any = true;
    }
    Ok(any)
}

/// Our newest entry may hand the case on.
fn handed_on(txn: &mut Txn<'_>, case: CaseId, log: &Log, own: UnitId) -> Result<(), ViewError> {
    let Some(last) = log.chains.get(&own).and_then(|chain| chain.last()) else { return Ok(()) };
    let Some(value) = log.changes_of(last).find_map(|(_, change)| TransferValue::of(change)) else { return Ok(()) };
    if let Some(mut held) = case_row(txn, case)? {
        held.owner = value.to;
        held.handovers.push(Handover { from: own, last: (last.entry.seq, last.hash), to: value.to, first: None });
        txn.put(case.as_bytes(), Scope::Master, &held);
    }
    Ok(())
}

/// Nobody is left to wait for: a case that was given again and that nobody showed us to have taken is taken now, and the former owner
/// hears of the others.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn settle(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let own = own::load(txn)?.unit;
    for (case, row) in all(txn, AgainState::Coming)? {
        give_up(txn, case, &row)?;
    }
    for (case, mut row) in all(txn, AgainState::Here)? {
        let (Some(log), Some(handing)) = (load(txn, case)?, row.handing.clone()) else { continue };
        if !hands_over(&log, row.from, own, handing.last) {
            txn.incident(Some(row.from), FORGOTTEN);
            give_up(txn, case, &row)?;
            continue;
        }
        let shares = row.again.take().map(|again| again.shares).unwrap_or_default();
        end_wanted(txn, row.from, case, &shares)?;
        let taken = take(txn, case, row.clone(), &log, handing.last);
        let told = told(txn, row.from, taken)?;
        if case_row(txn, case)?.is_none_or(|held| held.owner != own) {
            txn.incident(Some(row.from), FORGOTTEN);
            give_up(txn, case, &row)?;
        } else if !told {
            row.enter(TakenState::Owner, txn.now);
            row.again = Some(AgainRow { state: AgainState::Taken, shares });
            put(txn, case, &row);
        }
    }
    for unit in all(txn, AgainState::Taken)?.into_iter().map(|(_, row)| row.from).collect::<BTreeSet<_>>() {
        tell_taken(txn, unit)?;
    }
    Ok(())
}

/// Tells a former owner that cases are ours which it gave again, unless it cannot be told yet.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn tell_taken(txn: &mut Txn<'_>, unit: UnitId) -> Result<(), ViewError> {
    if restored::since(txn)?.is_some() {
        return Ok(());
    }
    let own = own::load(txn)?.unit;
    for (case, mut row) in all(txn, AgainState::Taken)?.into_iter().filter(|(_, row)| row.from == unit) {
        let (Some(log), Some(handing)) = (load(txn, case)?, row.handing.clone()) else { continue };
        let said = takeover(&log, own, handing.last).map_or(Ok(()), |first| say_taken(txn, case, &row, first));
        if told(txn, unit, said.map_err(TransferRefusal::from))? {
            row.again = None;
            put(txn, case, &row);
        }
    }
    Ok(())
}

/// Whether a former owner was told, or never will be: whoever has left the federation meanwhile hears of nothing.
fn told(txn: &mut Txn<'_>, from: UnitId, said: Result<(), TransferRefusal>) -> Result<bool, ViewError> {
    match said {
        Ok(()) => Ok(true),
        Err(TransferRefusal::View(error)) => Err(error),
        Err(TransferRefusal::Share(ShareRefusal::Peer(OutboxError::NotAMember))) => {
            txn.incident(Some(from), "has left and cannot be told that we own the case that it handed to us");
            Ok(true)
        }
        Err(_) => Ok(false),
    }
}

fn all(txn: &Txn<'_>, state: AgainState) -> Result<Vec<(CaseId, TransferIn)>, ViewError> {
    let rows = txn.filtered::<TransferIn>(&[RECEIVED], |row| stands(row, state))?;
    Ok(rows.into_iter().filter_map(|(key, row)| Some((CaseId::from_slice(key.get(1..)?)?, row))).collect())
}

fn stands(row: &TransferIn, state: AgainState) -> bool {
    row.again.as_ref().is_some_and(|again| again.state == state)
}

/// The shares that led to a case end with it, also those that are not known here.
fn end_wanted(txn: &mut Txn<'_>, from: UnitId, case: CaseId, shares: &[ShareId]) -> Result<(), ViewError> {
    for share in shares {
        restored::want_no_more(txn, from, *share);
        sharing::handed_again(txn, *share, case, from)?;
    }
    Ok(())
}

fn give_up(txn: &mut Txn<'_>, case: CaseId, row: &TransferIn) -> Result<(), ViewError> {
    restored::lose_handover(txn, row.from);
    for share in row.again.iter().flat_map(|again| &again.shares) {
        restored::want_no_more(txn, row.from, *share);
        sharing::ended_before(txn, row.from, *share, Ended::Transferred)?;
    }
    drop_parts(txn, &parts_prefix(row.id))?;
    txn.delete(Table::TRANSFERS, &key(RECEIVED, case));
    if case_row(txn, case)?.is_some_and(|held| held.heads.is_empty()) {
        // Nothing came of it but whose it was.
        txn.delete(Table::CASES, case.as_bytes());
    }
    Ok(())
}

fn drop_parts(txn: &mut Txn<'_>, prefix: &[u8]) -> Result<(), ViewError> {
    for (key, _) in txn.list::<PartRow>(prefix, None, MOST_PARTS as usize)? {
        txn.delete(Table::TRANSFERS, &key);
    }
    Ok(())
}
