//! What is being shown to a restored unit and has not arrived: it does not outlive the key that it was read under.
//! What it is and does once it arrives is in the files beside this one.

use super::super::show::show;
use super::{MAN, SHARED, held};
use crate::bounded::BoundedVec;
use crate::envelope::outbox;
use crate::federation::charter_sync::Ask;
use crate::federation::{charter, leaving};
use crate::ids::ShareId;
use crate::sharing::{InState, accept, create};
use crate::testing::World;
use crate::testing::drafts;
use crate::time::HOUR;

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
