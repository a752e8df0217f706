//! New cases as they are sent, good and bad. All people are invented.

use super::*;
use icmc_protocol::testing::rng::SeededRng;
use serde_json::json;

const TODAY: &str = "2026-11-23";

fn planned(json: serde_json::Value) -> Result<Vec<Draft>, Vec<FieldError>> {
    plan(&serde_json::from_value(json).unwrap(), "SH-26-0042", TODAY, &mut SeededRng::new(1))
}

fn value<'a>(drafts: &'a [Draft], kind: &str, field: &str) -> Option<&'a Value> {
    drafts.iter().find(|draft| &*draft.kind == kind && &*draft.field == field).map(|draft| &draft.value)
}

/// Invented people.
fn whole() -> serde_json::Value {
    json!({
        "case": { "kind": "suspected_trafficking", "priority": "high", "source_channel": "family", "legal_basis": "law_enforcement_duty" },
        "persons": [
            { "ref": "a", "person": { "sex": "female", "age_stated": 16 }, "names": [{ "given": "Anjali" }],
              "roles": [{ "role": ["victim"], "matching_basis": "vital_interest" }] },
            { "ref": "b", "person": { "sex": "male" }, "phones": [{ "number": "98640 12345" }], "roles": [{ "role": "suspect" }] }
        ],
        "legs": [{ "person": "a", "seq": 1, "kind": "source" }],
        "stages": [{ "person": "a", "stage": "R1", "state": "in_progress" }],
        "notes": [{ "text": "Called her uncle." }]
    })
}

#[test]
fn defaults_are_filled_in_and_references_become_ids() {
    let drafts = planned(whole()).unwrap();
    let text = |kind, field| value(&drafts, kind, field).and_then(Value::as_text);
    assert_eq!(text("case", "case_no"), Some("SH-26-0042"));
    assert_eq!(text("case", "opened_on"), Some(TODAY));
    assert_eq!(text("case", "status"), Some("open"));
    assert_eq!(text("person", "age_on"), Some(TODAY));
    let of = |kind: &str| drafts.iter().filter(|draft| &*draft.kind == kind).map(|draft| draft.entity).collect::<Vec<_>>();
    let (first, last) = (of("person")[0], *of("person").last().unwrap());
    assert!(first < last, "people keep the order in which they were given");
    assert_eq!(value(&drafts, "route_leg", "person"), Some(&Value::Bytes(first.0.to_vec())));
    assert_eq!(value(&drafts, "person_name", "parent"), Some(&Value::Bytes(first.0.to_vec())));
    assert_eq!(value(&drafts, "person_phone", "parent"), Some(&Value::Bytes(last.0.to_vec())));
    assert_eq!(value(&drafts, "note", "person"), None);
}

#[test]
fn a_person_of_whom_only_the_name_is_known_is_a_person() {
    let mut known_by_name = whole();
    known_by_name["persons"] = json!([{ "names": [{ "given": "Raju" }] }]);
    for list in ["legs", "stages"] {
        known_by_name[list] = json!([]);
    }
    let drafts = planned(known_by_name).unwrap();
    assert_eq!(value(&drafts, "person", "removed"), Some(&Value::Bool(false)));
}

#[test]
fn every_fault_is_told_with_kind_and_field_and_nothing_is_planned() {
    let mut bad = whole();
    bad["case"]["kind"] = json!("murder");
    bad["case"]["legal_basis"] = json!(null);
    bad["case"]["colour"] = json!("red");
    bad["persons"][0]["person"]["age_stated"] = json!("sixteen");
    bad["persons"][1]["phones"][0] = json!({});
    bad["persons"][1]["ref"] = json!("a");
    bad["stages"][0]["outcome"] = json!("paid");
    bad["legs"][0]["person"] = json!("c");
    bad["notes"][0]["person"] = json!("00112233445566778899aabbccddeeff");
    let faults = planned(bad).unwrap_err();
    let mut named: Vec<String> = faults.iter().map(|fault| format!("{}.{}", fault.kind, fault.field)).collect();
    named.sort();
    assert_eq!(
        named,
        [
            "case.colour",
            "case.kind",
            "case.legal_basis",
            "note.person",
            "person.age_stated",
            "person_phone.number",
            "request.ref",
            "route_leg.person",
            "stage_entry.outcome",
        ]
    );
}

#[test]
fn a_request_without_end_is_refused() {
    let notes: Vec<_> = (0..ENTITIES_MAX).map(|_| json!({ "text": "x" })).collect();
    let faults = planned(json!({ "notes": notes })).unwrap_err();
    assert_eq!((faults.len(), faults[0].field.as_str()), (1, "persons"));
}
