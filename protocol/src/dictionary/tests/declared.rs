//! What the files declare: classes, owners, links, and faults that are refused.
//! No value of a field is checked here.

use std::collections::BTreeSet;

use super::super::*;
use super::field;

#[test]
fn every_kind_and_field_is_described() {
    let dictionary = Dictionary::builtin();
    let names: Vec<&str> = dictionary.kinds().iter().map(|kind| kind.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "case",
            "person",
            "person_name",
            "person_phone",
            "person_identifier",
            "case_person",
            "route_leg",
            "stage_entry",
            "home_investigation",
            "note",
            "consent",
            "document",
            "restricted_document",
            "entry",
            "log"
        ]
    );
    for kind in dictionary.kinds() {
        assert!(!kind.label.is_empty());
        assert_eq!(kind.section.is_none(), kind.structural, "{}", kind.name);
        for field in &kind.fields {
            let name = format!("{}.{}", kind.name, field.name);
            assert!(!field.label.is_empty() && field.label.len() <= 40, "{name}");
            assert!(field.help.as_ref().is_none_or(|help| help.ends_with('.') && help.len() <= 100), "{name}");
            assert_eq!(field.codes.is_empty(), !matches!(field.ty, FieldType::Code | FieldType::Codes), "{name}");
            assert!(field.codes.iter().all(|code| field.label_of(&code.code).is_some_and(|label| !label.is_empty())), "{name}");
        }
    }
    let sections: Vec<&str> = dictionary.sections().iter().map(|section| section.id.as_str()).collect();
    assert_eq!(sections, ["case", "identity", "role", "route", "process", "notes", "consent", "documents"]);
    let stages: Vec<&str> = dictionary.stages().iter().map(|stage| stage.code.as_str()).collect();
    assert_eq!(stages, ["R1", "R2", "R3", "R4", "R5", "R6"]);
    assert!(stages.iter().all(|stage| field("stage_entry", "stage").code(stage).is_some()));
}

#[test]
fn only_the_intended_fields_are_the_owners() {
    let owners: BTreeSet<String> = Dictionary::builtin()
        .kinds()
        .iter()
        .flat_map(|kind| kind.fields.iter().filter(|field| field.owner_only).map(|field| format!("{}.{}", kind.name, field.name)))
        .collect();
    let intended = [
        "case.legal_basis",
        "case_person.matching_basis",
        "case_person.matching_reason",
        "case_person.matching_until",
        "consent.classes_allowed",
        "consent.given_by",
        "consent.method",
        "consent.override_at",
        "consent.override_authority",
        "consent.override_by",
        "consent.override_ground",
        "consent.override_second",
        "consent.person",
        "consent.purposes",
        "consent.recipient_units",
        "consent.recipients",
        "consent.valid_from",
        "consent.valid_to",
        "consent.withdrawn_on",
        "consent.withheld",
        "log.admit",
        "log.opening",
        "log.takeover",
        "log.transfer",
        "stage_entry.state",
    ];
    assert_eq!(owners, intended.map(str::to_owned).into());
}

