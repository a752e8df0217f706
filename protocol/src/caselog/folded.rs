//! What a fold gives: entities with the versions of their fields, and the steps in order.
//! Read only; a change goes through `append`.

use super::Name;
use crate::dictionary::Value;
use crate::ids::{CaseId, Commitment, EntityId, EntryHash, UnitId};
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// (kind, entity): the key of an entity.
pub type EntityKey = (Name, EntityId);

/// One value of a field, with where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The value, which may be [`Value::cleared`].
    pub value: Value,
    /// What to name when replacing it.
    pub commitment: Commitment,
    /// Index in [`FoldedCase::steps`].
    pub step: usize,
}

/// A field: what nothing replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    /// The later on the spine first. More than one is a conflict, until someone replaces all.
    pub versions: Vec<Version>,
    /// Written by others and not admitted, or admitted but owner-only: proposals.
    pub pending: Vec<Version>,
}

impl Field {
    /// The value that is shown.
    #[must_use]
    pub fn current(&self) -> Option<&Value> {
        self.versions.first().map(|version| &version.value).filter(|value| !value.is_cleared())
    }

    /// Whether several values stand beside each other.
    #[must_use]
    pub fn in_conflict(&self) -> bool {
        self.versions.len() > 1
    }

    /// What a form rendered from this field replaces.
    #[must_use]
    pub fn seen(&self) -> Vec<Commitment> {
        self.versions.iter().map(|version| version.commitment).collect()
    }
}

/// A person, a note, a leg …
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entity {
    /// The entity it belongs to in a list; none is the case itself.
    pub parent: Option<EntityId>,
    /// Removed, which can be undone.
    pub removed: bool,
    /// By name.
    pub fields: BTreeMap<Name, Field>,
}

impl Entity {
    /// The shown value of a field.
    #[must_use]
    pub fn value(&self, field: &str) -> Option<&Value> {
        self.field(field).and_then(Field::current)
    }

    /// A field by name.
    #[must_use]
    pub fn field(&self, field: &str) -> Option<&Field> {
        self.fields.iter().find(|(name, _)| &***name == field).map(|(_, field)| field)
    }

    /// The shown text of a field, empty if there is none.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        match self.value(field) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// The shown codes of a field.
    #[must_use]
    pub fn codes(&self, field: &str) -> &[String] {
        match self.value(field) {
            Some(Value::Codes(codes)) => codes,
            _ => &[],
        }
    }

    /// Whether nothing but proposals stands here.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.fields.values().all(|field| field.versions.is_empty())
    }
}

/// One entry of the log as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its hash.
    pub hash: EntryHash,
    /// Whose.
    pub unit: UnitId,
    /// Its number in that chain.
    pub seq: u64,
    /// When, by its author's word.
    pub at: Option<Timestamp>,
    /// By whom, if it may be known here.
    pub by: Option<String>,
    /// Whether it counts.
    pub admitted: bool,
    /// Entities and fields that it changed and that are open here.
    pub changed: Vec<(EntityKey, Name)>,
}

/// A case as this node may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldedCase {
    /// The case.
    pub case: CaseId,
    /// Its owner.
    pub owner: UnitId,
    /// By (kind, entity).
    pub entities: BTreeMap<EntityKey, Entity>,
    /// In the order of the spine, pending ones last.
    pub steps: Vec<Step>,
}

impl FoldedCase {
    /// Entities of one kind that are not removed, in the order of their ids.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (EntityId, &'a Entity)> {
        self.entities
            .iter()
            .filter(move |((name, _), entity)| &**name == kind && !entity.removed)
            .map(|((_, id), entity)| (*id, entity))
    }

    /// One entity, removed or not.
    #[must_use]
    pub fn entity(&self, kind: &str, id: EntityId) -> Option<&Entity> {
        self.entities.get(&(Name::new(kind).ok()?, id))
    }

    /// The one entity of kind `case`.
    #[must_use]
    pub fn head(&self) -> Option<(EntityId, &Entity)> {
        self.of_kind("case").next()
    }
}
