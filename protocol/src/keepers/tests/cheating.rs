//! Keepers that cheat while a key is generated: each is named at everybody, with the proof, and there is no key.
//! All units are invented.

use super::super::generation::{Ended, State, Step, Steps, What, say_yes};
use super::super::message::Message;
use super::super::{Fault, KeepersMessage};
use super::{MEMBERS, mark_of, state, want};
use crate::bounded::BoundedVec;
use crate::crypto::Signed;
use crate::envelope::{Kind, outbox};
use crate::federation::charter::{KeeperWord, KeyTerms};
use crate::federation::own;
use crate::ids::{GenerationId, Transcript};
use crate::machine::{Table, ViewError};
use crate::oprf::KeyIndex;
use crate::oprf::generation::{Commitment, Dealt};
use crate::testing::World;
use crate::testing::rng::SeededRng;
use crate::wire;

const THREE: [&str; 3] = ["guwahati", "shillong", "delhi"];

/// Guwahati, Shillong and Delhi are to keep a key, and the first two have said yes; Delhi does what it likes.
fn begun() -> (World, GenerationId) {
    let mut world = MEMBERS.clone();
    let wanted = want(&mut world, "guwahati", 2, &THREE);
    world.act("shillong", |txn| say_yes(txn, wanted)).unwrap();
    world.settle();
    (world, wanted)
}

fn terms(world: &World, wanted: GenerationId) -> KeyTerms {
    super::runs(&world["delhi"].view).unwrap().into_iter().find(|run| run.id == wanted).unwrap().terms
}

fn signed(world: &World, unit: &str, generation: GenerationId, what: What) -> Signed<Step> {
    Signed::sign(&Step { generation, unit: world[unit].id, what }, &own::load(&world[unit].view).unwrap().key())
}

fn send(world: &mut World, from: &str, to: &str, wanted: GenerationId, whats: Vec<What>, word: Option<KeeperWord>) {
    let steps = whats.into_iter().map(|what| signed(world, from, wanted, what)).collect();
    let word = word.map(|word| Signed::sign(&word, &own::load(&world[from].view).unwrap().key()));
    let by = own::load(&world["guwahati"].view).unwrap().key();
    let steps = Steps { terms: Signed::sign(&terms(world, wanted), &by), steps: BoundedVec::new(steps).unwrap(), word };
    let payload = wire::encode(&Message::Generation(steps));
    let to = world[to].id;
    world
        .act(from, |txn| outbox::queue(txn, to, Kind::Keepers, payload, None).map_err(|error| ViewError(error.to_string())))
        .unwrap();
    world.settle();
}

fn dealt(seed: u64, wanted: GenerationId) -> (Dealt, Commitment) {
    let mut rng = SeededRng::new(seed);
    let dealt = Dealt::new(2, &mut rng).unwrap();
    let commitment = dealt.commitment(wanted.as_bytes(), index(3), &mut rng);
    (dealt, commitment)
}

fn index(place: u16) -> KeyIndex {
    KeyIndex::new(place).unwrap()
}

fn failed(world: &World, wanted: GenerationId, fault: Fault) {
    for unit in ["guwahati", "shillong"] {
        let delhi = world["delhi"].id;
        assert_eq!(state(world, unit, wanted), State::Over(Ended::Failed(delhi, fault)), "{unit}");
        assert_eq!(mark_of(world, unit, "delhi").fault.map(|(fault, _)| fault), Some(fault), "{unit}");
        assert_eq!(world[unit].count(Table::PROOFS), 1, "{unit}");
        assert_eq!(mark_of(world, unit, if unit == "guwahati" { "shillong" } else { "guwahati" }).faults, 0, "{unit}");
    }
}

#[test]
fn who_shows_two_keepers_two_commitments_is_named_by_both() {
    let (mut world, wanted) = begun();
    let both = [dealt(1, wanted), dealt(2, wanted)];
    let to = |at: usize| THREE[at];
    for (at, (_, commitment)) in both.iter().enumerate() {
        let hash = commitment.hash(wanted.as_bytes(), index(3));
        send(&mut world, "delhi", to(at), wanted, vec![What::Hash(hash)], None);
    }
    for (at, (dealt, commitment)) in both.iter().enumerate() {
        let share = dealt.share_for(index(u16::try_from(at + 1).unwrap()));
        let unit = world[to(at)].id;
        send(
            &mut world,
            "delhi",
            to(at),
            wanted,
            vec![What::Commitment(commitment.clone()), What::Share { to: unit, share }],
            None,
        );
    }
    failed(&world, wanted, Fault::TwoCommitments);
}

#[test]
fn who_shows_another_commitment_than_it_fixed_is_named() {
    let (mut world, wanted) = begun();
    let (one, other) = (dealt(1, wanted).1, dealt(2, wanted).1);
    for unit in ["guwahati", "shillong"] {
        send(&mut world, "delhi", unit, wanted, vec![What::Hash(one.hash(wanted.as_bytes(), index(3)))], None);
    }
    send(&mut world, "delhi", "guwahati", wanted, vec![What::Commitment(other)], None);
    failed(&world, wanted, Fault::TwoCommitments);
}

