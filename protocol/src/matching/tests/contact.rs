//! Asking the other unit, and its answer, as payloads handed over by hand.
//! Not the envelopes around them: those have tests of their own.

use super::super::contact::message;
use super::super::{
    Alert, Answer, Contact, ContactMessage, ContactStep, Contacted, Outcome, Refusal, State, answer, ask, receive_contact,
};
use super::{CASE, NOON, Node, PROBABLE, SUSPECT, rafiqul, rofiqul, story, three};
use crate::envelope::{Kind, outbox};
use crate::ids::{AlertId, SubjectId, UnitId};
use crate::wire;

fn asks(node: &mut Node) -> Result<Alert, Refusal> {
    let id = node.alert().id;
    node.step(|txn| ask(txn, id)).0
}

fn answers(node: &mut Node, with: Answer) -> Result<Alert, Refusal> {
    let id = node.alert().id;
    node.step(|txn| answer(txn, id, with)).0
}

fn receives(node: &mut Node, from: UnitId, message: &ContactMessage) -> Contacted {
    node.step(|txn| receive_contact(txn, from, &wire::encode(message))).0.unwrap()
}

/// What `from` says about its only alert arrives at `to`.
fn says(from: &Node, to: &mut Node, step: ContactStep) -> Contacted {
    let (unit, message) = (from.unit, message(&from.alert(), step));
    receives(to, unit, &message)
}

#[test]
fn one_asks_and_the_other_answers_though_nobody_compared_words() {
    let [mut guwahati, mut shillong, _] = story();
    assert_eq!(asks(&mut shillong).unwrap().contact, Contact::Asked { at: NOON });
    let queued = outbox::due(&shillong.view, guwahati.unit, 10).unwrap();
    assert_eq!(queued.iter().filter(|(_, row)| row.kind == Kind::Contact).count(), 1);
    assert!(matches!(asks(&mut shillong), Err(Refusal::State)), "once is enough");
    assert!(matches!(answers(&mut shillong, Answer::Yes), Err(Refusal::State)), "nobody asked us");

    assert_eq!(says(&shillong, &mut guwahati, ContactStep::Ask), Contacted::Applied(guwahati.alert().id));
    assert_eq!(guwahati.alert().contact, Contact::AskedByPeer { at: NOON });
    says(&shillong, &mut guwahati, ContactStep::Ask);
    assert_eq!(guwahati.alert().contact, Contact::AskedByPeer { at: NOON });

    for (with, last) in [(Answer::Later, false), (Answer::Yes, true)] {
        assert_eq!(answers(&mut guwahati, with).unwrap().contact, Contact::Answered { by_peer: false, answer: with, at: NOON });
        says(&guwahati, &mut shillong, ContactStep::Answer(with));
        assert_eq!(shillong.alert().contact, Contact::Answered { by_peer: true, answer: with, at: NOON });
        assert!(matches!(answers(&mut shillong, Answer::No), Err(Refusal::State)));
        assert_eq!(answers(&mut guwahati, Answer::Later).is_err(), last);
    }
    assert_eq!(shillong.alert().state, State::New, "the states of the alert are people's own");
}

#[test]
fn both_asking_at_once_is_a_yes_on_both_sides() {
    let [mut guwahati, mut shillong, _] = story();
    asks(&mut shillong).unwrap();
    asks(&mut guwahati).unwrap();
    says(&shillong, &mut guwahati, ContactStep::Ask);
    says(&guwahati, &mut shillong, ContactStep::Ask);
    for node in [guwahati, shillong] {
        assert_eq!(node.alert().contact, Contact::Answered { by_peer: true, answer: Answer::Yes, at: NOON });
    }
}

#[test]
fn asking_back_is_answering() {
    let [mut guwahati, mut shillong, _] = story();
    asks(&mut shillong).unwrap();
    says(&shillong, &mut guwahati, ContactStep::Ask);
    let answered = Contact::Answered { by_peer: false, answer: Answer::Yes, at: NOON };
    assert_eq!(asks(&mut guwahati).unwrap().contact, answered);
}

