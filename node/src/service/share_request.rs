//! From what a page or the API asks for to a share that can be signed, all faults at once.
//! Whether this unit may give it is asked by `protocol::sharing`.

use super::fields::fault;
use super::model::{PersonRequest, ShareRequest};
use super::share_words::{self as words, BASES, HANDLINGS, ONWARDS, PURPOSES, RIGHTS};
use icmc_protocol::bounded::{BoundedText, BoundedVec};
use icmc_protocol::caselog::Name;
use icmc_protocol::dictionary::{Dictionary, FieldError, ShareClass};
use icmc_protocol::ids::{ShareId, UnitId};
use icmc_protocol::sharing::{Basis, Share, SharePerson};
use icmc_protocol::time::{DAY, Timestamp};
use std::collections::BTreeSet;

const KIND: &str = "share";

/// Reads a request. Handle, revision and owner are set when the share is made.
pub(super) fn read(request: &ShareRequest, from: UnitId, now: Timestamp) -> Result<Share, Vec<FieldError>> {
    let mut faults = Vec::new();
    let mut wrong = |field: &str, expected: &str| faults.push(fault(KIND, field, expected));

    let persons: Vec<SharePerson> = request.persons.iter().filter_map(|one| person(one, &mut wrong)).collect();
    let known = Dictionary::builtin().sections();
    let wanted: BTreeSet<&String> = request.sections.iter().collect();
    let sections: Vec<Name> = known
        .iter()
        .filter(|section| wanted.contains(&section.id))
        .filter_map(|section| Name::new(section.id.as_str()).ok())
        .collect();
    if sections.is_empty() || sections.len() < wanted.len() {
        let ids: Vec<&str> = known.iter().map(|section| section.id.as_str()).collect();
        wrong("sections", &format!("at least one of {}", ids.join(" ")));
    }
    let classes: Option<BTreeSet<ShareClass>> = request.classes.iter().map(|word| words::class(word)).collect();
    let classes = classes.filter(|classes| !classes.is_empty());
    if classes.is_none() {
        wrong("classes", "at least one of S B I");
    }
    let rights = words::rights(&request.rights);
    let purpose = words::purpose(&request.purpose);
    let handling = words::handling(&request.handling);
    let onward = words::onward(&request.onward);
    for (field, missing, expected) in [
        ("rights", rights.is_none(), RIGHTS),
        ("purpose", purpose.is_none(), PURPOSES),
        ("handling", handling.is_none(), HANDLINGS),
        ("onward", onward.is_none(), ONWARDS),
    ] {
        if missing {
            wrong(field, expected);
        }
    }
    let days = request.days.filter(|days| (1..=5 * 365).contains(days)).map(|days| now.plus(u64::from(days) * DAY));
    let expires = request.expires.filter(|expires| *expires > now).or(days);
    if expires.is_none() {
        wrong("expires", "a time to come, or `days` from 1 to 1825");
    }
    let persons = BoundedVec::new(persons).ok();
    let items = BoundedVec::new(request.items.clone()).ok();
    let note = BoundedText::new(request.note.trim()).ok();
    for (field, missing, expected) in [
        ("persons", persons.is_none(), "at most 64"),
        ("items", items.is_none(), "at most 256 values"),
        ("note", note.is_none(), "at most 2000 bytes"),
    ] {
        if missing {
            wrong(field, expected);
        }
    }
    let sections = BoundedVec::new(sections).ok();
    let classes = classes.and_then(|classes| BoundedVec::new(classes.into_iter().collect()).ok());
    let share = || {
        Some(Share {
            id: ShareId([0; 16]),
            revision: 0,
            case: request.case,
            from,
            to: request.to,
            persons: persons?,
            sections: sections?,
            classes: classes?,
            items: items?,
            rights: rights?,
            purpose: purpose?,
            handling: handling?,
            onward: onward?,
            expires: expires?,
            note: note?,
        })
    };
    match share() {
        Some(share) if faults.is_empty() => Ok(share),
        _ => Err(faults),
    }
}

/// Reads the persons of an offer to hand a case over.
pub(super) fn persons(wanted: &[PersonRequest]) -> Result<Vec<SharePerson>, Vec<FieldError>> {
    let mut faults = Vec::new();
    let mut wrong = |field: &str, expected: &str| faults.push(fault("transfer", field, expected));
    let read = wanted.iter().filter_map(|one| person(one, &mut wrong)).collect();
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

fn person(one: &PersonRequest, wrong: &mut impl FnMut(&str, &str)) -> Option<SharePerson> {
    let basis = words::basis(&one.basis);
    if basis.is_none() {
        wrong("persons.basis", BASES);
    }
    let reason = one.reason.trim();
    if reason.is_empty() && basis.is_some_and(|basis| basis != Basis::Consent) {
        wrong("persons.reason", "why, unless the person consented");
    }
    let reason = BoundedText::new(reason).ok();
    if reason.is_none() {
        wrong("persons.reason", "at most 500 bytes");
    }
    Some(SharePerson { entity: one.entity, basis: basis?, reason: reason? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn request(changes: serde_json::Value) -> ShareRequest {
        let mut request = json!({
            "case": "11".repeat(32), "to": "22".repeat(32),
            "persons": [{ "entity": "33".repeat(16), "basis": "law_enforcement", "reason": "FIR 12 of 2026" }],
            "sections": ["route", "identity"], "classes": ["I", "S", "B"], "rights": "contribute", "purpose": "investigation",
            "handling": "H1", "onward": "none", "days": 30
        });
        for (key, value) in changes.as_object().unwrap() {
            request[key] = value.clone();
        }
        serde_json::from_value(request).unwrap()
    }

    #[test]
    fn a_request_becomes_a_share() {
        let share = read(&request(json!({})), UnitId([1; 32]), NOW).unwrap();
        assert_eq!(share.expires, NOW.plus(30 * DAY));
        assert_eq!(share.sections.iter().map(|name| name.to_string()).collect::<Vec<_>>(), ["identity", "route"]);
        assert_eq!(*share.classes, [ShareClass::S, ShareClass::B, ShareClass::I]);
        assert_eq!(share.persons[0].basis, Basis::LawEnforcement);
    }

    #[test]
    fn every_fault_is_told() {
        let bad = json!({
            "persons": [{ "entity": "33".repeat(16), "basis": "hunch" }, { "entity": "44".repeat(16), "basis": "court_order" }],
            "sections": ["identity", "gossip"], "classes": ["X"], "rights": "", "purpose": "", "handling": "", "onward": "", "days": 0,
            "note": "x".repeat(2001)
        });
        let faults = read(&request(bad), UnitId([1; 32]), NOW).unwrap_err();
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "persons.basis",
                "persons.reason",
                "sections",
                "classes",
                "rights",
                "purpose",
                "handling",
                "onward",
                "expires",
                "note"
            ]
        );
        assert!(faults.iter().all(|fault| fault.kind == "share"));
    }
}