#[test]
fn who_commits_to_what_it_does_not_know_is_named() {
    let (mut world, wanted) = begun();
    // The points of one with the proof of another.
    let mixed = Commitment { proof: dealt(2, wanted).1.proof, ..dealt(1, wanted).1 };
    for unit in ["guwahati", "shillong"] {
        send(&mut world, "delhi", unit, wanted, vec![What::Hash(mixed.hash(wanted.as_bytes(), index(3)))], None);
    }
    send(&mut world, "delhi", "shillong", wanted, vec![What::Commitment(mixed)], None);
    failed(&world, wanted, Fault::TwoCommitments);
}

#[test]
fn who_deals_a_wrong_share_is_named_by_the_one_who_got_it() {
    let (mut world, wanted) = begun();
    let (dealt, commitment) = dealt(1, wanted);
    for unit in ["guwahati", "shillong"] {
        send(&mut world, "delhi", unit, wanted, vec![What::Hash(commitment.hash(wanted.as_bytes(), index(3)))], None);
        send(&mut world, "delhi", unit, wanted, vec![What::Commitment(commitment.clone())], None);
    }
    let (guwahati, shillong) = (world["guwahati"].id, world["shillong"].id);
    send(&mut world, "delhi", "guwahati", wanted, vec![What::Share { to: guwahati, share: dealt.share_for(index(1)) }], None);
    send(&mut world, "delhi", "shillong", wanted, vec![What::Share { to: shillong, share: dealt.share_for(index(1)) }], None);
    failed(&world, wanted, Fault::WrongShare);
}

#[test]
fn who_signs_another_key_is_named() {
    let (mut world, wanted) = begun();
    let (dealt, commitment) = dealt(1, wanted);
    let units = [world["guwahati"].id, world["shillong"].id];
    for (at, unit) in ["guwahati", "shillong"].into_iter().enumerate() {
        let share = dealt.share_for(index(u16::try_from(at + 1).unwrap()));
        send(&mut world, "delhi", unit, wanted, vec![What::Hash(commitment.hash(wanted.as_bytes(), index(3)))], None);
        let whats = vec![What::Commitment(commitment.clone()), What::Share { to: units[at], share }];
        send(&mut world, "delhi", unit, wanted, whats, None);
    }
    let word = KeeperWord {
        federation: terms(&world, wanted).federation,
        epoch: 1,
        transcript: Transcript([8; 32]),
        unit: world["delhi"].id,
    };
    for unit in ["guwahati", "shillong"] {
        send(&mut world, "delhi", unit, wanted, Vec::new(), Some(word));
    }
    failed(&world, wanted, Fault::OtherTranscript);
}

#[test]
fn who_accuses_an_honest_keeper_is_named_itself() {
    let (mut world, wanted) = begun();
    let hash = dealt(1, wanted).1.hash(wanted.as_bytes(), index(3));
    let own = signed(&world, "delhi", wanted, What::Hash(hash));
    for unit in ["guwahati", "shillong"] {
        let complaint = What::Complaint { one: own.clone(), other: own.clone() };
        send(&mut world, "delhi", unit, wanted, vec![complaint], None);
        assert_eq!(mark_of(&world, unit, "delhi").fault.map(|(fault, _)| fault), Some(Fault::FalseComplaint));
        assert_eq!(state(&world, unit, wanted), State::Over(Ended::Failed(world["delhi"].id, Fault::FalseComplaint)));
    }
}

#[test]
fn steps_in_anothers_name_or_of_a_stranger_are_refused() {
    let (mut world, wanted) = begun();
    let before = world["guwahati"].state();
    let forged = Signed::sign(
        &Step { generation: wanted, unit: world["shillong"].id, what: What::No },
        &own::load(&world["delhi"].view).unwrap().key(),
    );
    let by = own::load(&world["guwahati"].view).unwrap().key();
    let steps = |from: &str, step: Signed<Step>, world: &World| {
        let _ = from;
        let terms = Signed::sign(&terms(world, wanted), &by);
        wire::encode(&KeepersMessage::Generation(Steps { terms, steps: BoundedVec::new(vec![step]).unwrap(), word: None }))
    };
    let guwahati = world["guwahati"].id;
    for (from, step) in [("delhi", forged), ("tezpur", signed(&world, "tezpur", wanted, What::No))] {
        let payload = steps(from, step, &world);
        world
            .act(from, |txn| {
                outbox::queue(txn, guwahati, Kind::Keepers, payload, None).map_err(|error| ViewError(error.to_string()))
            })
            .unwrap();
        world.settle();
    }
    assert_eq!(world["guwahati"].state(), before);
    assert_eq!(state(&world, "guwahati", wanted), State::Running);
}
