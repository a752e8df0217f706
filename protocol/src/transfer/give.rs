//! The owner's side: offering a case, taking that back, and what the other unit answers.
//! The last entry itself and the parts are in `hand`.

use super::hand::hand_over;
use super::messages::{FromOwner, Named, ToOwner, TransferAnswer, TransferOffer};
use super::refusal::TransferRefusal;
use super::rows::{EarlierRow, GIVEN, GivenState, TransferOut, earlier_key, key};
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::{self, Author, CaseRow, FoldedCase, Log, MOST_HANDOVERS, case_row, fold};
use crate::crypto::Signed;
use crate::dictionary::{Dictionary, ShareClass};
use crate::envelope::{Kind, PAYLOAD_MAX, Received, outbox};
use crate::federation::{charter, own};
use crate::ids::{CaseId, Commitment, EntityId, ShareId, TransferId, UnitId};
use crate::machine::{Notice, Scope, Table, Txn, View, ViewError, read_row};
use crate::sharing::{self, OutState, Share, ShareOut, SharePerson, Taken, check, current_restricted, outgoing_of};
use crate::time::DAY;
use crate::wire;
use std::collections::BTreeSet;

/// How long an offer and its answer are tried, in milliseconds.
pub(super) const LIFETIME: u64 = 60 * DAY;

/// What a person asks for: to whom, and on what ground each person of the case goes along.
#[derive(Debug, Clone)]
pub struct Request {
    /// The case.
    pub case: CaseId,
    /// Who is to own it.
    pub to: UnitId,
    /// Every person of the case with a basis.
    pub persons: Vec<SharePerson>,
}

/// Offers a case to a unit that works on it under an active share.
///
/// # Errors
/// [`TransferRefusal`], and nothing is sent.
pub fn propose(txn: &mut Txn<'_>, request: Request, author: &Author) -> Result<TransferId, TransferRefusal> {
    let case = request.case;
    let before = given(txn, case)?;
    if before.as_ref().is_some_and(|row| matches!(row.state, GivenState::Proposed)) {
        return Err(TransferRefusal::Underway);
    }
    if case_row(txn, case)?.is_some_and(|row| row.handovers.len() >= MOST_HANDOVERS) {
        return Err(TransferRefusal::TooOften);
    }
    let (id, share) = active(txn, case, request.to)?.ok_or(TransferRefusal::NoActiveShare)?;
    let persons = BoundedVec::new(request.persons).map_err(|_| TransferRefusal::TooMany)?;
    let log = checked(txn, &share, &persons)?;
    let items = current_restricted(&fold(&log)).into_iter().collect();
    let own = own::load(txn)?;
    let offer = TransferOffer {
        id: TransferId::random(txn.rng),
        case,
        share: id,
        from: own.unit,
        to: request.to,
        persons,
        items: BoundedVec::new(items).map_err(|_| TransferRefusal::TooMany)?,
        at: txn.now,
    };
    let signed = Signed::sign(&offer, &own.key());
    let row = TransferOut {
        offer: signed.clone(),
        to: request.to,
        state: GivenState::Proposed,
        history: vec![(GivenState::Proposed, txn.now)],
        by: author.name.clone(),
        answer: None,
        reason: BoundedText::default(),
        receivers: Vec::new(),
        kept: 0,
    };
    if let Some(before) = before {
        txn.put(&earlier_key(case, offer_of(&before)?.id), Scope::Case(case), &EarlierRow { to: before.to });
    }
    put(txn, case, &row);
    outbox::queue(txn, request.to, Kind::Transfer, wire::encode(&FromOwner::Offer(signed)), Some(LIFETIME))?;
    Ok(offer.id)
}

/// Takes an offer back that was not answered with yes.
///
/// # Errors
/// [`TransferRefusal`], and nothing is changed.
pub fn withdraw(txn: &mut Txn<'_>, case: CaseId) -> Result<(), TransferRefusal> {
    let row = given(txn, case)?.filter(|row| row.state == GivenState::Proposed).ok_or(TransferRefusal::NoOffer)?;
    end(txn, case, row, GivenState::Withdrawn)
}

/// The transfer that this unit offered last of a case.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn given(view: &dyn View, case: CaseId) -> Result<Option<TransferOut>, ViewError> {
    view.get(Table::TRANSFERS, &key(GIVEN, case))?.map(|bytes| read_row(&bytes)).transpose()
}

