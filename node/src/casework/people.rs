//! What hangs on a person in a case, and what part the person plays.
//! Not who may know of it.

use super::Order;
use icmc_protocol::caselog::{Entity, EntityKey, FoldedCase, Hangs, Name, person_of};
use icmc_protocol::dictionary::{Dictionary, Value};
use icmc_protocol::ids::EntityId;
use std::collections::BTreeMap;

/// The person that an entity hangs on, if it is one that can be told.
#[must_use]
pub fn person_of_entity(folded: &FoldedCase, key: &EntityKey) -> Option<EntityId> {
    match person_of(folded, key) {
        Hangs::On(person) => Some(person),
        Hangs::OnNobody | Hangs::Unknown => None,
    }
}

/// The people of a case in the order of entry, removed ones left out. One of whom nothing is open here but a role or a leg
/// is among them.
#[must_use]
pub fn persons(folded: &FoldedCase, order: &Order) -> Vec<EntityId> {
    let mut first = BTreeMap::new();
    for (key, _) in folded.entities.iter().filter(|(_, entity)| !entity.removed) {
        let Some(person) = person_of_entity(folded, key) else { continue };
        // The person's own rank, if it has one: what hangs on it may have come earlier only by being moved to it.
        let (own, (step, _)) = (folded.entity("person", person), order.rank(key));
        if own.is_some_and(|own| own.removed) || (own.is_some() && key.1 != person) {
            continue;
        }
        first.entry(person).and_modify(|before: &mut usize| *before = step.min(*before)).or_insert(step);
    }
    let mut persons: Vec<EntityId> = first.keys().copied().collect();
    persons.sort_by_key(|person| (first.get(person).copied(), *person));
    persons
}

/// The entities of a kind that hang on a person, in the order of entry, removed ones left out.
#[must_use]
pub fn members<'a>(folded: &'a FoldedCase, order: &Order, person: EntityId, kind: &str) -> Vec<(EntityId, &'a Entity)> {
    let Ok(name) = Name::new(kind) else { return Vec::new() };
    order
        .ids(folded, kind)
        .into_iter()
        .filter_map(|id| {
            let key = (name.clone(), id);
            let entity = folded.entities.get(&key)?;
            (person_of_entity(folded, &key) == Some(person)).then_some((id, entity))
        })
        .collect()
}

/// The roles of a person, in the order of entry.
#[must_use]
pub fn roles_of<'a>(folded: &'a FoldedCase, order: &Order, person: EntityId) -> Vec<(EntityId, &'a Entity)> {
    members(folded, order, person, "case_person")
}

/// The codes of all roles of a person, each once.
#[must_use]
pub fn role_codes(folded: &FoldedCase, order: &Order, person: EntityId) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for (_, role) in roles_of(folded, order, person) {
        let shown = role.codes("role").to_vec();
        let proposed = role.field("role").and_then(|field| field.pending.last());
        let proposed = match proposed.map(|version| &version.value) {
            Some(Value::Codes(codes)) if shown.is_empty() => codes.clone(),
            _ => Vec::new(),
        };
        for code in shown.into_iter().chain(proposed) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
    }
    codes
}

/// "Victim, witness", for people; empty without a role.
#[must_use]
pub fn role_words(codes: &[String]) -> String {
    let field = Dictionary::builtin().field("case_person", "role");
    let words: Vec<&str> = codes.iter().map(|code| field.and_then(|field| field.label_of(code)).unwrap_or(code)).collect();
    let mut words = words.into_iter();
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |line, word| format!("{line}, {}", word.to_lowercase()))
}
