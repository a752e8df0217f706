//! The steps in order, out of order, with one unit away; and that both units come to one integer.
//! Not who is told of it: that is `told`.

use super::super::super::{Account, Contact, Outcome, State, Step, alarms, decisions, set_state};
use super::*;
use crate::fingerprint::{Df, MatchClass, Person, Weights, compare, confirm_class, confirm_score};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

const CLERK: Account = Account([9; 16]);

#[test]
fn three_steps_and_a_last_word_give_both_the_same_score_and_class() {
    let (mut world, starter, other) = two();
    let (one, two) = twice();
    apart(&mut world, (starter, &one, Role::Other), (other, &two, Role::Other));
    // Tokens alone are probable: at the starter, which has heard the other's beacon, an alert stands and says so.
    assert_eq!((alert(&world, starter).class, alert(&world, starter).confirmed), (MatchClass::Probable, Confirmed::Waiting));
    let first = carry(&mut world, starter, other);
    assert!(matches!(first[..], [ConfirmMessage::First(_)]));
    assert_eq!(alert(&world, other).confirmed, Confirmed::Waiting, "the first step brings the beacon along");
    assert!(matches!(carry(&mut world, other, starter)[..], [ConfirmMessage::Second(_)]));
    assert!(is_confirmed(&alert(&world, starter)));
    assert!(matches!(carry(&mut world, starter, other)[..], [ConfirmMessage::Third(_)]));
    assert!(matches!(carry(&mut world, other, starter)[..], [ConfirmMessage::Fourth(_)]));
    assert!(waiting(&mut world, starter, other).is_empty() && waiting(&mut world, other, starter).is_empty());

    let facts = compare(&Person::from(&one), &Person::from(&two), 2, |_| Df(2));
    let score = confirm_score(&facts, Weights::shipped());
    for unit in [starter, other] {
        let alert = alert(&world, unit);
        assert_eq!((alert.score, alert.confirmed), (score, Confirmed::Yes { score }));
        assert_eq!((alert.class, alert.told, alert.state), (MatchClass::Exact, true, State::New));
        assert!(alarms(&world[unit].view, 10).unwrap().is_empty() && decisions(&world[unit].view, 10).unwrap().is_empty());
        assert!(world[unit].incidents.is_empty(), "{:?}", world[unit].incidents);
    }
}

#[test]
fn connected_units_are_alerted_at_once_whoever_enters_first() {
    for starter_first in [true, false] {
        let (mut world, starter, other) = two();
        let (one, two) = twice();
        let order = if starter_first { [(starter, &one), (other, &two)] } else { [(other, &two), (starter, &one)] };
        for (unit, identity) in order {
            enters(&mut world, unit, PERSON, identity, Role::Other);
        }
        for unit in [starter, other] {
            assert_eq!(alert(&world, unit).class, MatchClass::Exact, "{unit}");
        }
    }
}

#[test]
fn a_hit_that_is_no_alert_by_itself_waits_for_the_other_unit_and_is_one_then() {
    let (mut world, starter, other) = two();
    let kamla = Identity {
        sex: "F".to_owned(),
        nationality: "IN".to_owned(),
        birth_date: "2007".to_owned(),
        state: "Assam".to_owned(),
        ..named("Kamla", "Orang", "", "Udalguri", "Tangla")
    };
    let unsure = Identity { district: String::new(), birth_date: "2008".to_owned(), ..kamla.clone() };
    world.offline(other);
    enters(&mut world, other, PERSON, &unsure, Role::Protected);
    enters(&mut world, starter, PERSON, &kamla, Role::Protected);
    pull(&mut world, starter, other);
    assert!(alerts(&world, starter).is_empty(), "one shared token is no alert");
    world.advance(3 * crate::time::DAY);
    assert!(alerts(&world, starter).is_empty() && alerts(&world, other).is_empty());
    world.online(other);
    let (here, there) = (alert(&world, starter), alert(&world, other));
    assert!(is_confirmed(&here));
    assert_eq!((here.class, here.score), (there.class, there.score));
}

#[test]
fn whatever_is_lost_on_the_way_is_sent_again() {
    for lost in 0..5 {
        let (mut world, starter, other) = two();
        let (one, two) = twice();
        apart(&mut world, (starter, &one, Role::Other), (other, &two, Role::Other));
        for step in 0..lost {
            let (from, to) = if step % 2 == 0 { (starter, other) } else { (other, starter) };
            carry(&mut world, from, to);
        }
        // The effects of the last step never left the node: it was stopped after its commit.
        world.offline(starter);
        world.online(other);
        world.online(starter);
        assert_eq!(alert(&world, starter).score, alert(&world, other).score, "after {lost} steps");
        assert!(is_confirmed(&alert(&world, starter)) && is_confirmed(&alert(&world, other)));
    }
}

#[test]
fn what_is_said_twice_counts_once() {
    let (mut world, starter, other) = two();
    let (one, two) = twice();
    apart(&mut world, (starter, &one, Role::Other), (other, &two, Role::Other));
    let mut said = Vec::new();
    for (from, to) in [(starter, other), (other, starter), (starter, other), (other, starter)] {
        said.extend(carry(&mut world, from, to).into_iter().map(|step| (from, to, step)));
    }
    let before = [world[starter].state(), world[other].state()];
    for (from, to, step) in &said {
        assert_eq!(hands(&mut world, to, from, step), super::super::super::Compared::Applied);
    }
    assert_eq!([world[starter].state(), world[other].state()], before);
}

