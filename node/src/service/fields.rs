//! From JSON fields of one entity to checked values of the dictionary, with every fault by kind and field.
//! Not which entity they are for: that is `create` and `change`.

use super::model::Fields;
use crate::casework::from_json;
use icmc_protocol::caselog::{Draft, FIELD_PARENT, FIELD_REMOVED, FoldedCase, Name};
use icmc_protocol::dictionary::{Field, FieldError, FieldType, Kind, Value};
use icmc_protocol::ids::{Commitment, EntityId};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Values of one entity by field.
pub(super) type Values = BTreeMap<String, Value>;
/// Words by which a request names its new entities, with their kinds.
pub(super) type Refs = BTreeMap<String, (String, EntityId)>;

/// Most characters of a name that is given back in a fault.
const NAME_SHOWN: usize = 40;

/// A fault of a field.
pub(super) fn fault(kind: &str, field: &str, expected: &str) -> FieldError {
    let cut = |name: &str| name.chars().take(NAME_SHOWN).collect();
    FieldError { kind: cut(kind), field: cut(field), expected: expected.to_owned() }
}

/// Reads what was sent for one entity; faults are added, what is good is given.
pub(super) fn read(kind: &Kind, fields: &Fields, refs: &Refs, faults: &mut Vec<FieldError>) -> Values {
    let mut values = Values::new();
    for (name, json) in fields {
        let Some(field) = kind.field(name).filter(|field| !field.structural) else {
            faults.push(fault(&kind.name, name, &format!("one of the fields of {}", kind.name)));
            continue;
        };
        if field.ty == FieldType::Bytes {
            faults.push(fault(&kind.name, name, "a file, which is added by uploading it"));
            continue;
        }
        match by_ref(field, json, refs).map_or_else(|| from_json(field, json), Ok) {
            Ok(value) => {
                values.insert(name.clone(), value);
            }
            Err(error) => faults.push(error),
        }
    }
    values
}

fn by_ref(field: &Field, json: &Json, refs: &Refs) -> Option<Value> {
    let FieldType::Ref(target) = &field.ty else { return None };
    let (kind, id) = refs.get(json.as_str()?)?;
    (kind == target).then(|| Value::Bytes(id.0.to_vec()))
}

/// An age is of use only with the day on which it was stated: today, unless something else was said.
pub(super) fn date_the_age(values: &mut Values, today: &str) {
    let stated = values.get("age_stated").is_some_and(|age| !age.is_cleared());
    if stated && values.get("age_on").is_none_or(Value::is_cleared) {
        values.insert("age_on".to_owned(), Value::Text(today.to_owned()));
    }
}

/// Checks an entity as a whole and adds the faults of those fields that `counts` names and that have none yet.
pub(super) fn check(kind: &Kind, values: &Values, faults: &mut Vec<FieldError>, counts: impl Fn(&str) -> bool) {
    for found in kind.check_entity(values) {
        if counts(&found.field) && !faults.iter().any(|before| before.kind == found.kind && before.field == found.field) {
            faults.push(found);
        }
    }
}

/// Whether what hangs on a person names one of the case.
pub(super) fn points_inside(folded: &FoldedCase, kind: &Kind, values: &Values) -> bool {
    let named = kind.person_ref.as_ref().and_then(|name| values.get(name));
    match named {
        Some(Value::Bytes(id)) => {
            let person = EntityId::from_slice(id).and_then(|id| folded.entity("person", id));
            person.is_some_and(|person| !person.removed)
        }
        _ => true,
    }
}

/// A draft of one value.
pub(super) fn draft(kind: &str, entity: EntityId, field: &str, value: Value, replaces: Vec<Commitment>) -> Draft {
    Draft {
        entity,
        kind: Name::new(kind).expect("kinds of the dictionary have short names"),
        field: Name::new(field).expect("fields of the dictionary have short names"),
        value,
        replaces,
    }
}

/// The drafts of a new entity. One of which nothing is entered is there all the same: it says that it is not removed.
pub(super) fn drafts(kind: &Kind, entity: EntityId, values: Values) -> Vec<Draft> {
    if values.is_empty() {
        return vec![removed(&kind.name, entity, false, Vec::new())];
    }
    values.into_iter().map(|(field, value)| draft(&kind.name, entity, &field, value, Vec::new())).collect()
}

/// The draft that hangs a new entity on another.
pub(super) fn parent(kind: &str, entity: EntityId, parent: EntityId) -> Draft {
    draft(kind, entity, FIELD_PARENT, Value::Bytes(parent.0.to_vec()), Vec::new())
}

/// The draft that removes an entity or brings it back.
pub(super) fn removed(kind: &str, entity: EntityId, removed: bool, replaces: Vec<Commitment>) -> Draft {
    draft(kind, entity, FIELD_REMOVED, Value::Bool(removed), replaces)
}

/// Random ids in rising order, so that entities of one entry keep the order in which they were given.
pub(super) fn ids(count: usize, rng: &mut dyn rand_core::CryptoRng) -> Vec<EntityId> {
    let mut ids: Vec<EntityId> = (0..count).map(|_| EntityId::random(rng)).collect();
    ids.sort_unstable();
    ids
}
