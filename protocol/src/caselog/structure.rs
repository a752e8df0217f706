//! Who hangs on whom in a folded case, and what is removed.
//! Not which person an entity belongs to: that is `person`.

use super::person::{Hangs, person_of};
use super::{Entity, EntityKey, FIELD_PARENT, FIELD_REMOVED, FoldedCase, Name};
use crate::dictionary::{Dictionary, Value};
use crate::ids::EntityId;
use std::collections::{BTreeMap, BTreeSet};

/// Reads `parent` and `removed`; a missing or circular parent means the case itself.
pub(super) fn settle(folded: &mut FoldedCase) {
    let mut kinds: BTreeMap<Name, Option<Name>> = BTreeMap::new();
    let mut parents: BTreeMap<EntityKey, EntityKey> = BTreeMap::new();
    for (key, entity) in &mut folded.entities {
        entity.parent = None;
        entity.removed = matches!(structural(entity, FIELD_REMOVED), Some(Value::Bool(true)));
        let Some(Value::Bytes(bytes)) = structural(entity, FIELD_PARENT) else { continue };
        let Some(id) = EntityId::from_slice(bytes) else { continue };
        // Keyed by kind as well: an id that somebody reuses under another kind changes nothing here.
        if !kinds.contains_key(&key.0) {
            kinds.insert(key.0.clone(), parent_kind(&key.0));
        }
        if let Some(Some(kind)) = kinds.get(&key.0) {
            parents.insert(key.clone(), (kind.clone(), id));
        }
    }
    let standing: Vec<(&EntityKey, EntityId)> = parents
        .iter()
        .filter(|(key, parent)| folded.entities.contains_key(*parent) && !leads_back(key, &parents))
        .map(|(key, parent)| (key, parent.1))
        .collect();
    for (key, parent) in standing {
        if let Some(entity) = folded.entities.get_mut(key) {
            entity.parent = Some(parent);
        }
    }
}

/// What an entity hangs on, the nearest first; last the person whom it concerns.
pub(crate) fn above(folded: &FoldedCase, key: &EntityKey) -> Vec<EntityKey> {
    let up = |key: &EntityKey| Some((parent_kind(&key.0)?, folded.entities.get(key)?.parent?));
    let person = match person_of(folded, key) {
        Hangs::On(person) => Name::new("person").ok().map(|kind| (kind, person)),
        Hangs::OnNobody | Hangs::Unknown => None,
    };
    core::iter::successors(up(key), up).chain(person).collect()
}

fn parent_kind(kind: &str) -> Option<Name> {
    Name::new(Dictionary::builtin().kind(kind)?.parent.as_deref()?).ok()
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
