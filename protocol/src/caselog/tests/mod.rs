//! Logs made by hand, so that a cheat's can be made as well. All units and people are invented.
//! Not what travels: that is tested in `sharing`.

mod disclosing;
mod folding;
mod hostile;
mod order;
mod structure;
mod vectors;
mod writing;

use super::entry::pad;
use super::{Author, Change, Draft, Entry, FoldedCase, KIND_ENTRY, KIND_LOG, Log, LogEntry, Name, fold};
use crate::bounded::BoundedVec;
use crate::crypto::{NodeSecret, Signed};
use crate::dictionary::Value;
use crate::ids::{CaseId, Commitment, EntityId, EntryHash, Salt, UnitId};
use crate::testing::rng::SeededRng;

const CASE: CaseId = CaseId([1; 32]);
/// Who owns the case.
const OWNER: UnitId = UnitId([10; 32]);
/// Contributors.
const BOB: UnitId = UnitId([20; 32]);
const CAROL: UnitId = UnitId([30; 32]);

fn key(unit: UnitId) -> NodeSecret {
    NodeSecret::from_seed(&unit.0)
}

fn author() -> Author {
    Author { name: "Officer Das".to_owned() }
}

fn seen(folded: &FoldedCase, draft: &Draft) -> Vec<Commitment> {
    folded
        .entity(&draft.kind, draft.entity)
        .and_then(|entity| entity.field(&draft.field))
        .map(super::Field::seen)
        .unwrap_or_default()
}

/// A log being written by several units, without any of the rules for it.
struct Book {
    log: Log,
    rng: SeededRng,
}

impl Book {
    fn new() -> Self {
        Self { log: Log::new(CASE, OWNER), rng: SeededRng::new(7) }
    }

    fn change(&mut self, draft: &Draft) -> Change {
        Change {
            entity: draft.entity,
            kind: draft.kind.clone(),
            field: draft.field.clone(),
            value: draft.value.clone(),
            replaces: BoundedVec::new(draft.replaces.clone()).unwrap(),
            salt: Salt::random(&mut self.rng),
        }
    }

    fn entry(&mut self, unit: UnitId, changes: &[Change]) -> LogEntry {
        let before = self.log.chains.get(&unit).and_then(|chain| chain.last());
        let entry = Entry {
            case: CASE,
            unit,
            seq: before.map_or(0, |entry| entry.entry.seq + 1),
            prev: before.map(|entry| entry.hash),
            base: None,
            commitments: pad(changes.iter().map(Change::commitment).collect(), &mut self.rng),
        };
        let signed = Signed::sign(&entry, &key(unit));
        LogEntry::new(signed.clone(), signed.stored().unwrap())
    }

    /// A unit writes drafts as one entry; gives its hash and their commitments.
    fn write(&mut self, unit: UnitId, drafts: &[Draft]) -> (EntryHash, Vec<Commitment>) {
        let changes: Vec<Change> = drafts.iter().map(|draft| self.change(draft)).collect();
        let entry = self.entry(unit, &changes);
        let (hash, commitments) = (entry.hash, changes.iter().map(Change::commitment).collect());
        self.log.chains.entry(unit).or_default().push(entry);
        self.log.changes.extend(changes.into_iter().map(|change| (change.commitment(), change)));
        (hash, commitments)
    }

    fn admit(&mut self, entry: EntryHash) {
        self.write(OWNER, &[steering(KIND_LOG, "admit", Value::Bytes(entry.0.to_vec()))]);
    }

    fn folded(&self) -> FoldedCase {
        fold(&self.log)
    }
}

fn steering(kind: &str, field: &str, value: Value) -> Draft {
    let name = |name| Name::new(name).unwrap();
    Draft { entity: EntityId([0; 16]), kind: name(kind), field: name(field), value, replaces: Vec::new() }
}

fn by(officer: &str) -> Draft {
    steering(KIND_ENTRY, "by", Value::Text(officer.to_owned()))
}
