//! Attacks on who belongs together: charters, prekeys, departures, proposals, requests to join, beacons, acknowledgements.
//! Each comes on the protocol on which it would come, over Kathmandu's own connection.

use super::stage::Stage;
use super::{Attack, attack, id};
use crate::bounded::BoundedVec;
use crate::core::Input;
use crate::crypto::{NodeSecret, PrekeySecret, Signed};
use crate::federation::charter::{self, Charter, CharterApproval, CharterEpoch, Head};
use crate::federation::joining::{self, Withdrawal};
use crate::federation::leaving::Leave;
use crate::federation::member::Member;
use crate::federation::prekey::{self, Prekey};
use crate::ids::{CharterHash, FederationId, NodeKey, UnitId};
use crate::machine::Effects;
use crate::testing::rng::SeededRng;
use crate::time::{DAY, Timestamp};
use crate::wire;
use serde::Serialize;

/// A reply of `/icmc/charter/1`, as another implementation would write it.
#[derive(Debug, Clone, Serialize)]
struct Reply {
    have: Head,
    epochs: Vec<CharterEpoch>,
    prekeys: Vec<Signed<Prekey>>,
    leaves: Vec<Signed<Leave>>,
    withdrawn: Vec<Signed<Withdrawal>>,
    offer: Option<Offer>,
    approval: Option<Signed<CharterApproval>>,
    hello: Option<u8>,
}

/// What a member proposes: here a new key of its own.
#[derive(Debug, Clone, Serialize)]
struct Offer {
    epoch: u64,
    hash: CharterHash,
    amendment: (u8, NodeKey),
    made: Timestamp,
}

/// A request of the same protocol.
#[derive(Debug, Clone, Serialize)]
struct Request {
    have: Head,
    prekey: Option<Signed<Prekey>>,
    leaves: Vec<Signed<Leave>>,
    withdrawn: Vec<Signed<Withdrawal>>,
    offer: Option<Offer>,
    approval: Option<Signed<CharterApproval>>,
    restored: Option<u8>,
}

pub(super) fn head(stage: &Stage) -> Head {
    charter::head(&stage.world["kathmandu"].view).unwrap().unwrap()
}

/// Kathmandu answers Shillong.
fn replied(stage: &mut Stage, change: impl FnOnce(&Stage, &mut Reply)) -> Effects {
    let mut reply = Reply {
        have: head(stage),
        epochs: Vec::new(),
        prekeys: Vec::new(),
        leaves: Vec::new(),
        withdrawn: Vec::new(),
        offer: None,
        approval: None,
        hello: None,
    };
    change(stage, &mut reply);
    let from = id(&stage.world, "kathmandu");
    stage.world.handle("shillong", Input::CharterReply { from, bytes: wire::encode(&reply) })
}

/// Kathmandu asks Shillong.
fn asked(stage: &mut Stage, from: UnitId, change: impl FnOnce(&mut Request)) -> Effects {
    let mut request = Request {
        have: head(stage),
        prekey: None,
        leaves: Vec::new(),
        withdrawn: Vec::new(),
        offer: None,
        approval: None,
        restored: None,
    };
    change(&mut request);
    stage.world.handle("shillong", Input::CharterRequest { from, bytes: wire::encode(&request) })
}

/// The epoch after the one in force, to be altered.
fn next(stage: &Stage) -> Charter {
    let (now, head) = (charter::current(&stage.world["kathmandu"].view).unwrap().unwrap(), head(stage));
    Charter { epoch: head.epoch + 1, previous: Some(head.hash), made: stage.world.now, ..now }
}

/// Signed by whom one likes in whose name one likes.
fn epoch(charter: &Charter, signers: &[(UnitId, NodeSecret)]) -> CharterEpoch {
    let payload = wire::encode(charter);
    let hash = CharterEpoch::new(payload.clone(), BoundedVec::default()).hash();
    let sign = |(unit, key): &(UnitId, NodeSecret)| {
        Signed::sign(&CharterApproval { federation: charter.federation, epoch: charter.epoch, hash, unit: *unit }, key)
    };
    CharterEpoch::new(payload, BoundedVec::new(signers.iter().map(sign).collect()).unwrap())
}

