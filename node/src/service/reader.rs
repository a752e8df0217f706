//! From a folded case to views of its entities and fields.
//! It shows all that the fold holds: what may be in the fold was decided before.

use super::model::{EntityView, FieldView, OptionView, VersionView};
use super::units::Units;
use crate::casework::{Displays, Order, person_of_entity, shown, title, to_json};
use icmc_protocol::caselog::{Entity, EntityKey, Field as Folded, FoldedCase, Name, Version};
use icmc_protocol::dictionary::{Dictionary, Field, FieldType, Kind, PlaceKind, Places, Value};
use icmc_protocol::ids::{Commitment, EntityId};
use std::collections::BTreeSet;

/// A case being read.
pub(super) struct Reader<'a> {
    pub(super) folded: &'a FoldedCase,
    pub(super) units: &'a Units,
    pub(super) order: Order,
    pub(super) displays: Displays,
    /// Values of which the owner says that they are no longer current.
    pub(super) stale: BTreeSet<Commitment>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(folded: &'a FoldedCase, units: &'a Units, stale: BTreeSet<Commitment>) -> Self {
        let order = Order::of(folded);
        let displays = Displays::of(folded, &order);
        Self { folded, units, order, displays, stale }
    }

    /// What a person is called.
    pub(super) fn display(&self, person: EntityId) -> String {
        self.displays.get(person).unwrap_or("a person who is not shown here").to_owned()
    }

    /// The case's own entity, deleted or not; an empty one if nothing of it is open here.
    pub(super) fn head(&self) -> EntityView {
        let found = self.folded.entities.iter().filter(|((kind, _), _)| &**kind == "case").min_by_key(|(_, head)| head.removed);
        let kind = kind("case");
        match found {
            Some((key, entity)) => self.entity(kind, key, entity),
            None => self.entity(kind, &(Name::new("case").unwrap_or_default(), EntityId([0; 16])), &Entity::default()),
        }
    }

    /// All entities of a kind in the order of entry, without removed ones and those of removed persons.
    pub(super) fn all(&self, name: &str) -> Vec<EntityView> {
        let kind = kind(name);
        let keys = self.order.ids(self.folded, name).into_iter().filter_map(|id| Some((Name::new(name).ok()?, id)));
        keys.filter_map(|key| Some((self.folded.entities.get(&key)?, key)))
            .filter(|(_, key)| !self.of_removed_person(key))
            .map(|(entity, key)| self.entity(kind, &key, entity))
            .collect()
    }

    fn of_removed_person(&self, key: &EntityKey) -> bool {
        let person = person_of_entity(self.folded, key).and_then(|person| self.folded.entity("person", person));
        person.is_some_and(|person| person.removed)
    }

    pub(super) fn entity(&self, kind: &Kind, key: &EntityKey, entity: &Entity) -> EntityView {
        let pending = !entity.fields.is_empty() && entity.is_pending();
        let proposed = entity.fields.values().flat_map(|field| &field.pending).map(|version| version.step).min();
        EntityView {
            kind: kind.name.clone(),
            label: kind.label.clone(),
            id: key.1,
            title: title(&kind.name, key.1, entity, &self.displays),
            fields: kind
                .fields
                .iter()
                .filter(|field| !field.structural)
                .map(|field| self.field(field, entity.field(&field.name)))
                .collect(),
            removed: entity.removed,
            pending,
            person: person_of_entity(self.folded, key),
            entry: proposed.filter(|_| pending).and_then(|step| self.folded.steps.get(step)).map(|step| step.hash),
        }
    }

    fn field(&self, field: &Field, folded: Option<&Folded>) -> FieldView {
        let empty = Folded::default();
        let folded = folded.unwrap_or(&empty);
        let current = folded.current();
        let versions = |list: &[Version]| list.iter().map(|version| self.version(field, version)).collect::<Vec<_>>();
        FieldView {
            value: current.filter(|_| field.ty != FieldType::Bytes).map(to_json),
            text: current.map_or_else(String::new, |value| self.text(field, value)),
            class: current.map_or(field.class, |value| field.class_of(value)),
            seen: folded.seen(),
            conflict: if folded.in_conflict() { versions(&folded.versions) } else { Vec::new() },
            pending: versions(&folded.pending),
            stale: folded.versions.iter().any(|version| self.stale.contains(&version.commitment)),
            ..blank_field(field)
        }
    }

    fn text(&self, field: &Field, value: &Value) -> String {
        match value {
            // Ids of units in a text: people read names.
            Value::Text(ids) if field.kind == "consent" && field.name == "recipient_units" => {
                let names =
                    ids.split_whitespace().map(|id| id.parse().map_or_else(|_| id.to_owned(), |id| self.units.of(id).name));
                names.collect::<Vec<_>>().join(", ")
            }
            value => shown(Some(field), value, &self.displays),
        }
    }

    fn version(&self, field: &Field, version: &Version) -> VersionView {
        let step = self.folded.steps.get(version.step);
        VersionView {
            text: self.text(field, &version.value),
            // What opens a file is for the node alone.
            value: if field.ty == FieldType::Bytes { serde_json::Value::Null } else { to_json(&version.value) },
            commitment: version.commitment,
            unit: self.units.of(step.map_or(self.folded.owner, |step| step.unit)),
            at: step.and_then(|step| step.at),
            by: step.and_then(|step| step.by.clone()),
        }
    }
}

