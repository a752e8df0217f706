//! Shares on restored nodes: what ended meanwhile stays closed, what was forgotten is known again.
//! At the sender, at the receiver, each after a recall.

use super::super::message::{Fact, Given, GivenState, Standing, TakenBack};
use super::super::show::show;
use super::super::{release, standing};
use super::{
    GIRL, MAN, SHARED, enter, folded, give, given, held, is_locked, meet, meet_all, nobody_contradicts_itself, states, write,
};
use crate::bounded::{BoundedText, BoundedVec};
use crate::core::Input;
use crate::envelope::{Answer, Kind, Received, is_seen, outbox};
use crate::federation::charter_sync::Ask;
use crate::ids::ShareId;
use crate::machine::{Scope, Table};
use crate::sharing::{
    Basis, ContributionTerms, Ended, Handling, InState, Onward, OutState, Share, SharePerson, accept, contributed_of,
    contribution_terms, contributions, create, decline, recall, revise, sealing, take_back, terms,
};
use crate::testing::World;
use crate::testing::drafts::{self, author, id, instead, note, text};
use crate::time::{DAY, HOUR};
use crate::transfer;
use crate::wire;

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
fn a_share_of_which_only_the_terms_came_before_its_owner_was_put_back_comes_whole() {
    let (mut world, case, _) = SHARED.clone();
    let old = world["guwahati"].view.clone();
    world.offline("kathmandu");
    let request = drafts::request(case, world["kathmandu"].id, &[MAN], world.now.plus(DAY));
    let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
    world.settle();
    let (_, first) = world.sealed("guwahati", "kathmandu").swap_remove(0);
    world.deliver("guwahati", "kathmandu", first);
    assert_eq!(held(&world, "kathmandu", share).unwrap().state, InState::Arriving);
    world.restore("guwahati", old);
    world.online("kathmandu");
    meet_all(&mut world, "guwahati");
    meet(&mut world, "guwahati", "kathmandu");
    assert_eq!(held(&world, "kathmandu", share).unwrap().state, InState::Offered);
    assert!(world["kathmandu"].holds("Rofiqul"));
    nobody_contradicts_itself(&world);
}

#[test]
fn a_share_of_which_its_receiver_forgot_the_terms_before_the_entries_came_is_given_again() {
    let (mut world, case, _) = SHARED.clone();
    let old = world["kathmandu"].view.clone();
    world.offline("kathmandu");
    let request = drafts::request(case, world["kathmandu"].id, &[MAN], world.now.plus(DAY));
    let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
    world.settle();
    let (pair_seq, first) = world.sealed("guwahati", "kathmandu").swap_remove(0);
    let bytes = world.deliver("guwahati", "kathmandu", first);
    let to = world["kathmandu"].id;
    world.handle("guwahati", Input::Answer { to, pair_seq, bytes });
    world.restore("kathmandu", old);
    world.online("kathmandu");
    meet_all(&mut world, "kathmandu");
    assert_eq!(held(&world, "kathmandu", share).map(|row| row.state), Some(InState::Offered));
    nobody_contradicts_itself(&world);
}

#[test]
fn a_share_of_which_the_entries_wait_as_its_receiver_says_what_it_has_comes_whole() {
    let (mut world, case, _) = SHARED.clone();
    world.offline("kathmandu");
    let request = drafts::request(case, world["kathmandu"].id, &[MAN], world.now.plus(DAY));
    let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
    world.settle();
    let (pair_seq, first) = world.sealed("guwahati", "kathmandu").swap_remove(0);
    let bytes = world.deliver("guwahati", "kathmandu", first);
    let to = world["kathmandu"].id;
    world.handle("guwahati", Input::Answer { to, pair_seq, bytes });
    let now = world["kathmandu"].view.clone();
    world.restore("kathmandu", now);
    let guwahati = world["guwahati"].id;
    world.act("kathmandu", |txn| release(txn, guwahati)).unwrap();
    let (_, state) = world.sealed("kathmandu", "guwahati").pop().unwrap();
    world.deliver("kathmandu", "guwahati", state);
    world.online("kathmandu");
    meet_all(&mut world, "kathmandu");
    assert_eq!(held(&world, "kathmandu", share).map(|row| row.state), Some(InState::Offered));
    assert!(world["kathmandu"].holds("Rofiqul"));
    nobody_contradicts_itself(&world);
}

