//! Where attacks are tried: Guwahati owns a case and shares it with Shillong, who works on it. Kathmandu is Eve: a confirmed member
//! with her own keys and nobody else's. Imphal is a member whose words nobody has compared.
//! All units and people are invented.

use crate::bounded::BoundedVec;
use crate::caselog::{Change, Entry, Name, load, open_case};
use crate::core::Input;
use crate::crypto::{NodeSecret, Signed};
use crate::dictionary::Value;
use crate::envelope::{Body, Kind, Sealed};
use crate::federation::{charter, own, prekey};
use crate::ids::{CaseId, Commitment, EntityId, EntryHash, Salt, ShareId, UnitId};
use crate::machine::{Effects, Table};
use crate::sharing::{self, Handling, Onward};
use crate::testing::World;
use crate::testing::drafts::{self, SUSPECT, Sketch, VICTIM, id};
use crate::testing::rng::SeededRng;
use crate::time::{DAY, Timestamp};
use crate::wire;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(super) const GIRL: EntityId = id(10);
pub(super) const MAN: EntityId = id(20);
/// The first number that no honest envelope has yet.
pub(super) const NUMBER: u64 = 900;

/// A federation at work.
/// All that a unit holds.
type Rows = BTreeMap<(Table, Vec<u8>), Vec<u8>>;

#[derive(Debug, Clone)]
pub(super) struct Stage {
    pub(super) world: World,
    pub(super) case: CaseId,
    pub(super) share: ShareId,
    /// What the attacked unit held, if that is not what it held at the beginning.
    pub(super) before: Option<Rows>,
}

pub(super) static STAGE: LazyLock<Stage> = LazyLock::new(|| {
    let mut world = World::members(&["guwahati", "shillong", "kathmandu", "imphal"]);
    for (one, other) in [("guwahati", "shillong"), ("guwahati", "kathmandu"), ("shillong", "kathmandu")] {
        world.confirm(one, other);
        world.confirm(other, one);
    }
    world.settle();
    let persons = [
        drafts::person(GIRL, &Sketch { given: "Anjali", family: "Boro", basis: "", ..VICTIM }),
        drafts::person(MAN, &Sketch { given: "Rofiqul", family: "Islam", ..SUSPECT }),
    ];
    let drafts: Vec<_> = drafts::case("GHY-1").into_iter().chain(persons.into_iter().flatten()).collect();
    let (case, _) = world.act("guwahati", |txn| open_case(txn, &drafts, &drafts::author("Officer Das"))).unwrap();
    let mut request = drafts::request(case, world["shillong"].id, &[GIRL, MAN], world.now.plus(30 * DAY));
    request.sections = drafts::sections(&["identity", "route", "process", "notes"]);
    let share = world.act("guwahati", |txn| sharing::create(txn, request)).unwrap();
    world.settle();
    world.act("shillong", |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    let note = drafts::note(id(60), "seen at the ferry (invented)");
    world.act("shillong", |txn| crate::caselog::append(txn, case, &note, &drafts::author("Officer Lyngdoh"))).unwrap();
    world.settle();
    world.wire.clear();
    Stage { world, case, share, before: None }
});

/// What [`crate::envelope::Kind::Entries`] holds, as another implementation would write it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Entries {
    pub(super) share: Option<ShareId>,
    pub(super) revision: u64,
    pub(super) after: BTreeMap<UnitId, u64>,
    pub(super) entries: Vec<Signed<Entry>>,
    pub(super) changes: Vec<Change>,
    pub(super) stale: Vec<Commitment>,
}

/// The same of a contribution.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Contribution {
    pub(super) share: ShareId,
    pub(super) revision: u64,
    pub(super) handling: Handling,
    pub(super) onward: Onward,
    pub(super) expires: Option<Timestamp>,
    pub(super) entries: Vec<Signed<Entry>>,
    pub(super) changes: Vec<Change>,
}

impl Stage {
    /// What has happened up to here belongs to the preparation.
    pub(super) fn prepared(&mut self, unit: &str) {
        self.before = Some(self.world[unit].state());
    }

    pub(super) fn key(&self, unit: &str) -> NodeSecret {
        own::load(&self.world[unit].view).unwrap().key()
    }

    /// A body that nothing is wrong with: a number that was given up.
    pub(super) fn body(&self, from: &str, to: &str) -> Body {
        let charter = charter::current(&self.world[from].view).unwrap().unwrap();
        Body {
            federation: charter.federation,
            charter_epoch: charter.epoch,
            from: super::id(&self.world, from),
            to: super::id(&self.world, to),
            pair_seq: NUMBER,
            created: self.world.now,
            not_after: None,
            kind: Kind::Void,
            payload: Vec::new(),
        }
    }

