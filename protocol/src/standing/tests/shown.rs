//! What is being shown to a restored unit and has not arrived: it does not outlive the key that it was read under.
//! What it is and does once it arrives is in the files beside this one.

use super::super::show::show;
use super::{MAN, SHARED, held};
use crate::bounded::BoundedVec;
use crate::core::Input;
use crate::envelope::{Kind, outbox};
use crate::federation::charter_sync::Ask;
use crate::federation::{charter, leaving};
use crate::ids::ShareId;
use crate::sharing::{InState, accept, create};
use crate::testing::World;
use crate::testing::drafts;
use crate::time::{DAY, HOUR, Timestamp};

/// A share that Kathmandu holds for an hour and is showing to Guwahati, which is away.
fn being_shown() -> (World, ShareId) {
    let (mut world, case, _) = SHARED.clone();
    let request = drafts::request(case, world["kathmandu"].id, &[MAN], world.now.plus(HOUR));
    let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
    world.settle();
    world.act("kathmandu", |txn| accept(txn, share)).unwrap();
    world.settle();
    // An end before: from here on the units that are shown something are noted.
    world.act("kathmandu", outbox::void_shown).unwrap();
    world.offline("guwahati");
    let ask = Ask { cases: BoundedVec::new(vec![(case, 0)]).unwrap(), beacons_after: None, handed: BoundedVec::default() };
    let to = world["guwahati"].id;
    world.act("kathmandu", |txn| show(txn, to, &ask)).unwrap();
    assert!(world["kathmandu"].holds("Rofiqul"));
    (world, share)
}

#[test]
fn what_is_being_shown_to_a_restored_unit_goes_with_the_key_it_was_read_under() {
    let (mut world, share) = being_shown();
    world.advance(2 * HOUR);
    assert!(held(&world, "kathmandu", share).unwrap().receipted);
    assert!(!world["kathmandu"].holds("Rofiqul"), "not in the outbox either");
}

#[test]
fn what_is_being_shown_to_a_unit_that_leaves_meanwhile_goes_too() {
    let (mut world, share) = being_shown();
    let guwahati = world["guwahati"].id;
    world.act("guwahati", leaving::leave).unwrap();
    // Kathmandu hears of it from Shillong.
    world.offline("kathmandu");
    world.online("guwahati");
    world.offline("guwahati");
    world.online("kathmandu");
    assert!(charter::member(&world["kathmandu"].view, guwahati).unwrap().is_none());
    world.advance(2 * HOUR);
    assert!(held(&world, "kathmandu", share).is_some_and(|row| matches!(row.state, InState::Ended(_))));
    assert!(!world["kathmandu"].holds("Rofiqul"), "not in the outbox of a unit that is no member any more");
}

/// Kathmandu's answer waits for Guwahati, which has asked once more meanwhile.
fn asked_again() -> World {
    let (mut world, _) = being_shown();
    let case = SHARED.1;
    let ask = Ask { cases: BoundedVec::new(vec![(case, 0)]).unwrap(), beacons_after: None, handed: BoundedVec::default() };
    let to = world["guwahati"].id;
    world.act("kathmandu", |txn| show(txn, to, &ask)).unwrap();
    world
}

fn waiting(world: &World) -> Vec<Timestamp> {
    let due = outbox::due(&world["kathmandu"].view, world["guwahati"].id, usize::MAX).unwrap();
    due.into_iter().filter(|(_, row)| row.kind == Kind::Standing).map(|(_, row)| row.created).collect()
}

#[test]
fn who_asked_again_is_answered_once_the_first_answer_is_past_its_time() {
    let mut world = asked_again();
    let before = waiting(&world);
    world.advance(2 * DAY);
    let after = waiting(&world);
    assert!(!before.is_empty() && !after.is_empty());
    assert!(after.iter().all(|at| !before.contains(at)), "another answer waits");
}

#[test]
fn who_asked_again_is_answered_once_the_first_answer_came_too_late() {
    let mut world = asked_again();
    let sealed = world.sealed("kathmandu", "guwahati");
    let before = waiting(&world);
    world.now = world.now.plus(2 * DAY);
    let to = world["guwahati"].id;
    for (pair_seq, bytes) in sealed {
        let bytes = world.deliver("kathmandu", "guwahati", bytes);
        world.handle("kathmandu", Input::Answer { to, pair_seq, bytes });
    }
    let after = waiting(&world);
    assert!(!after.is_empty() && after.iter().all(|at| !before.contains(at)), "another answer waits");
}
