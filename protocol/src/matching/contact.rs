//! A contact request about an alert, and its answer: the only thing that goes to a member whose words nobody compared.
//! No officer's name, no free text, no field of a person: those go between confirmed peers, as a share.

use super::alert::{self, Alert, AlertOf, Answer, Confirmed, Contact, Refusal, State, pair_key};
use super::confirm::{self, Standing};
use super::lookup::{compare, live};
use super::me::Me;
use super::raise::{self, Grounds};
use super::rows::{UnitRow, read};
use super::subject::Subject;
use crate::envelope::{Kind, outbox};
use crate::ids::{AlertId, SubjectId, UnitId};
use crate::machine::{Notice, Txn, ViewError};
use crate::time::DAY;
use crate::wire;
use serde::{Deserialize, Serialize};

/// How long a request or an answer is worth delivering.
const WORTH: u64 = 30 * DAY;
/// Most bytes of a contact payload.
const CONTACT_MAX: usize = 512;

/// What is said about the pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContactStep {
    /// May we talk about this person?
    Ask,
    /// The answer.
    Answer(Answer),
}

/// The payload of a contact envelope. "Own" is the sender's side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactMessage {
    /// The sender's handle of the alert.
    pub alert: AlertId,
    /// The sender's subject.
    pub own_subject: SubjectId,
    /// The receiver's subject.
    pub peer_subject: SubjectId,
    /// The sender's beacon.
    pub own_beacon: u64,
    /// The receiver's beacon.
    pub peer_beacon: u64,
    /// What is said.
    pub step: ContactStep,
}

/// What became of a contact message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contacted {
    /// Applied, or known already.
    Applied(AlertId),
    /// The sender's beacon has not arrived here yet: to be taken again later.
    NotYet,
    /// Refused for good; an incident says why.
    Refused,
}

/// Asks the other unit of an alert for contact.
///
/// # Errors
/// [`Refusal`], and nothing is queued.
pub fn ask(txn: &mut Txn<'_>, id: AlertId) -> Result<Alert, Refusal> {
    let alert = alert::get(txn, id)?.ok_or(Refusal::Unknown)?;
    let at = txn.now;
    let contact = match alert.contact {
        Contact::None | Contact::Answered { by_peer: true, answer: Answer::Later, .. } => Contact::Asked { at },
        Contact::AskedByPeer { .. } | Contact::Answered { by_peer: false, answer: Answer::Later, .. } => {
            return answer(txn, id, Answer::Yes);
        }
        _ => return Err(Refusal::State),
    };
    say(txn, alert, ContactStep::Ask, contact)
}

/// Answers the other unit's request. A "later" can be followed by a yes or a no.
///
/// # Errors
/// [`Refusal`], and nothing is queued.
pub fn answer(txn: &mut Txn<'_>, id: AlertId, answer: Answer) -> Result<Alert, Refusal> {
    let alert = alert::get(txn, id)?.ok_or(Refusal::Unknown)?;
    match alert.contact {
        Contact::AskedByPeer { .. } | Contact::Answered { by_peer: false, answer: Answer::Later, .. } => {}
        _ => return Err(Refusal::State),
    }
    let contact = Contact::Answered { by_peer: false, answer, at: txn.now };
    say(txn, alert, ContactStep::Answer(answer), contact)
}

fn say(txn: &mut Txn<'_>, mut alert: Alert, step: ContactStep, contact: Contact) -> Result<Alert, Refusal> {
    if matches!(alert.state, State::Closed { outcome, .. } if outcome.by_itself()) {
        return Err(Refusal::State);
    }
    outbox::queue(txn, alert.peer, Kind::Contact, wire::encode(&message(&alert, step)), Some(WORTH))?;
    alert.contact = contact;
    // Whoever asks has told.
    alert.told = true;
    alert.put(txn);
    txn.notify(Notice::Alert(alert.id));
    Ok(alert)
}

/// What goes to the other unit of an alert.
pub(super) fn message(alert: &Alert, step: ContactStep) -> ContactMessage {
    ContactMessage {
        alert: alert.id,
        own_subject: alert.subject,
        peer_subject: alert.peer_subject,
        own_beacon: alert.own_beacon,
        peer_beacon: alert.peer_beacon,
        step,
    }
}

