//! Shares on restored nodes: what ended meanwhile stays closed, what was forgotten is known again.
//! At the sender, at the receiver, each after a recall.

use super::{MAN, SHARED, enter, folded, give, given, held, is_locked, meet, meet_all, nobody_contradicts_itself, states, write};
use crate::machine::Scope;
use crate::sharing::{Ended, InState, OutState, accept, decline, recall};
use crate::testing::drafts::text;

#[test]
fn a_receiver_put_back_before_a_recall_destroys_the_key_at_once() {
    let (mut world, _, share) = SHARED.clone();
    let old = world["shillong"].view.clone();
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    world.settle();
    world.restore("shillong", old);
    assert!(is_locked(&world, "shillong", "guwahati"));
    meet(&mut world, "shillong", "guwahati");
    assert_eq!(states(&world, share), (OutState::Recalled, InState::Ended(Ended::Recalled)));
    let under = world["shillong"].view.rows().filter(|(_, _, scope, _)| *scope == Scope::Share(share)).count();
    assert!(under == 0 && !world["shillong"].holds("Rofiqul"));
    assert!(held(&world, "shillong", share).unwrap().receipted);
    nobody_contradicts_itself(&world);
}

#[test]
fn a_receiver_put_back_before_it_declined_does_not_open_it_again() {
    let (mut world, case, _) = SHARED.clone();
    let request = crate::testing::drafts::request(case, world["kathmandu"].id, &[MAN], world.now.plus(crate::time::DAY));
    let share = world.act("guwahati", |txn| crate::sharing::create(txn, request)).unwrap();
    world.settle();
    let old = world["kathmandu"].view.clone();
    world.act("kathmandu", |txn| decline(txn, share, "not ours")).unwrap();
    world.settle();
    world.restore("kathmandu", old);
    meet_all(&mut world, "kathmandu");
    assert!(matches!(held(&world, "kathmandu", share).unwrap().state, InState::Ended(_)));
    assert!(!world["kathmandu"].holds("Rofiqul"));
}

#[test]
fn a_sender_put_back_before_a_recall_does_not_send_again() {
    let (mut world, case, share) = SHARED.clone();
    let old = world["guwahati"].view.clone();
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    world.settle();
    world.restore("guwahati", old);
    assert_eq!(given(&world, share).unwrap().state, OutState::Active);
    meet_all(&mut world, "guwahati");
    assert_eq!(states(&world, share), (OutState::Recalled, InState::Ended(Ended::Recalled)));
    assert!(given(&world, share).unwrap().receipt.is_some(), "it learns the receipt again");
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Karim")]);
    assert!(!world["shillong"].holds("Karim") && !world["shillong"].holds("Rofiqul"));
    nobody_contradicts_itself(&world);
}

#[test]
fn a_receiver_that_forgot_a_share_is_given_it_again_and_asked_anew() {
    let (mut world, ..) = SHARED.clone();
    let old = world["shillong"].view.clone();
    let late = enter(&mut world, "guwahati", "GHY-9");
    let share = give(&mut world, late, "shillong");
    world.restore("shillong", old);
    assert!(held(&world, "shillong", share).is_none());
    meet_all(&mut world, "shillong");
    assert_eq!(held(&world, "shillong", share).unwrap().state, InState::Offered);
    world.act("shillong", |txn| accept(txn, share)).unwrap();
    world.settle();
    assert_eq!(states(&world, share), (OutState::Active, InState::Active));
    write(&mut world, "guwahati", late, &[text(MAN, "person", "father", "Karim")]);
    assert_eq!(folded(&world, "shillong", late).entity("person", MAN).unwrap().text("father"), "Karim");
    nobody_contradicts_itself(&world);
}

#[test]
fn a_recall_that_comes_while_everything_is_locked_is_carried_out() {
    let (mut world, _, share) = SHARED.clone();
    world.offline("shillong");
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    world.settle();
    let sealed = world.sealed("guwahati", "shillong");
    world.restore("shillong", SHARED.0["shillong"].view.clone());
    for (_, bytes) in sealed {
        world.deliver("guwahati", "shillong", bytes);
    }
    world.settle();
    assert!(is_locked(&world, "shillong", "guwahati") && !world["shillong"].holds("Rofiqul"));
    world.online("shillong");
    assert!(given(&world, share).unwrap().receipt.is_some());
}