fn eve(stage: &Stage) -> (UnitId, NodeSecret) {
    (id(&stage.world, "kathmandu"), stage.key("kathmandu"))
}

/// Kathmandu shows one epoch, changed as told, with these signatures.
pub(super) fn charter_by(
    stage: &mut Stage,
    change: impl FnOnce(&Stage, &mut Charter),
    signers: Vec<(UnitId, NodeSecret)>,
) -> Effects {
    let mut charter = next(stage);
    change(stage, &mut charter);
    replied(stage, |_, reply| reply.epochs = vec![epoch(&charter, &signers)])
}

/// Everybody signs.
pub(super) fn all_of(stage: &Stage) -> Vec<(UnitId, NodeSecret)> {
    ["guwahati", "shillong", "kathmandu", "imphal"].map(|unit| (id(&stage.world, unit), stage.key(unit))).to_vec()
}

fn without(charter: &mut Charter, unit: UnitId) {
    let mut members = charter.members.to_vec();
    members.retain(|member| member.unit != unit);
    charter.members = BoundedVec::new(members).unwrap();
}

fn alter(charter: &mut Charter, unit: UnitId, alter: impl FnOnce(&mut Member)) {
    let mut members = charter.members.to_vec();
    alter(members.iter_mut().find(|member| member.unit == unit).unwrap());
    charter.members = BoundedVec::new(members).unwrap();
}

pub(super) const EPOCH: &str = "a charter epoch was refused";
const PROPOSED: &str = "a proposal or a signature under one was refused";

