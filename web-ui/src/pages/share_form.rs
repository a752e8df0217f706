//! The share form between its steps: what is carried along, the presets for a purpose, the request made from it.
//! Whether the share may be given is the service's to say.

use super::form::Posted;
use super::shell::Fault;
use crate::format;
use icmc_node::service::model::{PeerView, PersonRequest, ShareRequest, ShareView};
use icmc_protocol::dictionary::FieldError;
use icmc_protocol::ids::{CaseId, UnitId};
use icmc_protocol::time::Timestamp;
use jiff::tz::TimeZone;

/// The steps: name and label.
pub(super) const STEPS: &[(&str, &str)] =
    &[("whom", "With whom and why"), ("what", "What"), ("terms", "Terms"), ("check", "Check and send")];
/// Most units of one form.
const UNITS_MAX: usize = 32;
/// The boxes of a consent and of a ground in its place: they belong to one page and are never carried on.
pub(super) const ASIDE: &str = "c.";

/// What a purpose needs as a rule.
struct Preset {
    purpose: &'static str,
    usual: [(&'static str, &'static [&'static str]); 6],
}

/// All of them; each value can be changed.
const PRESETS: [Preset; 4] = [
    Preset::of("verification", &["case", "identity", "route"], &["7"], &["H2"], &["none"]),
    Preset::of("referral", &["case", "identity", "role", "process", "notes"], &["90"], &["H2"], &["ask"]),
    Preset::of("repatriation", &["case", "identity", "role", "route", "process"], &["90"], &["H2"], &["none"]),
    Preset::of("investigation", &["case", "identity", "role", "route", "process"], &["30"], &["H1"], &["none"]),
];

impl Preset {
    const fn of(
        purpose: &'static str,
        sections: &'static [&'static str],
        days: &'static [&'static str],
        handling: &'static [&'static str],
        onward: &'static [&'static str],
    ) -> Self {
        let usual = [
            ("sections", sections),
            ("classes", &["S", "B", "I"] as &[&str]),
            ("rights", &["contribute"]),
            ("days", days),
            ("handling", handling),
            ("onward", onward),
        ];
        Self { purpose, usual }
    }

    fn find(purpose: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.purpose == purpose)
    }
}

/// A unit that can be shared with.
#[derive(Debug)]
pub(super) struct PeerChoice {
    pub(super) unit: UnitId,
    pub(super) key: String,
    pub(super) name: String,
    pub(super) class: &'static str,
    pub(super) confirmed: bool,
    pub(super) health: String,
}

impl PeerChoice {
    pub(super) fn of(peer: &PeerView, now: Timestamp) -> Self {
        let contact = match (peer.connected, peer.last_contact) {
            (true, _) => "connected".to_owned(),
            (false, Some(at)) => format!("last contact {}", format::ago(at, now)),
            (false, None) => "never heard".to_owned(),
        };
        let health = format!("{contact}; {} waiting", peer.waiting_out);
        Self {
            unit: peer.unit,
            key: peer.unit.to_string(),
            name: peer.name.clone(),
            class: peer.class,
            confirmed: peer.confirmed,
            health,
        }
    }
}

/// Which step a box is on.
fn home(name: &str) -> &'static str {
    match name {
        "csrf" | "step" => "",
        _ if name.starts_with(ASIDE) => "",
        "to" | "purpose" => "whom",
        "days" | "until" | "rights" | "handling" | "onward" | "note" => "terms",
        "preset" => "every",
        _ => "what",
    }
}

/// The step on which a fault is mended.
pub(super) fn step_of(field: &str) -> &'static str {
    match field {
        "to" | "also" | "purpose" => "whom",
        "persons" | "persons.basis" | "persons.reason" | "sections" | "classes" | "items" => "what",
        _ => "terms",
    }
}

/// A fault as a line of the summary.
pub(super) fn fault(error: &FieldError) -> Fault {
    let (id, label) = match error.field.as_str() {
        "expires" => ("f-days", "Until when"),
        "sections" => ("f-sections", "Sections"),
        "classes" => ("f-classes", "How much of them"),
        "purpose" => ("f-purpose", "What for"),
        "to" | "also" => ("f-to", "With whom"),
        "rights" => ("f-rights", "What they may do"),
        "note" => ("f-note", "A word to the other unit"),
        "persons.reason" => ("main", "Why a person is named"),
        _ => ("main", "Share"),
    };
    Fault { field: Some(id.to_owned()), text: format!("{label}: expected {}", error.expected) }
}

