//! Attacks by name, as the catalogue of tests calls them: each against a federation at work, refused, noted, and without effect.
//! Not what machines do with spoilt bytes: see `spoilt`; not the noise of a network: see `sim`.

mod charter;
pub(super) mod cose;
mod elsewhere;
mod inside;
mod keeping;
mod log;
mod outside;
mod payload;
mod sequences;
mod smaller;
mod stage;

use super::{World, say};
use crate::envelope::{Answer, Outcome};
use crate::machine::{Effects, Verdict};
use crate::wire;
use stage::{STAGE, Stage};
use std::collections::BTreeSet;

/// One attack.
struct Attack {
    /// What is tried, in a few words.
    name: &'static str,
    /// Its row in the catalogue.
    of: &'static str,
    /// Who is attacked.
    on: &'static str,
    /// What that unit notes of it: a part of the sentence. Empty only where there is nothing to accuse anybody of.
    noted: &'static str,
    /// Tries it and gives what came of it at the unit.
    run: fn(&mut Stage) -> Effects,
}

const fn attack(
    name: &'static str,
    of: &'static str,
    on: &'static str,
    noted: &'static str,
    run: fn(&mut Stage) -> Effects,
) -> Attack {
    Attack { name, of, on, noted, run }
}

/// All of them.
fn all() -> impl Iterator<Item = &'static Attack> {
    let folders = [outside::ATTACKS, inside::ATTACKS, payload::ATTACKS, log::ATTACKS, charter::ATTACKS, smaller::ATTACKS];
    folders.into_iter().chain([keeping::ATTACKS]).flatten()
}

/// Whether the answer says that something was taken.
fn is_taken(effects: &Effects) -> bool {
    let answer = effects.reply.as_ref().and_then(|reply| wire::decode::<Answer>(reply, 16 * 1024).ok());
    match answer {
        Some(Answer::Ack(ack)) => ack.stored().is_ok_and(|ack| ack.outcome == Outcome::Applied),
        _ => false,
    }
}

#[test]
fn every_attack_is_refused_and_noted_and_leaves_nothing() {
    let (mut noted, mut silent, mut catalogue) = (0, 0, BTreeSet::new());
    for attack in all() {
        let Attack { name, of, on, noted: sentence, run } = attack;
        let mut stage = STAGE.clone();
        let at_first = stage.world[on].state();
        let already = stage.world[on].incidents.len();
        let effects = run(&mut stage);
        let before = stage.before.take().unwrap_or(at_first);
        let incidents = &stage.world[on].incidents[already..];
        assert!(!is_taken(&effects), "{name}: taken");
        assert!(effects.verdict != Some(Verdict::Accept) && effects.gossip.is_empty(), "{name}: passed on");
        assert!(effects.erase.is_empty(), "{name}: destroys a key");
        assert!(effects.evaluate.is_none(), "{name}: computed with the blinding key");
        assert!(stage.world[on].state() == before, "{name}: leaves something");
        if sentence.is_empty() {
            assert!(incidents.is_empty(), "{name}: {incidents:?}");
            silent += 1;
        } else {
            assert!(incidents.iter().any(|incident| incident.what.contains(sentence)), "{name}: {incidents:?}");
            noted += 1;
        }
        catalogue.insert(*of);
    }
    let names: BTreeSet<&str> = all().map(|attack| attack.name).collect();
    assert_eq!(names.len(), all().count(), "no name is there twice");
    assert!(noted >= 60, "{noted} are noted");
    let listed = elsewhere::LISTED.len();
    say(&format!(
        "{noted} named attacks refused and noted, {silent} refused in silence, none left a row ({catalogue:?}); {listed} more by name elsewhere"
    ));
}

/// The stage is what the attacks think it is: an honest envelope of each sort is taken on it.
#[test]
fn what_the_attacks_bend_is_taken_as_it_is() {
    let mut stage = STAGE.clone();
    let body = stage.body("guwahati", "shillong");
    let effects = stage.send("guwahati", &body);
    assert!(is_taken(&effects));
    let mut stage = STAGE.clone();
    let entries = stage.entries(1);
    let effects = stage.entries_of("guwahati", &entries);
    assert!(is_taken(&effects), "{:?}", effects.incidents);
    let mut stage = STAGE.clone();
    let contribution = stage.contribution();
    let effects = stage.pay("shillong", "guwahati", crate::envelope::Kind::Contribution, &contribution);
    assert!(is_taken(&effects), "{:?}", effects.incidents);
}

/// Every row of the catalogue about what passes between units has its attacks here, or its tests elsewhere.
#[test]
fn every_row_of_the_catalogue_about_sharing_is_covered() {
    let here: BTreeSet<&str> = all().map(|attack| attack.of).chain(elsewhere::LISTED.iter().map(|(of, ..)| *of)).collect();
    for row in ["T5", "T6", "T7", "T8", "T9", "T35", "b", "d", "e", "f", "g", "h", "j", "k", "l"] {
        assert!(here.contains(row), "{row}");
    }
}

/// Names the world so that attacks read as sentences.
fn id(world: &World, unit: &str) -> crate::ids::UnitId {
    world[unit].id
}