/// An open offer falls with the share that it rests on, and with a revision that lowers it: its terms are destroyed there.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn uphold(txn: &mut Txn<'_>, case: CaseId) -> Result<(), ViewError> {
    let Some(row) = given(txn, case)?.filter(|row| row.state == GivenState::Proposed) else { return Ok(()) };
    let offer = offer_of(&row)?;
    let lowered = |share: &ShareOut| share.revisions.iter().any(|one| one.lowers && one.at > offer.at);
    let stands = outgoing_of(txn, case)?
        .into_iter()
        .any(|(id, share)| id == offer.share && share.state == OutState::Active && !lowered(&share));
    match if stands { Ok(()) } else { end(txn, case, row, GivenState::Stopped) } {
        Err(TransferRefusal::View(error)) => Err(error),
        _ => Ok(()),
    }
}

/// Takes [`Kind::TransferReply`] at the owner.
///
/// # Errors
/// [`TransferRefusal`] if the store or the outbox fails.
pub fn replied(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, TransferRefusal> {
    match wire::decode::<ToOwner>(&received.payload, PAYLOAD_MAX) {
        Ok(ToOwner::Answer(answer)) => {
            if charter::member(txn, received.from)?.is_none() {
                return Ok(Taken::Refused("answered an offer and is no member"));
            }
            // It may have been written before its key changed; the envelope was not.
            let Some(said) = charter::verify_of(txn, received.from, &answer.answer)? else {
                return Ok(Taken::Refused("answered an offer by a signature that does not hold"));
            };
            let said = said.into_value();
            let Some((row, offer)) = open_offer(txn, &said, received.from)? else {
                // An answer that crossed with the next offer changes nothing either.
                let earlier = txn.get::<EarlierRow>(&earlier_key(said.case, said.id))?;
                return Ok(match earlier.filter(|earlier| earlier.to == received.from) {
                    Some(_) => Taken::Applied,
                    None => Taken::Refused("answered an offer that it was not made"),
                });
            };
            // An answer that crossed with the withdrawal changes nothing, nor does a repeated one.
            if row.state != GivenState::Proposed {
                return Ok(Taken::Applied);
            }
            let row = TransferOut { answer: Some(answer.answer), reason: answer.reason, ..row };
            decided(txn, row, &offer, said.accepted)
        }
        Ok(ToOwner::Taken(taking)) => {
            let (case, id) = (taking.named.case, taking.named.id);
            let (Some(mut row), Some(mut held)) = (given(txn, case)?, case_row(txn, case)?) else {
                return Ok(Taken::Refused("took a case that it was not handed"));
            };
            let offer = offer_of(&row)?;
            let Some(handover) = held.handovers.last_mut().filter(|one| {
                (one.to, offer.id, offer.to) == (received.from, id, received.from) && row.state != GivenState::Proposed
            }) else {
                return Ok(Taken::Refused("took a case that it was not handed"));
            };
            let Some(first) = caselog::taken_by(txn, &taking.entry, &taking.takeover, handover, case) else {
                return Ok(Taken::Refused("took a case by an entry that does not fit"));
            };
            handover.first = Some(first);
            if row.state == GivenState::HandedOver {
                row.enter(GivenState::Taken, txn.now);
            }
            txn.put(case.as_bytes(), Scope::Master, &held);
            put(txn, case, &row);
            txn.touch(case);
            Ok(Taken::Applied)
        }
        Err(_) => Ok(Taken::Refused("answered an offer out of form")),
    }
}

/// The other unit said yes or no to an open offer.
fn decided(txn: &mut Txn<'_>, mut row: TransferOut, offer: &TransferOffer, accepted: bool) -> Result<Taken, TransferRefusal> {
    let case = offer.case;
    if !accepted {
        row.enter(GivenState::Declined, txn.now);
        put(txn, case, &row);
        return Ok(Taken::Applied);
    }
    match still_so(txn, offer) {
        Ok(Some(log)) => hand_over(txn, row, offer, &log)?,
        Err(TransferRefusal::View(error)) => return Err(error.into()),
        // Somebody was added, the share ended, the case is frozen: nothing goes that was not offered.
        Ok(None) | Err(_) => end(txn, case, row, GivenState::Stopped)?,
    }
    Ok(Taken::Applied)
}

/// The log of the case, if the offer still says all that is to go.
fn still_so(view: &Txn<'_>, offer: &TransferOffer) -> Result<Option<Log>, TransferRefusal> {
    let Some((id, share)) = active(view, offer.case, offer.to)? else { return Ok(None) };
    let frozen = case_row(view, offer.case)?.is_none_or(|row: CaseRow| row.is_frozen());
    let log = checked(view, &share, &offer.persons)?;
    let listed = current_restricted(&fold(&log)).iter().all(|item| offer.items.contains(item));
    Ok(Some(log).filter(|_| id == offer.share && !frozen && listed))
}

/// What holds for a share of everything holds for a transfer, and nobody of the case is left out.
fn checked(view: &Txn<'_>, share: &Share, persons: &BoundedVec<SharePerson, 64>) -> Result<Log, TransferRefusal> {
    let whole = Share { persons: persons.clone(), items: BoundedVec::default(), ..everything(share) };
    let log = check(view, view.now, &whole, None)?;
    let named: BTreeSet<EntityId> = persons.iter().map(|person| person.entity).collect();
    if persons_of(&fold(&log)) == named { Ok(log) } else { Err(TransferRefusal::Persons) }
}

/// A share of all sections and classes.
fn everything(share: &Share) -> Share {
    let sections = Dictionary::builtin().sections().iter().filter_map(|section| caselog::Name::new(section.id.as_str()).ok());
    Share {
        sections: BoundedVec::new(sections.collect()).expect("the dictionary has no more sections than a share can name"),
        classes: BoundedVec::new(vec![ShareClass::S, ShareClass::B, ShareClass::I]).expect("three classes"),
        ..share.clone()
    }
}

fn persons_of(folded: &FoldedCase) -> BTreeSet<EntityId> {
    folded.of_kind("person").map(|(id, _)| id).collect()
}

/// The share under which a unit works on a case of ours.
fn active(view: &dyn View, case: CaseId, to: UnitId) -> Result<Option<(ShareId, Share)>, ViewError> {
    let found = outgoing_of(view, case)?.into_iter().find(|(_, row)| row.to == to && row.state == OutState::Active);
    let Some((id, row)) = found else { return Ok(None) };
    let share = row.share.stored().map_err(|error| ViewError(error.to_string()))?.into_value();
    Ok(Some((id, share)))
}

fn open_offer(view: &dyn View, said: &TransferAnswer, from: UnitId) -> Result<Option<(TransferOut, TransferOffer)>, ViewError> {
    let Some(row) = given(view, said.case)? else { return Ok(None) };
    let offer = offer_of(&row)?;
    let fits = (said.id, said.to, said.from, offer.to) == (offer.id, from, offer.from, from);
    Ok(fits.then_some((row, offer)))
}

pub(super) fn offer_of(row: &TransferOut) -> Result<TransferOffer, ViewError> {
    Ok(row.offer.stored().map_err(|error| ViewError(error.to_string()))?.into_value())
}

/// Ends an offer that leads to nothing, and says so.
fn end(txn: &mut Txn<'_>, case: CaseId, mut row: TransferOut, state: GivenState) -> Result<(), TransferRefusal> {
    row.enter(state, txn.now);
    put(txn, case, &row);
    let named = Named { id: offer_of(&row)?.id, case };
    match outbox::queue(txn, row.to, Kind::Transfer, wire::encode(&FromOwner::Withdrawn(named)), Some(LIFETIME)) {
        Err(outbox::OutboxError::View(error)) => Err(error.into()),
        // Whoever cannot be told cannot say yes either: its answer would find nothing open.
        _ => Ok(()),
    }
}

pub(super) fn put(txn: &mut Txn<'_>, case: CaseId, row: &TransferOut) {
    txn.put(&key(GIVEN, case), Scope::Case(case), row);
    txn.notify(Notice::Case(case));
}

/// Ends the shares of a case that goes to another owner with these values; gives who had one besides.
pub(super) fn end_other_shares(
    txn: &mut Txn<'_>,
    case: CaseId,
    to: UnitId,
    gone: &BTreeSet<Commitment>,
) -> Result<Vec<UnitId>, TransferRefusal> {
    let mut receivers = BTreeSet::new();
    for (id, row) in outgoing_of(txn, case)? {
        if row.to == to && row.state.is_open() {
            sharing::transferred(txn, id, gone)?;
        } else if row.state.is_open() {
            sharing::recall(txn, id)?;
            receivers.insert(row.to);
        }
    }
    Ok(receivers.into_iter().collect())
}
