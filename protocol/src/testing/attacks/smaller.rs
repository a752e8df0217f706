//! Attacks on the smaller protocols: requests to join, beacons, acknowledgements.
//! On the charter itself: `charter`.

use super::charter::head;
use super::stage::Stage;
use super::{Attack, attack, id};
use crate::bounded::{BoundedText, BoundedVec};
use crate::core::Input;
use crate::crypto::{NodeSecret, PrekeySecret, Signed};
use crate::envelope::{Ack, Answer, Kind, Outcome, outbox};
use crate::federation::genesis::{self, Genesis};
use crate::federation::invitation;
use crate::federation::joining::{self, JoinRequest};
use crate::federation::member::{MemberData, UnitClass};
use crate::federation::prekey::Prekey;
use crate::ids::{BodyHash, FederationId, InvitationId, NodeKey, SubjectId, Token};
use crate::machine::Effects;
use crate::matching::{Action, Beacon};
use crate::testing::rng::SeededRng;
use crate::time::DAY;
use crate::wire;
use serde::Serialize;

/// A reply of `/icmc/beacons/2`.
#[derive(Debug, Clone, Serialize)]
struct Beacons {
    heads: Vec<u8>,
    beacons: Vec<Signed<Beacon>>,
    more: bool,
}

/// Somebody who is no member, with what it needs to ask.
struct Stranger {
    key: NodeSecret,
    genesis: Signed<Genesis>,
}

impl Stranger {
    fn new(seed: u64) -> Self {
        let mut rng = SeededRng::new(seed);
        let (key, paper) = (NodeSecret::generate(&mut rng), NodeSecret::generate(&mut rng));
        let genesis = genesis::sign(BoundedText::new("Unit elsewhere (invented)").unwrap(), &key, paper.public(), [7; 16]);
        Self { key, genesis }
    }

    fn request(&self, stage: &Stage, invitation: InvitationId) -> Signed<JoinRequest> {
        let unit = genesis::check(&self.genesis).unwrap().unit;
        let now = stage.world.now;
        let prekey = Prekey {
            federation: head(stage).federation,
            unit,
            number: 1,
            created: now,
            not_after: now.plus(DAY),
            key: PrekeySecret::generate(&mut SeededRng::new(21)).public(),
        };
        let data = MemberData {
            class: UnitClass::Police,
            jurisdiction: BoundedText::new("elsewhere").unwrap(),
            duty_contact: BoundedText::new("duty desk").unwrap(),
            addresses: BoundedVec::default(),
        };
        let prekey = Signed::sign(&prekey, &self.key);
        Signed::sign(&JoinRequest { invitation, genesis: self.genesis.clone(), data, prekey }, &self.key)
    }
}

/// Shillong invites a stranger; gives the invitation's id.
fn invited(stage: &mut Stage, stranger: &Stranger) -> InvitationId {
    let genesis = genesis::genesis_text(&stranger.genesis);
    let text = stage.world.act("shillong", |txn| joining::invite(txn, &genesis)).unwrap();
    stage.prepared("shillong");
    invitation::parse_text(&text, stage.world.now).unwrap().1.invitation.id
}

fn asks_to_join(stage: &mut Stage, key: NodeKey, request: &Signed<JoinRequest>) -> Effects {
    stage.world.handle("shillong", Input::JoinRequest { key, bytes: request.as_bytes().to_vec() })
}

fn beacon(stage: &Stage) -> Beacon {
    Beacon {
        federation: head(stage).federation,
        epoch: 0,
        number: 5,
        subject: SubjectId([4; 16]),
        action: Action::Announce,
        tokens: BoundedVec::new((0..8).map(|byte| Token([byte; 16])).collect()).unwrap(),
        expires: stage.world.now.plus(DAY),
    }
}

/// A beacon, signed by Kathmandu, heard by Shillong.
fn heard(stage: &mut Stage, change: impl FnOnce(&Stage, &mut Beacon)) -> Effects {
    let mut beacon = beacon(stage);
    change(stage, &mut beacon);
    let bytes = Signed::sign(&beacon, &stage.key("kathmandu")).as_bytes().to_vec();
    stage.world.handle("shillong", Input::BeaconGossip { bytes })
}

/// An answer to something that Guwahati has sent Shillong and of which it has heard nothing yet.
fn answered(stage: &mut Stage, signer: &str, change: impl FnOnce(&mut Ack)) -> Effects {
    let to = id(&stage.world, "shillong");
    stage.world.offline("shillong");
    let queue = |txn: &mut crate::machine::Txn<'_>| outbox::queue(txn, to, Kind::Void, Vec::new(), None);
    let number = stage.world.act("guwahati", queue).unwrap();
    stage.prepared("guwahati");
    let mut ack = Ack { to: id(&stage.world, "guwahati"), pair_seq: number, body: BodyHash([0; 32]), outcome: Outcome::Applied };
    change(&mut ack);
    let bytes = wire::encode(&Answer::Ack(Signed::sign(&ack, &stage.key(signer))));
    stage.world.handle("guwahati", Input::Answer { to, pair_seq: number, bytes })
}

