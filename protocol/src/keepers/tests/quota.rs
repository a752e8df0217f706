//! How often a keeper answers: counted for each unit, repeats free, refused beyond with an alarm on both sides, more by two persons.
//! All people are invented.

use super::super::{BURST_MAX, BlindAnswer, Counts, KeepersError, QUOTA, ask_burst, counts, set_quota};
use super::{FIVE, KEPT, ROFIQUL, enter, guess, incidents, mark_of, request, status};

use crate::matching::Status;
use crate::testing::World;
use crate::testing::drafts::Sketch;
use crate::time::{DAY, HOUR, MINUTE};
use crate::wire;

fn count(world: &World, keeper: &str, unit: &str) -> Counts {
    counts(&world[keeper].view, world.now).unwrap()[&world[unit].id]
}

/// So few that each of the five grants 36 points a day: two persons or three.
fn meagre() -> World {
    let mut world = KEPT.clone();
    for unit in FIVE {
        world
            .act(unit, |txn| {
                set_quota(txn, 60);
                Ok::<_, KeepersError>(())
            })
            .unwrap();
    }
    // Only as many are up as are needed, so that each is asked each time.
    world.offline("delhi");
    world.offline("kolkata");
    world
}

#[test]
fn a_unit_has_eight_thousand_points_a_day_of_which_each_of_five_keepers_grants_three_fifths() {
    let world = &*KEPT;
    assert_eq!(QUOTA, 200 * 40);
    assert_eq!(count(world, "delhi", "tezpur"), Counts { quota: 4_800, ..Counts::default() });
    assert!(counts(&world["tezpur"].view, world.now).unwrap().is_empty(), "who keeps nothing counts nothing");
}

#[test]
fn what_is_asked_is_counted_and_what_is_not_announced_within_the_hour_too() {
    let mut world = KEPT.clone();
    world.offline("delhi");
    world.offline("kolkata");
    enter(&mut world, "tezpur", "TEZ-1", &ROFIQUL);
    world.settle();
    let counted = count(&world, "shillong", "tezpur");
    assert!(counted.today > 0 && counted.today == counted.week && counted.persons == 1, "{counted:?}");
    world.advance(2 * HOUR);
    assert_eq!(count(&world, "shillong", "tezpur").unannounced, 0);
    // A guess is never announced.
    guess(&mut world, "tezpur", "shillong", 1);
    world.advance(2 * HOUR);
    let counted = count(&world, "shillong", "tezpur");
    assert_eq!((counted.persons, counted.unannounced), (2, 1));
}

#[test]
fn over_the_quota_is_refused_with_an_alarm_on_both_sides_and_goes_on_the_next_day() {
    let mut world = meagre();
    let cases: Vec<_> = (0..4)
        .map(|number| {
            let village = format!("Village {number}");
            let sketch = Sketch { village: &village, ..ROFIQUL };
            let case = enter(&mut world, "tezpur", &format!("TEZ-{number}"), &sketch);
            world.settle();
            case
        })
        .collect();
    let pending = |world: &World| cases.iter().filter(|case| status(world, "tezpur", **case) == Status::Pending).count();
    let waits = pending(&world);
    assert!((1..4).contains(&waits), "{waits} of 4 wait");
    for keeper in ["guwahati", "shillong", "kathmandu"] {
        assert_eq!(incidents(&world, keeper, "more evaluations than its quota"), 1, "{keeper}");
        assert!(count(&world, keeper, "tezpur").refused > 0, "{keeper}");
        assert_eq!(incidents(&world, "tezpur", "as often as its quota allows"), 3);
        assert!(mark_of(&world, "tezpur", keeper).over_quota.is_some(), "{keeper}");
    }
    // Nothing is asked again until the day is over.
    let asked = world.wire.iter().filter(|frame| frame.what == "blind").count();
    world.advance(MINUTE);
    assert_eq!(world.wire.iter().filter(|frame| frame.what == "blind").count(), asked);
    world.advance(DAY);
    assert!(pending(&world) < waits);
}

#[test]
fn a_burst_of_two_persons_is_granted_and_shown() {
    let mut world = meagre();
    let cases: Vec<_> = (0..4)
        .map(|number| {
            let village = format!("Village {number}");
            enter(&mut world, "tezpur", &format!("TEZ-{number}"), &Sketch { village: &village, ..ROFIQUL })
        })
        .collect();
    world.settle();
    assert!(matches!(world.act("tezpur", |txn| ask_burst(txn, BURST_MAX + 1)), Err(KeepersError::Burst)));
    world.act("tezpur", |txn| ask_burst(txn, BURST_MAX)).unwrap();
    world.settle();
    assert_eq!(count(&world, "shillong", "tezpur").quota, 30_000);
    assert!(count(&world, "shillong", "tezpur").burst && !count(&world, "shillong", "guwahati").burst);
    world.advance(MINUTE);
    assert!(cases.iter().all(|case| status(&world, "tezpur", *case) == Status::Announced));
    world.advance(DAY);
    assert!(!count(&world, "shillong", "tezpur").burst, "for that day only");
}

#[test]
fn the_same_request_again_is_answered_free_and_another_is_not() {
    let mut world = KEPT.clone();
    let asked = request(&world, "tezpur", "shillong", 1, 1);
    let (from, to) = (world.at("tezpur"), world.at("shillong"));
    let points = |world: &mut World, asked: &[u8]| {
        let answer = world.ask_keeper(from, to, asked.to_vec()).unwrap();
        let BlindAnswer::Evaluated(signed) = wire::decode(&answer, 4096).unwrap() else { panic!("not answered") };
        signed.stored().unwrap().into_value().evaluation.points.to_vec()
    };
    let first = points(&mut world, &asked);
    for _ in 0..10 {
        assert_eq!(points(&mut world, &asked), first);
    }
    assert_eq!(count(&world, "shillong", "tezpur").today, 1);
    // Under the same reference something else: it is counted.
    let other = request(&world, "tezpur", "shillong", 1, 2);
    assert_ne!(points(&mut world, &other), first);
    assert_eq!(count(&world, "shillong", "tezpur").today, 2);
    // Far too often is counted, too: computing costs.
    for _ in 0..60 {
        points(&mut world, &other);
    }
    assert!((3..6).contains(&count(&world, "shillong", "tezpur").today));
}

#[test]
fn online_guesses_stop_at_the_quota() {
    let mut world = meagre();
    for number in 0..40 {
        guess(&mut world, "tezpur", "guwahati", number);
    }
    let counted = count(&world, "guwahati", "tezpur");
    assert_eq!((counted.today, counted.refused), (36, 4));
    assert_eq!(incidents(&world, "guwahati", "more evaluations than its quota"), 1);
    world.advance(2 * HOUR);
    assert_eq!(count(&world, "guwahati", "tezpur").unannounced, 36);
}
