//! What takes two persons, and who can see what: two invented units in memory, one of which owns the case.
//! Rows in memory, machines as in the protocol's own tests.

use crate::access::{Action, Actor, Role, authorize};
use crate::accounts::AccountId;
use crate::service::ServiceError;
use crate::service::cases::write;
use crate::service::create::plan;
use crate::service::decisions::{agree, ask, decisions, is_on_hold};
use crate::service::folds::Folds;
use crate::service::model::{ChangeRequest, DecisionRequest, NewCase, ShareRequest};
use crate::service::share_request::read;
use crate::service::units::Units;
use crate::service::who::who_sees;
use icmc_protocol::caselog::{Author, fold, load, open_case};
use icmc_protocol::ids::{CaseId, EntityId, ShareId};
use icmc_protocol::sharing;
use icmc_protocol::testing::World;
use icmc_protocol::time::DAY;
use serde_json::{Value as Json, json};

pub(super) const GUWAHATI: &str = "Guwahati";
pub(super) const SHILLONG: &str = "Shillong";

pub(super) fn person(number: u8, name: &str) -> Actor {
    Actor {
        account: AccountId([number; 16]),
        sign_in: format!("sign.in.{number}"),
        name: name.to_owned(),
        role: Role::NodalOfficer,
        must_change_password: false,
    }
}

fn first() -> Actor {
    person(1, "Meera Das")
}

/// Another person of the same name.
fn second() -> Actor {
    person(2, "Meera Das")
}

pub(super) fn entered() -> (World, CaseId, EntityId) {
    let mut world = World::federation(&[GUWAHATI, SHILLONG]);
    let new: NewCase = serde_json::from_value(json!({
        "case": { "kind": "suspected_trafficking", "priority": "high", "source_channel": "family", "legal_basis": "vital_interest" },
        "persons": [{ "ref": "a", "person": { "sex": "female" }, "names": [{ "given": "Anjali", "family": "Tamang" }],
                      "roles": [{ "role": "victim" }] }]
    }))
    .unwrap();
    let case = world
        .act(GUWAHATI, |txn| {
            let drafts = plan(&new, "GU-26-0001", "2026-11-23", txn.rng).map_err(ServiceError::Fields)?;
            Ok::<_, ServiceError>(open_case(txn, &drafts, &Author { name: "Meera Das".to_owned() })?.0)
        })
        .unwrap();
    world.settle();
    let girl = fold(&load(&world[GUWAHATI].view, case).unwrap().unwrap()).of_kind("person").next().unwrap().0;
    (world, case, girl)
}

fn request(value: Json) -> DecisionRequest {
    serde_json::from_value(value).unwrap()
}

fn instead_of_consent(girl: EntityId) -> Json {
    json!({ "what": "override", "fields": {
        "person": girl.to_string(), "purposes": ["investigation"], "recipients": ["police"], "classes_allowed": ["S", "B", "I"],
        "valid_to": "2027-11-23", "override_ground": "court_order", "override_authority": "Order 12 of an invented court"
    }})
}

fn share(world: &mut World, case: CaseId, girl: EntityId) -> Result<ShareId, ServiceError> {
    let request: ShareRequest = serde_json::from_value(json!({
        "case": case, "to": world[SHILLONG].id, "persons": [{ "entity": girl, "basis": "consent" }],
        "sections": ["identity"], "classes": ["S", "B", "I"], "rights": "contribute",
        "purpose": "investigation", "handling": "H2", "onward": "none", "days": 30
    }))
    .unwrap();
    let made = world.act(GUWAHATI, |txn| {
        let share = read(&request, Units::load(txn)?.own, txn.now).map_err(ServiceError::Fields)?;
        Ok::<_, ServiceError>(sharing::create(txn, share)?)
    });
    world.settle();
    made
}

fn change(world: &mut World, case: CaseId, value: Json) -> Result<(), ServiceError> {
    let request: ChangeRequest = serde_json::from_value(value).unwrap();
    let by = first();
    world.act(GUWAHATI, |txn| {
        let grant = authorize(txn, &by, Action::ChangeCase, case)?;
        write(txn, &Folds::default(), &by, &grant, &[request]).map(|_| ())
    })
}