/// What the other steps hold, to come back with this one.
pub(super) fn carried(form: &Posted, step: &str) -> Vec<(String, String)> {
    form.pairs().iter().filter(|(name, _)| !home(name).is_empty() && home(name) != step).cloned().collect()
}

/// Fills in what a purpose needs as a rule; what a person chose otherwise stays, also when the purpose changes.
pub(super) fn preset(form: &mut Posted) {
    let Some(new) = Preset::find(form.one("purpose")) else { return };
    let old = Preset::find(form.one("preset"));
    for (at, (name, usual)) in new.usual.iter().enumerate() {
        let stands = form.all(name);
        let is_untouched = match old {
            Some(old) => stands.len() == old.usual[at].1.len() && old.usual[at].1.iter().all(|value| stands.contains(value)),
            None => stands.is_empty(),
        };
        if is_untouched {
            form.clear(name);
            usual.iter().for_each(|value| form.push(*name, *value));
        }
    }
    form.set("preset", new.purpose);
}

/// The form as it begins for a share that stands.
pub(super) fn standing(share: &ShareView, zone: &TimeZone) -> Posted {
    let mut form = Posted::default();
    for (name, value) in [
        ("to", share.to.id.to_string()),
        ("purpose", share.purpose.to_owned()),
        ("rights", share.rights.to_owned()),
        ("handling", share.handling.to_owned()),
        ("onward", share.onward.to_owned()),
        ("note", share.note.clone()),
        ("days", "same".to_owned()),
        ("until", format::iso_day(share.expires, zone)),
    ] {
        form.push(name, value);
    }
    share.sections.iter().for_each(|section| form.push("sections", section));
    share.classes.iter().for_each(|class| form.push("classes", class));
    share.chosen.iter().for_each(|item| form.push("items", item.to_string()));
    for person in &share.persons {
        form.push(format!("basis.{}", person.entity), person.basis);
        form.push(format!("reason.{}", person.entity), &person.reason);
    }
    form
}

/// When the share is to end: at a day, after some days, or as it stands.
pub(super) fn expiry(form: &Posted, zone: &TimeZone, stands: Option<Timestamp>) -> (Option<Timestamp>, Option<u32>) {
    match form.one("days") {
        "date" => (format::day_end(form.one("until"), zone), None),
        "same" => (stands, None),
        days => (None, days.parse().ok()),
    }
}

/// What the service is asked for, and the other units that get the same; faults if it is not even known for whom or why.
pub(super) fn request(
    form: &Posted,
    case: CaseId,
    zone: &TimeZone,
    stands: Option<Timestamp>,
) -> Result<(ShareRequest, Vec<UnitId>), Vec<Fault>> {
    let missing = |field: &str, text: &str| Fault { field: Some(format!("f-{field}")), text: text.to_owned() };
    let mut units: Vec<UnitId> = Vec::new();
    for unit in form.all("to").into_iter().filter_map(|unit| unit.parse().ok()) {
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    if units.is_empty() || units.len() > UNITS_MAX {
        return Err(vec![missing("to", "With whom: choose at least one unit")]);
    }
    if !form.has("purpose") {
        return Err(vec![missing("purpose", "What for: choose one")]);
    }
    let persons = form.pairs().iter().filter(|(_, basis)| !basis.is_empty()).filter_map(|(name, basis)| {
        let entity = name.strip_prefix("basis.")?;
        Some(PersonRequest {
            entity: entity.parse().ok()?,
            basis: basis.clone(),
            reason: form.one(&format!("reason.{entity}")).to_owned(),
        })
    });
    let owned = |name: &str| form.all(name).into_iter().map(str::to_owned).collect();
    let (expires, days) = expiry(form, zone, stands);
    let request = ShareRequest {
        case,
        to: units.remove(0),
        persons: persons.collect(),
        sections: owned("sections"),
        classes: owned("classes"),
        items: form.all("items").into_iter().filter_map(|item| item.parse().ok()).collect(),
        rights: form.one("rights").to_owned(),
        purpose: form.one("purpose").to_owned(),
        handling: form.one("handling").to_owned(),
        onward: form.one("onward").to_owned(),
        expires,
        days,
        note: form.one("note").replace("\r\n", "\n"),
    };
    Ok((request, units))
}

#[cfg(test)]
#[path = "tests/share_form.rs"]
mod tests;
