//! Entries, envelopes and prekeys: a restored node goes on above what it had forgotten.
//! Shares are in `shares`, beacons in `beacons`.

use super::super::show::show;
use super::{GIRL, MAN, SHARED, enter, folded, give, is_locked, meet, meet_all, nobody_contradicts_itself, try_write, write};
use crate::bounded::BoundedVec;
use crate::caselog::{Entity, LogRefusal, case_row, next_own};
use crate::core::Input;
use crate::dictionary::ShareClass;
use crate::envelope::outbox::{self, OutboxError};
use crate::envelope::{Answer, Kind};
use crate::federation::charter_sync::Ask;
use crate::federation::{joining, leaving, prekey, recovery, restored};
use crate::ids::{CaseId, EntityId, EntryHash};
use crate::machine::MemoryView;
use crate::sharing::{self, ContributionState, Share, admit, contributions, recall};
use crate::testing::World;
use crate::testing::drafts::{self, draft, id, note, reference, text};
use crate::time::DAY;
use crate::transfer;
use crate::wire;

/// Guwahati wrote to Shillong after its backup, and then what Kathmandu may see too, who holds the header of both.
fn written_to_two() -> (World, CaseId, MemoryView) {
    let (mut world, case, _) = SHARED.clone();
    let request = drafts::request(case, world["kathmandu"].id, &[], world.now.plus(30 * DAY));
    let request = Share { sections: drafts::sections(&["case"]), ..request };
    let share = world.act("guwahati", |txn| sharing::create(txn, request)).unwrap();
    world.settle();
    world.act("kathmandu", |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    let old = world["guwahati"].view.clone();
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Karim")]);
    write(&mut world, "guwahati", case, &[text(id(1), "case", "title", "A title")]);
    assert!(world["shillong"].holds("Karim") && !world["kathmandu"].holds("Karim"));
    (world, case, old)
}

#[test]
fn what_the_first_who_shows_an_entry_cannot_open_another_one_brings() {
    let (mut world, case, old) = written_to_two();
    world.restore("guwahati", old);
    meet(&mut world, "guwahati", "kathmandu");
    assert_eq!(folded(&world, "guwahati", case).entity("case", id(1)).unwrap().text("title"), "A title");
    assert!(!world["guwahati"].holds("Karim"), "Kathmandu showed the entry, and cannot open it");
    meet(&mut world, "guwahati", "shillong");
    assert_eq!(folded(&world, "guwahati", case).entity("person", MAN).unwrap().text("father"), "Karim");
    assert!(restored::since(&world["guwahati"].view).unwrap().is_none());
    nobody_contradicts_itself(&world);
}

#[test]
fn whom_it_concerns_comes_back_with_what_comes_back() {
    let (mut world, case, share) = SHARED.clone();
    let notes = |world: &World, to: &str, persons: &[EntityId]| {
        let request = drafts::request(case, world[to].id, persons, world.now.plus(30 * DAY));
        let classes = BoundedVec::new(vec![ShareClass::I]).unwrap();
        Share { sections: drafts::sections(&["notes"]), classes, ..request }
    };
    let give = |world: &mut World, to: &str, request: Share| {
        let share = world.act("guwahati", |txn| sharing::create(txn, request)).unwrap();
        world.settle();
        world.act(to, |txn| sharing::accept(txn, share)).unwrap();
        world.settle();
    };
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    let (hers, request) = (notes(&world, "kathmandu", &[GIRL]), notes(&world, "shillong", &[MAN]));
    give(&mut world, "kathmandu", hers);
    let old = world["guwahati"].view.clone();
    let person = draft(id(51), "note", "person", reference(GIRL));
    write(&mut world, "guwahati", case, &[note(id(51), "canary-hers"), vec![person]].concat());
    write(&mut world, "guwahati", case, &note(id(52), "canary-of-nobody"));
    let was = folded(&world, "guwahati", case).entity("note", id(51)).unwrap().clone();
    world.restore("guwahati", old);
    meet_all(&mut world, "guwahati");
    let back = folded(&world, "guwahati", case).entity("note", id(51)).unwrap().clone();
    let of = |note: &Entity| ["text", "person"].map(|field| note.value(field).cloned());
    assert_eq!(of(&back), of(&was), "also from who is shown no field of that class");
    give(&mut world, "shillong", request);
    assert!(!world["shillong"].holds("canary-hers") && world["shillong"].holds("canary-of-nobody"));
    nobody_contradicts_itself(&world);
}

/// The first envelope that waits at a unit for Guwahati arrives, and its answer does.
fn arrives(world: &mut World, from: &str) {
    let to = world["guwahati"].id;
    let (pair_seq, sealed) = world.sealed(from, "guwahati").swap_remove(0);
    let bytes = world.deliver(from, "guwahati", sealed);
    world.handle(from, Input::Answer { to, pair_seq, bytes });
}

#[test]
fn an_answer_to_an_earlier_question_is_not_taken_for_what_a_unit_can_open() {
    // Shillong holds an entry more than Kathmandu, or the same.
    for more in [true, false] {
        let (mut world, case, old) = written_to_two();
        if more {
            write(&mut world, "guwahati", case, &[text(MAN, "person", "mother", "Rahima")]);
        }
        let (to, first) = (world["guwahati"].id, next_own(&old, case).unwrap());
        world.restore("guwahati", old);
        // Two connections, and Guwahati does not know yet what to ask for.
        for _ in 0..2 {
            world.act("shillong", |txn| show(txn, to, &Ask::default())).unwrap();
        }
        arrives(&mut world, "shillong");
        // It asks for the entries now. Kathmandu shows them before Shillong does, whose second answer is still on its way.
        let ask =
            Ask { cases: BoundedVec::new(vec![(case, first)]).unwrap(), beacons_after: None, handed: BoundedVec::default() };
        world.act("kathmandu", |txn| show(txn, to, &ask)).unwrap();
        arrives(&mut world, "kathmandu");
        assert!(!world["guwahati"].holds("Karim"));
        arrives(&mut world, "shillong");
        assert!(is_locked(&world, "guwahati", "shillong"), "it has not shown what it can open");
        world.settle();
        meet_all(&mut world, "guwahati");
        assert_eq!(folded(&world, "guwahati", case).entity("person", MAN).unwrap().text("father"), "Karim");
        assert!(restored::since(&world["guwahati"].view).unwrap().is_none());
        nobody_contradicts_itself(&world);
    }
}

fn state_of(world: &World, case: CaseId, entry: EntryHash) -> ContributionState {
    sharing::contribution_of(&world["guwahati"].view, case, entry).unwrap().unwrap().state
}

#[test]
fn a_contribution_that_was_let_count_after_the_backup_waits_for_nobody_again() {
    for came_before in [true, false] {
        let (mut world, case, _) = SHARED.clone();
        let empty = world["guwahati"].view.clone();
        write(&mut world, "shillong", case, &[text(MAN, "person", "father", "Karim")]);
        let entry = contributions(&world["guwahati"].view, case).unwrap()[0].0;
        let old = if came_before { world["guwahati"].view.clone() } else { empty };
        world.act("guwahati", |txn| admit(txn, case, entry, &drafts::author("Officer"))).unwrap();
        world.settle();
        world.restore("guwahati", old);
        meet_all(&mut world, "guwahati");
        assert_eq!(folded(&world, "guwahati", case).entity("person", MAN).unwrap().text("father"), "Karim", "it counts");
        assert_eq!(state_of(&world, case, entry), ContributionState::Admitted, "and is said to");
        let refused = world.act("guwahati", |txn| sharing::refuse(txn, case, entry));
        assert!(refused.is_err(), "it is too late to say that it does not");
        nobody_contradicts_itself(&world);
    }
}

#[test]
fn a_node_that_waits_for_a_unit_that_leaves_goes_on() {
    let (mut world, case, _) = SHARED.clone();
    let old = world["guwahati"].view.clone();
    world.restore("guwahati", old);
    meet(&mut world, "guwahati", "shillong");
    assert!(try_write(&mut world, "guwahati", case, &note(id(50), "too early")).is_err());
    world.act("kathmandu", leaving::leave).unwrap();
    world.settle();
    meet(&mut world, "shillong", "kathmandu");
    meet(&mut world, "guwahati", "shillong");
    assert!(restored::since(&world["guwahati"].view).unwrap().is_none());
    write(&mut world, "guwahati", case, &note(id(51), "nobody is left to wait for"));
}

#[test]
fn a_backup_made_before_the_key_on_paper_was_taken_up_by_the_others_can_be_put_back() {
    let (mut world, ..) = SHARED.clone();
    let paper = world["kathmandu"].recovery.clone();
    let text = world.act("kathmandu", |txn| recovery::recover(txn, &paper)).unwrap();
    let backup = world["kathmandu"].view.clone();
    world.restore("kathmandu", backup);
    assert!(restored::since(&world["kathmandu"].view).unwrap().is_some());
    world.act("guwahati", |txn| joining::propose_replacement(txn, &text)).unwrap();
    meet(&mut world, "guwahati", "shillong");
    let open = joining::proposals(&world["shillong"].view).unwrap()[0].hash;
    world.act("shillong", |txn| joining::approve(txn, open)).unwrap();
    world.settle();
    meet_all(&mut world, "kathmandu");
    world.advance(DAY);
    meet_all(&mut world, "kathmandu");
    assert!(is_locked(&world, "kathmandu", "guwahati"), "the words of the new key were not compared");
    for peer in ["guwahati", "shillong"] {
        world.confirm("kathmandu", peer);
        world.confirm(peer, "kathmandu");
        world.settle();
    }
    assert!(restored::since(&world["kathmandu"].view).unwrap().is_none());
    nobody_contradicts_itself(&world);
}

#[test]
fn nothing_is_signed_for_anybody_before_it_has_shown_what_it_holds() {
    let (mut world, case, share) = SHARED.clone();
    world.restore("guwahati", SHARED.0["guwahati"].view.clone());
    assert_eq!(restored::locked(&world["guwahati"].view).unwrap().len(), 2);
    assert!(matches!(try_write(&mut world, "guwahati", case, &note(id(50), "no")), Err(LogRefusal::Restored)));
    let shillong = world["shillong"].id;
    let queued = world.act("guwahati", |txn| outbox::queue(txn, shillong, Kind::Void, Vec::new(), None));
    assert!(matches!(queued, Err(OutboxError::Restored)));
    // A recall is decided at once and told once the two have met.
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    world.settle();
    assert!(world["shillong"].holds("Rofiqul"));
    // A case opened now is nobody else's, and can be written in.
    let fresh = enter(&mut world, "guwahati", "GHY-2");
    write(&mut world, "guwahati", fresh, &note(id(51), "yes"));
    meet_all(&mut world, "guwahati");
    assert!(!world["shillong"].holds("Rofiqul"));
    nobody_contradicts_itself(&world);
}

#[test]
fn an_answer_that_a_later_envelope_made_old_is_not_given_to_a_node_that_forgot_both() {
    let (mut world, ..) = SHARED.clone();
    let old = world["guwahati"].view.clone();
    world.offline("shillong");
    world.restore("guwahati", old.clone());
    let to = world["guwahati"].id;
    world.act("shillong", |txn| show(txn, to, &Ask::default())).unwrap();
    // The answer reaches Guwahati, which goes on; that it did never reaches Shillong.
    for (from, to) in [("shillong", "guwahati"), ("guwahati", "shillong")] {
        for (_, sealed) in world.sealed(from, to) {
            world.deliver(from, to, sealed);
        }
    }
    assert!(!is_locked(&world, "guwahati", "shillong"));
    world.restore("guwahati", old);
    for (_, sealed) in world.sealed("shillong", "guwahati") {
        world.deliver("shillong", "guwahati", sealed);
    }
    assert!(is_locked(&world, "guwahati", "shillong"), "that was the answer to another question");
    world.online("shillong");
    meet_all(&mut world, "guwahati");
    assert!(restored::since(&world["guwahati"].view).unwrap().is_none());
    assert!(world["shillong"].incidents.is_empty(), "{:?}", world["shillong"].incidents);
    nobody_contradicts_itself(&world);
}

#[test]
fn entries_that_were_lost_come_back_with_their_values_and_the_chain_goes_on() {
    let (mut world, case, _) = SHARED.clone();
    let old = world["guwahati"].view.clone();
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Karim")]);
    write(&mut world, "guwahati", case, &[text(GIRL, "person", "health_alert", "canary-health")]);
    write(&mut world, "guwahati", case, &[text(MAN, "person", "mother", "Rahima")]);
    world.restore("guwahati", old);
    meet(&mut world, "guwahati", "shillong");
    assert!(!is_locked(&world, "guwahati", "shillong") && is_locked(&world, "guwahati", "kathmandu"));
    let again = folded(&world, "guwahati", case);
    let man = again.entity("person", MAN).unwrap();
    assert_eq!((man.text("father"), man.text("mother")), ("Karim", "Rahima"));
    // What was never shared is lost with the disk; its place in the chain is not.
    assert_eq!(again.entity("person", GIRL).unwrap().text("health_alert"), "");
    assert!(matches!(try_write(&mut world, "guwahati", case, &note(id(50), "no")), Err(LogRefusal::Restored)));
    meet(&mut world, "guwahati", "kathmandu");
    assert_eq!(restored::since(&world["guwahati"].view).unwrap(), None);
    write(&mut world, "guwahati", case, &[text(MAN, "person", "birth", "1990")]);
    assert_eq!(folded(&world, "shillong", case).entity("person", MAN).unwrap().text("birth"), "1990");
    nobody_contradicts_itself(&world);
}

#[test]
fn a_case_and_its_share_that_the_backup_never_saw_come_back_from_the_receiver() {
    let (mut world, ..) = SHARED.clone();
    let old = world["guwahati"].view.clone();
    let late = enter(&mut world, "guwahati", "GHY-9");
    let share = give(&mut world, late, "shillong");
    world.restore("guwahati", old);
    assert!(case_row(&world["guwahati"].view, late).unwrap().is_none());
    meet_all(&mut world, "guwahati");
    assert_eq!(case_row(&world["guwahati"].view, late).unwrap().unwrap().owner, world["guwahati"].id);
    assert_eq!(folded(&world, "guwahati", late).entity("person", MAN).unwrap().text("sex"), "male");
    // It knows whom it gave it to, and can end that.
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    world.settle();
    assert!(super::given(&world, share).unwrap().receipt.is_some());
    nobody_contradicts_itself(&world);
}

#[test]
fn a_contributor_put_back_goes_on_with_its_own_chain() {
    let (mut world, case, _) = SHARED.clone();
    let old = world["shillong"].view.clone();
    write(&mut world, "shillong", case, &note(id(50), "one"));
    write(&mut world, "shillong", case, &note(id(51), "two"));
    world.restore("shillong", old);
    meet_all(&mut world, "shillong");
    assert_eq!(folded(&world, "shillong", case).of_kind("note").count(), 2);
    write(&mut world, "shillong", case, &note(id(52), "three"));
    assert_eq!(contributions(&world["guwahati"].view, case).unwrap().len(), 3);
    nobody_contradicts_itself(&world);
}

#[test]
fn many_lost_envelopes_leave_no_number_used_twice() {
    let (mut world, case, _) = SHARED.clone();
    let old = (world["guwahati"].view.clone(), world["shillong"].view.clone());
    for number in 0..10 {
        write(&mut world, "guwahati", case, &note(id(60 + number), "more"));
    }
    world.restore("guwahati", old.0);
    meet_all(&mut world, "guwahati");
    for number in 0..5 {
        write(&mut world, "guwahati", case, &note(id(80 + number), "after"));
    }
    assert_eq!(folded(&world, "shillong", case).of_kind("note").count(), 0, "notes are in no section of this share");
    let there = world["shillong"].id;
    assert_eq!(outbox::waiting(&world["guwahati"].view, there).unwrap(), 0, "all were taken");
    nobody_contradicts_itself(&world);
}

#[test]
fn a_prekey_whose_secret_was_lost_is_replaced_above_its_number() {
    let (mut world, case, _) = SHARED.clone();
    let id = world["shillong"].id;
    let before = prekey::newest(&world["guwahati"].view, id).unwrap().unwrap().number;
    world.restore("shillong", SHARED.0["shillong"].view.clone());
    // Sealed to the old one, which the backup still has; what the answer names instead is taken.
    meet_all(&mut world, "shillong");
    let after = prekey::newest(&world["guwahati"].view, id).unwrap().unwrap().number;
    assert!(after > before + 1_000_000, "{before} {after}");
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Karim")]);
    assert_eq!(folded(&world, "shillong", case).entity("person", MAN).unwrap().text("father"), "Karim");
    // A second restore in another second does not use the same number for another key.
    world.advance(2_000);
    world.restore("shillong", SHARED.0["shillong"].view.clone());
    meet_all(&mut world, "shillong");
    assert!(prekey::newest(&world["guwahati"].view, id).unwrap().unwrap().number > after);
    nobody_contradicts_itself(&world);
}

#[test]
fn a_case_that_was_handed_over_after_the_backup_stays_the_new_owners() {
    let (mut world, case, _) = SHARED.clone();
    let old = world["guwahati"].view.clone();
    let reason = crate::bounded::BoundedText::new("moves to the home district (invented)").unwrap();
    let person = |entity| sharing_person(entity, reason.clone());
    let request = transfer::Request { case, to: world["shillong"].id, persons: vec![person(GIRL), person(MAN)] };
    let author = crate::testing::drafts::author("Officer");
    world.act("guwahati", |txn| transfer::propose(txn, request, &author)).unwrap();
    world.settle();
    world.act("shillong", |txn| transfer::accept(txn, case, &author)).unwrap();
    world.settle();
    world.restore("guwahati", old);
    meet_all(&mut world, "guwahati");
    assert_eq!(case_row(&world["guwahati"].view, case).unwrap().unwrap().owner, world["shillong"].id);
    write(&mut world, "shillong", case, &note(id(50), "goes on"));
    nobody_contradicts_itself(&world);
}

fn sharing_person(entity: crate::ids::EntityId, reason: crate::bounded::BoundedText<500>) -> crate::sharing::SharePerson {
    crate::sharing::SharePerson { entity, basis: crate::sharing::Basis::LawEnforcement, reason }
}

#[test]
fn what_a_locked_unit_sends_waits_and_is_not_lost() {
    let (mut world, case, _) = SHARED.clone();
    world.offline("shillong");
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Karim")]);
    let sealed = world.sealed("guwahati", "shillong");
    world.restore("shillong", SHARED.0["shillong"].view.clone());
    for (_, bytes) in sealed {
        assert_eq!(world.deliver("guwahati", "shillong", bytes), wire::encode(&Answer::Failed));
    }
    assert!(!world["shillong"].holds("Karim"));
    world.online("shillong");
    meet_all(&mut world, "shillong");
    assert_eq!(folded(&world, "shillong", case).entity("person", MAN).unwrap().text("father"), "Karim");
    world.handle("shillong", Input::Tick);
    nobody_contradicts_itself(&world);
}
