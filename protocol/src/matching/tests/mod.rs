//! Units in memory with a charter made by hand, for the tests of this folder. All units and people here are invented.
//! Not the story of whole nodes: that is `crate::testing`.

mod alerts;
mod catching_up;
mod comparing;
mod contact;
mod hostile;
mod members;
mod muted;
mod order;
mod vectors;

use super::{Alert, Role, State, announce, blinded, heard, list, open_of};
use crate::bounded::BoundedVec;
use crate::crypto::{Signed, derive, labels};
use crate::federation::charter::{self, Charter, CharterApproval, CharterEpoch};
use crate::federation::member::{Member, UnitClass};
use crate::federation::own::{self, Own};
use crate::federation::setup::{Setup, create};
use crate::fingerprint::{Identity, MatchClass};
use crate::ids::{AlertId, CaseId, CharterHash, EntityId, FederationId, Token, UnitId};
use crate::machine::{Effects, Gossip, Incident, MemoryView, Notice, Table, Txn, Verdict, beacon_place, heard_in};
use crate::oprf::generation::Dealt;
use crate::oprf::{self, Blind, KeyIndex};
use crate::testing::rng::SeededRng;
use crate::time::Timestamp;
use crate::wire;
use std::collections::BTreeSet;

/// 23 November 2026, noon, UTC.
const NOON: Timestamp = Timestamp(1_795_435_200_000);
const FEDERATION: FederationId = FederationId([7; 32]);
const CASE: CaseId = CaseId([1; 32]);
const SUSPECT: EntityId = EntityId([2; 16]);

/// One unit's node; whatever it asks to be blinded is answered in the next step.
struct Node {
    view: MemoryView,
    rng: SeededRng,
    now: Timestamp,
    unit: UnitId,
    /// Beacons sent and not taken yet.
    sent: Vec<Vec<u8>>,
    notices: Vec<Notice>,
    incidents: Vec<Incident>,
}

impl Node {
    fn new(seed: u64, name: &str) -> Self {
        let mut node = Self {
            view: MemoryView::default(),
            rng: SeededRng::new(seed),
            now: NOON,
            unit: UnitId([0; 32]),
            sent: Vec::new(),
            notices: Vec::new(),
            incidents: Vec::new(),
        };
        let setup = Setup {
            name: name.to_owned(),
            class: UnitClass::Police,
            jurisdiction: "Assam".to_owned(),
            duty_contact: "duty desk".to_owned(),
            addresses: Vec::new(),
        };
        node.unit = node.step(|txn| create(txn, setup)).0.unwrap().unit;
        node
    }

