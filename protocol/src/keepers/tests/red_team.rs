//! A member with every secret of its own node, which is also a keeper, against what others announced: what it guesses offline confirms
//! nobody, alone or with all but one of the keepers it would need; what it guesses online stops at the quota.
//! Not the comparison that follows a hit: `matching::tests::comparing::hostile`. All people are invented.

use super::super::{BlindAnswer, KeepersError, set_quota};
use super::{FIVE, KEPT, guess, incidents, present};
use crate::federation::charter::{self, own_share};
use crate::fingerprint::{self, Identity, Person};
use crate::ids::{CaseId, EntityId, FederationId, Token, UnitId};
use crate::machine::{Announcer, Table, ViewError, beacon_place, heard_in};
use crate::matching::{Role, announce};
use crate::oprf::{Blind, KeyIndex, KeyShare, POINTS_MAX, Point, blind, combine, evaluate, finish};
use crate::testing::World;
use crate::testing::rng::SeededRng;
use crate::wire;
use std::collections::{BTreeMap, BTreeSet};

const EVE: &str = "kathmandu";
const PERSON: EntityId = EntityId([2; 16]);

/// Whom Tezpur has; Eve guesses exactly this.
fn rofiqul() -> Identity {
    Identity {
        birth_date: "1984-05-06".to_owned(),
        phones: vec!["98640 00001".to_owned()],
        ..named("Rofiqul", "Islam", "Abdul Karim")
    }
}

fn named(given: &str, family: &str, guardian: &str) -> Identity {
    Identity {
        given_name: given.to_owned(),
        family_name: family.to_owned(),
        guardian_name: guardian.to_owned(),
        district: "Barpeta".to_owned(),
        village: "Kalgachia".to_owned(),
        ..Identity::default()
    }
}

/// Tezpur and two of the keepers have announced him; Eve has heard it.
fn announced() -> World {
    let mut world = KEPT.clone();
    for unit in ["tezpur", "delhi", "shillong"] {
        let person = rofiqul();
        world.act::<_, ViewError>(unit, |txn| announce(txn, CaseId([1; 32]), PERSON, Some(&person), Role::Other)).unwrap();
        world.settle();
    }
    world
}

/// What Eve looks guesses up in.
struct Eve {
    federation: FederationId,
    /// All that she has heard, by the unit that announced it.
    heard: BTreeMap<UnitId, BTreeSet<Token>>,
}

impl Eve {
    fn of(world: &World) -> Self {
        let federation = charter::current(&world[EVE].view).unwrap().unwrap().federation;
        let mut heard: BTreeMap<UnitId, BTreeSet<Token>> = BTreeMap::new();
        for (_, key, _, row) in world[EVE].view.rows().filter(|row| row.0 == Table::BEACONS) {
            heard.entry(beacon_place(key).unwrap().0).or_default().extend(heard_in(row).unwrap());
        }
        Self { federation, heard }
    }

    /// Whether anybody announced a y, with any key there has been.
    fn is_heard(&self, y: &[u8; 64]) -> bool {
        let token = |unit: &UnitId, epoch: u64| Announcer { federation: self.federation, epoch, unit: *unit }.token(y);
        self.heard.iter().any(|(unit, tokens)| tokens.contains(&token(unit, 0)) || tokens.contains(&token(unit, 1)))
    }

    /// How many guesses are confirmed by what she heard, if the key were what these shares give.
    fn confirmed(&self, shares: &[(KeyIndex, KeyShare)], guesses: &[Vec<u8>]) -> usize {
        let mut rng = SeededRng::new(7);
        let with = Blind::random(&mut rng);
        let mut found = 0;
        for part in guesses.chunks(POINTS_MAX) {
            let points: Vec<Point> = part.iter().map(|input| blind(input, &with).unwrap()).collect();
            let answer = |(at, share): &(KeyIndex, KeyShare)| (*at, evaluate(share, &points, &mut rng).unwrap().points);
            let answers: Vec<_> = shares.iter().map(answer).collect();
            let answers: Vec<(KeyIndex, &[Point])> = answers.iter().map(|(at, points)| (*at, &**points)).collect();
            let combined = combine(&answers).unwrap();
            found +=
                part.iter().zip(&combined).filter(|(input, point)| self.is_heard(&finish(input, &with, point).unwrap())).count();
        }
        found
    }
}