#[test]
fn a_comparison_that_contradicts_takes_the_alert_back_unless_somebody_works_on_it() {
    for in_hand in [false, true] {
        let (mut world, starter, other) = two();
        let (one, two) = namesakes();
        apart(&mut world, (starter, &one, Role::Other), (other, &two, Role::Other));
        let id = alert(&world, starter).id;
        assert_eq!(alert(&world, starter).confirmed, Confirmed::Waiting);
        if in_hand {
            world.act(starter, |txn| set_state(txn, id, CLERK, Step::Take)).unwrap();
        }
        world.online(other);
        let taken_back = alert(&world, starter);
        assert_eq!((taken_back.id, taken_back.confirmed, taken_back.contact), (id, Confirmed::Contradicted, Contact::None));
        match taken_back.state {
            State::InHand { .. } => assert!(in_hand),
            State::Closed { by: None, outcome: Outcome::Contradicted, .. } => assert!(!in_hand),
            state => panic!("{state:?}"),
        }
    }
}

#[test]
fn a_correction_is_compared_anew_and_the_alert_goes_on() {
    let (mut world, starter, other) = two();
    let (one, two) = twice();
    enters(&mut world, starter, PERSON, &one, Role::Other);
    enters(&mut world, other, PERSON, &two, Role::Other);
    let before = alert(&world, starter);
    enters(&mut world, starter, PERSON, &Identity { birth_date: "1985".to_owned(), ..one }, Role::Other);
    let after = alert(&world, starter);
    assert_eq!(after.id, before.id);
    assert_ne!(after.score, before.score);
    let theirs: Vec<Alert> = alerts(&world, other).into_iter().filter(|alert| alert.state == State::New).collect();
    assert_eq!((theirs.len(), theirs[0].score), (1, after.score));
}

#[test]
fn what_is_withdrawn_leaves_nothing_of_its_comparisons() {
    let (mut world, starter, other) = two();
    let (one, two) = twice();
    enters(&mut world, starter, PERSON, &one, Role::Other);
    enters(&mut world, other, PERSON, &two, Role::Other);
    world.act::<_, ViewError>(starter, |txn| announce(txn, case_of(PERSON), PERSON, None, Role::Other)).unwrap();
    world.settle();
    // What is left counts runs and persons of the peer, and of the other's own subject.
    assert_eq!((comparisons(&world, starter), comparisons(&world, other)), (1, 2));
}

/// A person, and the same with some of the fields as another unit might have them.
fn a_pair() -> impl Strategy<Value = (Identity, Identity)> {
    let name = || proptest::sample::select(vec!["Asha", "Rofiqul", "Maya Devi", "Bikash", "Sunita Kumari", "Md. Karim", "Laxmi"]);
    let family = || proptest::sample::select(vec!["", "Gurung", "Islam", "Yadav", "Chowdhury", "Orang"]);
    let year = || proptest::sample::select(vec!["", "1990", "1991-07", "1992-03-04", "2008"]);
    let district = || proptest::sample::select(vec!["", "Barpeta", "Kaski", "Udalguri"]);
    let phone = || proptest::sample::select(vec!["", "98640 00001", "98640 00002"]);
    let sex = || proptest::sample::select(vec!["", "F", "M"]);
    let one = move || {
        (name(), family(), year(), district(), (phone(), sex()), name(), any::<bool>()).prop_map(
            |(given, family, year, district, (phone, sex), guardian, estimated)| Identity {
                sex: sex.to_owned(),
                birth_date: if estimated { String::new() } else { year.to_owned() },
                age_at_record: if estimated { "33".to_owned() } else { String::new() },
                recorded_on: "2024-05-01".to_owned(),
                phones: vec![phone.to_owned()],
                ..named(given, family, guardian, district, "Melamchi")
            },
        )
    };
    (one(), one(), any::<[bool; 7]>()).prop_map(|(one, other, same)| {
        let pick = |same: bool, field: fn(&mut Identity, &Identity), into: &mut Identity| {
            if same {
                field(into, &one)
            }
        };
        let mut two = other;
        pick(same[0], |two, one| two.given_name.clone_from(&one.given_name), &mut two);
        pick(same[1], |two, one| two.family_name.clone_from(&one.family_name), &mut two);
        pick(same[2], |two, one| two.birth_date.clone_from(&one.birth_date), &mut two);
        pick(same[3], |two, one| two.district.clone_from(&one.district), &mut two);
        pick(same[4], |two, one| two.phones.clone_from(&one.phones), &mut two);
        pick(same[5], |two, one| two.sex.clone_from(&one.sex), &mut two);
        pick(same[6], |two, one| two.guardian_name.clone_from(&one.guardian_name), &mut two);
        (one.clone(), two)
    })
}

#[test]
fn two_units_come_to_the_score_that_one_node_has_in_the_clear() {
    let (world, starter, other) = two();
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(48) });
    let run = runner.run(&a_pair(), |(one, two)| {
        let mut world = world.clone();
        enters(&mut world, starter, PERSON, &one, Role::Protected);
        enters(&mut world, other, PERSON, &two, Role::Protected);
        let facts = compare(&Person::from(&one), &Person::from(&two), 2, |_| Df(2));
        let score = confirm_score(&facts, Weights::shipped());
        let hit = super::super::super::judge(facts.shared.clone(), 2, Weights::shipped());
        let class = confirm_class(&facts, score).filter(|_| hit.is_some());
        for unit in [starter, other] {
            let alerts = alerts(&world, unit);
            let open = alerts.iter().find(|alert| alert.state == State::New).map(|alert| (alert.class, alert.score));
            prop_assert_eq!(open, class.map(|class| (class, score)), "{}", unit);
        }
        Ok(())
    });
    run.unwrap();
}