#[test]
fn after_a_no_nobody_asks_again() {
    let [mut guwahati, mut shillong, _] = story();
    asks(&mut shillong).unwrap();
    says(&shillong, &mut guwahati, ContactStep::Ask);
    answers(&mut guwahati, Answer::No).unwrap();
    says(&guwahati, &mut shillong, ContactStep::Answer(Answer::No));
    assert!(matches!(asks(&mut shillong), Err(Refusal::State)));
    assert_eq!(says(&shillong, &mut guwahati, ContactStep::Ask), Contacted::Refused);
    assert_eq!(guwahati.incidents.last().unwrap().peer, Some(shillong.unit));
}

#[test]
fn who_is_asked_before_hearing_the_beacon_takes_it_later() {
    let mut nodes = three();
    nodes[0].announces(SUSPECT, Some(&rofiqul()));
    nodes[1].announces(SUSPECT, Some(&rafiqul()));
    let (first, second) = (nodes[0].sent.remove(0), nodes[1].sent.remove(0));
    nodes[1].hears(&first);
    let [mut guwahati, mut shillong, _] = nodes;
    asks(&mut shillong).unwrap();
    assert_eq!(says(&shillong, &mut guwahati, ContactStep::Ask), Contacted::NotYet);
    guwahati.hears(&second);
    assert_eq!(says(&shillong, &mut guwahati, ContactStep::Ask), Contacted::Applied(guwahati.alert().id));
}

#[test]
fn a_match_that_only_the_other_side_found_is_raised_if_the_tokens_agree() {
    let [mut guwahati, mut shillong, _] = story();
    asks(&mut shillong).unwrap();
    let lost = guwahati.alert();
    guwahati.bare_step(|txn| {
        txn.delete(crate::machine::Table::ALERTS, lost.id.as_bytes());
        let pair = super::super::alert::pair_key(lost.subject, lost.peer, lost.peer_subject);
        txn.delete(crate::machine::Table::ALERT_OF, &pair);
    });
    let ask = message(&shillong.alert(), ContactStep::Ask);
    for wrong in
        [ContactMessage { peer_beacon: 9, ..ask.clone() }, ContactMessage { step: ContactStep::Answer(Answer::Yes), ..ask }]
    {
        assert_eq!(receives(&mut guwahati, shillong.unit, &wrong), Contacted::Refused);
        assert!(guwahati.alerts().is_empty());
    }
    says(&shillong, &mut guwahati, ContactStep::Ask);
    let raised = guwahati.alert();
    assert_eq!((raised.class, raised.case, raised.contact), (PROBABLE, CASE, Contact::AskedByPeer { at: NOON }));
}

#[test]
fn a_request_that_fits_no_match_is_refused_and_named() {
    let [guwahati, mut shillong, kathmandu] = story();
    let good = message(&guwahati.alert(), ContactStep::Ask);
    let other = SubjectId([4; 16]);
    let wrong = [
        ContactMessage { own_subject: other, ..good.clone() },
        ContactMessage { peer_subject: other, ..good.clone() },
        ContactMessage { own_subject: other, peer_beacon: 9, ..good.clone() },
    ];
    for message in wrong {
        assert_eq!(receives(&mut shillong, guwahati.unit, &message), Contacted::Refused);
    }
    // Kathmandu has heard both beacons, and says that its own subject is Shillong's.
    let guess = ContactMessage { alert: AlertId([1; 16]), own_beacon: 1, ..good.clone() };
    assert_eq!(receives(&mut shillong, kathmandu.unit, &guess), Contacted::Refused);
    let unasked = ContactMessage { step: ContactStep::Answer(Answer::Yes), ..good };
    assert_eq!(receives(&mut shillong, guwahati.unit, &unasked), Contacted::Refused);
    let garbage = shillong.step(|txn| receive_contact(txn, guwahati.unit, &[0; 900])).0.unwrap();
    assert_eq!(garbage, Contacted::Refused);
    assert_eq!(shillong.incidents.len(), 6);
    assert_eq!(shillong.alert().contact, Contact::None);
}

#[test]
fn what_was_withdrawn_is_not_asked_about() {
    let mut nodes = story();
    nodes[0].announces(SUSPECT, None);
    super::deliver(&mut nodes);
    let [_, mut shillong, _] = nodes;
    assert!(matches!(shillong.alert().state, State::Closed { outcome: Outcome::Withdrawn, .. }));
    assert!(matches!(asks(&mut shillong), Err(Refusal::State)));
}
