//! A new owner whose node was put back to before it took the case, and that is not given it again: it is not the owner here any more, and
//! accuses nobody of that.
//! All units and people are invented.

use super::{GIRL, MAN, SHARED, everybody, give, owner, write};
use crate::caselog::{case_row, open_case};
use crate::federation::restored;
use crate::ids::{CaseId, ShareId};
use crate::machine::{MemoryView, Table, Txn, ViewError};
use crate::sharing::{
    self, ContributionTerms, Ended, Handling, InState, Onward, admit, contribution_terms, contributions, incoming_of, take_back,
};
use crate::testing::World;
use crate::testing::drafts::{self, SUSPECT, Sketch, VICTIM, id, note};
use crate::time::DAY;
use crate::transfer::rows::{GIVEN, key};
use crate::transfer::{Request, accept, propose};

const HANDED_TO_US: &str = "handed us a case after the backup was made, and does not give it again";

/// Another case of Guwahati, offered to Shillong; and Shillong's rows before it heard of that case.
fn offered() -> (World, CaseId, MemoryView) {
    let (mut world, ..) = SHARED.clone();
    let old = world["shillong"].view.clone();
    let persons = [
        drafts::person(GIRL, &Sketch { given: "Anjali", family: "Boro", basis: "", ..VICTIM }),
        drafts::person(MAN, &Sketch { given: "Rofiqul", family: "Islam", village: "Barpeta", ..SUSPECT }),
    ];
    let drafts: Vec<_> = drafts::case("GHY-2").into_iter().chain(persons.into_iter().flatten()).collect();
    let (case, _) = world.act("guwahati", |txn| open_case(txn, &drafts, &drafts::author("Officer Das"))).unwrap();
    give(&mut world, "guwahati", case, "shillong");
    (world, case, old)
}

fn offer(world: &mut World, case: CaseId) {
    let request = Request { case, to: world["shillong"].id, persons: everybody(&[GIRL, MAN]) };
    world.act("guwahati", |txn| propose(txn, request, &drafts::author("Officer Das"))).unwrap();
    world.settle();
}

fn hand_over(world: &mut World, case: CaseId) {
    offer(world, case);
    super::say_yes(world, case, "shillong");
    assert_eq!(owner(world, "shillong", case), world["shillong"].id);
}

/// Shillong is put back, and everybody shows it what it holds. Guwahati has forgotten what it had offered.
fn put_back(world: &mut World, case: CaseId, old: MemoryView) {
    forget_offer(world, case);
    world.restore("shillong", old);
    world.online("shillong");
    for other in ["guwahati", "kathmandu", "imphal"] {
        world.connect("shillong", other);
        world.settle();
    }
    assert_eq!(restored::locked(&world["shillong"].view).unwrap(), [], "it waits for nobody: {:?}", world["shillong"].incidents);
    let unit = world["shillong"].id;
    assert!(case_row(&world["shillong"].view, case).unwrap().is_none_or(|row| row.owner != unit), "it forgot the case");
}

fn forget_offer(world: &mut World, case: CaseId) {
    let forget = |txn: &mut Txn<'_>| -> Result<(), ViewError> {
        txn.delete(Table::TRANSFERS, &key(GIVEN, case));
        Ok(())
    };
    world.act("guwahati", forget).unwrap();
}

/// What Shillong notes of the others, each once.
fn noted(world: &World) -> Vec<(&str, &'static str)> {
    let name = |peer| ["guwahati", "kathmandu", "imphal"].into_iter().find(|name| Some(world[name].id) == peer);
    let mut noted: Vec<_> = world["shillong"].incidents.iter().filter_map(|one| Some((name(one.peer)?, one.what))).collect();
    noted.dedup();
    noted
}

#[test]
fn what_comes_again_of_a_case_that_was_taken_before_the_restore_is_no_surprise() {
    let (mut world, case, old) = offered();
    offer(&mut world, case);
    // The case reaches Shillong, and Guwahati never hears so.
    world.offline("shillong");
    world.act("shillong", |txn| accept(txn, case, &drafts::author("Officer Lyngdoh"))).unwrap();
    for (from, to) in [("shillong", "guwahati"), ("guwahati", "shillong")] {
        for (_, sealed) in world.sealed(from, to) {
            world.deliver(from, to, sealed);
        }
        world.settle();
    }
    assert_eq!(owner(&world, "shillong", case), world["shillong"].id);
    put_back(&mut world, case, old);
    assert_eq!(noted(&world), [("guwahati", HANDED_TO_US)]);
}

/// Shillong shares the case with Imphal, where nobody has looked yet, and is put back to before it owned the case.
fn shared_and_forgotten() -> (World, ShareId) {
    let (mut world, case, _) = offered();
    let old = world["shillong"].view.clone();
    hand_over(&mut world, case);
    let request = drafts::request(case, world["imphal"].id, &[GIRL, MAN], world.now.plus(30 * DAY));
    let share = world.act("shillong", |txn| sharing::create(txn, request)).unwrap();
    world.settle();
    put_back(&mut world, case, old);
    (world, share)
}

