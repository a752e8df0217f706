//! The fold: entries and open changes to a case, the same for all who hold the same.
//! Signatures are checked before; what a unit may see was decided before; nothing here decides either.

use super::spine::spine;
use super::{
    Change, Entity, EntityKey, FIELD_PARENT, FIELD_REMOVED, FoldedCase, KIND_ENTRY, KIND_LOG, Log, LogEntry, Name, Step, Version,
};
use crate::dictionary::{Dictionary, Value};
use crate::ids::{Commitment, EntityId};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Folds a log.
#[must_use]
pub fn fold(log: &Log) -> FoldedCase {
    let spine = spine(log);
    let mut folded = FoldedCase { case: log.case, owner: log.owner, entities: BTreeMap::new(), steps: Vec::new() };
    let replaced = replaced(log, &spine.placed);
    for entry in &spine.placed {
        place(log, entry, true, &replaced, &mut folded);
    }
    for entry in &spine.pending {
        place(log, entry, false, &replaced, &mut folded);
    }
    for field in folded.entities.values_mut().flat_map(|entity| entity.fields.values_mut()) {
        field.versions.reverse();
    }
    settle_structure(&mut folded);
    folded
}

/// Commitments that a counting change replaces in its own field.
fn replaced(log: &Log, placed: &[&LogEntry]) -> BTreeSet<Commitment> {
    let mut replaced = BTreeSet::new();
    for entry in placed {
        for (_, change) in log.changes_of(entry).filter(|(_, change)| counts(log, entry, change)) {
            let same_field =
                |other: &Change| (&other.kind, other.entity, &other.field) == (&change.kind, change.entity, &change.field);
            replaced.extend(change.replaces.iter().filter(|commitment| log.changes.get(commitment).is_some_and(same_field)));
        }
    }
    replaced
}

/// An owner-only field counts from the owner alone; from others it is a proposal.
fn counts(log: &Log, entry: &LogEntry, change: &Change) -> bool {
    let owner_only = || {
        Dictionary::builtin().kind(&change.kind).and_then(|kind| kind.field(&change.field)).is_some_and(|field| field.owner_only)
    };
    log.is_owners(entry.entry.unit, entry.entry.seq) || !owner_only()
}

fn place(log: &Log, entry: &LogEntry, admitted: bool, replaced: &BTreeSet<Commitment>, folded: &mut FoldedCase) {
    let index = folded.steps.len();
    let mut step = Step {
        hash: entry.hash,
        unit: entry.entry.unit,
        seq: entry.entry.seq,
        at: None,
        by: None,
        admitted,
        changed: Vec::new(),
    };
    for (commitment, change) in log.changes_of(entry) {
        if &*change.kind == KIND_ENTRY {
            match (&*change.field, &change.value) {
                ("at", Value::Int(at)) => step.at = u64::try_from(*at).ok().map(Timestamp),
                ("by", Value::Text(by)) => step.by = Some(by.clone()),
                _ => {}
            }
            continue;
        }
        if &*change.kind == KIND_LOG {
            continue;
        }
        step.changed.push(((change.kind.clone(), change.entity), change.field.clone()));
        let entity = folded.entities.entry((change.kind.clone(), change.entity)).or_default();
        let field = entity.fields.entry(change.field.clone()).or_default();
        let version = Version { value: change.value.clone(), commitment, step: index };
        if !admitted || !counts(log, entry, change) {
            field.pending.push(version);
        } else if !replaced.contains(&commitment) {
            field.versions.push(version);
        }
    }
    folded.steps.push(step);
}

/// Reads `parent` and `removed`; a missing or circular parent means the case itself.
fn settle_structure(folded: &mut FoldedCase) {
    let dictionary = Dictionary::builtin();
    let mut parents: BTreeMap<EntityKey, EntityKey> = BTreeMap::new();
    for (key, entity) in &mut folded.entities {
        entity.removed = matches!(structural(entity, FIELD_REMOVED), Some(Value::Bool(true)));
        let named = match structural(entity, FIELD_PARENT) {
            Some(Value::Bytes(bytes)) => EntityId::from_slice(bytes),
            _ => None,
        };
        // Keyed by kind as well: an id that somebody reuses under another kind changes nothing here.
        let kind = dictionary.kind(&key.0).and_then(|kind| Name::new(kind.parent.as_deref()?).ok());
        if let (Some(kind), Some(id)) = (kind, named) {
            parents.insert(key.clone(), (kind, id));
        }
    }
    let standing: Vec<(EntityKey, EntityId)> = parents
        .iter()
        .filter(|(key, parent)| folded.entities.contains_key(*parent) && !leads_back(key, &parents))
        .map(|(key, parent)| (key.clone(), parent.1))
        .collect();
    for (key, parent) in standing {
        if let Some(entity) = folded.entities.get_mut(&key) {
            entity.parent = Some(parent);
        }
    }
}

fn leads_back(key: &EntityKey, parents: &BTreeMap<EntityKey, EntityKey>) -> bool {
    let mut seen = BTreeSet::new();
    let mut at = parents.get(key);
    while let Some(parent) = at.filter(|parent| seen.insert(*parent)) {
        at = parents.get(parent);
    }
    seen.contains(key)
}

/// What is not admitted steers only an entity that is itself not admitted.
fn structural<'a>(entity: &'a Entity, name: &str) -> Option<&'a Value> {
    let field = entity.field(name)?;
    let proposed = field.pending.last().filter(|_| entity.is_pending());
    field.current().or_else(|| proposed.map(|version| &version.value))
}
