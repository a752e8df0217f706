//! A unit that another has paused: what waits meanwhile, what goes all the same, and how it goes on.
//! Shillong is paused by Guwahati, which owns the case.

use super::super::{InState, OutState, announce_state, recall, update_peer};
use super::{GIRL, SHARED, folded, given, held, share, states, write};
use crate::envelope::outbox::{self, HeldBack};
use crate::federation::peering::{self, PeeringError};
use crate::ids::UnitId;
use crate::testing::World;
use crate::testing::drafts::{id, note, text};
use crate::time::HOUR;

fn pause(world: &mut World, paused: bool) {
    let shillong = world["shillong"].id;
    world.act("guwahati", |txn| peering::pause(txn, shillong, paused)).unwrap();
    world.settle();
}

#[test]
fn nothing_of_a_case_goes_either_way_until_it_goes_on() {
    let (mut world, case, first) = SHARED.clone();
    pause(&mut world, true);
    let shillong = world["shillong"].id;
    write(&mut world, "guwahati", case, &[text(GIRL, "person", "mother", "canary-out")]);
    write(&mut world, "shillong", case, &note(id(50), "canary-in"));
    let second = share(&mut world, case, "shillong");
    world.advance(HOUR);
    assert!(!world["shillong"].holds("canary-out") && !world["guwahati"].holds("canary-in"));
    assert_eq!((given(&world, second).state, held(&world, "shillong", second).is_none()), (OutState::Sent, true));
    assert_eq!(outbox::held_back(&world["guwahati"].view, shillong, world.now), Ok(Some(HeldBack::Paused)));
    let oldest = outbox::oldest(&world["guwahati"].view, shillong).unwrap().unwrap();
    assert_eq!(world.now.since(oldest), HOUR);
    assert!(world["guwahati"].incidents.is_empty(), "it is no fault of Shillong's");
    // Others are served as before.
    let third = share(&mut world, case, "kathmandu");
    assert_eq!(held(&world, "kathmandu", third).unwrap().state, InState::Offered);

    pause(&mut world, false);
    world.act("guwahati", |txn| update_peer(txn, shillong).and(announce_state(txn, shillong).map_err(Into::into))).unwrap();
    world.advance(1);
    assert_eq!(folded(&world, "shillong", case).entity("person", GIRL).unwrap().text("mother"), "canary-out");
    assert!(world["guwahati"].holds("canary-in"));
    assert_eq!(held(&world, "shillong", second).unwrap().state, InState::Offered);
    assert_eq!(states(&world, first), (OutState::Active, InState::Active));
    assert_eq!(outbox::waiting(&world["guwahati"].view, shillong), Ok(0));
}

#[test]
fn an_end_goes_and_its_receipt_is_taken() {
    let (mut world, _, share) = SHARED.clone();
    pause(&mut world, true);
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    world.settle();
    assert!(!world["shillong"].holds("Rofiqul"));
    assert!(given(&world, share).receipt.is_some());
}

#[test]
fn only_another_member_is_paused_and_it_is_remembered_since_when() {
    let (mut world, ..) = SHARED.clone();
    let (guwahati, shillong) = (world["guwahati"].id, world["shillong"].id);
    for unit in [guwahati, UnitId([1; 32])] {
        assert_eq!(world.act("guwahati", |txn| peering::pause(txn, unit, true)), Err(PeeringError::NotAMember));
    }
    let since = world.now;
    pause(&mut world, true);
    world.advance(HOUR);
    pause(&mut world, true);
    assert_eq!(peering::load(&world["guwahati"].view, shillong).unwrap().paused, Some(since));
    assert!(peering::is_confirmed(&world["guwahati"].view, shillong).unwrap());
}