pub(super) const ATTACKS: &[Attack] = &[
    attack("a self-signed charter: a founding of the same federation with Kathmandu alone", "g", "shillong", EPOCH, |stage| {
        let eve = eve(stage);
        let alone = |_: &Stage, charter: &mut Charter| {
            let own = charter.member(eve.0).unwrap().clone();
            (charter.epoch, charter.previous, charter.threshold) = (0, None, 1);
            charter.members = BoundedVec::new(vec![own]).unwrap();
        };
        charter_by(stage, alone, vec![eve.clone()])
    }),
    attack("the next charter, by Kathmandu alone", "g", "shillong", EPOCH, |stage| {
        let eve = eve(stage);
        charter_by(stage, |_, _| {}, vec![eve])
    }),
    attack("the next charter, signed by Kathmandu three times", "g", "shillong", EPOCH, |stage| {
        let eve = eve(stage);
        charter_by(stage, |_, _| {}, vec![eve.clone(), eve.clone(), eve])
    }),
    attack("the next charter, signed in three names by one key", "g", "shillong", EPOCH, |stage| {
        let key = stage.key("kathmandu");
        let names = ["guwahati", "kathmandu", "imphal"].map(|unit| (id(&stage.world, unit), key.clone()));
        charter_by(stage, |_, _| {}, names.to_vec())
    }),
    attack("the next charter, by two of four", "g", "shillong", EPOCH, |stage| {
        let two = vec![eve(stage), (id(&stage.world, "imphal"), stage.key("imphal"))];
        charter_by(stage, |_, _| {}, two)
    }),
    attack("a threshold that two of four can reach", "g", "shillong", EPOCH, |stage| {
        let all = all_of(stage);
        charter_by(stage, |_, charter| charter.threshold = 2, all)
    }),
    attack("Guwahati left out, by two of four", "g", "shillong", EPOCH, |stage| {
        let two = vec![eve(stage), (id(&stage.world, "imphal"), stage.key("imphal"))];
        charter_by(stage, |stage, charter| without(charter, id(&stage.world, "guwahati")), two)
    }),
    attack("another key for Guwahati, signed by all but Guwahati", "g", "shillong", EPOCH, |stage| {
        let three = ["shillong", "kathmandu", "imphal"].map(|unit| (id(&stage.world, unit), stage.key(unit)));
        let key = NodeSecret::generate(&mut SeededRng::new(31)).public();
        let change = |stage: &Stage, charter: &mut Charter| {
            alter(charter, id(&stage.world, "guwahati"), |member| {
                let mut keys = member.keys.to_vec();
                keys[0].key = key;
                member.keys = BoundedVec::new(keys).unwrap();
            });
        };
        charter_by(stage, change, three.to_vec())
    }),
    attack("one member trying to freeze: another charter of the number in force", "g", "shillong", "", |stage| {
        let eve = eve(stage);
        let same_number = |stage: &Stage, charter: &mut Charter| {
            let now = charter::current(&stage.world["kathmandu"].view).unwrap().unwrap();
            (charter.epoch, charter.previous) = (now.epoch, now.previous);
        };
        charter_by(stage, same_number, vec![eve])
    }),
    attack("one member trying to freeze: two next charters at once", "g", "shillong", EPOCH, |stage| {
        let (one, eve) = (next(stage), eve(stage));
        let other = Charter { made: one.made.plus(1), ..one.clone() };
        replied(stage, |_, reply| reply.epochs = vec![epoch(&one, std::slice::from_ref(&eve)), epoch(&other, &[eve])])
    }),
    attack("a charter of another federation, signed by all", "g", "shillong", EPOCH, |stage| {
        let all = all_of(stage);
        charter_by(stage, |_, charter| charter.federation = FederationId([9; 32]), all)
    }),
    attack("old charters again", "T35", "shillong", "", |stage| {
        let view = stage.world["kathmandu"].view.clone();
        replied(stage, |_, reply| {
            reply.epochs = (0..3).map(|number| charter::stored(&view, number).unwrap().unwrap()).collect();
        })
    }),
    attack("a founding that gives itself out as old", "g", "shillong", EPOCH, |stage| {
        let eve = eve(stage);
        let view = stage.world["kathmandu"].view.clone();
        let first = charter::stored(&view, 0).unwrap().unwrap().charter().unwrap();
        let other = Charter { made: first.made.plus(1), ..first };
        replied(stage, |_, reply| reply.epochs = vec![epoch(&other, &[eve])])
    }),
    // Prekeys.
    attack("replay of an old prekey", "g", "shillong", "", |stage| {
        let guwahati = id(&stage.world, "guwahati");
        let old = prekey::newest_signed(&stage.world["shillong"].view, guwahati).unwrap().unwrap();
        stage.world.advance(8 * DAY);
        let newest = prekey::newest_signed(&stage.world["shillong"].view, guwahati).unwrap().unwrap();
        assert!(newest.0.number > old.0.number);
        stage.prepared("shillong");
        replied(stage, |_, reply| reply.prekeys = vec![old.1])
    }),
    attack("a prekey of Guwahati's that Kathmandu signed", "g", "shillong", "", |stage| {
        let guwahati = id(&stage.world, "guwahati");
        let newest = prekey::newest(&stage.world["shillong"].view, guwahati).unwrap().unwrap();
        let key = PrekeySecret::generate(&mut SeededRng::new(22)).public();
        let prekey = Prekey { number: newest.number + 1, key, ..newest };
        replied(stage, |stage, reply| reply.prekeys = vec![Signed::sign(&prekey, &stage.key("kathmandu"))])
    }),
    attack("a prekey that is no key", "g", "shillong", "a prekey was refused", |stage| {
        let kathmandu = id(&stage.world, "kathmandu");
        let newest = prekey::newest(&stage.world["shillong"].view, kathmandu).unwrap().unwrap();
        // Three bytes, where a key has 1,216.
        let key = wire::decode(&[0x43, 1, 2, 3], 8).unwrap();
        let prekey = Prekey { number: newest.number + 1, key, ..newest };
        replied(stage, |stage, reply| reply.prekeys = vec![Signed::sign(&prekey, &stage.key("kathmandu"))])
    }),
    attack("a prekey that lives for a year", "g", "shillong", "", |stage| {
        let kathmandu = id(&stage.world, "kathmandu");
        let newest = prekey::newest(&stage.world["shillong"].view, kathmandu).unwrap().unwrap();
        let prekey = Prekey { number: newest.number + 1, not_after: newest.created.plus(366 * DAY), ..newest };
        replied(stage, |stage, reply| reply.prekeys = vec![Signed::sign(&prekey, &stage.key("kathmandu"))])
    }),
    // Departures, proposals, signatures.
    attack("Guwahati's departure, signed by Kathmandu", "g", "shillong", "", |stage| {
        let left = Leave { federation: head(stage).federation, unit: id(&stage.world, "guwahati"), epoch: 9 };
        replied(stage, |stage, reply| reply.leaves = vec![Signed::sign(&left, &stage.key("kathmandu"))])
    }),
    attack("a departure whose signature is bent", "g", "shillong", "passed on a departure that is not valid", |stage| {
        let left = Leave { federation: head(stage).federation, unit: id(&stage.world, "guwahati"), epoch: 9 };
        let mut bytes = Signed::sign(&left, &stage.key("guwahati")).as_bytes().to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        replied(stage, |_, reply| reply.leaves = vec![Signed::from_bytes(bytes)])
    }),
    attack("Kathmandu lets go what Guwahati proposes", "g", "shillong", "a withdrawal of a proposal was refused", |stage| {
        let word = Withdrawal::of(head(stage).federation, 9, CharterHash([1; 32]), id(&stage.world, "guwahati"));
        replied(stage, |stage, reply| reply.withdrawn = vec![Signed::sign(&word, &stage.key("kathmandu"))])
    }),
    attack("a signature under a proposal in Guwahati's name", "g", "shillong", PROPOSED, |stage| {
        stage.world.act("shillong", joining::propose_key).unwrap();
        stage.prepared("shillong");
        let federation = head(stage).federation;
        let unit = id(&stage.world, "guwahati");
        let approval = CharterApproval { federation, epoch: head(stage).epoch + 1, hash: CharterHash([1; 32]), unit };
        replied(stage, |stage, reply| reply.approval = Some(Signed::sign(&approval, &stage.key("kathmandu"))))
    }),
    attack("a proposal whose hash is of something else", "g", "shillong", PROPOSED, |stage| {
        let key = NodeSecret::generate(&mut SeededRng::new(32)).public();
        let (epoch, made) = (head(stage).epoch + 1, stage.world.now);
        let offer = Offer { epoch, hash: CharterHash([1; 32]), amendment: (2, key), made };
        replied(stage, |_, reply| reply.offer = Some(offer))
    }),
    attack("a proposal to use a weak key", "g", "shillong", PROPOSED, |stage| {
        let mut key = [0; 32];
        key[0] = 1;
        let (epoch, made) = (head(stage).epoch + 1, stage.world.now);
        let offer = Offer { epoch, hash: CharterHash([1; 32]), amendment: (2, NodeKey(key)), made };
        replied(stage, |_, reply| reply.offer = Some(offer))
    }),
    attack("a proposal to use Guwahati's key", "g", "shillong", PROPOSED, |stage| {
        let key = stage.key("guwahati").public();
        let (epoch, made) = (head(stage).epoch + 1, stage.world.now);
        let offer = Offer { epoch, hash: CharterHash([1; 32]), amendment: (2, key), made };
        replied(stage, |_, reply| reply.offer = Some(offer))
    }),
    attack("a charter asked for by nobody that is known", "g", "shillong", "a charter request was refused", |stage| {
        asked(stage, UnitId([9; 32]), |_| {})
    }),
    attack(
        "a charter asked for in another federation's name",
        "g",
        "shillong",
        "a charter request of another federation",
        |stage| {
            let from = id(&stage.world, "kathmandu");
            asked(stage, from, |request| request.have.federation = FederationId([9; 32]))
        },
    ),
];
