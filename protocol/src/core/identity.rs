//! From a person of a folded case to what the fingerprint reads.
//! Not the normal form: that is `fingerprint`.

use crate::caselog::{Entity, FoldedCase, Hangs, Name, person_of};
use crate::dictionary::{Places, Value};
use crate::fingerprint::{Identifier, Identity};
use crate::ids::EntityId;
use crate::matching::Role;

/// What a case says about who a person is; none if the person is removed or may not take part in matching.
#[must_use]
pub fn identity_of(folded: &FoldedCase, person: EntityId) -> Option<Identity> {
    let identity = plain_identity(folded, person)?;
    let announces = |(_, role): (EntityId, &Entity)| refers_to(role, person) && !role.text("matching_basis").is_empty();
    if !is_open(folded) || !folded.of_kind("case_person").any(announces) {
        return None;
    }
    Some(identity)
}

/// The same without asking whether the person takes part in matching: for finding the same person inside one node. None if the
/// person is not there or removed.
#[must_use]
pub fn plain_identity(folded: &FoldedCase, person: EntityId) -> Option<Identity> {
    let entity = folded.entity("person", person).filter(|entity| !entity.removed)?;
    let mut identity = Identity {
        sex: entity.text("sex").to_owned(),
        birth_date: entity.text("birth").to_owned(),
        age_at_record: number(entity, "age_stated"),
        recorded_on: entity.text("age_on").to_owned(),
        guardian_name: ["father", "guardian", "spouse", "mother"]
            .into_iter()
            .map(|field| entity.text(field))
            .find(|name| !name.is_empty())
            .unwrap_or_default()
            .to_owned(),
        nationality: entity.codes("citizenship").first().cloned().unwrap_or_default(),
        state: place(entity.text("home_state")),
        district: place(entity.text("home_district")),
        village: entity.text("home_village").to_owned(),
        ..Identity::default()
    };
    for name in members(folded, person, "person_name") {
        let given = [name.text("given"), name.text("middle")]
            .iter()
            .filter(|part| !part.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        let (given, family) = match (given.is_empty(), name.text("family")) {
            (true, "") => (name.text("full_native").to_owned(), String::new()),
            (_, family) => (given, family.to_owned()),
        };
        let main = !matches!(name.text("kind"), "alias" | "nickname" | "assumed");
        if main && identity.given_name.is_empty() && identity.family_name.is_empty() {
            (identity.given_name, identity.family_name) = (given, family);
        } else {
            identity.aliases.push(format!("{given} {family}").trim().to_owned());
        }
    }
    identity.phones = members(folded, person, "person_phone").map(|phone| phone.text("number").to_owned()).collect();
    identity.identifiers = members(folded, person, "person_identifier").map(identifier).collect();
    Some(identity)
}

/// What a case says a person is, for who is told first of a match. Whoever is also a victim is protected.
#[must_use]
pub fn role_of(folded: &FoldedCase, person: EntityId) -> Role {
    let mut found = Role::Other;
    for (_, role) in folded.of_kind("case_person").filter(|(_, role)| refers_to(role, person)) {
        for code in role.codes("role") {
            match code.as_str() {
                "victim" | "possible_victim" | "witness" | "informant" | "complainant" => return Role::Protected,
                "suspect" | "accused" | "convicted" => found = Role::Suspect,
                _ => {}
            }
        }
    }
    found
}

fn is_open(folded: &FoldedCase) -> bool {
    folded.head().is_some_and(|(_, head)| !head.text("status").starts_with("closed"))
}

fn refers_to(role: &Entity, person: EntityId) -> bool {
    matches!(role.value("person"), Some(Value::Bytes(bytes)) if bytes == person.as_bytes())
}

fn members<'a>(folded: &'a FoldedCase, person: EntityId, kind: &'a str) -> impl Iterator<Item = &'a Entity> {
    folded
        .of_kind(kind)
        .filter(move |(id, _)| Name::new(kind).is_ok_and(|kind| person_of(folded, &(kind, *id)) == Hangs::On(person)))
        .map(|(_, entity)| entity)
}

fn identifier(entity: &Entity) -> Identifier {
    match entity.text("kind") {
        "aadhaar_last4" => Identifier { kind: "aadhaar".to_owned(), number: format!("XXXXXXXX{}", entity.text("number")) },
        kind => Identifier { kind: kind.to_owned(), number: entity.text("number").to_owned() },
    }
}

/// A gazetteer code as the name that units outside the gazetteer would write.
fn place(code: &str) -> String {
    Places::builtin().label(code).unwrap_or(code).to_owned()
}

fn number(entity: &Entity, field: &str) -> String {
    match entity.value(field) {
        Some(Value::Int(number)) => number.to_string(),
        _ => String::new(),
    }
}