#[test]
fn who_was_given_a_share_of_it_is_not_accused_for_its_reply_nor_for_its_receipt() {
    let (world, share) = shared_and_forgotten();
    let states = |world: &World| {
        let row = sharing::incoming_list(&world["imphal"].view, |_| true).unwrap().into_iter().find(|(id, _)| *id == share);
        row.unwrap().1
    };
    assert_eq!(states(&world).state, InState::Offered);
    let mut accepting = world.clone();
    accepting.act("imphal", |txn| sharing::previewed(txn, share)).unwrap();
    accepting.act("imphal", |txn| sharing::accept(txn, share)).unwrap();
    accepting.settle();

    let mut declining = world.clone();
    declining.act("imphal", |txn| sharing::decline(txn, share, "not ours")).unwrap();
    declining.settle();
    assert!(states(&declining).state == InState::Ended(Ended::Declined) && states(&declining).receipted);
    for world in [&accepting, &declining] {
        assert!(noted(world).iter().all(|(unit, _)| *unit == "guwahati"), "{:?}", noted(world));
        assert!(world["imphal"].incidents.is_empty(), "{:?}", world["imphal"].incidents);
    }
}

#[test]
fn who_holds_a_share_of_a_case_that_is_not_here_in_any_form_is_waited_for_no_longer_and_not_accused() {
    let (mut world, case, old) = offered();
    hand_over(&mut world, case);
    let request = drafts::request(case, world["imphal"].id, &[GIRL, MAN], world.now.plus(30 * DAY));
    let share = world.act("shillong", |txn| sharing::create(txn, request)).unwrap();
    world.settle();
    world.act("imphal", |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    put_back(&mut world, case, old);
    assert_eq!(noted(&world), [("guwahati", HANDED_TO_US)]);
    // What it contributes is refused, and people here read why.
    write(&mut world, "imphal", case, &note(id(54), "For whoever owns it."));
    assert_eq!(noted(&world)[1..], [("imphal", "contributed to a case that this node lost with its backup")]);
}

#[test]
fn who_takes_back_what_went_along_with_it_is_not_accused() {
    let (mut world, case, old) = offered();
    give(&mut world, "guwahati", case, "kathmandu");
    let terms = ContributionTerms { handling: Handling::H1, onward: Onward::Allowed, expires: None };
    world.act("kathmandu", |txn| contribution_terms(txn, case, terms)).unwrap();
    write(&mut world, "kathmandu", case, &note(id(53), "canary-kathmandu"));
    let entry = contributions(&world["guwahati"].view, case).unwrap().last().unwrap().0;
    world.act("guwahati", |txn| admit(txn, case, entry, &drafts::author("Officer Das"))).unwrap();
    world.settle();
    hand_over(&mut world, case);
    assert!(world["shillong"].holds("canary-kathmandu"));
    // While it waits to be shown what others hold, the case may still come back: the word waits too.
    let mut waiting = world.clone();
    forget_offer(&mut waiting, case);
    waiting.offline("shillong");
    waiting.restore("shillong", old.clone());
    waiting.act("kathmandu", |txn| take_back(txn, case, entry)).unwrap();
    waiting.settle();
    for (_, sealed) in waiting.sealed("guwahati", "shillong") {
        let answer = waiting.deliver("guwahati", "shillong", sealed);
        assert_eq!(answer, crate::wire::encode(&crate::envelope::Answer::Failed));
    }
    assert_eq!(noted(&waiting), []);
    waiting.online("shillong");

    put_back(&mut world, case, old);
    world.act("kathmandu", |txn| take_back(txn, case, entry)).unwrap();
    world.settle();
    for world in [&waiting, &world] {
        assert_eq!(noted(world), [("guwahati", HANDED_TO_US)]);
        assert!(incoming_of(&world["shillong"].view, case).unwrap().is_empty());
        assert!(!world["shillong"].holds("canary-kathmandu") && !world["guwahati"].holds("canary-kathmandu"));
        assert_eq!(world["shillong"].count(Table::CONTRIBUTIONS), 0, "nothing is kept of a case that is not here");
    }
}

#[test]
fn what_its_former_owner_contributed_and_takes_back_does_not_wait_for_ever() {
    let (mut world, case, _) = offered();
    // Then Shillong worked on it under a share.
    let old = world["shillong"].view.clone();
    hand_over(&mut world, case);
    give(&mut world, "shillong", case, "guwahati");
    write(&mut world, "guwahati", case, &note(id(53), "For the new owner."));
    let entry = contributions(&world["shillong"].view, case).unwrap().last().unwrap().0;
    put_back(&mut world, case, old);
    world.act("guwahati", |txn| take_back(txn, case, entry)).unwrap();
    world.settle();
    assert!(world.sealed("guwahati", "shillong").is_empty());
    assert_eq!(noted(&world), [("guwahati", HANDED_TO_US)]);
}
