//! Units that lie, copy or leave the protocol: refused, named, and nothing learned from them or by them.
//! Not how often an honest unit may compare: that is `limits`.

use super::super::super::confirm::{First, Frame, Lists, Third, hide};
use super::super::super::{Beacon, Compared};
use super::*;
use crate::crypto::Signed;
use crate::federation::own;
use crate::fingerprint::{ListKind, MatchClass, Person, Side};
use crate::oprf::Exponent;
use crate::testing::World;
use std::collections::BTreeSet;

/// A pair, apart, with the first step that waits to go.
fn begun() -> (World, &'static str, &'static str, Box<First>) {
    let (mut world, starter, other) = two();
    let (one, two) = twice();
    apart(&mut world, (starter, &one, Role::Other), (other, &two, Role::Other));
    let Some(ConfirmMessage::First(first)) = waiting(&mut world, starter, other).pop() else { panic!("a first step waits") };
    (world, starter, other, first)
}

fn refused(world: &mut World, to: &str, from: &str, message: &ConfirmMessage) -> &'static str {
    match hands(&mut world.clone(), to, from, message) {
        Compared::Refused(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_first_step_out_of_form_is_refused() {
    let (mut world, starter, other, good) = begun();
    let given = good.own.of(ListKind::Given).to_vec();
    let with = |change: fn(&mut First)| {
        let mut first = good.clone();
        change(&mut first);
        ConfirmMessage::First(first)
    };
    let wrong = [
        with(|first| first.said.types = 1 << 17),
        with(|first| first.said.types = 0),
        with(|first| first.said.persons = u64::MAX),
        with(|first| first.said.carriers = Default::default()),
        ConfirmMessage::First(Box::new(First {
            own: good.own.with(ListKind::Given, [&given[..1], &given[..]].concat()),
            ..(*good).clone()
        })),
        ConfirmMessage::First(Box::new(First { own: good.own.with(ListKind::Sex, given[..2].to_vec()), ..(*good).clone() })),
    ];
    for message in &wrong {
        refused(&mut world, other, starter, message);
    }
    assert!(refused(&mut world, starter, other, &with(|_| {})).contains("ours to begin"));
    assert_eq!(hands(&mut world, other, starter, &with(|_| {})), Compared::Applied);
    // The same beacons once more, under another run.
    assert!(refused(&mut world, other, starter, &with(|first| first.reference.run.0[0] ^= 1)).contains("second comparison"));
}

#[test]
fn the_identity_and_what_is_no_point_are_not_even_read() {
    let (mut world, starter, other, first) = begun();
    let bytes = wire::encode(&ConfirmMessage::First(first.clone()));
    let point = *first.own.of(ListKind::Given)[0].as_bytes();
    let at = bytes.windows(32).position(|window| window == point).unwrap();
    let from = world[starter].id;
    for instead in [[0; 32], [0xff; 32], core::array::from_fn(|place| u8::from(place == 0))] {
        let mut spoilt = bytes.clone();
        spoilt[at..at + 32].copy_from_slice(&instead);
        let taken = world.act::<_, ViewError>(other, |txn| super::super::super::receive_confirm(txn, from, &spoilt)).unwrap();
        assert!(matches!(taken, Compared::Refused(why) if why.contains("not well-formed")));
    }
    let oversized = vec![0; 70_000];
    let taken = world.act::<_, ViewError>(other, |txn| super::super::super::receive_confirm(txn, from, &oversized)).unwrap();
    assert!(matches!(taken, Compared::Refused(_)));
}

#[test]
fn answers_with_other_numbers_of_points_are_refused_and_the_run_waits_for_the_right_one() {
    let (mut world, starter, other, _) = begun();
    carry(&mut world, starter, other);
    let Some(ConfirmMessage::Second(second)) = waiting(&mut world, other, starter).pop() else { panic!("a second step waits") };
    let fewer = second.raised.of(ListKind::Given)[1..].to_vec();
    let mut wrong = second.clone();
    wrong.raised = wrong.raised.with(ListKind::Given, fewer);
    assert!(refused(&mut world, starter, other, &ConfirmMessage::Second(wrong)).contains("number of points"));
    let mut wrong = second.clone();
    wrong.said.types = 0;
    assert!(refused(&mut world, starter, other, &ConfirmMessage::Second(wrong)).contains("other tokens"));
    carry(&mut world, other, starter);
    let Some(ConfirmMessage::Third(third)) = waiting(&mut world, starter, other).pop() else { panic!("a third step waits") };
    let fewer = third.raised.of(ListKind::Given)[1..].to_vec();
    let wrong = Third { raised: third.raised.with(ListKind::Given, fewer), ..third.clone() };
    assert!(refused(&mut world, other, starter, &ConfirmMessage::Third(wrong)).contains("number of points"));
    let silent = Third { suspect: None, ..third };
    assert!(refused(&mut world, other, starter, &ConfirmMessage::Third(silent)).contains("another result"));
    carry(&mut world, starter, other);
    assert!(is_confirmed(&alert(&world, other)));
}

#[test]
fn a_stolen_beacon_signed_anew_gets_no_comparison() {
    let (mut world, starter, other, good) = begun();
    let key = own::load(&world[starter].view).unwrap().key();
    let stolen = Signed::<Beacon>::stored(&good.beacon).unwrap().into_value();
    // The starter itself, as a thief: it copies what the other unit announced, under its own name.
    let theirs = world[other].id;
    let rows = super::super::super::restored::beacons_after(&world[other].view, theirs, 0, 10).unwrap();
    let copied = rows[0].stored().unwrap().into_value().tokens;
    let beacon = Beacon { number: stolen.number + 1, tokens: copied, ..stolen };
    let signed = Signed::sign(&beacon, &key);
    let first = First { beacon: signed, own_beacon: beacon.number, ..*good };
    assert!(refused(&mut world, other, starter, &ConfirmMessage::First(Box::new(first))).contains("tokens are not those"));
    assert!(waiting(&mut world, other, starter).is_empty());
}

#[test]
fn a_third_unit_cannot_take_part_in_the_comparison_of_two() {
    let mut world = World::members(&["Guwahati", "Shillong", "Kathmandu", "Kolkata"]);
    let (one, two) = twice();
    // The founder blinds for itself, so it can announce while nobody hears it.
    let other = "Guwahati";
    let (before, after): (Vec<_>, Vec<_>) =
        ["Shillong", "Kathmandu", "Kolkata"].into_iter().partition(|name| world[name].id < world[other].id);
    let starter = before[0];
    let eve = before.into_iter().chain(after).find(|name| *name != starter).unwrap();
    enters(&mut world, starter, PERSON, &one, Role::Other);
    world.offline(other);
    enters(&mut world, other, PERSON, &two, Role::Other);
    pull(&mut world, starter, other);
    let steps = waiting(&mut world, starter, other);
    assert_eq!(steps.len(), 1);
    assert!(matches!(hands(&mut world, other, eve, &steps[0]), Compared::Refused(_)));
    carry(&mut world, starter, other);
    let seconds = waiting(&mut world, other, starter);
    assert_eq!(hands(&mut world, starter, eve, &seconds[0]), Compared::Applied, "no run with that unit: nothing happens");
    assert!(alerts(&world, eve).is_empty());
}

/// Everything that two units sent each other, and a hundred thousand guesses at what is in it (a million with `ICMC_LONG`).
#[test]
fn whoever_has_the_whole_transcript_recovers_nothing_by_guessing() {
    let guesses: u32 = if std::env::var_os("ICMC_LONG").is_some() { 1_000_000 } else { 100_000 };
    let (mut world, starter, other, first) = begun();
    let mut steps = vec![ConfirmMessage::First(first.clone())];
    carry(&mut world, starter, other);
    steps.extend(carry(&mut world, other, starter));
    steps.extend(waiting(&mut world, starter, other));
    let mut seen = BTreeSet::new();
    for step in &steps {
        let lists: Vec<&Lists> = match step {
            ConfirmMessage::First(step) => vec![&step.own],
            ConfirmMessage::Second(step) => vec![&step.own, &step.raised],
            ConfirmMessage::Third(step) => vec![&step.raised],
            _ => Vec::new(),
        };
        seen.extend(lists.iter().flat_map(|lists| ListKind::ALL.into_iter().flat_map(|kind| lists.of(kind).iter().copied())));
    }
    assert!(steps.len() == 3 && seen.len() > 100);
    let frame = Frame {
        federation: crate::federation::charter::current(&world[starter].view).unwrap().unwrap().federation,
        units: [world[starter].id, world[other].id],
        subjects: [first.reference.own_subject, first.reference.peer_subject],
        run: first.reference.run,
    };
    // Among the guesses are the two persons as they were entered. Under one fixed secret every value that was guessed before is
    // the same point again, so each is looked up once.
    let mut rng = SeededRng::new(5);
    let secret = Exponent::random(&mut rng);
    let (one, two) = twice();
    let mut tried = BTreeSet::new();
    let mut recovered = 0;
    let mut tries = |person: &Person, rng: &mut SeededRng| {
        for side in [Side::First, Side::Second] {
            let values: Vec<_> = crate::fingerprint::lists(person, side, b"").into_iter().collect();
            if values.iter().enumerate().any(|(list, values)| values.iter().any(|value| tried.insert((list, value.clone())))) {
                let points = hide(person, side, &frame, &secret, rng).unwrap();
                let hits = |kind: ListKind| points.of(kind).iter().filter(|point| seen.contains(point)).count();
                recovered += ListKind::ALL.into_iter().map(hits).sum::<usize>();
            }
        }
    };
    tries(&Person::from(&one), &mut rng);
    tries(&Person::from(&two), &mut rng);
    let syllables = ["ra", "fi", "qul", "is", "lam", "ka", "rim", "bar", "pe", "ta", "su", "ni", "ma", "ya", "gu", "rung"];
    for guess in 0..guesses {
        let syllable = |shift: u32| syllables[(guess >> shift) as usize % syllables.len()];
        let name = [0, 4, 8, 12, 16].map(syllable).concat();
        tries(&Person { given: vec![name.clone()], village: name, ..Person::default() }, &mut rng);
        if guess < 100 {
            let birth = Identity { birth_date: format!("{}", 1930 + guess), ..Identity::default() };
            tries(&Person::from(&birth), &mut rng);
        }
    }
    assert_eq!(recovered, 0);
}

#[test]
fn a_phone_alone_is_never_above_possible() {
    let (mut world, starter, other) = two();
    let with_phone = |given: &str, family: &str| Identity {
        sex: "M".to_owned(),
        nationality: "IN".to_owned(),
        state: "Assam".to_owned(),
        birth_date: "1990".to_owned(),
        phones: vec!["98640 00001".to_owned()],
        ..named(given, family, "", "Barpeta", "Kalgachia")
    };
    enters(&mut world, starter, PERSON, &with_phone("Gopal", "Das"), Role::Other);
    enters(&mut world, other, PERSON, &with_phone("Gobinda", "Dasgupta"), Role::Other);
    for unit in [starter, other] {
        assert!(alerts(&world, unit).iter().all(|alert| alert.class <= MatchClass::Possible), "{unit}");
    }
    assert!(comparisons(&world, other) > 1, "the phone alone began one");
}