    /// One step, and those that answer what it asked to be blinded.
    fn step<T>(&mut self, run: impl FnOnce(&mut Txn<'_>) -> T) -> (T, Effects) {
        let (outcome, effects) = self.bare_step(run);
        for wanted in &effects.blind {
            let ys = evaluated(&wanted.inputs);
            self.bare_step(|txn| blinded(txn, wanted.person_ref, 0, &ys)).0.unwrap();
        }
        (outcome, effects)
    }

    fn bare_step<T>(&mut self, run: impl FnOnce(&mut Txn<'_>) -> T) -> (T, Effects) {
        let mut txn = Txn::new(&self.view, self.now, &mut self.rng);
        let outcome = run(&mut txn);
        let effects = txn.finish();
        self.view.apply(&effects.writes);
        self.notices.extend(&effects.notices);
        self.incidents.extend(&effects.incidents);
        for gossip in &effects.gossip {
            if let Gossip::Beacon(bytes) = gossip {
                self.sent.push(bytes.clone());
            }
        }
        (outcome, effects)
    }

    fn own(&self) -> Own {
        own::load(&self.view).unwrap()
    }

    fn announces(&mut self, person: EntityId, identity: Option<&Identity>) {
        self.step(|txn| announce(txn, CASE, person, identity, Role::Other)).0.unwrap();
    }

    fn hears(&mut self, beacon: &[u8]) -> Verdict {
        self.step(|txn| heard(txn, beacon)).0.unwrap()
    }

    fn alerts(&self) -> Vec<Alert> {
        let all = list(&self.view, None, 1_000).unwrap();
        let open = all.iter().filter(|alert| !matches!(alert.state, State::Closed { .. })).map(|alert| alert.id);
        let of_case: BTreeSet<AlertId> = open_of(&self.view, CASE).unwrap().iter().map(|alert| alert.id).collect();
        assert_eq!(of_case, open.collect(), "those of the case are all that are open");
        all
    }

    /// The only alert there is.
    fn alert(&self) -> Alert {
        let mut alerts = self.alerts();
        assert_eq!(alerts.len(), 1);
        alerts.remove(0)
    }

    /// Tokens heard from others that count, and in which beacons.
    fn heard_tokens(&self) -> BTreeSet<(UnitId, u64, Token)> {
        let rows = self.view.rows().filter(|row| row.0 == Table::BEACONS && !row.1.starts_with(self.unit.as_bytes()));
        let each = |key: &[u8], row: &[u8]| {
            let (unit, number) = beacon_place(key).unwrap();
            heard_in(row).unwrap().into_iter().map(move |token| (unit, number, token))
        };
        rows.flat_map(|(_, key, _, row)| each(key, row)).collect()
    }

    fn count(&self, table: Table) -> usize {
        self.view.rows().filter(|row| row.0 == table).count()
    }
}

/// The y's of inputs under one key, by a keeper that nobody asks over a network here.
fn evaluated(inputs: &[Vec<u8>]) -> Vec<[u8; 64]> {
    let mut rng = SeededRng::new(5);
    let index = KeyIndex::new(1).unwrap();
    let share = Dealt::new(1, &mut rng).unwrap().share_for(index);
    let blind = Blind::random(&mut rng);
    let points: Vec<_> = inputs.iter().map(|input| oprf::blind(input, &blind).unwrap()).collect();
    let answers = oprf::evaluate(&share, &points, &mut rng).unwrap().points;
    let combined = oprf::combine(&[(index, &answers)]).unwrap();
    inputs.iter().zip(&combined).map(|(input, point)| oprf::finish(input, &blind, point).unwrap()).collect()
}

/// Everything sent so far reaches everybody; gives how many beacons that were.
fn deliver(nodes: &mut [Node]) -> usize {
    let sent: Vec<Vec<u8>> = nodes.iter_mut().flat_map(|node| node.sent.drain(..)).collect();
    for beacon in &sent {
        for node in &mut *nodes {
            node.hears(beacon);
        }
    }
    sent.len()
}

fn member(node: &Node) -> Member {
    let own = node.own();
    Member::new(own.unit, own.name.clone(), own.data(), own.public(), NOON)
}

/// An epoch with these members, signed by `signers`.
fn epoch(number: u64, previous: Option<CharterHash>, members: &[&Node], signers: &[&Node]) -> CharterEpoch {
    let mut list: Vec<Member> = members.iter().map(|node| member(node)).collect();
    list.sort_by_key(|member| member.unit);
    let threshold = u16::try_from(members.len() / 2 + 1).unwrap();
    let members = BoundedVec::new(list).unwrap();
    let payload = wire::encode(&Charter {
        federation: FEDERATION,
        epoch: number,
        previous,
        members,
        threshold,
        blinding: None,
        former: None,
        settles: None,
        made: NOON,
    });
    let hash = CharterHash(derive(labels::CHARTER, &payload));
    let approve = |node: &&Node| {
        let approval = CharterApproval { federation: FEDERATION, epoch: number, hash, unit: node.unit };
        Signed::sign(&approval, &node.own().key())
    };
    CharterEpoch::new(payload, BoundedVec::new(signers.iter().map(approve).collect()).unwrap())
}

fn takes(node: &mut Node, epochs: &[CharterEpoch]) {
    node.step(|txn| {
        charter::accept(txn, epochs).unwrap();
        super::members_changed(txn).unwrap();
    });
}

/// Guwahati, Shillong, Kathmandu.
fn three() -> [Node; 3] {
    let mut nodes = [Node::new(1, "AHTU Guwahati"), Node::new(2, "AHTU Shillong"), Node::new(3, "Partner in Kathmandu")];
    let all: Vec<&Node> = nodes.iter().collect();
    let founding = [epoch(0, None, &all, &all)];
    nodes.iter_mut().for_each(|node| takes(node, &founding));
    nodes
}

/// The suspect as Guwahati has him.
fn rofiqul() -> Identity {
    Identity { birth_date: "1984".to_owned(), ..named("Md. Rofiqul", "Islam", "Abdul Karim", "Barpeta", "Kalgachia") }
}

/// The same as Shillong enters him.
fn rafiqul() -> Identity {
    Identity {
        age_at_record: "40".to_owned(),
        recorded_on: "2026-11-23".to_owned(),
        ..named("Mohammad Rafiqul", "Islam", "Abdul Kareem", "Barpeta", "Kalgachhia")
    }
}

/// A victim whom nobody else has.
fn sita() -> Identity {
    Identity { birth_date: "2008-05-17".to_owned(), ..named("Sita", "Thapa", "Dambar", "Sindhupalchok", "Melamchi") }
}

fn named(given: &str, family: &str, guardian: &str, district: &str, village: &str) -> Identity {
    Identity {
        given_name: given.to_owned(),
        family_name: family.to_owned(),
        guardian_name: guardian.to_owned(),
        district: district.to_owned(),
        village: village.to_owned(),
        ..Identity::default()
    }
}

/// Guwahati and Shillong have announced the same suspect, Kathmandu somebody else, and all have heard all.
fn story() -> [Node; 3] {
    let mut nodes = three();
    nodes[0].announces(SUSPECT, Some(&rofiqul()));
    nodes[1].announces(SUSPECT, Some(&rafiqul()));
    nodes[2].announces(SUSPECT, Some(&sita()));
    assert_eq!(deliver(&mut nodes), 3);
    nodes
}

const PROBABLE: MatchClass = MatchClass::Probable;
