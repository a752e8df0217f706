//! Attacks on the keepers of the blinding key and on comparisons: requests, bursts, generations, steps that nobody asked for.
//! What a keeper may cheat with while a key is generated is in `keepers::tests::cheating`.

use super::charter::{EPOCH, all_of, charter_by};
use super::stage::Stage;
use super::{Attack, attack, id};
use crate::bounded::{BoundedText, BoundedVec};
use crate::core::Input;
use crate::crypto::Signed;
use crate::envelope::Kind;
use crate::federation::charter::{Charter, FormerBlinding, KeyTerms};
use crate::ids::{FederationId, PersonRef, Transcript, UnitId};
use crate::keepers::generation::{Step, Steps, What};
use crate::keepers::{BURST_MAX, BlindRequest, Burst, KeepersMessage};
use crate::machine::Effects;
use crate::oprf::{self, Blind};
use crate::testing::vectors;
use crate::time::DAY;

/// A request of Kathmandu's to Guwahati, which keeps the key, changed as told and signed by whom one likes.
fn asked(stage: &mut Stage, from: &str, signer: &str, change: impl FnOnce(&Stage, &mut BlindRequest)) -> Effects {
    let point = oprf::blind(b"an invented input", &Blind::derive(&[5; 32], b"a reference", 0)).unwrap();
    let mut request = BlindRequest {
        federation: super::charter::head(stage).federation,
        epoch: 0,
        keeper: id(&stage.world, "guwahati"),
        number: 700,
        person_ref: PersonRef([3; 16]),
        points: BoundedVec::new(vec![point]).unwrap(),
    };
    change(stage, &mut request);
    let from = id(&stage.world, from);
    let bytes = Signed::sign(&request, &stage.key(signer)).as_bytes().to_vec();
    stage.world.handle("guwahati", Input::BlindRequest { from, bytes })
}

fn burst(stage: &mut Stage, signer: &str, change: impl FnOnce(&Stage, &mut Burst)) -> Effects {
    let federation = super::charter::head(stage).federation;
    let day = stage.world.now.0 / DAY;
    let mut burst = Burst { federation, unit: id(&stage.world, "kathmandu"), day, points: 9_000 };
    change(stage, &mut burst);
    let message = KeepersMessage::Burst(Signed::sign(&burst, &stage.key(signer)));
    stage.pay("kathmandu", "guwahati", Kind::Keepers, &message)
}

/// Terms of the next key, wanted by Kathmandu and kept by it and Shillong.
fn terms(stage: &Stage) -> KeyTerms {
    KeyTerms {
        federation: super::charter::head(stage).federation,
        epoch: 1,
        recipe: BoundedText::new("m1").unwrap(),
        threshold: 2,
        keepers: BoundedVec::new(vec![id(&stage.world, "kathmandu"), id(&stage.world, "shillong")]).unwrap(),
        by: id(&stage.world, "kathmandu"),
        made: stage.world.now,
    }
}

/// Kathmandu sends Shillong these terms, signed by whom one likes, with these steps.
fn generation(stage: &mut Stage, signer: &str, terms: &KeyTerms, steps: Vec<Signed<Step>>) -> Effects {
    let terms = Signed::sign(terms, &stage.key(signer));
    let steps = Steps { terms, steps: BoundedVec::new(steps).unwrap(), word: None };
    stage.pay("kathmandu", "shillong", Kind::Keepers, &KeepersMessage::Generation(steps))
}

fn step(stage: &Stage, signer: &str, terms: &KeyTerms, unit: UnitId) -> Signed<Step> {
    Signed::sign(&Step { generation: terms.id(), unit, what: What::Hash([7; 32]) }, &stage.key(signer))
}

fn keepers_changed(stage: &mut Stage, change: impl FnOnce(&Stage, &mut Charter)) -> Effects {
    let all = all_of(stage);
    charter_by(stage, change, all)
}

