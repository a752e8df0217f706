//! The share form between its steps: what is carried along, the presets for a purpose, the request made from it.
//! Whether the share may be given is the service's to say.

use super::form::Posted;
use super::shell::Fault;
use crate::format;
use icmc_node::service::model::{PeerView, PersonRequest, ShareRequest};
use icmc_protocol::dictionary::FieldError;
use icmc_protocol::ids::{CaseId, UnitId};
use icmc_protocol::time::Timestamp;

/// The steps: name and label.
pub(super) const STEPS: &[(&str, &str)] =
    &[("whom", "With whom and why"), ("what", "What"), ("terms", "Terms"), ("check", "Check and send")];
/// The sections that a purpose needs as a rule.
const PRESETS: [(&str, &[&str]); 4] = [
    ("verification", &["case", "identity", "route"]),
    ("referral", &["case", "identity", "role", "process", "notes"]),
    ("repatriation", &["case", "identity", "role", "route", "process"]),
    ("investigation", &["case", "identity", "role", "route", "process"]),
];

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
        "to" | "purpose" => "whom",
        "days" | "rights" | "handling" | "onward" | "note" => "terms",
        _ => "what",
    }
}

/// The step on which a fault is mended.
pub(super) fn step_of(field: &str) -> &'static str {
    match field {
        "to" | "purpose" => "whom",
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
        "to" => ("f-to", "With whom"),
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

/// Fills in what a purpose needs as a rule, once, before a person has seen the choices.
pub(super) fn preset(form: &mut Posted) {
    if form.has("purpose") && !form.has("whatseen") {
        let sections =
            PRESETS.iter().find(|(purpose, _)| *purpose == form.one("purpose")).map_or(&[][..], |(_, sections)| sections);
        for section in sections {
            form.push("sections", *section);
        }
        for class in ["S", "B", "I"] {
            form.push("classes", class);
        }
        form.push("whatseen", "yes");
    }
    for (name, usual) in [("days", "30"), ("rights", "read"), ("handling", "H2"), ("onward", "none")] {
        if !form.has(name) {
            form.push(name, usual);
        }
    }
}

/// What the service is asked for; faults if it is not even known for whom or why.
pub(super) fn request(form: &Posted, case: CaseId) -> Result<ShareRequest, Vec<Fault>> {
    let missing = |field: &str, text: &str| Fault { field: Some(format!("f-{field}")), text: text.to_owned() };
    let Ok(to) = form.one("to").parse() else {
        return Err(vec![missing("to", "With whom: choose a unit")]);
    };
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
    Ok(ShareRequest {
        case,
        to,
        persons: persons.collect(),
        sections: owned("sections"),
        classes: owned("classes"),
        items: form.all("items").into_iter().filter_map(|item| item.parse().ok()).collect(),
        rights: form.one("rights").to_owned(),
        purpose: form.one("purpose").to_owned(),
        handling: form.one("handling").to_owned(),
        onward: form.one("onward").to_owned(),
        expires: None,
        days: form.one("days").parse().ok(),
        note: form.one("note").replace("\r\n", "\n"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_step_asks_comes_back_through_the_others() {
        let form = Posted::from_pairs(&[
            ("csrf", "x"),
            ("step", "terms"),
            ("to", "1"),
            ("sections", "case"),
            ("sections", "route"),
            ("note", "n"),
        ]);
        let names = |step| carried(&form, step).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names("terms"), ["to", "sections", "sections"]);
        assert_eq!(names("check"), ["to", "sections", "sections", "note"]);
    }

    #[test]
    fn a_preset_is_filled_in_once_and_never_over_a_persons_choice() {
        let mut form = Posted::from_pairs(&[("purpose", "verification")]);
        preset(&mut form);
        assert_eq!(form.all("sections"), ["case", "identity", "route"]);
        let mut chosen = Posted::from_pairs(&[("purpose", "verification"), ("whatseen", "yes"), ("rights", "contribute")]);
        preset(&mut chosen);
        assert!(chosen.all("sections").is_empty());
        assert_eq!(chosen.all("rights"), ["contribute"]);
    }
}
