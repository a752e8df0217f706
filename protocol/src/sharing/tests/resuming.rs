//! What two units repair when they connect, after one of them was put back to an older state.
//! Delivery by the outbox needs none of this.

use super::super::{InState, OutState, accept, admit, contributions, recall, received_view};
use super::{GIRL, MAN, OPENED, SHARED, author, folded, given, held, states, write};
use crate::testing::drafts::{id, instead, note, text};

#[test]
fn a_receiver_that_lost_something_gets_all_of_it_again() {
    let (mut world, case, share) = SHARED.clone();
    let old = world["shillong"].view.clone();
    let seen = super::standing(&world, case, "person", GIRL, "mother");
    write(&mut world, "guwahati", case, &[instead(seen, text(GIRL, "person", "mother", "Maloti Boro"))]);
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Karim")]);
    world.settle();
    let whole = received_view(&world["shillong"].view, share).unwrap();
    let sent = given(&world, share).sent;
    world.restore("shillong", old);
    assert_ne!(received_view(&world["shillong"].view, share).unwrap(), whole);
    world.connect("guwahati", "shillong");
    world.settle();
    let again = folded(&world, "shillong", case);
    assert_eq!(again.entity("person", MAN).unwrap().text("father"), "Karim");
    assert_eq!(again.entity("person", GIRL).unwrap().text("mother"), "Maloti Boro");
    assert_eq!(given(&world, share).sent, sent, "what it has seen is not forgotten by sending again");
    // Once both are level nothing is sent again.
    let frames = |world: &crate::testing::World| world.wire.iter().filter(|frame| frame.what == "envelope").count();
    world.connect("guwahati", "shillong");
    world.settle();
    let before = frames(&world);
    world.connect("guwahati", "shillong");
    world.settle();
    assert_eq!(frames(&world) - before, 2, "the two states and nothing else");
}

#[test]
fn an_owner_that_lost_the_acceptance_learns_it_again() {
    let (mut world, case) = OPENED.clone();
    let share = super::share(&mut world, case, "shillong");
    let old = world["guwahati"].view.clone();
    world.act("shillong", |txn| accept(txn, share)).unwrap();
    world.settle();
    world.restore("guwahati", old);
    assert_eq!(states(&world, share), (OutState::Delivered, InState::Active));
    world.connect("guwahati", "shillong");
    world.settle();
    assert_eq!(states(&world, share), (OutState::Active, InState::Active));
}

#[test]
fn a_receiver_put_back_before_a_recall_is_recalled_again() {
    let (mut world, _, share) = SHARED.clone();
    let old = world["shillong"].view.clone();
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    world.settle();
    world.restore("shillong", old);
    assert!(world["shillong"].holds("Rofiqul"));
    world.connect("guwahati", "shillong");
    world.settle();
    assert!(!world["shillong"].holds("Rofiqul"));
    assert!(held(&world, "shillong", share).unwrap().receipted);
}

#[test]
fn an_owner_that_lost_the_receipt_gets_it_again() {
    let (mut world, _, share) = SHARED.clone();
    world.offline("shillong");
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    let old = world["guwahati"].view.clone();
    world.online("shillong");
    assert!(given(&world, share).receipt.is_some());
    world.restore("guwahati", old);
    assert!(given(&world, share).receipt.is_none());
    world.connect("guwahati", "shillong");
    world.settle();
    assert!(given(&world, share).receipt.is_some());
}

#[test]
fn what_was_written_before_the_words_were_compared_again_goes_to_the_owner_then() {
    let (mut world, case, _) = SHARED.clone();
    let peer = world["guwahati"].id;
    world
        .act("shillong", |txn| {
            txn.delete(crate::machine::Table::PEERS, peer.as_bytes());
            Ok::<_, crate::machine::ViewError>(())
        })
        .unwrap();
    write(&mut world, "shillong", case, &note(id(50), "ours"));
    world.settle();
    assert!(contributions(&world["guwahati"].view, case).unwrap().is_empty());
    world.confirm("shillong", "guwahati");
    world.confirm("guwahati", "shillong");
    world.settle();
    world.connect("guwahati", "shillong");
    world.settle();
    assert_eq!(contributions(&world["guwahati"].view, case).unwrap().len(), 1);
}

#[test]
fn an_owner_that_lost_contributions_gets_them_again() {
    let (mut world, case, _) = SHARED.clone();
    let old = world["guwahati"].view.clone();
    for number in 0..3 {
        write(&mut world, "shillong", case, &note(id(50 + number), "ours"));
    }
    world.settle();
    assert_eq!(contributions(&world["guwahati"].view, case).unwrap().len(), 3);
    world.restore("guwahati", old);
    world.connect("guwahati", "shillong");
    world.settle();
    world.connect("guwahati", "kathmandu");
    world.settle();
    let back = contributions(&world["guwahati"].view, case).unwrap();
    assert_eq!(back.len(), 3);
    world.act("guwahati", |txn| admit(txn, case, back[0].0, &author())).unwrap();
    world.settle();
    let counting = |unit| folded(&world, unit, case).of_kind("note").filter(|(_, note)| !note.is_pending()).count();
    assert_eq!((counting("guwahati"), counting("shillong")), (1, 1));
}