/// Takes a contact message out of a verified envelope.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn receive_contact(txn: &mut Txn<'_>, from: UnitId, payload: &[u8]) -> Result<Contacted, ViewError> {
    let Ok(message) = wire::decode::<ContactMessage>(payload, CONTACT_MAX) else {
        return refuse(txn, from, "sent a contact message that is not well-formed");
    };
    let key = pair_key(message.peer_subject, from, message.own_subject);
    let known = match txn.get::<AlertOf>(&key)? {
        Some(of) => alert::get(txn, of.alert)?,
        None => None,
    };
    let Some(mut alert) = (match known {
        Some(alert) => Some(alert),
        None => match unseen(txn, from, &message)? {
            Unseen::Raised(id) => alert::get(txn, id)?,
            Unseen::NotYet => return Ok(Contacted::NotYet),
            Unseen::Nothing => None,
        },
    }) else {
        return refuse(txn, from, "sent a contact message about a match that is none here");
    };
    let at = txn.now;
    let contact = match (message.step, alert.contact) {
        (ContactStep::Ask, Contact::None | Contact::Answered { answer: Answer::Later, .. }) => Contact::AskedByPeer { at },
        // Both asked: each has said yes.
        (ContactStep::Ask, Contact::Asked { .. }) => Contact::Answered { by_peer: true, answer: Answer::Yes, at },
        (ContactStep::Answer(answer), Contact::Asked { .. } | Contact::Answered { by_peer: true, answer: Answer::Later, .. }) => {
            Contact::Answered { by_peer: true, answer, at }
        }
        // What was already said once more, and a yes that crossed our asking.
        (ContactStep::Ask, Contact::AskedByPeer { .. } | Contact::Answered { answer: Answer::Yes, .. })
        | (ContactStep::Answer(Answer::Yes), Contact::Answered { answer: Answer::Yes, .. }) => {
            return Ok(Contacted::Applied(alert.id));
        }
        (ContactStep::Ask, Contact::Answered { answer: Answer::No, .. }) => {
            return refuse(txn, from, "asked for contact again after a no");
        }
        (ContactStep::Answer(_), _) => return refuse(txn, from, "answered what nobody asked"),
    };
    alert.contact = contact;
    alert.told = true;
    alert.put(txn);
    txn.notify(Notice::Alert(alert.id));
    Ok(Contacted::Applied(alert.id))
}

enum Unseen {
    Raised(AlertId),
    NotYet,
    Nothing,
}

/// An alert that only the other side has: raised here too if the tokens agree, or if it was only kept back until the other side
/// would speak of it.
fn unseen(txn: &mut Txn<'_>, from: UnitId, message: &ContactMessage) -> Result<Unseen, ViewError> {
    let (Some(me), Some(subject)) = (Me::load(txn)?, read::<Subject>(txn, message.peer_subject.as_bytes())?) else {
        return Ok(Unseen::Nothing);
    };
    if !subject.announces(message.peer_beacon) || message.step != ContactStep::Ask {
        return Ok(Unseen::Nothing);
    }
    let Some(beacon) = live(txn, &me, from, message.own_beacon, txn.now)? else {
        let held = UnitRow::of(txn, from)?.held.contains(message.own_beacon);
        return Ok(if held { Unseen::Nothing } else { Unseen::NotYet });
    };
    if beacon.subject != message.own_subject {
        return Ok(Unseen::Nothing);
    }
    let open = match confirm::standing(txn, &subject, from, beacon.subject)? {
        Standing::KeptBack(grounds) => {
            return Ok(Unseen::Raised(raise::raise(txn, &subject, confirm::peer(&beacon), grounds)?));
        }
        Standing::Contradicted => return Ok(Unseen::Nothing),
        Standing::Open => true,
        Standing::Nothing => false,
    };
    let Some(hit) = compare(txn, &me, &subject, &beacon)? else {
        return Ok(Unseen::Nothing);
    };
    let Some(class) = hit.class else {
        // Not worth an alert by itself; the comparison will say.
        return Ok(if open { Unseen::NotYet } else { Unseen::Nothing });
    };
    let confirmed = if open { Confirmed::Waiting } else { Confirmed::No };
    let grounds = Grounds { class, score: hit.score, agreed: hit.agreed, confirmed, told: true };
    Ok(Unseen::Raised(raise::raise(txn, &subject, confirm::peer(&beacon), grounds)?))
}

fn refuse(txn: &mut Txn<'_>, from: UnitId, what: &'static str) -> Result<Contacted, ViewError> {
    txn.incident(Some(from), what);
    Ok(Contacted::Refused)
}
