//! How often units are compared without a person, what a person decides, and what is an alarm.
//! Not messages out of form: those are `hostile`.

use super::super::super::{Refusal, Suspicion, alarms, decide, decisions, dismiss};
use super::*;
use crate::ids::ConfirmId;
use crate::machine::Scope;
use crate::time::{DAY, HOUR, MINUTE};

/// The other unit announces the same person under one more handle.
fn once_more(world: &mut World, unit: &str, number: u8) {
    let (_, two) = twice();
    enters(world, unit, EntityId([number; 16]), &two, Role::Other);
}

#[test]
fn the_fourth_comparison_of_one_person_in_30_days_waits_for_a_person_on_either_side() {
    let (mut world, starter, other) = two();
    let (one, _) = twice();
    for (ours, theirs) in [(starter, other), (other, starter)] {
        let mut world = world.clone();
        enters(&mut world, ours, PERSON, &one, Role::Other);
        for number in 10..13 {
            once_more(&mut world, theirs, number);
        }
        assert_eq!(alerts(&world, ours).iter().filter(|alert| is_confirmed(alert)).count(), 3);
        once_more(&mut world, theirs, 13);
        let held = decisions(&world[ours].view, 10).unwrap();
        assert_eq!((held.len(), held[0].person, held[0].case, held[0].peer), (1, PERSON, case_of(PERSON), world[theirs].id));
        let confirmed = |world: &World| alerts(world, ours).iter().filter(|alert| is_confirmed(alert)).count();
        assert_eq!(confirmed(&world), 3);
        // What tokens alone say is shown all the same.
        assert_eq!(alerts(&world, ours).len(), 4);
        let id = held[0].id;
        world.act(ours, |txn| decide(txn, id, true)).unwrap();
        world.settle();
        assert_eq!(confirmed(&world), 4);
        assert!(decisions(&world[ours].view, 10).unwrap().is_empty());
        assert!(matches!(world.act(ours, |txn| decide(txn, id, true)), Err(Refusal::Unknown)));
        // A month later there are runs again.
        world.advance(30 * DAY);
        once_more(&mut world, theirs, 14);
        assert_eq!(confirmed(&world), 5);
    }
    world.settle();
}

#[test]
fn what_a_person_does_not_allow_stays_unconfirmed_and_the_other_side_is_told() {
    let (mut world, starter, other) = two();
    let (one, _) = twice();
    enters(&mut world, other, PERSON, &one, Role::Other);
    for number in 10..14 {
        once_more(&mut world, starter, number);
    }
    let id = decisions(&world[other].view, 10).unwrap()[0].id;
    let waits = |world: &World| alerts(world, starter).iter().filter(|alert| alert.confirmed == Confirmed::Waiting).count();
    assert_eq!(waits(&world), 1);
    world.act(other, |txn| decide(txn, id, false)).unwrap();
    world.settle();
    assert_eq!(waits(&world), 0);
    for unit in [starter, other] {
        assert_eq!(alerts(&world, unit).iter().filter(|alert| alert.confirmed == Confirmed::No).count(), 1);
    }
}

#[test]
fn in_a_day_there_are_20_runs_and_more_for_a_peer_that_announced_more() {
    let (mut world, starter, other) = two();
    let (one, two) = twice();
    // 25 persons here and one there: 20 + 1.3 runs.
    enters(&mut world, other, PERSON, &two, Role::Other);
    for number in 100..125 {
        enters(&mut world, starter, EntityId([number; 16]), &one, Role::Other);
    }
    let held = |world: &World, unit: &str| decisions(&world[unit].view, 100).unwrap().len();
    // The one person there is compared three times; the rest is held there, and what is beyond 21 is held here already.
    assert_eq!((held(&world, starter), held(&world, other)), (4, 18));
    world.advance(DAY);
    enters(&mut world, starter, EntityId([126; 16]), &one, Role::Other);
    assert_eq!(held(&world, starter), 4, "a new day");
}

