//! Other keepers: everybody is blinded again, matches go on across both keys, and after thirty days nobody answers with the old one.
//! All people are invented.

use super::{ALL, FIVE, KEPT, MEMBERS, RAFIQUL, ROFIQUL, alerts, enter, generate, pass, present, status};
use crate::core::Input;
use crate::federation::charter;
use crate::federation::joining;
use crate::ids::UnitId;
use crate::keepers::{BlindAnswer, BlindRefusal, keys_of};
use crate::machine::{Scope, Table};
use crate::matching::{self, Action, Beacon, Status};
use crate::testing::World;
use crate::time::{DAY, MINUTE};
use crate::wire;

/// Beacons that `unit` has announced and not withdrawn, with their epochs, as `at` holds them.
fn live(world: &World, at: &str, unit: &str) -> Vec<u64> {
    let unit: UnitId = world[unit].id;
    let signed = matching::beacons_after(&world[at].view, unit, 0, 1_000).unwrap();
    let beacons: Vec<Beacon> = signed.iter().map(|beacon| beacon.stored().unwrap().into_value()).collect();
    let withdrawn: Vec<u64> = beacons
        .iter()
        .filter_map(|beacon| if let Action::Withdraw(number) = beacon.action { Some(number) } else { None })
        .collect();
    let counts = |beacon: &&Beacon| beacon.action == Action::Announce && !withdrawn.contains(&beacon.number);
    beacons.iter().filter(counts).map(|beacon| beacon.epoch).collect()
}

#[test]
fn a_new_key_blinds_everybody_again_and_no_alert_is_lost_or_doubled() {
    let mut world = MEMBERS.clone();
    let ours = enter(&mut world, "guwahati", "GHY-1", &ROFIQUL);
    enter(&mut world, "tezpur", "TEZ-1", &RAFIQUL);
    world.settle();
    let before = alerts(&world, "guwahati");
    assert_eq!(before.len(), 1);
    generate(&mut world, "guwahati", 3, &FIVE);
    pass(&mut world);
    world.advance(MINUTE);
    let charter = charter::current(&world["tezpur"].view).unwrap().unwrap();
    assert_eq!(keys_of(&charter, world.now).map(charter::Blinding::epoch).collect::<Vec<_>>(), [1, 0]);
    for (here, there) in [("guwahati", "tezpur"), ("tezpur", "guwahati")] {
        assert_eq!(live(&world, here, there), [0, 1], "{there}, as {here} holds it");
        assert_eq!(alerts(&world, here).len(), 1, "{here}");
    }
    assert_eq!(alerts(&world, "guwahati")[0].id, before[0].id);
    assert_eq!(status(&world, "guwahati", ours), Status::Announced);
    assert!(matching::pending(&world["guwahati"].view, 10).unwrap().is_empty());
    // With the end of the old key its beacons are withdrawn, its share is destroyed, and the alert stays open.
    world.advance(30 * DAY);
    world.advance(MINUTE);
    for (here, there) in [("guwahati", "tezpur"), ("tezpur", "guwahati")] {
        assert_eq!(live(&world, here, there), [1], "{there}, as {here} holds it");
        assert!(alerts(&world, here).iter().all(|alert| alert.state == matching::State::New), "{here}");
    }
    let founding = charter::stored(&world["guwahati"].view, 0).unwrap().unwrap().charter().unwrap().blinding.unwrap();
    assert!(charter::own_share(&world["guwahati"].view, &founding).unwrap().is_none());
    assert!(world["guwahati"].view.rows().all(|(.., scope, _)| scope != Scope::KeyShare(founding.transcript())));
    assert_eq!(world["guwahati"].count(Table::ERASURES), 0);
}

#[test]
fn in_the_overlap_units_match_across_both_keys() {
    let mut world = MEMBERS.clone();
    enter(&mut world, "guwahati", "GHY-1", &ROFIQUL);
    world.settle();
    // Tezpur has entered the same man with the old key, and hears of nothing while the keepers change.
    enter(&mut world, "tezpur", "TEZ-1", &RAFIQUL);
    world.offline("guwahati");
    world.settle();
    assert_eq!(alerts(&world, "tezpur").len(), 0);
    world.online("guwahati");
    generate(&mut world, "guwahati", 3, &FIVE);
    pass(&mut world);
    for unit in ["guwahati", "tezpur"] {
        assert_eq!(alerts(&world, unit).len(), 1, "{unit}");
    }
    // One that only the old key is announced with still meets one that is entered now.
    let mut world = KEPT.clone();
    for unit in ["shillong", "delhi", "kolkata"] {
        world.offline(unit);
    }
    let case = enter(&mut world, "tezpur", "TEZ-2", &RAFIQUL);
    world.settle();
    assert_eq!(status(&world, "tezpur", case), Status::Pending, "the old key is not asked for anything new");
}

#[test]
fn a_keeper_that_is_left_out_leaves_the_key_working_and_a_former_key_is_refused() {
    let mut world = KEPT.clone();
    let kolkata = world["kolkata"].id;
    world.act("guwahati", |txn| joining::propose_removal(txn, kolkata)).unwrap();
    world.settle();
    pass(&mut world);
    assert!(charter::member(&world["tezpur"].view, kolkata).unwrap().is_none());
    assert_eq!(present(&world, "tezpur").epoch(), 1);
    let case = enter(&mut world, "tezpur", "TEZ-1", &ROFIQUL);
    world.settle();
    assert_eq!(status(&world, "tezpur", case), Status::Announced);
    // A request of Tezpur for this key, kept: after the next key and its overlap no keeper answers it any more.
    let asked = super::request(&world, "tezpur", "shillong", 7, 7);
    generate(&mut world, "guwahati", 2, &["guwahati", "shillong", "delhi"]);
    pass(&mut world);
    let answer = |world: &mut World| {
        let from = world["tezpur"].id;
        let effects = world.handle("shillong", Input::BlindRequest { from, bytes: asked.clone() });
        match (effects.reply, effects.evaluate) {
            (Some(reply), _) => match wire::decode(&reply, 4_096).unwrap() {
                BlindAnswer::Refused(refusal) => Err(refusal),
                BlindAnswer::Evaluated(_) => panic!("a reply in the step"),
            },
            (None, asked) => Ok(asked.unwrap().epoch),
        }
    };
    assert_eq!(answer(&mut world), Ok(1), "in the overlap");
    world.advance(30 * DAY);
    assert_eq!(answer(&mut world), Err(BlindRefusal::UnknownEpoch));
    for unit in ALL {
        let old =
            |scope: Scope| matches!(scope, Scope::KeyShare(_)) && scope != Scope::KeyShare(present(&world, "delhi").transcript());
        if unit != "kolkata" {
            assert!(world[unit].view.rows().all(|(.., scope, _)| !old(scope)), "{unit}");
        }
    }
}