const MALFORMED: &str = "asked a keeper for evaluations out of form";
const BURST: &str = "asked for more evaluations out of form";
const NO_PART: &str = "in which one of the two has no part";

pub(super) const ATTACKS: &[Attack] = &[
    // Requests to blind.
    attack("a request to blind, shown to another keeper than it names", "j", "guwahati", MALFORMED, |stage| {
        asked(stage, "kathmandu", "kathmandu", |stage, request| request.keeper = id(&stage.world, "shillong"))
    }),
    attack("a request to blind on Shillong's quota", "j", "guwahati", MALFORMED, |stage| {
        asked(stage, "shillong", "kathmandu", |_, _| {})
    }),
    attack("Shillong's request to blind, brought by Kathmandu", "j", "guwahati", MALFORMED, |stage| {
        asked(stage, "kathmandu", "shillong", |_, _| {})
    }),
    attack("a request to blind of another federation", "j", "guwahati", MALFORMED, |stage| {
        asked(stage, "kathmandu", "kathmandu", |_, request| request.federation = FederationId([9; 32]))
    }),
    attack("a request to blind nothing", "j", "guwahati", MALFORMED, |stage| {
        asked(stage, "kathmandu", "kathmandu", |_, request| request.points = BoundedVec::default())
    }),
    attack("a request to blind with a key that there is not", "j", "guwahati", "", |stage| {
        asked(stage, "kathmandu", "kathmandu", |_, request| request.epoch = 7)
    }),
    // More evaluations.
    attack("more evaluations asked for in Shillong's name", "j", "guwahati", BURST, |stage| {
        burst(stage, "kathmandu", |stage, burst| burst.unit = id(&stage.world, "shillong"))
    }),
    attack("more evaluations that Shillong asked for, passed on as one's own", "j", "guwahati", BURST, |stage| {
        burst(stage, "shillong", |stage, burst| burst.unit = id(&stage.world, "shillong"))
    }),
    attack("more evaluations than two persons may ask for", "j", "guwahati", BURST, |stage| {
        burst(stage, "kathmandu", |_, burst| burst.points = BURST_MAX + 1)
    }),
    attack("more evaluations for a day long past", "j", "guwahati", BURST, |stage| {
        burst(stage, "kathmandu", |_, burst| burst.day -= 2)
    }),
    attack("more evaluations in another federation", "j", "guwahati", BURST, |stage| {
        burst(stage, "kathmandu", |_, burst| burst.federation = FederationId([9; 32]))
    }),
    attack("a message to keepers out of form", "j", "guwahati", "sent keepers a message out of form", |stage| {
        stage.pay_bytes("kathmandu", "guwahati", Kind::Keepers, vec![0xff; 200])
    }),
    // Generations.
    attack("a key that Guwahati is said to want", "j", "shillong", "terms of a generation that nobody signed", |stage| {
        let terms = KeyTerms { by: id(&stage.world, "guwahati"), ..terms(stage) };
        generation(stage, "kathmandu", &terms, Vec::new())
    }),
    attack("a key that one keeper of two could use alone", "j", "shillong", NO_PART, |stage| {
        let terms = KeyTerms { threshold: 1, ..terms(stage) };
        generation(stage, "kathmandu", &terms, Vec::new())
    }),
    attack("a key of two shares for one keeper", "j", "shillong", NO_PART, |stage| {
        let twice = vec![id(&stage.world, "kathmandu"), id(&stage.world, "kathmandu"), id(&stage.world, "shillong")];
        let terms = KeyTerms { keepers: BoundedVec::new(twice).unwrap(), ..terms(stage) };
        generation(stage, "kathmandu", &terms, Vec::new())
    }),
    attack("a key among others, told to Shillong", "j", "shillong", NO_PART, |stage| {
        let others = vec![id(&stage.world, "kathmandu"), id(&stage.world, "guwahati")];
        let terms = KeyTerms { keepers: BoundedVec::new(others).unwrap(), ..terms(stage) };
        generation(stage, "kathmandu", &terms, Vec::new())
    }),
    attack("a key of another federation", "j", "shillong", NO_PART, |stage| {
        let terms = KeyTerms { federation: FederationId([9; 32]), ..terms(stage) };
        generation(stage, "kathmandu", &terms, Vec::new())
    }),
    attack("Shillong's own step of a generation, made by Kathmandu", "j", "shillong", "that its unit did not sign", |stage| {
        let terms = terms(stage);
        let step = step(stage, "kathmandu", &terms, id(&stage.world, "shillong"));
        generation(stage, "kathmandu", &terms, vec![step])
    }),
    attack("a step of another generation", "j", "shillong", "that its unit did not sign", |stage| {
        let terms = terms(stage);
        let other = KeyTerms { made: terms.made.plus(1), ..terms.clone() };
        let step = step(stage, "kathmandu", &other, id(&stage.world, "kathmandu"));
        generation(stage, "kathmandu", &terms, vec![step])
    }),
    attack("a step of a unit that is to keep nothing", "j", "shillong", "a step of a generation that is not its own", |stage| {
        let terms = terms(stage);
        let step = step(stage, "imphal", &terms, id(&stage.world, "imphal"));
        generation(stage, "kathmandu", &terms, vec![step])
    }),
    // What the charter says of keepers.
    attack("the key left out of the charter, by all", "j", "shillong", EPOCH, |stage| {
        keepers_changed(stage, |_, charter| charter.blinding = None)
    }),
    attack("keepers that never made a key, by all", "j", "shillong", EPOCH, |stage| {
        keepers_changed(stage, |stage, charter| {
            let blinding = charter.blinding.as_mut().unwrap();
            blinding.terms.keepers = BoundedVec::new(vec![id(&stage.world, "kathmandu")]).unwrap();
        })
    }),
    attack("a key of the next number with the words of the one before, by all", "j", "shillong", EPOCH, |stage| {
        keepers_changed(stage, |_, charter| {
            let before = charter.blinding.clone().unwrap();
            let mut next = before.clone();
            (next.terms.epoch, next.from) = (1, charter.made);
            charter.blinding = Some(next);
            charter.former = Some(FormerBlinding { blinding: before, until: charter.made.plus(30 * DAY) });
        })
    }),
    attack("a key of Kathmandu's own as the one before, by all", "j", "shillong", EPOCH, |stage| {
        keepers_changed(stage, |_, charter| {
            let blinding = charter.blinding.clone().unwrap();
            charter.former = Some(FormerBlinding { blinding, until: charter.made.plus(30 * DAY) });
        })
    }),
    attack("a keeper's word over another key, by all", "j", "shillong", EPOCH, |stage| {
        keepers_changed(stage, |stage, charter| {
            let blinding = charter.blinding.as_mut().unwrap();
            let mut word = blinding.word(id(&stage.world, "guwahati"));
            word.transcript = Transcript([9; 32]);
            blinding.words = BoundedVec::new(vec![Signed::sign(&word, &stage.key("guwahati"))]).unwrap();
        })
    }),
    // Comparisons.
    attack("a comparison begun with a beacon that nobody here signed", "b", "shillong", "comparison", |stage| {
        stage.pay_bytes("kathmandu", "shillong", Kind::MatchConfirm, vectors::read("confirm-first"))
    }),
    attack("a step of a comparison out of form", "b", "shillong", "a step of a comparison that is not well-formed", |stage| {
        stage.pay_bytes("kathmandu", "shillong", Kind::MatchConfirm, vec![0xff; 200])
    }),
    attack("a step of a comparison, cut", "b", "shillong", "a step of a comparison that is not well-formed", |stage| {
        let mut cut = vectors::read("confirm-second");
        cut.pop();
        stage.pay_bytes("kathmandu", "shillong", Kind::MatchConfirm, cut)
    }),
];
