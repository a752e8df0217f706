//! Units in memory, wired together by hand, for the tests of this folder. All units and people here are invented.
//! Not the story of whole nodes: that is `crate::testing`.

mod changing;
mod charter;
mod flipped;
mod hostile;
mod joining;
mod peering;
mod settling;
mod setup;
mod vectors;

use super::charter::{self as charters, Charter, CharterApproval, CharterEpoch};
use super::member::UnitClass;
use super::setup::{Created, Setup, create, found};
use super::{charter_sync, joining as joins, own};
use crate::bounded::BoundedVec;
use crate::crypto::{NodeSecret, Signed};
use crate::ids::{FederationId, UnitId};
use crate::machine::{Effects, MemoryView, Txn};
use crate::testing::rng::SeededRng;
use crate::time::Timestamp;
use crate::wire;

/// 1 March 2026, noon, UTC.
const NOON: Timestamp = Timestamp(1_772_366_400_000);

/// One unit's node: rows, randomness, clock.
struct Node {
    view: MemoryView,
    rng: SeededRng,
    now: Timestamp,
    created: Created,
}

impl Node {
    fn new(seed: u64, name: &str) -> Self {
        let mut rng = SeededRng::new(seed);
        let mut view = MemoryView::default();
        let empty = MemoryView::default();
        let mut txn = Txn::new(&empty, NOON, &mut rng);
        let created = create(&mut txn, answers(name)).unwrap();
        let effects = txn.finish();
        view.apply(&effects.writes);
        Self { view, rng, now: NOON, created }
    }

    fn founder(seed: u64, name: &str) -> Self {
        let mut node = Self::new(seed, name);
        node.step(found).0.unwrap();
        node
    }

    fn step<T>(&mut self, run: impl FnOnce(&mut Txn<'_>) -> T) -> (T, Effects) {
        let mut txn = Txn::new(&self.view, self.now, &mut self.rng);
        let outcome = run(&mut txn);
        let effects = txn.finish();
        self.view.apply(&effects.writes);
        (outcome, effects)
    }

    fn unit(&self) -> UnitId {
        self.created.unit
    }

    fn key(&self) -> NodeSecret {
        own::load(&self.view).unwrap().key()
    }

    fn charter(&self) -> Charter {
        charters::current(&self.view).unwrap().unwrap()
    }

    fn epoch(&self) -> u64 {
        self.charter().epoch
    }

    fn federation(&self) -> FederationId {
        self.charter().federation
    }

    /// Invites `other`, who takes the invitation.
    fn invite(&mut self, other: &mut Self) {
        let text = self.step(|txn| joins::invite(txn, &other.created.genesis_text)).0.unwrap();
        other.step(|txn| joins::accept_invitation(txn, &text)).0.unwrap();
    }

    /// Asks the inviter once.
    fn ask(&mut self, inviter: &mut Self) -> joins::JoinOutcome {
        let request = joins::join_request(&self.view).unwrap();
        let from = self.key().public();
        let reply = inviter.step(|txn| joins::handle_request(txn, from, &request)).0.unwrap();
        self.step(|txn| joins::handle_reply(txn, &reply)).0.unwrap()
    }
}

/// What happens when two members connect.
fn meet(one: &mut Node, other: &mut Node) {
    for _ in 0..2 {
        pull(one, other);
        pull(other, one);
    }
}

/// One asks the other. Says whether it is to ask again.
fn pull(one: &mut Node, other: &mut Node) -> bool {
    let request = charter_sync::request(&one.view, other.unit()).unwrap().unwrap();
    let (from, to) = (one.unit(), other.unit());
    let reply = other.step(|txn| charter_sync::handle_request(txn, from, &request)).0.unwrap().unwrap();
    one.step(|txn| charter_sync::handle_reply(txn, to, &reply)).0.unwrap() == charter_sync::Synced::More
}

fn answers(name: &str) -> Setup {
    Setup {
        name: name.to_owned(),
        class: UnitClass::Police,
        jurisdiction: "Meghalaya".to_owned(),
        duty_contact: "duty desk, +91 364 000 0000".to_owned(),
        addresses: vec!["/ip4/127.0.0.1/tcp/7801".to_owned()],
    }
}

/// Shillong founds, Guwahati joins.
fn pair() -> (Node, Node) {
    let (mut shillong, mut guwahati) = (Node::founder(1, "AHTU Shillong"), Node::new(2, "AHTU Guwahati"));
    shillong.invite(&mut guwahati);
    assert_eq!(guwahati.ask(&mut shillong), joins::JoinOutcome::Joined);
    (shillong, guwahati)
}

/// An epoch of any content, signed by any units: what a cheat can make.
fn forge(charter: &Charter, signers: &[(UnitId, NodeSecret)]) -> CharterEpoch {
    let payload = wire::encode(charter);
    let hash = charters::hash_of(&payload);
    let sign = |(unit, key): &(UnitId, NodeSecret)| {
        Signed::sign(&CharterApproval { federation: charter.federation, epoch: charter.epoch, hash, unit: *unit }, key)
    };
    CharterEpoch::new(payload, BoundedVec::new(signers.iter().map(sign).collect()).unwrap())
}

/// The epoch after the one that a node holds, unchanged but for its number, to be altered.
fn following(node: &Node) -> Charter {
    let head = charters::head(&node.view).unwrap().unwrap();
    Charter { epoch: head.epoch + 1, previous: Some(head.hash), ..node.charter() }
}

/// Every message that differs from `bytes` in one bit, and every beginning of it.
fn spoilt(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let flipped = (0..bytes.len() * 8).map(|bit| {
        let mut bytes = bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    });
    flipped.chain((0..bytes.len()).map(|length| bytes[..length].to_vec()))
}