#[test]
fn one_person_alone_cannot_override_consent_by_any_way() {
    let (mut world, case, girl) = entered();
    let refused = share(&mut world, case, girl).unwrap_err().to_string();
    assert_eq!(refused, "persons.basis: the consent of one of them does not cover this share: none is entered");
    let wanted = request(instead_of_consent(girl));
    let id = world.act(GUWAHATI, |txn| ask(txn, &first(), case, &wanted)).unwrap();
    assert!(share(&mut world, case, girl).is_err(), "asked for is not decided");
    assert!(world.act(GUWAHATI, |txn| agree(txn, &first(), case, id)).is_err(), "not with oneself");
    // Nor by a form, in one go or on what two decided.
    let consent = |field: &str, value: &str| json!({ "kind": "consent", "fields": { "person": girl.to_string(), "valid_from": "2026-11-23", field: value } });
    for (field, value) in [("override_second", "Somebody"), ("override_ground", "court_order")] {
        let faults = change(&mut world, case, consent(field, value));
        assert!(matches!(&faults, Err(ServiceError::Fields(faults)) if faults.iter().any(|fault| fault.field == field)));
    }
    world.act(GUWAHATI, |txn| agree(txn, &second(), case, id)).unwrap();
    for fields in
        [json!({ "purposes": ["investigation", "media"] }), json!({ "withdrawn_on": "" }), json!({ "valid_to": "2037-01-01" })]
    {
        assert!(change(&mut world, case, json!({ "kind": "consent", "entity": id, "fields": fields })).is_err());
    }
    let given = share(&mut world, case, girl).unwrap();
    world.act(SHILLONG, |txn| sharing::accept(txn, given)).unwrap();
    world.settle();
    assert!(world[SHILLONG].holds("Anjali"));
    // One person is enough to end it, and the share ends with it.
    change(&mut world, case, json!({ "kind": "consent", "entity": id, "fields": { "withdrawn_on": "2026-11-23" } })).unwrap();
    world.settle();
    assert!(!world[SHILLONG].holds("Anjali"));
    let ends = decisions(&world[GUWAHATI].view, case).unwrap();
    assert_eq!((ends.len(), ends[0].what, ends[0].person), (1, "override", Some(girl)));
    assert_ne!(ends[0].second.as_ref(), Some(&ends[0].by), "people of one name are told apart");
}

#[test]
fn everything_that_is_missing_in_a_wish_is_told() {
    let (mut world, case, girl) = entered();
    let mut wish = instead_of_consent(girl);
    wish["fields"] = json!({ "person": "55".repeat(16), "purposes": ["gossip"], "given_by": "self", "override_second": "Me" });
    let wish = request(wish);
    let Err(ServiceError::Fields(faults)) = world.act(GUWAHATI, |txn| ask(txn, &first(), case, &wish)) else { panic!() };
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    for field in
        ["purposes", "given_by", "override_second", "classes_allowed", "valid_to", "override_ground", "override_authority"]
    {
        assert!(fields.contains(&field), "{field} in {fields:?}");
    }
    let officer = Actor { role: Role::Officer, ..person(3, "Nobody of this case") };
    let wish = request(json!({ "what": "hold", "reason": "x", "days": 1 }));
    assert!(matches!(world.act(GUWAHATI, |txn| ask(txn, &officer, case, &wish)), Err(ServiceError::NotFound)));
    let reader = Actor { role: Role::ReadOnly, ..first() };
    assert!(world.act(GUWAHATI, |txn| ask(txn, &reader, case, &wish)).is_err());
}

#[test]
fn a_hold_takes_two_persons_and_so_does_its_end() {
    let (mut world, case, _) = entered();
    let held = |world: &World| is_on_hold(&world[GUWAHATI].view, case, world.now).unwrap();
    let hold = request(json!({ "what": "hold", "reason": "An invented appeal", "days": 100 }));
    let id = world.act(GUWAHATI, |txn| ask(txn, &first(), case, &hold)).unwrap();
    assert!(!held(&world));
    world.act(GUWAHATI, |txn| agree(txn, &second(), case, id)).unwrap();
    assert!(held(&world));
    assert!(world.act(GUWAHATI, |txn| agree(txn, &second(), case, id)).is_err(), "once");
    let mut later = world.clone();
    later.now = later.now.plus(100 * DAY);
    assert!(!held(&later));
    let release = request(json!({ "what": "release", "hold": id }));
    let end = world.act(GUWAHATI, |txn| ask(txn, &second(), case, &release)).unwrap();
    assert!(world.act(GUWAHATI, |txn| agree(txn, &second(), case, end)).is_err());
    assert!(held(&world));
    world.act(GUWAHATI, |txn| agree(txn, &first(), case, end)).unwrap();
    assert!(!held(&world));
    assert_eq!(decisions(&world[GUWAHATI].view, case).unwrap(), []);
}

#[test]
fn who_sees_a_case_and_why_is_told_truly() {
    let (mut world, case, girl) = entered();
    let wish = request(instead_of_consent(girl));
    let id = world.act(GUWAHATI, |txn| ask(txn, &first(), case, &wish)).unwrap();
    world.act(GUWAHATI, |txn| agree(txn, &second(), case, id)).unwrap();
    let given = share(&mut world, case, girl).unwrap();
    world.act(SHILLONG, |txn| sharing::accept(txn, given)).unwrap();
    world.settle();
    let who = who_sees(&world[GUWAHATI].view, case, world.now).unwrap();
    let [unit] = who.units.as_slice() else { panic!() };
    assert!(who.owner.own && unit.share.to.id == world[SHILLONG].id);
    assert_eq!((unit.share.state, unit.revision, unit.awaits_answer), ("active", 0, false));
    assert_eq!((unit.share.persons[0].entity, unit.share.persons[0].basis), (girl, "consent"));
    // Recalled while the other is away: it is said that nobody has answered yet.
    world.offline(SHILLONG);
    world.act(GUWAHATI, |txn| sharing::recall(txn, given)).unwrap();
    assert!(who_sees(&world[GUWAHATI].view, case, world.now).unwrap().units[0].awaits_answer);
    world.online(SHILLONG);
    assert!(!who_sees(&world[GUWAHATI].view, case, world.now).unwrap().units[0].awaits_answer);
    // The receiver knows of the owner only.
    let there = who_sees(&world[SHILLONG].view, case, world.now).unwrap();
    assert!(there.units.is_empty() && there.owner.id == world[GUWAHATI].id);
}
