//! What people here say in a room: yes, no, stop, "not the same"; and that a share has come of it.
//! Not what the other side says: that is `receive`.

use super::RoomRefusal;
use super::choose::chosen;
use super::course::{Course, End, Ending, Fault, No, NoReason, Step};
use super::give::send;
use super::given::{CaseStage, Given, Officer, StepYes, What, is_line};
use super::message::room_id;
use super::rows::{GivenRow, Happened, LASTS, MOST_OPEN, Room, delete_given, given_key, key, open, room_of, rooms_of};
use crate::bounded::BoundedText;
use crate::crypto::Signed;
use crate::envelope::outbox::OutboxError;
use crate::federation::{charter, own, peering};
use crate::ids::{AlertId, Commitment, Salt};
use crate::machine::{Notice, Scope, Txn, ViewError};
use crate::matching::alert::{self, Account, Alert, Answer, Confirmed, Contact, State};
use crate::matching::subject::Subject;
use crate::sharing::{Basis, Handling, Purpose, Share};

/// A value that a person has chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Which.
    pub commitment: Commitment,
    /// Why; required for a restricted value. Stays here.
    pub reason: BoundedText<500>,
}

/// On what terms a person tells which values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// On what ground the person may be told of.
    pub basis: Basis,
    /// Why; required unless the ground is consent. Stays here.
    pub reason: BoundedText<500>,
    /// What for.
    pub purpose: Purpose,
    /// What the receiver may do with it.
    pub handling: Handling,
    /// The values; may be none.
    pub fields: Vec<Chosen>,
}

impl Default for Offer {
    fn default() -> Self {
        Self {
            basis: Basis::LawEnforcement,
            reason: BoundedText::default(),
            purpose: Purpose::Investigation,
            handling: Handling::H2,
            fields: Vec::new(),
        }
    }
}

/// What a person says yes with: what this side gives in that step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Telling {
    /// Step 1.
    Officer(Officer),
    /// Step 2.
    Case(CaseStage),
    /// Step 3.
    Fields(Offer),
}

/// A person says yes to the next step. What this side gives in it is bound now, and goes once the other side has said yes, too.
///
/// # Errors
/// [`RoomRefusal`], and nothing is sent.
pub fn room_yes(txn: &mut Txn<'_>, id: AlertId, by: Account, telling: Telling) -> Result<Room, RoomRefusal> {
    let (alert, mut room) = enter(txn, id)?;
    let step = match telling {
        Telling::Officer(_) => Step::Officer,
        Telling::Case(_) => Step::Case,
        Telling::Fields(_) => Step::Fields,
    };
    room.course.say_yes(step).map_err(refusal)?;
    let (what, terms, chosen) = match telling {
        Telling::Officer(officer) => (What::Officer(officer), None, Vec::new()),
        Telling::Case(case) => (What::Case(case), None, Vec::new()),
        Telling::Fields(offer) => {
            let (fields, share, chosen) = chosen(txn, &alert, &offer, txn.now)?;
            (What::Fields(fields), share, chosen)
        }
    };
    let given = Given { salt: Salt::random(txn.rng), what };
    if let Some((field, expected)) = given.fault() {
        return Err(RoomRefusal::Field(field, expected));
    }
    let own = own::load(txn)?;
    let federation = charter::current(txn)?.ok_or(OutboxError::NotAMember)?.federation;
    let yes = StepYes { federation, from: own.unit, to: room.peer, room: room.id, step, at: txn.now, gives: given.hash() };
    room.own_yes.push(Signed::sign(&yes, &own.key()));
    txn.put(&given_key(room.id, true, step.number()), Scope::Case(room.case), &GivenRow { given, terms, chosen });
    room.happened(txn.now, true, Some(by), Happened::Yes(step));
    let due = room.course.due();
    say(txn, room, &due)
}

