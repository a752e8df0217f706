//! Directory entries and materials between what people write and what is signed, all faults at once.
//! The code lists stand here: they are of this node, and another's may be longer.

use super::fields::fault;
use super::model::{ContactView, EntryText, MaterialText};
use super::publications::NewHead;
use icmc_protocol::bounded::{BoundedText, BoundedVec};
use icmc_protocol::caselog::Name;
use icmc_protocol::dictionary::{Dictionary, FieldError};
use icmc_protocol::requests::{Contact, DirectoryEntry, Material};

const KINDS: &[&str] = &[
    "ahtu",
    "ahtb",
    "police_station",
    "women_help_desk",
    "border_force",
    "railway_police",
    "cwc",
    "jjb",
    "dcpu",
    "dlsa",
    "slsa",
    "court",
    "dm_sdm",
    "labour_dept",
    "social_welfare",
    "hospital",
    "osc",
    "shelter_home",
    "cci",
    "ngo",
    "helpline",
    "lawyer",
    "counsellor",
    "interpreter",
    "embassy",
    "frro",
    "ministry",
    "un_body",
    "media",
    "employer_skill",
    "panchayat_vdc",
    "foreign_police",
    "other",
];
const SERVICES: &[&str] = &[
    "counselling",
    "medical",
    "shelter",
    "legal_aid",
    "education",
    "skill_training",
    "livelihood",
    "documentation",
    "food_clothing",
    "interpretation",
    "transport_escort",
    "family_mediation",
    "witness_support",
    "cash_relief",
    "substance_care",
    "other",
];
const GROUPS: &[&str] = &["women", "men", "children", "trans", "disabled", "with_children"];
const TRUST: &[&str] = &["verified", "known", "unverified", "avoid"];
const MATERIALS: &[&str] =
    &["poster", "leaflet", "handbook", "checklist", "form_template", "rights_card", "script", "training", "law_card"];
const AUDIENCES: &[&str] = &["public", "children", "police", "health", "transport", "media", "survivor", "employer"];

/// Gathers faults by the names of the request's fields.
#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    fn add(&mut self, field: &str, expected: &str) {
        self.0.push(fault("request", field, expected));
    }

    fn text<const N: usize>(&mut self, field: &str, given: &str) -> BoundedText<N> {
        BoundedText::new(given.trim()).unwrap_or_else(|_| {
            self.add(field, &format!("at most {N} bytes"));
            BoundedText::default()
        })
    }

    fn required<const N: usize>(&mut self, field: &str, given: &str) -> BoundedText<N> {
        if given.trim().is_empty() {
            self.add(field, "a text");
        }
        self.text(field, given)
    }

    fn code(&mut self, field: &str, given: &str, known: &[&str]) -> Name {
        if !known.contains(&given) {
            self.add(field, &format!("one of {}", known.join(" ")));
        }
        self.text(field, given)
    }

    fn day(&mut self, field: &str, given: &str) -> BoundedText<10> {
        let day = Dictionary::builtin().field("case", "opened_on");
        if given.is_empty() || day.is_none_or(|day| day.parse(given).is_err()) {
            self.add(field, "a date like 2026-11-23");
        }
        self.text(field, given)
    }

    fn list<T, const N: usize>(&mut self, field: &str, items: Vec<T>) -> BoundedVec<T, N> {
        BoundedVec::new(items).unwrap_or_else(|_| {
            self.add(field, &format!("at most {N}"));
            BoundedVec::default()
        })
    }

    fn texts<const N: usize, const M: usize>(&mut self, field: &str, given: &[String]) -> BoundedVec<BoundedText<N>, M> {
        let texts = given.iter().filter(|text| !text.trim().is_empty()).map(|text| self.text(field, text)).collect();
        self.list(field, texts)
    }

    fn codes<const M: usize>(&mut self, field: &str, given: &[String], known: &[&str]) -> BoundedVec<Name, M> {
        let codes = given.iter().map(|code| self.code(field, code, known)).collect();
        self.list(field, codes)
    }

    fn done<T>(self, made: T) -> Result<T, Vec<FieldError>> {
        if self.0.is_empty() { Ok(made) } else { Err(self.0) }
    }
}

/// A directory entry to be signed.
pub(super) fn entry(text: &EntryText, head: NewHead) -> Result<DirectoryEntry, Vec<FieldError>> {
    let mut faults = Faults::default();
    let contacts = text.contacts.iter().map(|one| contact(one, &mut faults)).collect();
    let made = DirectoryEntry {
        id: head.id,
        author: head.author,
        version: head.version,
        at: head.at,
        name: faults.required("name", &text.name),
        kind: faults.code("kind", &text.kind, KINDS),
        areas: faults.texts("areas", &text.areas),
        services: faults.codes("services", &text.services, SERVICES),
        languages: faults.texts("languages", &text.languages),
        groups: faults.codes("groups", &text.groups, GROUPS),
        capacity: faults.text("capacity", &text.capacity),
        hours: faults.text("hours", &text.hours),
        contacts: faults.list("contacts", contacts),
        verified_on: faults.day("verified_on", &text.verified_on),
        trust: faults.code("trust", &text.trust, TRUST),
        notes: faults.text("notes", &text.notes),
    };
    faults.done(made)
}

fn contact(one: &ContactView, faults: &mut Faults) -> Contact {
    Contact {
        person: faults.text("contacts", &one.person),
        role: faults.text("contacts", &one.role),
        phones: faults.texts("contacts", &one.phones),
        email: faults.text("contacts", &one.email),
        emergency: one.emergency,
    }
}

/// A material to be signed.
pub(super) fn material(text: &MaterialText, head: NewHead) -> Result<Material, Vec<FieldError>> {
    let mut faults = Faults::default();
    let made = Material {
        id: head.id,
        author: head.author,
        version: head.version,
        at: head.at,
        title: faults.required("title", &text.title),
        kind: faults.code("kind", &text.kind, MATERIALS),
        audience: faults.code("audience", &text.audience, AUDIENCES),
        languages: faults.texts("languages", &text.languages),
        body: faults.required("body", &text.body.replace("\r\n", "\n")),
        licence: faults.text("licence", &text.licence),
        reviewed_on: faults.day("reviewed_on", &text.reviewed_on),
    };
    faults.done(made)
}

fn strings<const N: usize>(texts: &[BoundedText<N>]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

/// What an entry says.
pub(super) fn entry_text(entry: &DirectoryEntry) -> EntryText {
    let contact = |one: &Contact| ContactView {
        person: one.person.to_string(),
        role: one.role.to_string(),
        phones: strings(&one.phones),
        email: one.email.to_string(),
        emergency: one.emergency,
    };
    EntryText {
        name: entry.name.to_string(),
        kind: entry.kind.to_string(),
        areas: strings(&entry.areas),
        services: strings(&entry.services),
        languages: strings(&entry.languages),
        groups: strings(&entry.groups),
        capacity: entry.capacity.to_string(),
        hours: entry.hours.to_string(),
        contacts: entry.contacts.iter().map(contact).collect(),
        verified_on: entry.verified_on.to_string(),
        trust: entry.trust.to_string(),
        notes: entry.notes.to_string(),
    }
}

/// What a material says.
pub(super) fn material_text(material: &Material) -> MaterialText {
    MaterialText {
        title: material.title.to_string(),
        kind: material.kind.to_string(),
        audience: material.audience.to_string(),
        languages: strings(&material.languages),
        body: material.body.to_string(),
        licence: material.licence.to_string(),
        reviewed_on: material.reviewed_on.to_string(),
    }
}