const SOMETHING_ELSE: &str = "an acknowledgement of something else";

pub(super) const ATTACKS: &[Attack] = &[
    // Newcomers.
    attack("a stranger asks to join without an invitation", "g", "shillong", "used no invitation of its own", |stage| {
        let stranger = Stranger::new(41);
        let request = stranger.request(stage, InvitationId([1; 16]));
        asks_to_join(stage, stranger.key.public(), &request)
    }),
    attack("a stranger uses another's invitation", "g", "shillong", "used no invitation of its own", |stage| {
        let (invited_one, other) = (Stranger::new(41), Stranger::new(42));
        let invitation = invited(stage, &invited_one);
        let request = other.request(stage, invitation);
        asks_to_join(stage, other.key.public(), &request)
    }),
    attack(
        "a stranger brings the request of whoever was invited",
        "g",
        "shillong",
        "a request to join was not in order",
        |stage| {
            let (invited_one, other) = (Stranger::new(41), Stranger::new(42));
            let invitation = invited(stage, &invited_one);
            let request = invited_one.request(stage, invitation);
            asks_to_join(stage, other.key.public(), &request)
        },
    ),
    attack("an invitation used for two requests", "g", "shillong", "used no invitation of its own", |stage| {
        let stranger = Stranger::new(41);
        let invitation = invited(stage, &stranger);
        let request = stranger.request(stage, invitation);
        asks_to_join(stage, stranger.key.public(), &request);
        stage.prepared("shillong");
        stage.world.now = stage.world.now.plus(1);
        let other = stranger.request(stage, invitation);
        assert_ne!(other.as_bytes(), request.as_bytes());
        asks_to_join(stage, stranger.key.public(), &other)
    }),
    // Beacons.
    attack("a beacon of another federation", "g", "shillong", "a beacon of another federation", |stage| {
        heard(stage, |_, beacon| beacon.federation = FederationId([9; 32]))
    }),
    attack("a beacon of the number nought", "g", "shillong", "an impossible number", |stage| {
        heard(stage, |_, beacon| beacon.number = 0)
    }),
    attack("a withdrawal of what is still to come", "g", "shillong", "withdraws no earlier one", |stage| {
        heard(stage, |_, beacon| {
            beacon.action = Action::Withdraw(6);
            beacon.tokens = BoundedVec::default();
        })
    }),
    attack("a beacon that outlives everything", "g", "shillong", "lives too long", |stage| {
        heard(stage, |stage, beacon| beacon.expires = stage.world.now.plus(1000 * DAY))
    }),
    attack("a beacon whose length tells how much is known", "g", "shillong", "not padded", |stage| {
        heard(stage, |_, beacon| beacon.tokens = BoundedVec::new(beacon.tokens[..7].to_vec()).unwrap())
    }),
    attack("a beacon with one token eight times", "g", "shillong", "not in order", |stage| {
        heard(stage, |_, beacon| beacon.tokens = BoundedVec::new(vec![beacon.tokens[0]; 8]).unwrap())
    }),
    attack("a beacon whose signature is bent", "g", "shillong", "a beacon whose signature does not hold", |stage| {
        let mut bytes = Signed::sign(&beacon(stage), &stage.key("kathmandu")).as_bytes().to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        stage.world.handle("shillong", Input::BeaconGossip { bytes })
    }),
    attack("a forged beacon among what is caught up on", "g", "shillong", "passed on a beacon that is not valid", |stage| {
        let mut forged = Signed::sign(&beacon(stage), &stage.key("kathmandu")).as_bytes().to_vec();
        *forged.last_mut().unwrap() ^= 1;
        let beacons = vec![Signed::from_bytes(forged)];
        let from = id(&stage.world, "kathmandu");
        let bytes = wire::encode(&Beacons { heads: Vec::new(), beacons, more: true });
        stage.world.handle("shillong", Input::BeaconReply { from, bytes })
    }),
    // Acknowledgements.
    attack(
        "an acknowledgement that Kathmandu signed for Shillong",
        "T7",
        "guwahati",
        "an acknowledgement that does not verify",
        |stage| answered(stage, "kathmandu", |_| {}),
    ),
    attack("an acknowledgement of another body", "T8", "guwahati", "an acknowledgement", |stage| {
        // A void is given up already and its acknowledgement may be late: so of a number that is none of ours.
        let to = id(&stage.world, "shillong");
        stage.world.offline("shillong");
        let queue = |txn: &mut crate::machine::Txn<'_>| outbox::queue(txn, to, Kind::WordsConfirmed, vec![1], None);
        let number = stage.world.act("guwahati", queue).unwrap();
        stage.prepared("guwahati");
        let ack = Ack { to: id(&stage.world, "guwahati"), pair_seq: number, body: BodyHash([0; 32]), outcome: Outcome::Applied };
        let bytes = wire::encode(&Answer::Ack(Signed::sign(&ack, &stage.key("shillong"))));
        let effects = stage.world.handle("guwahati", Input::Answer { to, pair_seq: number, bytes });
        assert!(effects.incidents.iter().any(|incident| incident.what.contains(SOMETHING_ELSE)));
        effects
    }),
];