/// A person says no to the next step, and why. A yes to it may follow.
///
/// # Errors
/// [`RoomRefusal`], and nothing is sent.
pub fn room_no(txn: &mut Txn<'_>, id: AlertId, by: Account, reason: NoReason, text: &str) -> Result<Room, RoomRefusal> {
    let (_, mut room) = enter(txn, id)?;
    let text = words(text)?;
    if reason == NoReason::Other && text.is_empty() {
        return Err(RoomRefusal::Field("text", "the reason in words"));
    }
    let step = room.course.next().ok_or_else(|| refusal(waiting(&room.course)))?;
    room.course.say_no(No { step, reason, text }).map_err(refusal)?;
    room.happened(txn.now, true, Some(by), Happened::No(step, reason));
    say(txn, room, &[])
}

/// A person stops the room. What each side has received goes, on both sides.
///
/// # Errors
/// [`RoomRefusal`], and nothing is sent.
pub fn room_stop(txn: &mut Txn<'_>, id: AlertId, by: Account, text: &str) -> Result<Room, RoomRefusal> {
    let room = room_of(txn, id)?.ok_or(RoomRefusal::Unknown)?;
    end(txn, room, Some(by), End { how: Ending::Stopped, text: words(text)? })
}

/// A share was made: the rooms about one of its people with its receiver, in which the last step is open, end with it.
///
/// # Errors
/// [`RoomRefusal::View`] if the store fails.
pub fn room_shared(txn: &mut Txn<'_>, by: Account, share: &Share) -> Result<Vec<AlertId>, RoomRefusal> {
    let how = if share.purpose == Purpose::Referral { Ending::Referred } else { Ending::Shared };
    let mut ended = Vec::new();
    for (id, row) in open(txn)?.into_iter().filter(|(_, row)| row.peer == share.to) {
        let Some(room) = txn.get::<Room>(&key(id))? else { continue };
        let named = room.case == share.case && share.persons.iter().any(|person| person.entity == room.person);
        if named && row.peer == room.peer && room.course.ended().is_none() && room.course.open() == Step::Fields.number() {
            ended.push(room.alert);
            end(txn, room, Some(by), End { how, text: BoundedText::default() })?;
        }
    }
    Ok(ended)
}

/// A person found that the two are not the same: the other side is told where the two units talk about it.
pub(in crate::matching) fn not_same(txn: &mut Txn<'_>, alert: &Alert, by: Account) -> Result<(), ViewError> {
    if !agreed(alert) || !peering::is_confirmed(txn, alert.peer)? {
        return Ok(());
    }
    let rooms = rooms_of(txn, alert.id)?;
    let told = if rooms.is_empty() {
        match begin(txn, alert) {
            Ok(room) => vec![room],
            Err(error) => return only_view(error),
        }
    } else {
        rooms
    };
    for room in told {
        let over = room.course.ended() == Some(Ending::NotSame);
        if !over && let Err(error) = end(txn, room, Some(by), End { how: Ending::NotSame, text: BoundedText::default() }) {
            only_view(error)?;
        }
    }
    Ok(())
}

/// Our person is announced no more, and is not to be told of.
pub(in crate::matching) fn person_withdrawn(txn: &mut Txn<'_>, subject: &Subject, alert: AlertId) -> Result<(), ViewError> {
    for room in rooms_of(txn, alert)?.into_iter().filter(|room| room.person == subject.person) {
        withdraw(txn, room)?;
    }
    Ok(())
}

/// Ends a room by itself because this side may not tell of its person any more.
pub(super) fn withdraw(txn: &mut Txn<'_>, room: Room) -> Result<(), ViewError> {
    if room.course.ended().is_some() {
        return Ok(());
    }
    end(txn, room, None, End { how: Ending::Withdrawn, text: BoundedText::default() }).map(|_| ()).or_else(only_view)
}

/// The alert and its room, if a person may say something in it; a room that is not there yet is begun.
fn enter(txn: &mut Txn<'_>, id: AlertId) -> Result<(Alert, Room), RoomRefusal> {
    let alert = alert::get(txn, id)?.ok_or(RoomRefusal::Unknown)?;
    if !agreed(&alert) {
        return Err(RoomRefusal::NoContact);
    }
    if matches!(alert.state, State::Closed { .. }) {
        return Err(RoomRefusal::Closed);
    }
    if !peering::is_confirmed(txn, alert.peer)? {
        return Err(OutboxError::NotConfirmed.into());
    }
    let known = room_of(txn, id)?;
    if known.is_none() && !matches!(alert.confirmed, Confirmed::Yes { .. }) {
        return Err(RoomRefusal::NotCompared);
    }
    let room = match known {
        Some(room) if room.course.ended().is_some() && is_other(txn, &alert, &room)? => begin(txn, &alert)?,
        Some(room) => room,
        None => begin(txn, &alert)?,
    };
    Ok((alert, room))
}

