//! Whole comparisons between units in memory: the envelopes are real, the test carries them or lets the world do it.
//! Not points and lists alone: those are tested where they are written. All people are invented.

mod hostile;
mod limits;
mod steps;
mod told;

use super::super::confirm::ConfirmMessage;
use super::super::{Alert, Confirmed, Role, announce, list};
use super::{named, rafiqul, rofiqul};
use crate::core::Input;
use crate::envelope::{Kind, Receiving, receive};
use crate::fingerprint::Identity;
use crate::ids::{CaseId, EntityId};
use crate::machine::{Table, Txn, ViewError};
use crate::testing::World;
use crate::testing::rng::SeededRng;
use crate::wire;

const PERSON: EntityId = EntityId([2; 16]);

/// Two members, nothing announced. The first name is that of the unit which starts comparisons: the smaller id.
fn two() -> (World, &'static str, &'static str) {
    let world = World::members(&["Guwahati", "Shillong"]);
    if world["Guwahati"].id < world["Shillong"].id { (world, "Guwahati", "Shillong") } else { (world, "Shillong", "Guwahati") }
}

/// A case of its own for each person.
fn case_of(person: EntityId) -> CaseId {
    CaseId([person.0[0]; 32])
}

fn enters(world: &mut World, unit: &str, person: EntityId, identity: &Identity, role: Role) {
    world
        .act(unit, |txn| announce(txn, case_of(person), person, Some(identity), role))
        .unwrap_or_else(|error: ViewError| panic!("{error}"));
    world.settle();
}

/// Both units know the beacons of each other, and the envelopes that follow have not gone.
fn apart(world: &mut World, one: (&str, &Identity, Role), other: (&str, &Identity, Role)) {
    enters(world, one.0, PERSON, one.1, one.2);
    enters_unheard(world, other.0, PERSON, other.1, other.2);
    pull(world, one.0, other.0);
}

/// Announced while nobody listens, so that no envelope can go.
fn enters_unheard(world: &mut World, unit: &str, person: EntityId, identity: &Identity, role: Role) {
    world.offline(unit);
    enters(world, unit, person, identity, role);
}

/// One unit catches up on the other's beacons.
fn pull(world: &mut World, to: &str, from: &str) {
    let request = super::super::request(&world[to].view).unwrap().unwrap();
    let (asker, asked) = (world[to].id, world[from].id);
    let reply = world.handle(from, Input::BeaconRequest { from: asker, bytes: request }).reply.unwrap();
    world.handle(to, Input::BeaconReply { from: asked, bytes: reply });
    world.settle();
}

/// What waits to go from one unit to another, opened.
fn waiting(world: &mut World, from: &str, to: &str) -> Vec<ConfirmMessage> {
    let (sender, now) = (world[from].id, world.now);
    let sealed = world.sealed(from, to);
    let mut rng = SeededRng::new(77);
    let mut txn = Txn::new(&world[to].view, now, &mut rng);
    let open = |(_, bytes): (u64, Vec<u8>)| match receive(&mut txn, Some(sender), &bytes).unwrap() {
        Receiving::New(received) if received.kind == Kind::MatchConfirm => wire::decode(&received.payload, usize::MAX).ok(),
        _ => None,
    };
    sealed.into_iter().filter_map(open).collect()
}

/// Delivers what waits, and its acknowledgements; nothing that follows from it goes. Gives the steps that were among it.
fn carry(world: &mut World, from: &str, to: &str) -> Vec<ConfirmMessage> {
    let steps = waiting(world, from, to);
    let receiver = world[to].id;
    for (pair_seq, bytes) in world.sealed(from, to) {
        let answer = world.deliver(from, to, bytes);
        world.handle(from, Input::Answer { to: receiver, pair_seq, bytes: answer });
    }
    world.settle();
    steps
}

fn alerts(world: &World, unit: &str) -> Vec<Alert> {
    list(&world[unit].view, None, 1_000).unwrap()
}

/// The only alert of a unit.
fn alert(world: &World, unit: &str) -> Alert {
    let mut alerts = alerts(world, unit);
    assert_eq!(alerts.len(), 1, "{unit}");
    alerts.remove(0)
}

/// A step handed to a unit as if it had come in an envelope of the other.
fn hands(world: &mut World, to: &str, from: &str, message: &ConfirmMessage) -> super::super::Compared {
    let from = world[from].id;
    let payload = wire::encode(message);
    world.act::<_, ViewError>(to, |txn| super::super::receive_confirm(txn, from, &payload)).unwrap()
}

/// The same suspect as two units have him, well described.
fn twice() -> (Identity, Identity) {
    let more = |identity: Identity| Identity { sex: "M".to_owned(), nationality: "IN".to_owned(), ..identity };
    (more(rofiqul()), more(rafiqul()))
}

/// Tokens agree, and all that only a comparison sees speaks against it: a namesake of another sex, age and family.
fn namesakes() -> (Identity, Identity) {
    let one = Identity {
        sex: "F".to_owned(),
        nationality: "NP".to_owned(),
        birth_date: "1961-01-02".to_owned(),
        phones: vec!["98640 00001".to_owned()],
        ..named("Maya", "Gurung", "Dambar", "Kaski", "Melamchi")
    };
    let other = Identity {
        sex: "M".to_owned(),
        nationality: "BD".to_owned(),
        birth_date: "2009-05-06".to_owned(),
        phones: vec!["98640 00002".to_owned()],
        ..one.clone()
    };
    (one, other)
}

fn comparisons(world: &World, unit: &str) -> usize {
    world[unit].count(Table::CONFIRMS)
}

const fn is_confirmed(alert: &Alert) -> bool {
    matches!(alert.confirmed, Confirmed::Yes { .. })
}
