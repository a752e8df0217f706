//! What the other side says in a room, out of a verified envelope of a confirmed peer.
//! Whether it may be told is asked again before anything follows from it.

use super::RoomRefusal;
use super::act::{agreed, begin, withdraw};
use super::course::{Said, Step, Told};
use super::give::{may_give, send};
use super::given::{StepYes, is_line};
use super::message::{MESSAGE_MAX, RoomMessage, room_id};
use super::rows::{GivenRow, Happened, LASTS, Room, delete_given, given_key, key};
use crate::crypto::Verified;
use crate::envelope::outbox::OutboxError;
use crate::federation::{charter, own};
use crate::ids::{AlertId, GivenHash, RoomId, UnitId};
use crate::machine::{Heard, Notice, Scope, Txn, ViewError};
use crate::matching::alert::{self, Alert, AlertOf, Answer, Confirmed, Contact, pair_key};
use crate::sharing::Taken;
use crate::wire;

/// Takes [`crate::envelope::Kind::Disclosure`].
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn receive_room(txn: &mut Txn<'_>, from: UnitId, payload: &[u8]) -> Result<Taken, ViewError> {
    let Ok(message) = wire::decode::<RoomMessage>(payload, MESSAGE_MAX) else {
        return Ok(Taken::Refused("spoke in a disclosure room out of form"));
    };
    let texts = [message.no.as_ref().map(|no| &no.text), message.end.as_ref().map(|end| &end.text)];
    if texts.into_iter().flatten().any(|text| !is_line(text)) || message.given.iter().any(|given| given.fault().is_some()) {
        return Ok(Taken::Refused("told in a disclosure room what cannot be"));
    }
    let own = own::load(txn)?.unit;
    let Some(charter) = charter::current(txn)? else { return Ok(Taken::Refused("spoke without a federation")) };
    let id = room_id(charter.federation, (own, message.peer_subject), (from, message.own_subject));
    let Some(yes) = verified(txn, from, own, id, &message)? else {
        return Ok(Taken::Refused("said yes in a disclosure room with a signature that does not hold there"));
    };
    let room = match txn.get::<Room>(&key(id))? {
        Some(room) => room,
        None => match knock(txn, from, id, &message)? {
            Knock::Enters(room) => *room,
            Knock::Answered(taken) => return Ok(taken),
        },
    };
    take(txn, room, &message, &yes)?;
    Ok(Taken::Applied)
}

