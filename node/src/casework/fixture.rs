//! Folded cases for tests, sketched in a few lines. All people in them are invented.
//! No log behind them: one step of one unit, values as the dictionary reads them.

use icmc_protocol::caselog::{Entity, FoldedCase, Name, Step, Version};
use icmc_protocol::dictionary::{Dictionary, Value};
use icmc_protocol::ids::{CaseId, Commitment, EntityId, EntryHash, UnitId};
use icmc_protocol::testing::rng::SeededRng;
use icmc_protocol::time::Timestamp;
use std::collections::BTreeMap;

/// The owner of every sketch.
pub(crate) const OWNER: UnitId = UnitId([7; 32]);

/// A case in the making.
pub(crate) struct Sketch {
    folded: FoldedCase,
    rng: SeededRng,
    next: u8,
}

impl Sketch {
    /// A case with a number and nothing else.
    pub(crate) fn new() -> Self {
        let step = Step {
            hash: EntryHash([1; 32]),
            unit: OWNER,
            seq: 0,
            at: Some(Timestamp(1_000)),
            by: Some("A. Lyngdoh".to_owned()),
            admitted: true,
            changed: Vec::new(),
        };
        let folded = FoldedCase { case: CaseId([9; 32]), owner: OWNER, entities: BTreeMap::new(), steps: vec![step] };
        let mut sketch = Self { folded, rng: SeededRng::new(1), next: 0 };
        sketch.entity(
            "case",
            &[("case_no", "SH-26-0001"), ("kind", "missing_person"), ("status", "open"), ("opened_on", "2026-11-23")],
        );
        sketch
    }

    /// A person with one role.
    pub(crate) fn person(&mut self, role: &str, fields: &[(&str, &str)]) -> EntityId {
        let person = self.entity("person", fields);
        self.about("case_person", person, &[("role", role)]);
        person
    }

    /// A member of one of a person's lists.
    pub(crate) fn member(&mut self, kind: &str, person: EntityId, fields: &[(&str, &str)]) -> EntityId {
        let id = self.entity(kind, fields);
        let key = (Name::new(kind).unwrap(), id);
        self.folded.entities.get_mut(&key).unwrap().parent = Some(person);
        self.set(kind, id, "parent", Value::Bytes(person.0.to_vec()));
        id
    }

    /// An entity that names a person.
    pub(crate) fn about(&mut self, kind: &str, person: EntityId, fields: &[(&str, &str)]) -> EntityId {
        let id = self.entity(kind, fields);
        self.set(kind, id, "person", Value::Bytes(person.0.to_vec()));
        id
    }

    /// An entity with values as a form would send them.
    pub(crate) fn entity(&mut self, kind: &str, fields: &[(&str, &str)]) -> EntityId {
        self.next += 1;
        let id = EntityId([self.next; 16]);
        self.folded.entities.insert((Name::new(kind).unwrap(), id), Entity::default());
        for (name, text) in fields {
            let value = Dictionary::builtin().field(kind, name).unwrap().parse(text).unwrap();
            self.set(kind, id, name, value);
        }
        if fields.is_empty() {
            self.set(kind, id, "removed", Value::Bool(false));
        }
        id
    }

    /// One more value of a field.
    pub(crate) fn set(&mut self, kind: &str, id: EntityId, field: &str, value: Value) {
        let key = (Name::new(kind).unwrap(), id);
        let name = Name::new(field).unwrap();
        let version = Version { value, commitment: Commitment::random(&mut self.rng), step: 0 };
        let entity = self.folded.entities.get_mut(&key).unwrap();
        entity.fields.entry(name.clone()).or_default().versions.push(version);
        self.folded.steps[0].changed.push((key, name));
    }

    /// The case.
    pub(crate) fn fold(self) -> FoldedCase {
        self.folded
    }
}
