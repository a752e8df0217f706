//! A unit that has forgotten a case which had several owners learns how it came to the present one.
//! All units and people are invented.

use super::{SHARED, folded, owner, pass_on, write};
use crate::caselog::case_row;
use crate::federation::restored;
use crate::ids::CaseId;
use crate::machine::{Table, ViewError};
use crate::testing::World;
use crate::testing::drafts::{id, note};
use crate::transfer::rows::{GIVEN, key};

const UNITS: [&str; 4] = ["guwahati", "shillong", "kathmandu", "imphal"];

/// Shillong has nothing any more, and meets all others.
fn put_back_to_nothing(world: &mut World) {
    let bare = World::federation(&UNITS)["shillong"].view.clone();
    world.restore("shillong", bare);
    for _ in 0..2 {
        for other in ["guwahati", "kathmandu", "imphal"] {
            world.connect("shillong", other);
            world.settle();
        }
    }
    assert_eq!(restored::locked(&world["shillong"].view).unwrap(), [], "{:?}", world["shillong"].incidents);
}

fn same_line(world: &World, case: CaseId) {
    let line = |unit: &str| case_row(&world[unit].view, case).unwrap().unwrap().handovers;
    assert_eq!(line("shillong"), line("imphal"));
}

#[test]
fn a_former_owner_that_nobody_gives_it_again_knows_its_own_time() {
    let (mut world, case, _) = SHARED.clone();
    super::offer(&mut world, case, "shillong").unwrap();
    super::say_yes(&mut world, case, "shillong");
    write(&mut world, "shillong", case, &note(id(52), "Written as the owner."));
    pass_on(&mut world, case, "shillong", "imphal");
    // Guwahati has forgotten that it gave it.
    let forget = |txn: &mut crate::machine::Txn<'_>| -> Result<(), ViewError> {
        txn.delete(Table::TRANSFERS, &key(GIVEN, case));
        Ok(())
    };
    world.act("guwahati", forget).unwrap();
    put_back_to_nothing(&mut world);
    assert_eq!(owner(&world, "shillong", case), world["imphal"].id);
    same_line(&world, case);
    let note = folded(&world, "shillong", case);
    assert!(!note.entity("note", id(52)).unwrap().is_pending(), "it counts, as it does at its owner");
}

#[test]
fn a_case_is_given_again_by_an_owner_who_had_not_opened_it() {
    let (mut world, case, _) = SHARED.clone();
    pass_on(&mut world, case, "guwahati", "imphal");
    write(&mut world, "imphal", case, &note(id(52), "Of Imphal."));
    pass_on(&mut world, case, "imphal", "shillong");
    put_back_to_nothing(&mut world);
    assert_eq!(owner(&world, "shillong", case), world["shillong"].id);
    same_line(&world, case);
    assert_eq!(folded(&world, "shillong", case).entities, folded(&world, "imphal", case).entities);
    for unit in UNITS {
        assert!(world[unit].incidents.is_empty(), "{unit}: {:?}", world[unit].incidents);
    }
}