#[test]
fn who_takes_our_answer_and_keeps_its_own_is_an_alarm_that_goes_when_it_finishes() {
    let (mut world, starter, other) = two();
    let (one, two) = twice();
    apart(&mut world, (starter, &one, Role::Other), (other, &two, Role::Other));
    carry(&mut world, starter, other);
    carry(&mut world, other, starter);
    let pending = |world: &World| alarms(&world[other].view, 10).unwrap();
    world.advance(2 * MINUTE);
    world.advance(9 * MINUTE);
    assert!(pending(&world).is_empty());
    world.advance(2 * MINUTE);
    let raised = pending(&world);
    assert_eq!((raised.len(), raised[0].suspicion, raised[0].finished), (1, Suspicion::Unfinished, None));
    assert_eq!((raised[0].peer, raised[0].person), (world[starter].id, PERSON));
    let named = world[other].incidents.last().unwrap();
    assert_eq!((named.peer, named.what), (Some(world[starter].id), "began a comparison and did not finish it"));
    assert!(
        world[other]
            .view
            .rows()
            .filter(|row| row.0 == Table::CONFIRMS && row.1[0] == b'a')
            .all(|row| row.2 == Scope::Case(case_of(PERSON)))
    );
    world.advance(HOUR);
    assert_eq!(pending(&world).len(), 1, "one alarm is enough");
    // A withdrawal does not make it undone.
    carry(&mut world, starter, other);
    assert!(pending(&world)[0].finished.is_some());
    assert!(is_confirmed(&alert(&world, other)));
    let id = raised[0].id;
    world.act(other, |txn| dismiss(txn, id)).unwrap();
    assert!(pending(&world).is_empty());
    assert!(matches!(world.act(other, |txn| dismiss(txn, ConfirmId([1; 16]))), Err(Refusal::Unknown)));
}

#[test]
fn who_never_says_that_our_answer_came_has_a_day() {
    let (mut world, starter, other) = two();
    let (one, two) = twice();
    apart(&mut world, (starter, &one, Role::Other), (other, &two, Role::Other));
    carry(&mut world, starter, other);
    world.advance(23 * HOUR);
    assert!(alarms(&world[other].view, 10).unwrap().is_empty());
    world.advance(2 * HOUR);
    assert_eq!(alarms(&world[other].view, 10).unwrap().len(), 1);
}

#[test]
fn a_withdrawal_after_counting_is_still_an_alarm() {
    let (mut world, starter, other) = two();
    let (one, two) = twice();
    apart(&mut world, (starter, &one, Role::Other), (other, &two, Role::Other));
    carry(&mut world, starter, other);
    carry(&mut world, other, starter);
    world.act::<_, ViewError>(starter, |txn| announce(txn, case_of(PERSON), PERSON, None, Role::Other)).unwrap();
    pull(&mut world, other, starter);
    world.advance(2 * MINUTE);
    world.advance(11 * MINUTE);
    assert_eq!(alarms(&world[other].view, 10).unwrap()[0].suspicion, Suspicion::Unfinished);
}

#[test]
fn a_beacon_of_guesses_is_an_alarm_on_both_sides_and_goes_on_only_if_people_allow() {
    let (mut world, starter, other) = two();
    // Six names in one district: twelve tokens of one type, more than one person has.
    let many = Identity {
        birth_date: "1990".to_owned(),
        aliases: ["Raju", "Babul", "Kalia", "Mithun"].map(str::to_owned).to_vec(),
        ..named("Sanjay", "Mondal", "", "Malda", "")
    };
    enters(&mut world, starter, PERSON, &many, Role::Other);
    enters(&mut world, other, PERSON, &many, Role::Other);
    for unit in [starter, other] {
        let unconfirmed = |world: &World| alerts(world, starter).iter().all(|alert| !is_confirmed(alert));
        assert!(unconfirmed(&world));
        let (alarm, held) = (alarms(&world[unit].view, 10).unwrap(), decisions(&world[unit].view, 10).unwrap());
        assert_eq!((alarm.len(), alarm[0].suspicion, held.len()), (1, Suspicion::Guesses, 1), "{unit}");
        let id = held[0].id;
        world.act(unit, |txn| decide(txn, id, true)).unwrap();
        world.settle();
    }
    assert_eq!(alert(&world, starter).score, alert(&world, other).score);
    assert!(is_confirmed(&alert(&world, other)));
}
