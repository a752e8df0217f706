//! Drafts of cases, persons, stages, notes, legs, and requests for shares, as a form would give them. All people are invented.
//! Not for a node: a form checks more than the log does.

use crate::bounded::{BoundedText, BoundedVec};
pub use crate::caselog::Draft;
use crate::caselog::{Author, FIELD_PARENT, Name};
use crate::dictionary::{ShareClass, Value};
use crate::documents::{ContentKey, File};
use crate::ids::{CaseId, ChunkHash, Commitment, EntityId, ShareId, UnitId};
use crate::sharing::{Basis, Handling, Onward, Purpose, Request, Rights, SharePerson};
use crate::testing::rng::SeededRng;
use crate::time::Timestamp;

/// A short handle for an entity of a test.
#[must_use]
pub const fn id(number: u8) -> EntityId {
    EntityId([number; 16])
}

/// Somebody of an invented unit who writes.
#[must_use]
pub fn author(name: &str) -> Author {
    Author { name: name.to_owned() }
}

/// The file of an invented document; another one for each seed.
///
/// # Panics
/// Never: the names are short.
#[must_use]
pub fn file(seed: u64) -> File {
    let mut rng = SeededRng::new(seed);
    File {
        key: ContentKey::random(&mut rng),
        manifest: ChunkHash::random(&mut rng),
        name: BoundedText::new("scan.pdf").expect("a short name"),
        media: BoundedText::new("application/pdf").expect("a short name"),
        size: 300_000,
        sha256: [7; 32],
        blake3: [8; 32],
    }
}

/// One field; replaces nothing.
///
/// # Panics
/// If a name is longer than the dictionary has any.
#[must_use]
pub fn draft(entity: EntityId, kind: &str, field: &str, value: Value) -> Draft {
    let name = |name: &str| Name::new(name).expect("a name of the dictionary");
    Draft { entity, kind: name(kind), field: name(field), value, replaces: Vec::new() }
}

/// One field of text, a date or one code.
#[must_use]
pub fn text(entity: EntityId, kind: &str, field: &str, value: &str) -> Draft {
    draft(entity, kind, field, Value::Text(value.to_owned()))
}

/// One field in place of what a form showed in it.
#[must_use]
pub fn instead(seen: Vec<Commitment>, draft: Draft) -> Draft {
    Draft { replaces: seen, ..draft }
}

/// The entity `case` of a case.
#[must_use]
pub fn case(number: &str) -> Vec<Draft> {
    let fields = [
        ("case_no", number),
        ("kind", "suspected_trafficking"),
        ("status", "open"),
        ("priority", "high"),
        ("opened_on", "2026-11-20"),
        ("legal_basis", "law_enforcement_duty"),
        ("summary", "Invented for a test."),
    ];
    fields.map(|(field, value)| text(id(1), "case", field, value)).to_vec()
}

/// An invented person. Empty texts are left out.
#[derive(Debug, Clone, Copy)]
pub struct Sketch<'a> {
    /// Given name.
    pub given: &'a str,
    /// Family name.
    pub family: &'a str,
    /// The whole name in its own script, instead of the two.
    pub native: &'a str,
    /// Father's name.
    pub father: &'a str,
    /// Village of the home, in Barpeta, Assam.
    pub village: &'a str,
    /// Year, month or day of birth.
    pub birth: &'a str,
    /// Age as stated on 23 November 2026.
    pub age: Option<i64>,
    /// Code of the sex.
    pub sex: &'a str,
    /// Code of the role.
    pub role: &'a str,
    /// Code of the ground for matching.
    pub basis: &'a str,
}

/// A victim who may be matched, without a name yet.
pub const VICTIM: Sketch<'static> = Sketch {
    given: "",
    family: "",
    native: "",
    father: "",
    village: "",
    birth: "",
    age: None,
    sex: "female",
    role: "victim",
    basis: "consent",
};

/// A suspect who may be matched, without a name yet.
pub const SUSPECT: Sketch<'static> = Sketch { sex: "male", role: "suspect", basis: "law_enforcement", ..VICTIM };

/// The name entity of a person of [`person`].
#[must_use]
pub const fn name_of(person: EntityId) -> EntityId {
    beside(person, 1)
}

/// The role entity of a person of [`person`].
#[must_use]
pub const fn role_of(person: EntityId) -> EntityId {
    beside(person, 2)
}

const fn beside(entity: EntityId, place: u8) -> EntityId {
    let mut bytes = entity.0;
    bytes[0] = 200 + place;
    EntityId(bytes)
}

