//! One person through three of five keepers: keepers away, a keeper that lies, a restart; never a weaker token. All people are
//! invented.

use super::super::Fault;
use super::{FIVE, KEPT, RAFIQUL, ROFIQUL, alerts, enter, incidents, mark_of, present, status};
use crate::federation::charter::{OWN_SHARE, OwnShare};
use crate::machine::{Record as _, Scope, Table, Write, own_in};
use crate::matching::Status;
use crate::oprf::KeyIndex;
use crate::oprf::generation::Dealt;
use crate::testing::World;
use crate::testing::rng::SeededRng;
use crate::time::MINUTE;
use crate::wire;

#[test]
fn two_keepers_down_and_the_same_person_is_found() {
    let mut world = KEPT.clone();
    world.offline("shillong");
    world.offline("delhi");
    let ours = enter(&mut world, "guwahati", "GHY-1", &ROFIQUL);
    enter(&mut world, "tezpur", "TEZ-1", &RAFIQUL);
    world.settle();
    assert_eq!(status(&world, "guwahati", ours), Status::Announced);
    for unit in ["guwahati", "tezpur"] {
        assert_eq!(alerts(&world, unit).len(), 1, "{unit}");
    }
}

#[test]
fn three_keepers_down_and_the_person_waits_until_one_is_back() {
    let mut world = KEPT.clone();
    for unit in ["shillong", "delhi", "kolkata"] {
        world.offline(unit);
    }
    let case = enter(&mut world, "tezpur", "TEZ-1", &ROFIQUL);
    world.settle();
    assert_eq!(status(&world, "tezpur", case), Status::Pending);
    assert!(world.wire.iter().all(|frame| frame.what != "beacon"), "nothing weaker is announced");
    world.online("kolkata");
    assert_eq!(status(&world, "tezpur", case), Status::Announced);
}

#[test]
fn any_three_keepers_give_the_same_y() {
    let mut tokens = Vec::new();
    for away in [["guwahati", "shillong"], ["kathmandu", "delhi"], ["shillong", "kolkata"]] {
        let mut world = KEPT.clone();
        away.iter().for_each(|unit| world.offline(unit));
        enter(&mut world, "tezpur", "TEZ-1", &ROFIQUL);
        world.settle();
        let mut found: Vec<_> = world["tezpur"]
            .view
            .rows()
            .filter(|(table, ..)| *table == Table::OWN_TOKENS)
            .flat_map(|(.., row)| own_in(row).unwrap())
            .collect();
        found.sort();
        assert!(!found.is_empty());
        tokens.push(found);
    }
    assert!(tokens.windows(2).all(|pair| pair[0] == pair[1]));
}

/// The unit answers with a share that nobody dealt it.
fn lie(world: &mut World, unit: &str) {
    let blinding = present(world, unit);
    let share = Dealt::new(1, &mut SeededRng::new(99)).unwrap().share_for(KeyIndex::new(1).unwrap());
    let transcript = blinding.transcript();
    let key = [OWN_SHARE, transcript.as_bytes().as_slice()].concat();
    let value = wire::encode(&OwnShare { epoch: blinding.epoch(), share });
    let mut rows = world[unit].view.clone();
    rows.apply(&[Write { table: OwnShare::TABLE, key, value: Some((Scope::KeyShare(transcript), value)) }]);
    world.put_back(unit, rows);
}

#[test]
fn a_keeper_that_answers_wrong_is_named_and_the_next_is_asked() {
    let mut world = KEPT.clone();
    lie(&mut world, "delhi");
    // Only so many are up that the liar is asked.
    world.offline("kolkata");
    let case = enter(&mut world, "tezpur", "TEZ-1", &ROFIQUL);
    world.offline("guwahati");
    world.settle();
    assert_eq!(status(&world, "tezpur", case), Status::Pending, "two good answers are not enough");
    assert_eq!(mark_of(&world, "tezpur", "delhi").fault, Some((Fault::WrongAnswer, world.now)));
    assert_eq!(incidents(&world, "tezpur", "answered with a wrong share"), 1);
    assert_eq!(world["tezpur"].count(Table::PROOFS), 1, "both messages are kept");
    for unit in FIVE.iter().filter(|unit| **unit != "delhi") {
        assert_eq!(mark_of(&world, "tezpur", unit).fault, None, "{unit}");
    }
    // It is not asked again at once, however often the person is tried.
    world.advance(MINUTE);
    world.advance(MINUTE);
    assert_eq!((mark_of(&world, "tezpur", "delhi").faults, world["tezpur"].count(Table::PROOFS)), (1, 1));
    world.online("guwahati");
    assert_eq!(status(&world, "tezpur", case), Status::Announced);
}
