//! A freeze as people see it: which two lists of members there are, and which is held here.
//! Two invented units sign two epochs of one number, each from the same older rows; a third meets both.

use crate::service::own_unit::freeze;
use icmc_protocol::federation::joining::{self, JoinError};
use icmc_protocol::federation::member::UnitClass;
use icmc_protocol::federation::setup::Setup;
use icmc_protocol::testing::World;

const UNITS: [&str; 3] = ["Guwahati", "Shillong", "Kathmandu"];

fn desk(number: u8) -> Setup {
    Setup {
        name: "Unit Guwahati (invented)".to_owned(),
        class: UnitClass::Police,
        jurisdiction: "Guwahati".to_owned(),
        duty_contact: format!("desk {number}"),
        addresses: Vec::new(),
    }
}

/// Guwahati says that its contact is this desk, and Shillong approves.
fn pass(world: &mut World, number: u8) {
    world.act("Guwahati", |txn| joining::propose_data(txn, desk(number))).unwrap();
    world.settle();
    let open = joining::proposals(&world["Shillong"].view).unwrap()[0].hash;
    world.act("Shillong", |txn| joining::approve(txn, open)).unwrap();
    world.settle();
}

#[test]
fn both_lists_of_a_freeze_are_told_and_either_can_be_proposed() {
    let mut world = World::members(&UNITS);
    let before = ["Guwahati", "Shillong"].map(|unit| (unit, world[unit].view.clone()));
    assert_eq!(freeze(&world["Kathmandu"].view), Ok(None));
    pass(&mut world, 1);
    world.offline("Kathmandu");
    for (unit, view) in before {
        world.put_back(unit, view);
    }
    world.now = world.now.plus(1);
    pass(&mut world, 2);
    world.online("Kathmandu");

    let told = freeze(&world["Kathmandu"].view).unwrap().unwrap();
    let desks: Vec<(bool, bool, bool)> = told
        .charters
        .iter()
        .map(|one| {
            let says = |desk: &str| one.units.iter().any(|unit| unit.contains(desk));
            (one.held, says("(desk 1)"), says("(desk 2)"))
        })
        .collect();
    assert_eq!(desks, [(true, true, false), (false, false, true)]);
    assert_ne!(told.charters[0].hash, told.charters[1].hash);
    let keep = told.charters[1].hash;
    world.act("Kathmandu", |txn| joining::propose_settlement(txn, keep)).unwrap();
    let invited = world.act("Kathmandu", |txn| joining::invite(txn, "whoever"));
    assert_eq!(invited, Err(JoinError::Frozen));
}
