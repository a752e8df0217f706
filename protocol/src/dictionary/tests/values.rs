//! What is accepted in a field, what is refused, and what an error gives away.
//! What the files declare is tested beside it.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::*;
use super::{entity, field, wrong};

#[test]
fn bad_values_are_refused_with_kind_and_field() {
    let text = |text: &str| Value::Text(text.to_owned());
    let codes = |codes: &[&str]| Value::Codes(codes.iter().map(|code| (*code).to_owned()).collect());
    for (kind, name, value) in [
        ("case", "opened_on", text("23.11.2026")),
        ("case", "opened_on", text("")),
        ("case", "kind", text("smuggling")),
        ("case", "kind", codes(&["child_labour"])),
        ("case", "title", text("two\nlines")),
        ("case", "title", text(&"x".repeat(121))),
        ("case", "title", text("   ")),
        ("case", "title", text("turned \u{202E} round")),
        ("case", "title", Value::Int(1)),
        ("person", "birth", text("2026-13")),
        ("person", "age_stated", Value::Int(-1)),
        ("person", "age_stated", Value::Int(121)),
        ("person", "age_stated", codes(&[])),
        ("person", "citizenship", codes(&["IN", "IN"])),
        ("person", "citizenship", codes(&["IN", "Atlantis"])),
        ("person", "deceased", text("no")),
        ("person_phone", "number", text("call the aunt")),
        ("case_person", "person", Value::Bytes(vec![0; 15])),
        ("case_person", "role", codes(&[])),
        ("note", "removed", text("")),
        ("log", "admit", Value::Bytes(vec![0; 65])),
    ] {
        let error = field(kind, name).check(&value).unwrap_err();
        assert_eq!((error.kind.as_str(), error.field.as_str()), (kind, name));
        assert!(!error.expected.is_empty());
    }
    assert_eq!(
        field("case", "opened_on").parse("soon").unwrap_err().to_string(),
        "case.opened_on: expected a date like 2026-11-23"
    );
}

#[test]
fn forms_are_read() {
    let parse = |kind, name, text: &str| field(kind, name).parse(text).unwrap();
    assert!(parse("person", "birth", " १९८४-०७ ") == Value::Text("1984-07".into()));
    assert!(parse("person", "age_stated", "৪০") == Value::Int(40));
    assert!(parse("person", "deceased", "no") == Value::Bool(false));
    assert!(parse("person", "citizenship", "NP, IN,NP") == Value::Codes(vec!["IN".into(), "NP".into()]));
    assert!(parse("person", "citizenship", "") == Value::Codes(vec![]));
    assert!(parse("person", "age_on", "  ") == Value::cleared());
    assert!(parse("note", "text", "one\r\ntwo") == Value::Text("one\ntwo".into()));
    assert!(parse("note", "person", "000102030405060708090a0B0c0d0e0f") == Value::Bytes((0..16).collect()));
    assert!(parse("entry", "at", "1795392000000") == Value::Int(1_795_392_000_000));
    assert_eq!(field("person", "home_district").label_of("IN-AS-barpeta"), Some("Barpeta"));
    assert_eq!(field("case_person", "role").label_of("co_traveller"), Some("Co-traveller"));
}

#[test]
fn required_fields_must_be_there_and_not_cleared() {
    assert_eq!(
        wrong("case", &BTreeMap::new()),
        ["case_no", "kind", "status", "priority", "opened_on", "source_channel", "legal_basis"]
    );
    assert_eq!(wrong("person", &BTreeMap::new()), Vec::<String>::new());
    let mut note = entity(&[("note", "text", "Spoke with the mother.")]);
    assert!(wrong("note", &note).is_empty());
    note.insert("text".into(), Value::cleared());
    assert_eq!(wrong("note", &note), ["text"]);
    note.insert("text".into(), Value::Bool(true));
    assert_eq!(wrong("note", &note), ["text"]);
}