/// A kind of the compiled-in dictionary.
fn kind(name: &str) -> &'static Kind {
    Dictionary::builtin().kind(name).expect("a kind of the compiled-in dictionary")
}

fn blank_field(field: &Field) -> FieldView {
    FieldView {
        name: field.name.clone(),
        label: field.label.clone(),
        class: field.class,
        kind_of: type_word(&field.ty),
        value: None,
        text: String::new(),
        seen: Vec::new(),
        conflict: Vec::new(),
        pending: Vec::new(),
        stale: false,
        owner_only: field.owner_only,
        required: field.required,
        depends_on: field.depends_on.clone(),
        help: field.help.clone(),
        options: Vec::new(),
    }
}

const fn type_word(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::Text => "text",
        FieldType::Long => "long",
        FieldType::Bool => "bool",
        FieldType::Int => "int",
        FieldType::Date => "date",
        FieldType::PartialDate => "pdate",
        FieldType::Timestamp => "timestamp",
        FieldType::Code => "code",
        FieldType::Codes => "codes",
        FieldType::Bytes => "file",
        FieldType::Ref(_) => "ref",
    }
}

impl EntityView {
    /// An empty entity of a kind, for the form of a new one; none for a kind that no form shows.
    #[must_use]
    pub fn blank(kind: &str) -> Option<Self> {
        let kind = Dictionary::builtin().kind(kind).filter(|kind| !kind.structural)?;
        let view = Self {
            kind: kind.name.clone(),
            label: kind.label.clone(),
            id: EntityId([0; 16]),
            title: String::new(),
            fields: kind.fields.iter().filter(|field| !field.structural).map(blank_field).collect(),
            removed: false,
            pending: false,
            person: None,
            entry: None,
        };
        Some(view.for_editing(&[]))
    }

    /// The same with the answers that each field can have; `people` are those whom a reference can name.
    #[must_use]
    pub fn for_editing(mut self, people: &[(EntityId, String)]) -> Self {
        for view in &mut self.fields {
            let Some(field) = Dictionary::builtin().field(&self.kind, &view.name) else { continue };
            view.options = match (&field.ty, field.place) {
                (FieldType::Ref(_), _) => people.iter().map(|(id, name)| option(&id.to_string(), name, &[])).collect(),
                (_, Some(level)) => places(level),
                _ => field.codes.iter().map(|code| option(&code.code, &code.label, &code.when)).collect(),
            };
        }
        self
    }
}

fn option(code: &str, label: &str, when: &[String]) -> OptionView {
    OptionView { code: code.to_owned(), label: label.to_owned(), when: when.to_vec() }
}

/// Places of a level, each with the place around it as the only one under which it fits.
fn places(level: PlaceKind) -> Vec<OptionView> {
    let of_level = Places::builtin().all().filter(|place| place.kind == level);
    of_level.map(|place| option(&place.code, &place.name, place.parent.as_slice())).collect()
}

/// A value as text, without a case around it.
pub(super) fn value_text(kind: &str, field: &str, value: &Value, displays: &Displays) -> String {
    shown(Dictionary::builtin().field(kind, field), value, displays)
}
