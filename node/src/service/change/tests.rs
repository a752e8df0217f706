//! Forms and their faults, over a real log in memory. All people are invented.

use super::*;
use crate::casework::Order;
use crate::service::ServiceError;
use crate::service::create;
use crate::service::held::{Held, held};
use crate::service::model::EntityView;
use crate::service::reader::Reader;
use crate::service::units::Units;
use icmc_protocol::caselog::{Author, append, open_case};
use icmc_protocol::ids::CaseId;
use icmc_protocol::testing::World;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

const UNIT: &str = "Shillong";

struct Desk {
    world: World,
    case: CaseId,
}

impl Desk {
    fn new() -> Self {
        let mut world = World::strangers(&[UNIT]);
        let new = serde_json::from_value(json!({
            "case": { "kind": "missing_person", "priority": "high", "source_channel": "family", "legal_basis": "consent", "title": "One girl" },
            "persons": [{ "person": { "sex": "female", "father": "Abdul Karim" }, "names": [{ "given": "Anjali" }] }]
        }));
        let new = new.unwrap();
        let case = world.act(UNIT, |txn| {
            let drafts = create::plan(&new, "SH-26-0001", "2026-11-23", txn.rng).map_err(ServiceError::Fields)?;
            Ok::<_, ServiceError>(open_case(txn, &drafts, &Author { name: "Meera".to_owned() })?.0)
        });
        Self { case: case.unwrap(), world }
    }

    fn held(&self) -> Held {
        held(&self.world[UNIT].view, self.case, self.world.now).unwrap().unwrap()
    }

    fn entity(&self, kind: &str) -> EntityId {
        let held = self.held();
        Order::of(&held.folded).ids(&held.folded, kind)[0]
    }

    /// The form of an entity, with what it was rendered from.
    fn form(&self, kind: &str) -> EntityView {
        let (held, units) = (self.held(), Units::only(self.world[UNIT].id, UNIT));
        let reader = Reader::new(&held.folded, &units, BTreeSet::new());
        if kind == "case" { reader.head() } else { reader.all(kind).remove(0) }
    }

    fn plan(&mut self, changes: Json) -> Result<Planned, Vec<FieldError>> {
        let requests: Vec<ChangeRequest> = serde_json::from_value(changes).unwrap();
        let held = self.held();
        let standing = Standing { folded: &held.folded, log: &held.log, unit: held.unit, today: "2026-11-24" };
        plan(&standing, &requests, self.world.rng(UNIT))
    }

    fn save(&mut self, changes: Json) -> Vec<EntityId> {
        let planned = self.plan(changes).unwrap();
        let case = self.case;
        self.world.act(UNIT, |txn| append(txn, case, &planned.drafts, &Author { name: "Meera".to_owned() })).unwrap();
        planned.entities
    }
}

fn sent(form: &EntityView, changes: &[(&str, &str)]) -> Json {
    let mut fields: BTreeMap<&str, Json> =
        form.fields.iter().map(|field| (&*field.name, field.value.clone().unwrap_or_else(|| json!("")))).collect();
    fields.extend(changes.iter().map(|(name, value)| (*name, json!(value))));
    let replaces: BTreeMap<&str, _> = form.fields.iter().map(|field| (&*field.name, &field.seen)).collect();
    json!({ "kind": form.kind, "entity": form.id, "fields": fields, "replaces": replaces })
}

fn written(planned: &Planned) -> Vec<&str> {
    planned.drafts.iter().map(|draft| &*draft.field).collect()
}

#[test]
fn a_form_sent_back_as_it_was_writes_nothing() {
    let mut desk = Desk::new();
    for kind in ["case", "person", "person_name"] {
        let form = desk.form(kind);
        assert_eq!(written(&desk.plan(json!([sent(&form, &[])])).unwrap()), [""; 0], "{kind}");
    }
}

#[test]
fn a_stale_form_gives_a_conflict_in_the_field_that_was_changed_and_in_no_other() {
    let mut desk = Desk::new();
    let form = desk.form("case");
    desk.save(json!([sent(&form, &[("title", "Two girls"), ("summary", "Seen at the station.")])]));
    desk.save(json!([sent(&form, &[("title", "Three girls"), ("priority", "low")])]));
    let now = desk.form("case");
    let title = now.field("title").unwrap();
    assert_eq!(title.conflict.iter().map(|version| version.text.as_str()).collect::<Vec<_>>(), ["Three girls", "Two girls"]);
    assert_eq!(now.text("summary"), "Seen at the station.", "what the stale form left empty was not cleared");
    assert!(now.field("priority").unwrap().conflict.is_empty());
    // Whoever decides replaces both, also with one of the two.
    desk.save(json!([sent(&now, &[("title", "Two girls")])]));
    let settled = desk.form("case");
    assert_eq!((settled.text("title"), settled.field("title").unwrap().conflict.len()), ("Two girls", 0));
}

