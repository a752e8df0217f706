//! What an edit sends, when somebody else changed the same field, and the form's sample.
//! Not the page's soundness: see `tests`.

use super::*;
use crate::pages::samples;

/// The form of an entity of this kind, with everything filled in; of a case with a clash.
pub(in crate::pages) fn sample(shell: Shell, text: &str, kind: &str) -> impl Template + use<> {
    let view = samples::case(text);
    let entity = samples::entity(kind, 21, text);
    let typed = stored(kind, PREFIX, &values(&entity));
    form(shell, &view, &entity, &typed, &["title"])
}

/// What a browser would send for an entity that nobody changed.
fn sent(entity: &EntityView) -> Posted {
    let page = form(samples::shell(), &samples::case("x"), entity, &stored(&entity.kind, PREFIX, &values(entity)), &[]);
    let mut posted = Posted::default();
    for input in page.main.iter().chain(&page.more) {
        posted.push(format!("was.{}", input.name), input.was.clone());
        posted.push(format!("seen.{}", input.name), input.seen.clone().unwrap());
        for part in input.held().split(',').filter(|_| input.shape == "ticks") {
            posted.push(input.name.clone(), part);
        }
        if input.shape != "ticks" {
            posted.push(input.name.clone(), input.held());
        }
    }
    posted
}

#[test]
fn an_untouched_form_changes_nothing() {
    for kind in ["case", "person", "case_person", "route_leg", "stage_entry", "note"] {
        let entity = samples::entity(kind, 21, "some\r\ntext");
        assert!(changed(&entity, &sent(&entity)).is_empty(), "{kind}");
    }
}

#[test]
fn a_changed_field_names_what_it_replaces_and_a_stale_one_is_told() {
    let entity = samples::entity("person", 21, "x");
    let mut posted = sent(&entity);
    posted.set("f.father", "Abdul Karim");
    let change = &changed(&entity, &posted)[0];
    assert_eq!((change.field.name.as_str(), &change.value, change.stale), ("father", &serde_json::json!("Abdul Karim"), false));
    posted.set("seen.f.father", "00");
    assert!(changed(&entity, &posted)[0].stale, "something else stands there by now");
    posted.set("f.father", "");
    assert_eq!(changed(&entity, &posted)[0].value, serde_json::Value::Null);
}

#[test]
fn two_versions_stand_side_by_side_and_any_choice_replaces_both() {
    let entity = samples::entity("person", 21, "x");
    let two = entity.fields.iter().find(|field| !field.conflict.is_empty()).unwrap();
    let page = form(samples::shell(), &samples::case("x"), &entity, &stored("person", PREFIX, &values(&entity)), &[]);
    assert_eq!(page.clashes.len(), 1);
    assert_eq!(page.clashes[0].stands.len(), 2);
    let mut posted = sent(&entity);
    let name = format!("f.{}", two.name);
    posted.push(format!("was.{name}"), page.clashes[0].input[0].was.clone());
    posted.push(format!("seen.{name}"), page.clashes[0].input[0].seen.clone().unwrap());
    posted.push(name, two.text.clone());
    assert_eq!(changed(&entity, &posted).len(), 1, "keeping the first is a choice too");
}