/// Inputs of guessed persons, the true one among them, at least so many.
fn dictionary(count: usize) -> Vec<Vec<u8>> {
    let inputs = |identity: &Identity| {
        let features = fingerprint::features(&Person::from(identity));
        features.iter().map(fingerprint::Feature::input).collect::<Vec<_>>()
    };
    let syllables = ["ra", "fi", "qul", "is", "lam", "ka", "rim", "bar", "pe", "ta", "su", "ni", "ma", "ya", "gu", "rung"];
    let mut all: BTreeSet<Vec<u8>> = inputs(&rofiqul()).into_iter().collect();
    for guess in 0_usize.. {
        if all.len() >= count {
            break;
        }
        let word = |from: u32| [0, 4, 8].map(|shift| syllables[(guess >> (from + shift)) % syllables.len()]).concat();
        let birth_date = format!("{}-{:02}-{:02}", 1950 + guess % 60, 1 + guess % 12, 1 + guess % 28);
        all.extend(inputs(&Identity {
            birth_date,
            phones: vec![format!("98640 {guess:05}")],
            ..named(&word(0), "Islam", &word(4))
        }));
    }
    all.into_iter().collect()
}

/// The shares that these keepers hold, as they stand in their stores.
fn shares(world: &World, keepers: &[&str]) -> Vec<(KeyIndex, KeyShare)> {
    let share = |keeper: &&str| {
        let blinding = present(world, keeper);
        let share = own_share(&world[keeper].view, &blinding).unwrap().expect("it keeps a share");
        (blinding.keeper(world[keeper].id).unwrap().0, share)
    };
    keepers.iter().map(share).collect()
}

/// What may be a key, if these bytes are one.
fn as_key(bytes: &[u8]) -> Option<KeyShare> {
    wire::decode(&wire::encode(serde_bytes::Bytes::new(bytes)), 40).ok()
}

fn long() -> bool {
    std::env::var_os("ICMC_LONG").is_some()
}

#[test]
fn every_secret_of_one_member_and_very_many_guesses_confirm_nobody_offline() {
    let world = announced();
    let eve = Eve::of(&world);
    assert!(eve.heard.values().map(BTreeSet::len).sum::<usize>() >= 3 * 8, "there is something to be confirmed");
    let guesses = dictionary(if long() { 1_000_000 } else { 100_000 });
    let of_him = dictionary(1);
    // That this way of looking finds what is there: with as many shares as are needed all of his features are confirmed.
    assert_eq!(eve.confirmed(&shares(&world, &["guwahati", "delhi", EVE]), &of_him), of_him.len());
    // What she has: her own share, which is worth no more than any number.
    assert_eq!(eve.confirmed(&shares(&world, &[EVE]), &guesses), 0);
    // No key at all: a plain hash of the input.
    let plain = |input: &Vec<u8>| crate::crypto::Hasher::new("a guess").part(input).wide();
    assert!(!guesses.iter().any(|input| eve.is_heard(&plain(input))));
    // Whatever else stands in her store, as a key: every 32 bytes of it that can be one.
    let secrets: Vec<KeyShare> = world[EVE].view.rows().flat_map(|(.., row)| row.windows(32).filter_map(as_key)).collect();
    assert!(secrets.len() > 100);
    let secrets = secrets.into_iter().step_by(if long() { 1 } else { 23 });
    assert_eq!(secrets.map(|secret| eve.confirmed(&[(KeyIndex::new(1).unwrap(), secret)], &of_him[..1])).sum::<usize>(), 0);
}

#[test]
fn all_but_one_of_the_keepers_that_are_needed_learn_nothing_together() {
    let world = announced();
    let eve = Eve::of(&world);
    let guesses = dictionary(if long() { 100_000 } else { 5_000 });
    for others in ["guwahati", "shillong", "delhi", "kolkata"] {
        let two = shares(&world, &[others, EVE]);
        assert_eq!(eve.confirmed(&two, &guesses), 0, "{others}");
        // Also not if they mistake each other's place.
        let swapped = [(two[1].0, two[0].1.clone()), (two[0].0, two[1].1.clone())];
        assert_eq!(eve.confirmed(&swapped, &dictionary(1)), 0, "{others}");
    }
}

#[test]
fn guesses_spread_over_all_keepers_stop_at_the_quota_and_all_of_them_raise_an_alarm() {
    let mut world = KEPT.clone();
    for unit in FIVE {
        world
            .act::<_, KeepersError>(unit, |txn| {
                set_quota(txn, 60);
                Ok(())
            })
            .unwrap();
    }
    let evaluated = |answer: Vec<u8>| matches!(wire::decode(&answer, answer.len()), Ok(BlindAnswer::Evaluated(_)));
    let mut whole = 0;
    for number in 0..120_u8 {
        // Three of the five in turn, so that each is asked as often as any other.
        let asked = (0..3).map(|place| FIVE[(usize::from(number) * 3 + place) % FIVE.len()]);
        let answered = asked.filter(|keeper| evaluated(guess(&mut world, "tezpur", keeper, number))).count();
        whole += usize::from(answered == 3);
    }
    assert_eq!(whole, 60, "60 points a day are 60 guesses, however they are spread");
    for keeper in FIVE {
        assert_eq!(incidents(&world, keeper, "more evaluations than its quota"), 1, "{keeper}");
    }
}