/// A person with name and role.
#[must_use]
pub fn person(person: EntityId, sketch: &Sketch<'_>) -> Vec<Draft> {
    let (name, role) = (name_of(person), role_of(person));
    let home = if sketch.village.is_empty() { ["", "", ""] } else { ["IN", "IN-AS", "IN-AS-barpeta"] };
    let texts = [
        (person, "person", "sex", sketch.sex),
        (person, "person", "birth", sketch.birth),
        (person, "person", "father", sketch.father),
        (person, "person", "home_country", home[0]),
        (person, "person", "home_state", home[1]),
        (person, "person", "home_district", home[2]),
        (person, "person", "home_village", sketch.village),
        (name, "person_name", "given", sketch.given),
        (name, "person_name", "family", sketch.family),
        (name, "person_name", "full_native", sketch.native),
        (role, "case_person", "matching_basis", sketch.basis),
    ];
    let mut drafts: Vec<Draft> = texts
        .into_iter()
        .filter(|(.., value)| !value.is_empty())
        .map(|(entity, kind, field, value)| text(entity, kind, field, value))
        .collect();
    if let Some(age) = sketch.age {
        drafts.push(draft(person, "person", "age_stated", Value::Int(age)));
        drafts.push(text(person, "person", "age_on", "2026-11-23"));
    }
    drafts.push(draft(name, "person_name", FIELD_PARENT, reference(person)));
    drafts.push(draft(role, "case_person", "person", reference(person)));
    drafts.push(draft(role, "case_person", "role", Value::Codes(vec![sketch.role.to_owned()])));
    drafts
}

/// A reference to an entity.
#[must_use]
pub fn reference(entity: EntityId) -> Value {
    Value::Bytes(entity.0.to_vec())
}

/// A stage entry of a person.
#[must_use]
pub fn stage(entry: EntityId, person: EntityId, stage: &str, state: &str) -> Vec<Draft> {
    vec![
        draft(entry, "stage_entry", "person", reference(person)),
        text(entry, "stage_entry", "stage", stage),
        text(entry, "stage_entry", "state", state),
    ]
}

/// What a person agreed to: checking, help and inquiry, to police units, all but restricted values, for a year.
#[must_use]
pub fn consent(consent: EntityId, person: EntityId) -> Vec<Draft> {
    let codes = |codes: &[&str]| Value::Codes(codes.iter().map(|code| (*code).to_owned()).collect());
    vec![
        draft(consent, "consent", "person", reference(person)),
        text(consent, "consent", "given_by", "self"),
        text(consent, "consent", "method", "written"),
        draft(consent, "consent", "purposes", codes(&["verification", "referral", "investigation"])),
        draft(consent, "consent", "recipients", codes(&["police"])),
        draft(consent, "consent", "classes_allowed", codes(&["S", "B", "I"])),
        text(consent, "consent", "valid_from", "2026-11-20"),
        text(consent, "consent", "valid_to", "2027-11-19"),
    ]
}

/// A note about the whole case.
#[must_use]
pub fn note(note: EntityId, words: &str) -> Vec<Draft> {
    vec![text(note, "note", "text", words)]
}

/// A leg of the way of a person.
#[must_use]
pub fn leg(leg: EntityId, person: EntityId, to_village: &str) -> Vec<Draft> {
    vec![
        draft(leg, "route_leg", "person", reference(person)),
        draft(leg, "route_leg", "seq", Value::Int(1)),
        text(leg, "route_leg", "kind", "transit"),
        text(leg, "route_leg", "to_village", to_village),
    ]
}

/// A share of identity, route and process, classes S, B and I, with the right to contribute.
///
/// # Panics
/// If there are more persons than a share can name.
#[must_use]
pub fn request(case: CaseId, to: UnitId, persons: &[EntityId], expires: Timestamp) -> Request {
    let persons = persons.iter().map(|entity| SharePerson {
        entity: *entity,
        basis: Basis::LawEnforcement,
        reason: BoundedText::new("invented for a test").expect("a short reason"),
    });
    Request {
        id: ShareId([0; 16]),
        revision: 0,
        case,
        from: UnitId([0; 32]),
        to,
        persons: BoundedVec::new(persons.collect()).expect("few persons"),
        sections: sections(&["identity", "route", "process"]),
        classes: BoundedVec::new(vec![ShareClass::S, ShareClass::B, ShareClass::I]).expect("three classes"),
        items: BoundedVec::default(),
        rights: Rights::Contribute,
        purpose: Purpose::Investigation,
        handling: Handling::H2,
        onward: Onward::None,
        expires,
        note: BoundedText::default(),
    }
}

/// Sections by name.
///
/// # Panics
/// If there are more than a share can name.
#[must_use]
pub fn sections(names: &[&str]) -> BoundedVec<Name, 16> {
    let names = names.iter().map(|name| Name::new(*name).expect("a short name")).collect();
    BoundedVec::new(names).expect("few sections")
}