#[test]
fn fields_must_fit_each_other() {
    let stage = |stage, outcome| {
        let mut values =
            entity(&[("stage_entry", "stage", stage), ("stage_entry", "state", "done"), ("stage_entry", "outcome", outcome)]);
        values.insert("person".into(), Value::Bytes(vec![7; 16]));
        wrong("stage_entry", &values)
    };
    assert!(stage("R1", "registered_fir").is_empty());
    assert!(stage("R4", "refused").is_empty() && stage("R6", "refused").is_empty());
    assert_eq!(stage("R1", "paid"), ["outcome"]);
    assert_eq!(stage("R5", "refused"), ["outcome"]);

    let home = |country, state, district| {
        wrong(
            "person",
            &entity(&[
                ("person", "home_country", country),
                ("person", "home_state", state),
                ("person", "home_district", district),
            ]),
        )
    };
    assert!(home("IN", "IN-AS", "IN-AS-barpeta").is_empty());
    assert!(home("PK", "Sindh", "Thatta").is_empty());
    assert!(home("unknown", "IN-AS", "").is_empty());
    assert_eq!(home("NP", "IN-AS", "IN-AS-barpeta"), ["home_state"]);
    assert_eq!(home("IN", "IN-AS", "IN-ML-ri-bhoi"), ["home_district"]);
    assert_eq!(home("IN", "IN-AS", "IN-ML"), ["home_district"]);
}

#[test]
fn a_full_aadhaar_number_is_never_kept() {
    let number = field("person_identifier", "number");
    for full in ["234123412346", "2341 2341 2346", "२३४१-२३४१-२३४६"] {
        let error = number.parse(full).unwrap_err();
        assert!(error.expected.contains("the full number is never kept"), "{error}");
    }
    let paper = |kind, number: &str| {
        let mut values = entity(&[("person_identifier", "kind", kind)]);
        values.insert("number".into(), Value::Text(number.to_owned()));
        wrong("person_identifier", &values)
    };
    assert!(paper("aadhaar_last4", "2346").is_empty());
    for bad in ["234", "12346", "234123412346", "123412341234", "x346", "2346 "] {
        assert_eq!(paper("aadhaar_last4", bad), ["number"]);
    }
    assert!(paper("ration", "180412345678").is_empty());
    assert!(paper("citizenship_np", "27-01-70-12345").is_empty());
    assert_eq!(paper("other", "234123412346"), ["number"]);
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<String>().prop_map(Value::Text),
        any::<i64>().prop_map(Value::Int),
        any::<bool>().prop_map(Value::Bool),
        prop::collection::vec(any::<String>(), 0..4).prop_map(Value::Codes),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
    ]
}

proptest! {
    #[test]
    fn no_text_or_value_makes_any_field_panic(text in any::<String>(), value in any_value()) {
        for kind in Dictionary::builtin().kinds() {
            for field in &kind.fields {
                if let Ok(parsed) = field.parse(&text) {
                    prop_assert!(field.check(&parsed).is_ok());
                }
                let _ = field.check(&value);
                let _ = field.class_of(&value);
            }
            let _ = kind.check_entity(&kind.fields.iter().map(|field| (field.name.clone(), value.clone())).collect());
        }
        let _ = Places::builtin().find(&text, Some(&text));
    }

    #[test]
    fn no_error_repeats_the_value(secret in "[k-z]{6}[0-9]{6}") {
        for kind in Dictionary::builtin().kinds() {
            for field in &kind.fields {
                for value in [Value::Text(format!("{secret}\u{7}")), Value::Codes(vec![secret.clone()]), Value::Bytes(secret.clone().into_bytes())] {
                    if let Err(error) = field.check(&value) {
                        let json = serde_json::to_string(&error).unwrap();
                        prop_assert!(!json.contains(&secret) && !error.to_string().contains(&secret) && json.contains(&field.name));
                    }
                }
            }
        }
    }

    #[test]
    fn dates_and_digits_of_any_text_do_not_panic(text in "[0-9०-९A-Za-z -]{0,20}") {
        for (kind, name) in [("person", "birth"), ("person", "age_on"), ("person_identifier", "number"), ("person_phone", "number"), ("person", "age_stated")] {
            let _ = field(kind, name).parse(&text);
        }
    }
}
