//! Messages about a request and about a share: with it they come, with it they go.
//! No message without something that it is about.

use super::super::thread::MessagePayload;
use super::super::{RequestRefusal, close, messages, say};
use super::{ASKED, GIRL, OPENED, last_incident, send};
use crate::bounded::{BoundedText, BoundedVec};
use crate::envelope::Kind;
use crate::ids::ShareId;
use crate::machine::Scope;
use crate::sharing::{Share, accept, create, recall, revise};
use crate::testing::World;
use crate::testing::drafts;
use crate::time::DAY;
use crate::wire;

fn said(world: &World, unit: &str, about: ShareId) -> Vec<(bool, String)> {
    messages(&world[unit].view, about).unwrap().into_iter().map(|row| (row.own, row.text.to_string())).collect()
}

#[test]
fn both_read_the_same_thread_until_the_request_ends() {
    let (mut world, asked) = ASKED.clone();
    world.act("shillong", |txn| say(txn, asked, "Which of the two lanes?")).unwrap();
    world.settle();
    world.now = world.now.plus(1);
    world.act("guwahati", |txn| say(txn, asked, " The northern one. ")).unwrap();
    world.settle();
    let thread = [(true, "Which of the two lanes?".to_owned()), (false, "The northern one.".to_owned())];
    assert_eq!(said(&world, "shillong", asked), thread);
    assert_eq!(said(&world, "guwahati", asked), thread.map(|(own, text)| (!own, text)));
    for bad in ["", "  ", &"x".repeat(4001)] {
        assert!(matches!(world.act("shillong", |txn| say(txn, asked, bad)), Err(RequestRefusal::Field("text", _))));
    }
    world.act("guwahati", |txn| close(txn, asked)).unwrap();
    world.settle();
    assert!(said(&world, "shillong", asked).is_empty() && said(&world, "guwahati", asked).len() == 2);
    for unit in ["guwahati", "shillong"] {
        assert!(matches!(world.act(unit, |txn| say(txn, asked, "Still there?")), Err(RequestRefusal::State(_))));
    }
}

#[test]
fn a_message_about_a_share_lies_under_its_key_and_goes_with_it() {
    let (mut world, case) = OPENED.clone();
    let request = drafts::request(case, world["shillong"].id, &[GIRL], world.now.plus(30 * DAY));
    let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
    world.settle();
    world.act("shillong", |txn| accept(txn, share)).unwrap();
    world.act("guwahati", |txn| say(txn, share, "Canary about the share")).unwrap();
    world.settle();
    assert_eq!(said(&world, "shillong", share).len(), 1);
    let scopes = |unit: &str| {
        let rows = world[unit].view.rows().filter(|(_, key, ..)| key.starts_with(&[b"m", share.as_bytes().as_slice()].concat()));
        rows.map(|(_, _, scope, _)| scope).collect::<Vec<_>>()
    };
    assert_eq!((scopes("guwahati"), scopes("shillong")), (vec![Scope::Case(case)], vec![Scope::Share(share)]));
    // What still waits when the share is recalled does not leave any more.
    world.offline("shillong");
    world.act("guwahati", |txn| say(txn, share, "Canary too late")).unwrap();
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    world.online("shillong");
    assert!(!world["shillong"].holds("Canary about") && !world["shillong"].holds("Canary too late"));
    assert!(said(&world, "shillong", share).is_empty());
}

#[test]
fn what_was_said_before_a_share_is_lowered_goes_with_the_old_key_and_the_next_word_comes_under_the_new() {
    let (mut world, case) = OPENED.clone();
    let request = drafts::request(case, world["shillong"].id, &[GIRL], world.now.plus(30 * DAY));
    let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
    world.settle();
    world.act("shillong", |txn| accept(txn, share)).unwrap();
    world.act("guwahati", |txn| say(txn, share, "Canary about her")).unwrap();
    world.settle();
    world.act("shillong", |txn| say(txn, share, "Canary back")).unwrap();
    world.settle();
    let signed = crate::sharing::outgoing_of(&world["guwahati"].view, case).unwrap().remove(0).1.share;
    let lower = Share { persons: BoundedVec::default(), ..signed.stored().unwrap().into_value() };
    world.act("guwahati", |txn| revise(txn, share, lower)).unwrap();
    world.settle();
    assert!(!world["shillong"].holds("Canary"));
    assert!(said(&world, "shillong", share).is_empty());
    world.act("guwahati", |txn| say(txn, share, "After it")).unwrap();
    world.act("shillong", |txn| say(txn, share, "Good")).unwrap();
    world.settle();
    assert_eq!(said(&world, "shillong", share).len(), 2);
    let rows =
        world["shillong"].view.rows().filter(|(_, key, ..)| key.starts_with(&[b"m", share.as_bytes().as_slice()].concat()));
    let scopes: Vec<_> = rows.map(|(_, _, scope, _)| scope).collect();
    assert_eq!(scopes, [Scope::ShareRevision(share, 1), Scope::ShareRevision(share, 1)]);
}

#[test]
fn nobody_else_writes_into_a_thread_and_nothing_is_kept_about_nothing() {
    let (mut world, asked) = ASKED.clone();
    let (there, here) = (world["shillong"].state(), world["guwahati"].state());
    let payload = |about, text: &str| wire::encode(&MessagePayload { about, text: BoundedText::new(text).unwrap(), form: None });
    for to in ["shillong", "guwahati"] {
        send(&mut world, "kathmandu", to, Kind::Message, payload(asked, "I am Guwahati."));
        assert_eq!(last_incident(&world, to), "sent a message about what is between other units");
    }
    send(&mut world, "kathmandu", "shillong", Kind::Message, payload(asked, "  "));
    assert_eq!(last_incident(&world, "shillong"), "sent a message out of form");
    send(&mut world, "kathmandu", "shillong", Kind::Message, wire::encode(&(ShareId([1; 16]), "x".repeat(5000))));
    assert_eq!(last_incident(&world, "shillong"), "sent a message out of form");
    send(&mut world, "kathmandu", "shillong", Kind::Message, payload(ShareId([1; 16]), "about nothing"));
    assert!(world["shillong"].state() == there && world["guwahati"].state() == here);
    world.act("guwahati", |txn| close(txn, asked)).unwrap();
    world.settle();
    let before = world["guwahati"].state();
    send(&mut world, "shillong", "guwahati", Kind::Message, payload(asked, "too late"));
    assert_eq!(last_incident(&world, "guwahati"), "sent a message about what is over");
    assert!(world["guwahati"].state() == before);
}
