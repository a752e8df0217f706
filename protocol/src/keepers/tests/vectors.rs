//! Golden bytes of what keepers and those who ask them sign and send, made with fixed seeds and time.
//! Written anew with `ICMC_WRITE_VECTORS=1`; after the first release a changed vector is a new version of the message.

use super::super::generation::{Step, Steps, What};
use super::super::{BlindAnswer, BlindRefusal, BlindReply, BlindRequest, Burst, KeepersMessage};
use crate::bounded::{BoundedText, BoundedVec};
use crate::crypto::{Message, NodeSecret, Signed};
use crate::federation::charter::{KeeperWord, KeyTerms};
use crate::ids::{FederationId, PersonRef, Transcript, UnitId};
use crate::oprf::generation::Dealt;
use crate::oprf::{self, Blind, KeyIndex};
use crate::testing::rng::SeededRng;
use crate::testing::vectors::compare;
use crate::testing::world::NOON;
use crate::time::Timestamp;
use crate::wire;

const FEDERATION: FederationId = FederationId([7; 32]);
const UNIT: UnitId = UnitId([2; 32]);

fn signed<T: Message>(value: &T) -> Signed<T> {
    Signed::sign(value, &NodeSecret::from_seed(&[6; 32]))
}

#[test]
fn bytes_of_blinding_are_the_golden_ones() {
    let mut rng = SeededRng::new(11);
    let blind = Blind::derive(&[5; 32], b"a reference", 0);
    let points = vec![oprf::blind(b"an invented input", &blind).unwrap()];
    let share = Dealt::new(1, &mut rng).unwrap().share_for(KeyIndex::new(1).unwrap());
    let evaluation = oprf::evaluate(&share, &points, &mut rng).unwrap();
    let request = BlindRequest {
        federation: FEDERATION,
        epoch: 1,
        keeper: UNIT,
        number: 41,
        person_ref: PersonRef([3; 16]),
        points: BoundedVec::new(points).unwrap(),
    };
    compare("blind-request", signed(&request).as_bytes());
    let reply = BlindReply { federation: FEDERATION, epoch: 1, keeper: UNIT, number: 41, evaluation };
    compare("blind-reply", signed(&reply).as_bytes());
    compare("blind-answer", &wire::encode(&BlindAnswer::Evaluated(signed(&reply))));
    let resets_at = Timestamp(NOON.0 + 1);
    for (name, refusal) in [
        ("keeper", BlindRefusal::NotAKeeper),
        ("epoch", BlindRefusal::UnknownEpoch),
        ("quota", BlindRefusal::OverQuota { resets_at }),
        ("served", BlindRefusal::NotServed),
        ("malformed", BlindRefusal::Malformed),
    ] {
        compare(&format!("blind-refused-{name}"), &wire::encode(&BlindAnswer::Refused(refusal)));
    }
    let burst = Burst { federation: FEDERATION, unit: UNIT, day: 20_780, points: 50_000 };
    compare("burst", signed(&burst).as_bytes());
    compare("payload-keepers-burst", &wire::encode(&KeepersMessage::Burst(signed(&burst))));
}

#[test]
fn bytes_of_a_generation_are_the_golden_ones() {
    let mut rng = SeededRng::new(12);
    let terms = KeyTerms {
        federation: FEDERATION,
        epoch: 1,
        recipe: BoundedText::new("m1").unwrap(),
        threshold: 2,
        keepers: BoundedVec::new(vec![UNIT, UnitId([3; 32]), UnitId([4; 32])]).unwrap(),
        by: UNIT,
        made: NOON,
    };
    let (generation, index) = (terms.id(), terms.index(UNIT).unwrap());
    let dealt = Dealt::new(2, &mut rng).unwrap();
    let commitment = dealt.commitment(generation.as_bytes(), index, &mut rng);
    let step = |what| signed(&Step { generation, unit: UNIT, what });
    let hash = step(What::Hash(commitment.hash(generation.as_bytes(), index)));
    let shown = step(What::Commitment(commitment));
    let to = UnitId([3; 32]);
    let share = step(What::Share { to, share: dealt.share_for(terms.index(to).unwrap()) });
    let complaint = step(What::Complaint { one: hash.clone(), other: shown.clone() });
    let word = signed(&KeeperWord { federation: FEDERATION, epoch: 1, transcript: Transcript([9; 32]), unit: UNIT });
    let message = |steps, word| {
        let steps = Steps { terms: signed(&terms), steps: BoundedVec::new(steps).unwrap(), word };
        wire::encode(&KeepersMessage::Generation(steps))
    };
    compare("key-terms", signed(&terms).as_bytes());
    compare("key-step", share.as_bytes());
    compare("keeper-word", word.as_bytes());
    compare("payload-keepers-start", &message(Vec::new(), None));
    compare("payload-keepers-steps", &message(vec![hash, shown, share, step(What::No), complaint], Some(word)));
}