/// A room that was about this pair before one of the two was corrected.
fn is_other(txn: &Txn<'_>, alert: &Alert, room: &Room) -> Result<bool, ViewError> {
    let now = (alert.subject, alert.peer_subject);
    let other = now != (room.own_subject, room.peer_subject);
    Ok(other && !rooms_of(txn, alert.id)?.iter().any(|one| (one.own_subject, one.peer_subject) == now))
}

pub(super) fn agreed(alert: &Alert) -> bool {
    matches!(alert.contact, Contact::Answered { answer: Answer::Yes, .. })
}

/// An empty room for the pair of an alert.
pub(super) fn begin(txn: &mut Txn<'_>, alert: &Alert) -> Result<Room, RoomRefusal> {
    if open(txn)?.len() >= MOST_OPEN {
        return Err(RoomRefusal::Full);
    }
    let own = own::load(txn)?.unit;
    let federation = charter::current(txn)?.ok_or(OutboxError::NotAMember)?.federation;
    Ok(Room {
        id: room_id(federation, (own, alert.subject), (alert.peer, alert.peer_subject)),
        alert: alert.id,
        case: alert.case,
        person: alert.person,
        peer: alert.peer,
        own_subject: alert.subject,
        peer_subject: alert.peer_subject,
        course: Course::default(),
        own_yes: Vec::new(),
        peer_yes: Vec::new(),
        history: Vec::new(),
        begun: txn.now,
        expires: txn.now.plus(LASTS),
        again: false,
        untold: false,
    })
}

/// Ends a room here and tells the other side. If that cannot be told now it is told when the two are connected.
pub(super) fn end(txn: &mut Txn<'_>, mut room: Room, by: Option<Account>, end: End) -> Result<Room, RoomRefusal> {
    let how = end.how;
    room.course.say_end(end).map_err(refusal)?;
    room.happened(txn.now, true, by, Happened::Ended(how));
    if !how.keeps() {
        delete_given(txn, room.id);
    }
    match say(txn, room.clone(), &[]) {
        // Ending is not refused because the other side cannot be told at once: what was received here goes all the same.
        Err(RoomRefusal::Outbox(_)) => {
            room.untold = true;
            room.put(txn);
            room.put_open(txn);
            txn.notify(Notice::Alert(room.alert));
            Ok(room)
        }
        done => done,
    }
}

/// Sends what was said, keeps the room, and shows it.
fn say(txn: &mut Txn<'_>, mut room: Room, give: &[u8]) -> Result<Room, RoomRefusal> {
    room.expires = txn.now.plus(LASTS);
    send(txn, &mut room, give)?;
    room.put(txn);
    room.put_open(txn);
    txn.notify(Notice::Alert(room.alert));
    Ok(room)
}

fn words(text: &str) -> Result<BoundedText<300>, RoomRefusal> {
    let fit = BoundedText::new(text.trim()).ok().filter(|text| is_line(text));
    fit.ok_or(RoomRefusal::Field("text", "one line of at most 300 bytes"))
}

pub(super) const fn refusal(fault: Fault) -> RoomRefusal {
    match fault {
        Fault::Ended => RoomRefusal::Ended,
        Fault::NotNext => RoomRefusal::NotNext,
        Fault::Said => RoomRefusal::Said,
    }
}

/// Why there is no next step.
fn waiting(course: &Course) -> Fault {
    if course.ended().is_some() { Fault::Ended } else { Fault::NotNext }
}

fn only_view(error: RoomRefusal) -> Result<(), ViewError> {
    match error {
        RoomRefusal::View(error) => Err(error),
        _ => Ok(()),
    }
}