#[test]
fn a_receiver_put_back_before_a_value_was_no_longer_current_is_told_so_again() {
    let (mut world, case, _) = SHARED.clone();
    write(&mut world, "guwahati", case, &[text(MAN, "person", "health_alert", "asthma")]);
    let first = folded(&world, "guwahati", case).entity("person", MAN).unwrap().field("health_alert").unwrap().seen();
    let mut request = drafts::request(case, world["kathmandu"].id, &[MAN], world.now.plus(DAY));
    request.items = BoundedVec::new(first.clone()).unwrap();
    let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
    world.settle();
    world.act("kathmandu", |txn| accept(txn, share)).unwrap();
    world.settle();
    let old = world["kathmandu"].view.clone();
    write(&mut world, "guwahati", case, &[instead(first.clone(), text(MAN, "person", "health_alert", "nothing any more"))]);
    let stale = |world: &World| terms(&world["kathmandu"].view, share).unwrap().unwrap().1;
    assert!(stale(&world).contains(&first[0]));
    world.restore("kathmandu", old);
    assert!(!stale(&world).contains(&first[0]));
    meet_all(&mut world, "kathmandu");
    assert!(stale(&world).contains(&first[0]));
    assert!(!world["kathmandu"].holds("nothing any more"));
    nobody_contradicts_itself(&world);
}

#[test]
fn an_owner_put_back_before_it_handed_a_case_over_ends_its_other_shares_again() {
    let (mut world, case, _) = SHARED.clone();
    let share = give(&mut world, case, "kathmandu");
    let old = world["guwahati"].view.clone();
    world.offline("kathmandu");
    let reason = BoundedText::new("the case moves (invented)").unwrap();
    let named = |entity| SharePerson { entity, basis: Basis::LawEnforcement, reason: reason.clone() };
    let request = transfer::Request { case, to: world["shillong"].id, persons: [GIRL, MAN].map(named).into() };
    world.act("guwahati", |txn| transfer::propose(txn, request, &author("Officer Das"))).unwrap();
    world.settle();
    world.act("shillong", |txn| transfer::accept(txn, case, &author("Officer Lyngdoh"))).unwrap();
    world.settle();
    world.restore("guwahati", old);
    world.online("kathmandu");
    meet_all(&mut world, "guwahati");
    meet(&mut world, "guwahati", "kathmandu");
    assert_eq!(held(&world, "kathmandu", share).unwrap().state, InState::Ended(Ended::Recalled));
    assert!(!world["kathmandu"].holds("Rofiqul"));
}

