//! Envelopes between members, honest and forged. Guwahati sends, Shillong receives, Eve is Kathmandu.
//! Not what payloads mean: here they are voids, which mean nothing.

mod flipped;
mod forged;
mod numbers;
mod prekeys;
mod sizes;
mod vectors;

use super::{Answer, Body, Kind, Outcome, Sealed, outbox};
use crate::crypto::{NodeSecret, Signed};
use crate::federation::{charter, own, prekey};
use crate::machine::Effects;
use crate::testing::World;
use crate::testing::rng::SeededRng;
use crate::wire;
use std::sync::LazyLock;

static PAIR: LazyLock<World> = LazyLock::new(|| World::federation(&["guwahati", "shillong", "kathmandu"]));

fn key(world: &World, unit: &str) -> NodeSecret {
    own::load(&world[unit].view).unwrap().key()
}

/// A body from Guwahati to Shillong that nothing is wrong with.
fn body(world: &World) -> Body {
    let charter = charter::current(&world["guwahati"].view).unwrap().unwrap();
    Body {
        federation: charter.federation,
        charter_epoch: charter.epoch,
        from: world["guwahati"].id,
        to: world["shillong"].id,
        pair_seq: 500,
        created: world.now,
        not_after: None,
        kind: Kind::Void,
        payload: b"nothing".to_vec(),
    }
}

fn sign(world: &World, unit: &str, body: &Body) -> Signed<Body> {
    Signed::sign(body, &key(world, unit))
}

/// Seals any inside to a unit.
fn seal(world: &World, to: &str, inside: &[u8]) -> Vec<u8> {
    let newest = prekey::newest(&world[to].view, world[to].id).unwrap().unwrap();
    Sealed::seal(inside, newest.number, &newest.key, &mut SeededRng::new(3)).unwrap()
}

fn send(world: &mut World, body: &Body) -> Effects {
    let bytes = seal(world, "shillong", sign(world, "guwahati", body).as_bytes());
    receive(world, "guwahati", bytes)
}

/// Brings bytes to Shillong.
fn receive(world: &mut World, transport: &str, bytes: Vec<u8>) -> Effects {
    let transport = Some(world[transport].id);
    world.handle("shillong", crate::core::Input::Envelope { transport, bytes })
}

fn answer(effects: &Effects) -> Answer {
    wire::decode(effects.reply.as_ref().unwrap(), 16 * 1024).unwrap()
}

fn outcome(world: &World, effects: &Effects) -> Outcome {
    match answer(effects) {
        Answer::Ack(ack) => ack.verify(&key(world, "shillong").public()).unwrap().outcome,
        other => panic!("{other:?}"),
    }
}

/// The one opaque code, one incident, and not a row touched.
fn refused(effects: &Effects) -> &'static str {
    assert_eq!(answer(effects), Answer::Failed);
    assert!(effects.writes.is_empty());
    assert_eq!(effects.incidents.len(), 1, "{:?}", effects.incidents);
    effects.incidents[0].what
}
