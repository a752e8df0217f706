//! Which person an entity hangs on: what leaves the node only if that person is named in the share.
//! Not who the person is.

use super::{Entity, EntityKey, FIELD_PARENT, Field, FoldedCase, Name, Version};
use crate::dictionary::{Dictionary, Value};
use crate::ids::EntityId;

/// Whether and on whom an entity hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hangs {
    /// On no person.
    OnNobody,
    /// On this one.
    On(EntityId),
    /// On one that cannot be told here: nothing of it leaves.
    Unknown,
}

/// The person that an entity belongs to.
#[must_use]
pub fn person_of(folded: &FoldedCase, key: &EntityKey) -> Hangs {
    let dictionary = Dictionary::builtin();
    let mut at = key.clone();
    // A list in a list in a list is as deep as the dictionary goes.
    for _ in 0..4 {
        let Some(kind) = dictionary.kind(&at.0) else { return Hangs::Unknown };
        if kind.is_person {
            return Hangs::On(at.1);
        }
        let Some(entity) = folded.entities.get(&at) else { return Hangs::Unknown };
        if let Some(field) = &kind.person_ref {
            // A name or a phone without its person is somebody's all the same.
            let required = field == FIELD_PARENT || kind.field(field).is_none_or(|field| field.required);
            return match by_reference(folded, entity, field) {
                Hangs::OnNobody if required => Hangs::Unknown,
                hangs => hangs,
            };
        }
        match (&kind.parent, entity.parent) {
            (None, _) => return Hangs::OnNobody,
            (Some(parent), Some(id)) => at = (Name::new(parent.as_str()).unwrap_or_default(), id),
            (Some(_), None) => return Hangs::Unknown,
        }
    }
    Hangs::Unknown
}

fn by_reference(folded: &FoldedCase, entity: &Entity, field: &str) -> Hangs {
    let Some(field) = entity.field(field) else { return Hangs::OnNobody };
    // A proposal decides only about what is itself a proposal.
    let shown = if entity.is_pending() { &field.pending } else { &field.versions };
    // Who proposed the entity also says whom it concerns: what the owner adds to it stays here until that is decided. A proposal
    // about an entity of the owner moves nothing.
    if shown.is_empty() && field.pending.iter().any(|version| proposed_more(folded, entity, field, version)) {
        return Hangs::Unknown;
    }
    // Every version must name the same person: a conflict about whom it concerns lets nothing out.
    let mut found: Option<Hangs> = None;
    for version in shown {
        let one = match &version.value {
            Value::Bytes(bytes) => EntityId::from_slice(bytes).map_or(Hangs::Unknown, Hangs::On),
            value if value.is_cleared() => Hangs::OnNobody,
            _ => Hangs::Unknown,
        };
        if found.is_some_and(|other| other != one) {
            return Hangs::Unknown;
        }
        found = Some(one);
    }
    found.unwrap_or(Hangs::OnNobody)
}

/// Whether the author of this proposal proposes something else in the same entity.
fn proposed_more(folded: &FoldedCase, entity: &Entity, field: &Field, version: &Version) -> bool {
    let author = |version: &Version| folded.steps.get(version.step).map(|step| step.unit);
    let others = entity.fields.values().filter(|other| !core::ptr::eq(*other, field));
    others.flat_map(|other| &other.pending).any(|other| author(other) == author(version))
}