/// The yeses of a message, if each is signed by its sender, for this room, and for the step at its place.
fn verified(
    txn: &Txn<'_>,
    from: UnitId,
    own: UnitId,
    room: RoomId,
    message: &RoomMessage,
) -> Result<Option<Vec<StepYes>>, ViewError> {
    let mut found = Vec::new();
    for (signed, step) in message.yes.iter().zip(Step::ALL) {
        // Signed with a key in use then, which may be past by now.
        let yes = charter::verify_of(txn, from, signed)?.map(Verified::into_value);
        let fits = |yes: &StepYes| (yes.from, yes.to, yes.room, yes.step) == (from, own, room, step);
        match yes.filter(fits) {
            Some(yes) => found.push(yes),
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}

enum Knock {
    Enters(Box<Room>),
    Answered(Taken),
}

/// The first words of the other side about a pair: nothing of them counts before both units have agreed on contact.
fn knock(txn: &mut Txn<'_>, from: UnitId, id: RoomId, message: &RoomMessage) -> Result<Knock, ViewError> {
    let pair = pair_key(message.peer_subject, from, message.own_subject);
    let alert = match txn.get::<AlertOf>(&pair)? {
        Some(of) => alert::get(txn, of.alert)?,
        None => None,
    };
    let Some(mut alert) = alert else {
        return Ok(Knock::Answered(Taken::Refused("spoke in a disclosure room of a match that is none here")));
    };
    let at = txn.now;
    let contact = match alert.contact {
        Contact::Answered { answer: Answer::No, .. } => {
            return Ok(Knock::Answered(Taken::Refused("spoke in a disclosure room after a no to contact")));
        }
        Contact::Answered { answer: Answer::Yes, .. } => alert.contact,
        // Its yes is still on its way: whoever speaks here has said it.
        Contact::Asked { .. } | Contact::Answered { by_peer: true, answer: Answer::Later, .. } => {
            Contact::Answered { by_peer: true, answer: Answer::Yes, at }
        }
        // Nobody here has said yes. A unit that was restored from a backup may have forgotten it: it is asked, and nothing is kept.
        Contact::None => Contact::AskedByPeer { at },
        Contact::AskedByPeer { .. } | Contact::Answered { by_peer: false, answer: Answer::Later, .. } => alert.contact,
    };
    if contact != alert.contact {
        alert.contact = contact;
        alert.told = true;
        alert.put(txn);
        txn.notify(Notice::Alert(alert.id));
    }
    if !agreed(&alert) {
        return Ok(Knock::Answered(Taken::Applied));
    }
    match alert.confirmed {
        Confirmed::Yes { .. } => {}
        // The last step of the comparison may still be on its way.
        Confirmed::Waiting => return Ok(Knock::Answered(Taken::NotYet)),
        Confirmed::No | Confirmed::Contradicted => {
            return Ok(Knock::Answered(Taken::Refused("spoke in a disclosure room of a match that was not confirmed")));
        }
    }
    Ok(match first(txn, &alert, id, message) {
        Ok(room) => Knock::Enters(Box::new(room)),
        Err(RoomRefusal::View(error)) => return Err(error),
        Err(_) => Knock::Answered(Taken::Refused("began more disclosure rooms than can be kept")),
    })
}

/// An empty room for the pair of a message, which may be an older one than that of its alert.
fn first(txn: &mut Txn<'_>, alert: &Alert, id: RoomId, message: &RoomMessage) -> Result<Room, RoomRefusal> {
    let room = begin(txn, alert)?;
    Ok(Room { id, own_subject: message.peer_subject, peer_subject: message.own_subject, ..room })
}

fn take(txn: &mut Txn<'_>, mut room: Room, message: &RoomMessage, yes: &[StepYes]) -> Result<(), ViewError> {
    let before = room.clone();
    let differs = keep_yeses(&mut room, message, yes);
    let mut given: Vec<_> = message.given.iter().collect();
    given.sort_by_key(|given| given.step());
    // Only what a yes of theirs binds is theirs to give.
    let bound = |step: Step| bound_by(&before, &room, yes, step);
    let gives = given.iter().filter(|given| bound(given.step()) == Some(given.hash())).map(|given| given.step().number());
    let told = Told {
        said: Said { yes: u8::try_from(yes.len()).unwrap_or(u8::MAX), no: message.no.clone(), end: message.end.clone() },
        has: message.has,
        again: message.again || differs,
        gives: gives.collect(),
    };
    let (new, give) = room.course.take(&told);
    for given in given.into_iter().filter(|given| new.contains(&given.step().number())) {
        let row = GivenRow { given: given.clone(), terms: None, chosen: Vec::new() };
        txn.put(&given_key(room.id, false, given.step().number()), Scope::Case(room.case), &row);
    }
    note(&mut room, &before, &new, txn);
    let ended = room.course.ended();
    if ended.is_some_and(|ended| !ended.keeps()) {
        delete_given(txn, room.id);
    }
    if room.course.got == room.course.open() {
        room.again = false;
    }
    if !give.is_empty() && !may_give(txn, &room, &give)? {
        // What was chosen may not be told any more: nothing of it goes.
        keep(txn, &room);
        return withdraw(txn, room);
    }
    if !give.is_empty() {
        match send(txn, &mut room, &give) {
            Err(OutboxError::View(error)) => return Err(error),
            Err(_) => room.untold = true,
            Ok(()) => {}
        }
    }
    if room != before {
        room.expires = txn.now.plus(LASTS);
        keep(txn, &room);
    }
    Ok(())
}

fn keep(txn: &mut Txn<'_>, room: &Room) {
    room.put(txn);
    room.put_open(txn);
    txn.notify(Notice::Alert(room.alert));
}

/// Keeps their yeses as signed, each as far as it counts here; says whether one is not the one held: then they have forgotten.
/// A later one takes the place of one by which nothing was given yet.
fn keep_yeses(room: &mut Room, message: &RoomMessage, yes: &[StepYes]) -> bool {
    let most = usize::from(room.course.mine.yes) + 1;
    let mut differs = false;
    for (at, signed) in message.yes.iter().enumerate().take(most) {
        match room.peer_yes.get(at) {
            None => room.peer_yes.push(signed.clone()),
            Some(held) if held == signed => {}
            Some(held) => {
                differs = true;
                let later = held.stored().is_ok_and(|held| yes.get(at).is_some_and(|new| new.at > held.at));
                if later && at >= usize::from(room.course.got) {
                    room.peer_yes[at] = signed.clone();
                }
            }
        }
    }
    differs
}

/// To what their yes to a step is bound, by the one that is kept.
fn bound_by(before: &Room, room: &Room, yes: &[StepYes], step: Step) -> Option<GivenHash> {
    let at = usize::from(step.number()) - 1;
    let kept = room.peer_yes.get(at)?;
    if before.peer_yes.get(at) == Some(kept) {
        return kept.stored().ok().map(|yes| yes.gives);
    }
    yes.get(at).map(|yes| yes.gives)
}

/// Writes down what is new, and tells the node for its audit.
fn note(room: &mut Room, before: &Room, new: &[u8], txn: &mut Txn<'_>) {
    let (at, peer, alert) = (txn.now, room.peer, room.alert);
    let mut lines: Vec<(Happened, &'static str)> = Vec::new();
    let yeses = before.course.theirs.yes + 1..=room.course.theirs.yes;
    for step in yeses.filter_map(Step::of) {
        lines.push((Happened::Yes(step), ["yes_officer", "yes_case", "yes_fields"][usize::from(step.number()) - 1]));
    }
    if let Some(no) = room.course.theirs.no.clone().filter(|_| room.course.theirs.no != before.course.theirs.no) {
        lines.push((Happened::No(no.step, no.reason), "no"));
    }
    for step in new.iter().filter_map(|step| Step::of(*step)) {
        lines.push((Happened::Given(step), ["got_officer", "got_case", "got_fields"][usize::from(step.number()) - 1]));
    }
    if let Some(end) = room.course.theirs.end.clone().filter(|_| room.course.theirs.end != before.course.theirs.end) {
        lines.push((Happened::Ended(end.how), end.how.word()));
    }
    for (what, word) in lines {
        room.happened(at, false, None, what);
        heard(txn, peer, alert, word);
    }
}

fn heard(txn: &mut Txn<'_>, peer: UnitId, alert: AlertId, word: &'static str) {
    txn.heard(Heard { peer, alert, word });
}