#[test]
fn without_replaces_a_change_takes_the_place_of_what_stands_now() {
    let mut desk = Desk::new();
    for title in ["Two girls", "Three girls"] {
        desk.save(json!([{ "kind": "case", "fields": { "title": title } }]));
    }
    assert_eq!((desk.form("case").text("title"), desk.form("case").field("title").unwrap().conflict.len()), ("Three girls", 0));
    assert_eq!(written(&desk.plan(json!([{ "kind": "case", "fields": { "title": "Three girls" } }])).unwrap()), [""; 0]);
    desk.save(json!([{ "kind": "case", "fields": { "title": null } }]));
    assert_eq!(desk.form("case").text("title"), "");
}

#[test]
fn a_person_with_name_and_note_can_be_added_in_one_call() {
    let mut desk = Desk::new();
    let made = desk.save(json!([
        { "kind": "person", "ref": "p", "fields": { "age_stated": 40 } },
        { "kind": "person_name", "parent_ref": "p", "fields": { "given": "Rafiqul" } },
        { "kind": "note", "fields": { "text": "Came by himself.", "person": "p" } },
    ]));
    let held = desk.held();
    assert_eq!(held.folded.entity("person", made[0]).unwrap().text("age_on"), "2026-11-24");
    assert_eq!(held.folded.entity("person_name", made[1]).unwrap().parent, Some(made[0]));
    assert_eq!(held.folded.entity("note", made[2]).unwrap().value("person"), Some(&Value::Bytes(made[0].0.to_vec())));
}

#[test]
fn an_entity_is_removed_and_brought_back() {
    let mut desk = Desk::new();
    let name = desk.entity("person_name");
    desk.save(json!([{ "kind": "person_name", "entity": name, "removed": true }]));
    assert!(desk.held().folded.of_kind("person_name").next().is_none());
    let faults = desk.plan(json!([{ "kind": "person_name", "entity": name, "fields": { "given": "Anju" } }])).err().unwrap();
    assert_eq!(faults[0].field, "entity");
    desk.save(json!([{ "kind": "person_name", "entity": name, "removed": false }]));
    let entity = desk.held();
    let field = entity.folded.entity("person_name", name).unwrap().field("removed").unwrap();
    assert_eq!((field.versions.len(), field.current()), (1, Some(&Value::Bool(false))));
}

#[test]
fn every_fault_is_told_and_nothing_is_planned() {
    let mut desk = Desk::new();
    let (person, name) = (desk.entity("person"), desk.entity("person_name"));
    let faults = desk.plan(json!([
        { "kind": "ghost" },
        { "kind": "entry", "fields": { "by": "somebody else" } },
        { "kind": "person", "entity": name },
        { "kind": "person_phone", "fields": { "number": "98640 12345" } },
        { "kind": "person_phone", "parent": name, "fields": {} },
        { "kind": "note", "fields": { "text": "x", "person": name } },
        { "kind": "person", "entity": person, "fields": { "sex": "unclear", "parent": person } },
        { "kind": "case", "fields": { "status": "" } },
        { "kind": "case", "fields": { "title": "y" }, "replaces": { "title": ["00".repeat(32)] } },
        { "kind": "stage_entry", "fields": { "person": person, "stage": "R1", "state": "done", "outcome": "paid" } },
    ]));
    let named: Vec<String> = faults.err().unwrap().iter().map(|fault| format!("{}.{}", fault.kind, fault.field)).collect();
    assert_eq!(
        named,
        [
            "request.kind",
            "request.kind",
            "request.entity",
            "request.parent",
            "person_phone.number",
            "request.parent",
            "note.person",
            "person.parent",
            "person.sex",
            "case.status",
            "case.title",
            "stage_entry.outcome",
        ]
    );
    assert_eq!(desk.plan(json!([])).err().unwrap()[0].field, "changes");
}

#[test]
fn faults_of_fields_that_were_not_touched_keep_nobody_from_saving() {
    let mut desk = Desk::new();
    // As in a received case, of which the required fields are not open: one that stands outside this log.
    let leg = desk.save(json!([{ "kind": "route_leg", "fields": { "seq": 1, "kind": "source", "from_state": "IN-AS", "from_district": "IN-AS-barpeta" } }]))[0];
    let moved = desk.plan(json!([{ "kind": "route_leg", "entity": leg, "fields": { "from_state": "IN-ML" } }]));
    assert_eq!(moved.err().unwrap()[0].field, "from_district", "a field that no longer fits what was changed is told");
    assert!(desk.plan(json!([{ "kind": "route_leg", "entity": leg, "fields": { "mode": "bus" } }])).is_ok());
}