#[test]
fn restricted_fields_are_few_and_the_unknown_is_restricted() {
    let dictionary = Dictionary::builtin();
    let of_class = |class| {
        let fields = dictionary.kinds().iter().flat_map(|kind| &kind.fields).filter(move |field| field.class == class);
        fields.map(|field| format!("{}.{}", field.kind, field.name)).collect::<Vec<_>>()
    };
    let fields = of_class(ShareClass::X);
    let (papers, others): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.starts_with("restricted_document."));
    let (inquiry, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|field| field.starts_with("home_investigation."));
    assert_eq!(others, ["person.religion", "person.health_alert"]);
    let open: Vec<_> = of_class(ShareClass::B)
        .into_iter()
        .filter_map(|name| name.strip_prefix("home_investigation.").map(str::to_owned))
        .collect();
    assert_eq!(open, ["person", "recommendation", "removed"], "of what was found at home only this is not restricted");
    assert_eq!(inquiry.len(), 10);
    let restricted = dictionary.kind("restricted_document").unwrap();
    assert_eq!(papers.len(), restricted.fields.iter().filter(|field| !field.structural).count(), "all of a restricted document");
    for code in ["medical", "statement"] {
        assert!(dictionary.field("document", "doc_type").unwrap().code(code).is_none(), "{code}");
    }
    assert!(ShareClass::S < ShareClass::B && ShareClass::B < ShareClass::I && ShareClass::I < ShareClass::X);
    for (kind, name) in [("person", "shoe_size"), ("vehicle", "plate"), ("", "")] {
        assert_eq!(dictionary.class_of(kind, name), ShareClass::X);
    }
    for free_text in [
        "case.summary",
        "person.marks",
        "person.home_village",
        "person_name.given",
        "case_person.modus",
        "stage_entry.note",
        "note.text",
        "entry.by",
    ] {
        assert!(of_class(ShareClass::I).contains(&free_text.to_owned()), "{free_text}");
    }
    assert_eq!(field("person", "sex").class_of(&Value::Text("female".into())), ShareClass::S);
    assert_eq!(field("person", "sex").class_of(&Value::Text("of a later dictionary".into())), ShareClass::X);
    assert_eq!(field("case_person", "role").class_of(&Value::Codes(vec!["victim".into(), "new".into()])), ShareClass::X);
}

#[test]
fn entities_hang_on_their_person() {
    let link = |kind| Dictionary::builtin().kind(kind).unwrap().person_link();
    assert_eq!(link("person"), PersonLink::Own);
    for kind in ["person_name", "person_phone", "person_identifier"] {
        assert_eq!(link(kind), PersonLink::By("parent"));
        assert_eq!(field(kind, "parent").ty, FieldType::Ref("person".into()));
    }
    for kind in ["case_person", "route_leg", "stage_entry", "home_investigation", "note", "consent"] {
        assert_eq!(link(kind), PersonLink::By("person"));
    }
    assert_eq!(link("case"), PersonLink::None);
    let removed = field("note", "removed");
    assert!(removed.structural && removed.class == ShareClass::B && removed.check(&Value::Bool(true)).is_ok());
}

#[test]
fn faulty_files_are_refused() {
    let load = |text: &str| Dictionary::load(&[("test.toml", text)]).map(|_| ()).map_err(|error| error.to_string());
    let section = "[[section]]\nid = \"s\"\nlabel = \"S\"\n[kind.k]\nlabel = \"K\"\nsection = \"s\"\n";
    let with = |field: &str| load(&format!("{section}[[kind.k.field]]\nname = \"f\"\nlabel = \"F\"\n{field}"));
    assert_eq!(with("type = \"text\"\nclass = \"S\""), Ok(()));
    for bad in [
        "type = \"text\"",
        "type = \"text\"\nclass = \"Z\"",
        "type = \"words\"\nclass = \"S\"",
        "type = \"ref:nobody\"\nclass = \"S\"",
        "type = \"code\"\nclass = \"S\"",
        "type = \"code\"\nclass = \"S\"\ncodes_from = \"nowhere\"",
        "type = \"text\"\nclass = \"S\"\ncodes = [{ code = \"a\", label = \"A\" }]",
        "type = \"text\"\nclass = \"S\"\ndepends_on = \"g\"",
        "type = \"text\"\nclass = \"S\"\ncolour = \"red\"",
        "type = \"text\"\nclass = \"S\"\n[[kind.k.field]]\nname = \"f\"\nlabel = \"G\"\ntype = \"text\"\nclass = \"S\"",
    ] {
        assert!(with(bad).is_err(), "{bad}");
    }
    assert!(load("[kind.k]\nlabel = \"K\"\nfield = []").is_err(), "no section");
    assert!(load("[list.l]\nplus = [\"perhaps\"]").is_err(), "no such answer");
    assert!(
        load("[list.l]\ncodes = [{ code = \"a\", label = \"A\" }, { code = \"a\", label = \"B\" }]").is_err(),
        "a code twice"
    );
}

#[test]
fn printing_a_value_shows_none_of_it() {
    for value in [Value::Text("Kalpana".into()), Value::Codes(vec!["Kalpana".into()]), Value::Bytes(b"Kalpana".to_vec())] {
        assert!(!format!("{value:?}").contains("Kalpana"));
    }
}