#[test]
fn a_receiver_put_back_before_it_declined_does_not_open_it_again() {
    let (mut world, case, _) = SHARED.clone();
    let request = drafts::request(case, world["kathmandu"].id, &[MAN], world.now.plus(DAY));
    let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
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

/// The man is taken out of the share.
fn lower(world: &mut World, share: ShareId) {
    let before = terms(&world["shillong"].view, share).unwrap().unwrap().0;
    let persons = before.persons.iter().filter(|person| person.entity != MAN).cloned().collect();
    let request = Share { persons: BoundedVec::new(persons).unwrap(), ..before };
    world.act("guwahati", |txn| revise(txn, share, request)).unwrap();
    world.settle();
}

#[test]
fn a_receiver_put_back_before_a_lower_revision_destroys_the_old_key_at_once() {
    let (mut world, case, share) = SHARED.clone();
    let old = world["shillong"].view.clone();
    lower(&mut world, share);
    world.restore("shillong", old);
    assert!(world["shillong"].holds("Rofiqul"));
    // Already as it is told, before the revision itself comes again.
    let mut told = world.clone();
    let fact = Fact::Given(Given { id: share, state: GivenState::Open, lowered: 1 });
    let message = Standing { round: 7, index: 0, of: 2, whole: true, pair_seq: 9, beacon: 0, facts: vec![fact] };
    let received = Received::by_hand(world["guwahati"].id, 900, Kind::Standing, wire::encode(&message));
    let _ = told.act("shillong", |txn| standing(txn, &received)).unwrap();
    let under = told["shillong"].view.rows().filter(|(_, _, scope, _)| *scope == Scope::Share(share)).count();
    assert!(under == 0 && !told["shillong"].holds("Rofiqul"));

    meet_all(&mut world, "shillong");
    assert!(!world["shillong"].holds("Rofiqul"));
    assert_eq!(sealing(&world["shillong"].view, share), Ok(Some(Scope::ShareRevision(share, 1))));
    assert_eq!(states(&world, share), (OutState::Active, InState::Active));
    assert!(given(&world, share).unwrap().revisions[0].receipt.is_some());
    // What the share still covers has come again, and goes on.
    write(&mut world, "guwahati", case, &[text(GIRL, "person", "father", "Karim")]);
    let there = folded(&world, "shillong", case);
    assert_eq!(there.entity("person", GIRL).unwrap().text("father"), "Karim");
    assert!(there.entity("person_name", drafts::name_of(GIRL)).is_some());
    nobody_contradicts_itself(&world);
}

#[test]
fn an_owner_put_back_before_a_revision_knows_it_again() {
    let (mut world, case, share) = SHARED.clone();
    let old = world["guwahati"].view.clone();
    lower(&mut world, share);
    world.restore("guwahati", old);
    meet_all(&mut world, "guwahati");
    let row = given(&world, share).unwrap();
    assert_eq!(row.share.stored().unwrap().revision, 1);
    assert!(row.revisions[0].lowers && row.revisions[0].receipt.is_some(), "and its receipt");
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Karim")]);
    assert!(!world["shillong"].holds("Karim") && !world["shillong"].holds("Rofiqul"));
    nobody_contradicts_itself(&world);
}

#[test]
fn a_receipt_that_comes_before_a_restored_owner_knows_what_it_is_for_waits_and_is_taken() {
    let (mut world, _, share) = SHARED.clone();
    let old = world["guwahati"].view.clone();
    world.offline("shillong");
    let before = terms(&world["shillong"].view, share).unwrap().unwrap().0;
    let persons = before.persons.iter().filter(|person| person.entity != MAN).cloned().collect();
    let request = Share { persons: BoundedVec::new(persons).unwrap(), ..before };
    world.act("guwahati", |txn| revise(txn, share, request)).unwrap();
    world.settle();
    for (_, sealed) in world.sealed("guwahati", "shillong") {
        world.deliver("guwahati", "shillong", sealed);
    }
    world.settle();
    assert_eq!(held(&world, "shillong", share).unwrap().lowered, 1, "its receipt was signed");
    world.restore("guwahati", old);
    for (_, sealed) in world.sealed("shillong", "guwahati") {
        let answer = world.deliver("shillong", "guwahati", sealed);
        assert_eq!(answer, wire::encode(&Answer::Failed), "it comes again");
    }
    assert!(world["guwahati"].incidents.is_empty(), "{:?}", world["guwahati"].incidents);
    world.online("shillong");
    meet_all(&mut world, "guwahati");
    assert!(given(&world, share).unwrap().revisions[0].receipt.is_some());
    assert!(world["guwahati"].incidents.is_empty(), "{:?}", world["guwahati"].incidents);
    assert!(world["shillong"].incidents.is_empty(), "{:?}", world["shillong"].incidents);
    nobody_contradicts_itself(&world);
}

#[test]
fn an_owner_put_back_before_a_contribution_was_taken_back_destroys_it_again() {
    let (mut world, case, _) = SHARED.clone();
    write(&mut world, "shillong", case, &note(id(50), "canary-shillong"));
    let entry = contributions(&world["guwahati"].view, case).unwrap()[0].0;
    let old = world["guwahati"].view.clone();
    world.act("shillong", |txn| take_back(txn, case, entry)).unwrap();
    world.settle();
    assert!(!world["guwahati"].holds("canary-shillong"));
    world.restore("guwahati", old);
    assert!(world["guwahati"].holds("canary-shillong"));
    meet_all(&mut world, "guwahati");
    assert!(!world["guwahati"].holds("canary-shillong"));
    assert_eq!(world["guwahati"].count(Table::ERASURES), 0);
    nobody_contradicts_itself(&world);
}

#[test]
fn a_receipt_for_a_unit_that_is_waited_for_is_signed_once_it_has_shown_what_it_holds() {
    let (mut world, case, _) = SHARED.clone();
    let terms = ContributionTerms { handling: Handling::H1, onward: Onward::None, expires: Some(world.now.plus(HOUR)) };
    world.act("shillong", |txn| contribution_terms(txn, case, terms)).unwrap();
    write(&mut world, "shillong", case, &note(id(50), "canary-shillong"));
    let entry = contributions(&world["guwahati"].view, case).unwrap()[0].0;
    let old = world["guwahati"].view.clone();
    world.restore("guwahati", old);
    let receipt = |world: &World| contributed_of(&world["shillong"].view, case, entry).unwrap().unwrap().receipt;
    world.advance(2 * HOUR);
    assert!(!world["guwahati"].holds("canary-shillong"), "its time is over, restored or not");
    assert!(is_locked(&world, "guwahati", "shillong") && receipt(&world).is_none());
    meet_all(&mut world, "guwahati");
    assert!(receipt(&world).is_some());
    assert_eq!(world["guwahati"].count(Table::ERASURES), 0);
    nobody_contradicts_itself(&world);
}

#[test]
fn a_unit_that_took_nothing_back_ends_nothing_at_a_restored_owner() {
    let (mut world, case, share) = SHARED.clone();
    write(&mut world, "shillong", case, &note(id(50), "canary-shillong"));
    let entry = contributions(&world["guwahati"].view, case).unwrap()[0].0;
    let old = world["guwahati"].view.clone();
    world.restore("guwahati", old);
    let fact = Fact::TakenBack(TakenBack { case, entry, share });
    let message = Standing { round: 7, index: 0, of: 2, whole: true, pair_seq: 9, beacon: 0, facts: vec![fact] };
    let received = Received::by_hand(world["kathmandu"].id, 900, Kind::Standing, wire::encode(&message));
    let _ = world.act("guwahati", |txn| standing(txn, &received)).unwrap();
    assert!(world["guwahati"].holds("canary-shillong"));
}

#[test]
fn what_waits_for_a_receiver_and_builds_on_what_it_has_forgotten_comes_anew() {
    let (mut world, case, _) = SHARED.clone();
    let old = world["shillong"].view.clone();
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Karim")]);
    world.offline("shillong");
    write(&mut world, "guwahati", case, &[text(MAN, "person", "mother", "Rahima")]);
    world.restore("shillong", old);
    world.online("shillong");
    meet_all(&mut world, "shillong");
    let man = folded(&world, "shillong", case).entity("person", MAN).unwrap().clone();
    assert_eq!((man.text("father"), man.text("mother")), ("Karim", "Rahima"));
    let shillong = world["shillong"].id;
    assert!(outbox::due(&world["guwahati"].view, shillong, 9).unwrap().is_empty());
}

#[test]
fn a_question_that_comes_while_an_answer_is_on_its_way_is_answered_after_it() {
    let (mut world, ..) = SHARED.clone();
    let old = world["guwahati"].view.clone();
    world.offline("guwahati");
    world.restore("guwahati", old);
    let guwahati = world["guwahati"].id;
    for _ in 0..3 {
        world.act("shillong", |txn| show(txn, guwahati, &Ask::default())).unwrap();
    }
    let waiting = |world: &World| outbox::due(&world["shillong"].view, guwahati, 9).unwrap().len();
    assert_eq!((waiting(&world), world["shillong"].count(Table::RESTORED)), (1, 1), "one answer, and one question");
    let (number, _) = outbox::due(&world["shillong"].view, guwahati, 9).unwrap()[0];
    world.online("guwahati");
    world.settle();
    assert_eq!((waiting(&world), world["shillong"].count(Table::RESTORED)), (0, 0));
    let seen = |world: &World, number| is_seen(&world["guwahati"].view, world["shillong"].id, number).unwrap();
    assert!(seen(&world, number) && seen(&world, number + 1), "the question that was kept was answered");
}