    /// Any inside, sealed to a unit's newest prekey.
    pub(super) fn seal(&self, to: &str, inside: &[u8]) -> Vec<u8> {
        let newest = prekey::newest(&self.world[to].view, super::id(&self.world, to)).unwrap().unwrap();
        Sealed::seal(inside, newest.number, &newest.key, &mut SeededRng::new(3)).unwrap()
    }

    /// Bytes of an envelope, over the connection of `transport`.
    pub(super) fn bring(&mut self, transport: &str, to: &str, bytes: Vec<u8>) -> Effects {
        let transport = Some(super::id(&self.world, transport));
        self.world.handle(to, Input::Envelope { transport, bytes })
    }

    /// A body, signed and brought to Shillong by its sender.
    pub(super) fn send(&mut self, from: &str, body: &Body) -> Effects {
        self.send_to(from, "shillong", body)
    }

    pub(super) fn send_to(&mut self, from: &str, to: &str, body: &Body) -> Effects {
        let bytes = self.seal(to, Signed::sign(body, &self.key(from)).as_bytes());
        self.bring(from, to, bytes)
    }

    /// An inside of Guwahati's to Shillong, as it is.
    pub(super) fn inside(&mut self, inside: &[u8]) -> Effects {
        let bytes = self.seal("shillong", inside);
        self.bring("guwahati", "shillong", bytes)
    }

    /// A payload in a proper envelope.
    pub(super) fn pay(&mut self, from: &str, to: &str, kind: Kind, payload: &impl Serialize) -> Effects {
        self.pay_bytes(from, to, kind, wire::encode(payload))
    }

    pub(super) fn pay_bytes(&mut self, from: &str, to: &str, kind: Kind, payload: Vec<u8>) -> Effects {
        let body = Body { kind, payload, ..self.body(from, to) };
        self.send_to(from, to, &body)
    }

    pub(super) fn entries_of(&mut self, from: &str, entries: &Entries) -> Effects {
        self.pay(from, "shillong", Kind::Entries, entries)
    }

    /// The next entry of a unit's chain in the case, with these changes.
    pub(super) fn entry(&self, unit: &str, changes: &[Change]) -> Entry {
        let log = load(&self.world[unit].view, self.case).unwrap().unwrap();
        let last = log.chains.get(&super::id(&self.world, unit)).and_then(|chain| chain.last());
        let mut commitments: Vec<Commitment> = changes.iter().map(Change::commitment).collect();
        let mut rng = SeededRng::new(5);
        let size = if changes.len() > 4 { 16 } else { 4 };
        commitments.resize_with(size, || Commitment::random(&mut rng));
        commitments.sort_unstable();
        Entry {
            case: self.case,
            unit: super::id(&self.world, unit),
            seq: last.map_or(0, |entry| entry.entry.seq + 1),
            prev: last.map(|entry| entry.hash),
            base: None,
            commitments: BoundedVec::new(commitments).unwrap(),
        }
    }

    /// A further note by somebody who may write one.
    pub(super) fn change(&self, number: u8) -> Change {
        let name = |name: &str| Name::new(name).unwrap();
        Change {
            entity: id(70 + number),
            kind: name("note"),
            field: name("text"),
            value: Value::Text("another note (invented)".to_owned()),
            replaces: BoundedVec::default(),
            salt: Salt([90 + number; 32]),
        }
    }

    /// Guwahati's next entry under its share, with so many notes.
    pub(super) fn entries(&self, notes: u8) -> Entries {
        let changes: Vec<Change> = (0..notes).map(|number| self.change(number)).collect();
        let entry = Signed::sign(&self.entry("guwahati", &changes), &self.key("guwahati"));
        Entries { share: Some(self.share), revision: 0, after: BTreeMap::new(), entries: vec![entry], changes, stale: Vec::new() }
    }

    /// The same with another entry in it, signed by whom one likes.
    pub(super) fn entries_with(&self, signer: &str, entry: &Entry, changes: Vec<Change>) -> Entries {
        let entry = Signed::sign(entry, &self.key(signer));
        Entries { entries: vec![entry], changes, ..self.entries(1) }
    }

    /// What Shillong writes next.
    pub(super) fn contribution(&self) -> Contribution {
        self.contributed(vec![self.change(0)])
    }

    pub(super) fn contributed(&self, changes: Vec<Change>) -> Contribution {
        let entry = Signed::sign(&self.entry("shillong", &changes), &self.key("shillong"));
        Contribution {
            share: self.share,
            revision: 0,
            handling: Handling::H2,
            onward: Onward::None,
            expires: None,
            entries: vec![entry],
            changes,
        }
    }

    /// The entry that Shillong contributed.
    pub(super) fn shillongs_entry(&self) -> EntryHash {
        sharing::contributions(&self.world["guwahati"].view, self.case).unwrap()[0].0
    }
}
