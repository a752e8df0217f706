//! Two invented units in memory: what one enters, shares and recalls, and what the other may see of it at each moment.
//! No node and no store: rows in memory, machines as in the protocol's own tests.

use super::*;
use crate::access::Role;
use crate::accounts::AccountId;
use crate::search::SummaryRow;
use crate::service::cases::write;
use crate::service::create::plan;
use crate::service::model::{ChangeRequest, NewCase, ShareRequest};
use crate::service::share_request::read;
use crate::service::summary::refresh;
use crate::store::tables;
use icmc_protocol::caselog::{Author, open_case};
use icmc_protocol::ids::ShareId;
use icmc_protocol::machine::Scope;
use icmc_protocol::sharing;
use icmc_protocol::testing::World;
use serde_json::{Value as Json, json};

const GUWAHATI: &str = "Guwahati";
const SHILLONG: &str = "Shillong";

fn officer() -> Actor {
    Actor {
        account: AccountId([1; 16]),
        sign_in: "meera.lyngdoh".to_owned(),
        name: "Meera Lyngdoh".to_owned(),
        role: Role::NodalOfficer,
        must_change_password: false,
    }
}

fn enter(world: &mut World, unit: &str, new: Json) -> CaseId {
    let new: NewCase = serde_json::from_value(new).unwrap();
    let entered = world.act(unit, |txn| {
        let drafts = plan(&new, "GU-26-0001", "2026-11-23", txn.rng).map_err(ServiceError::Fields)?;
        Ok::<_, ServiceError>(open_case(txn, &drafts, &Author { name: "Officer at Guwahati".to_owned() })?.0)
    });
    let case = entered.unwrap();
    world.settle();
    case
}

fn anjali() -> Json {
    json!({
        "case": { "kind": "suspected_trafficking", "priority": "high", "source_channel": "family", "legal_basis": "vital_interest",
                  "summary": "Left for work with an aunt." },
        "persons": [
            { "ref": "a", "person": { "sex": "female", "age_stated": 16, "religion": "withheld" },
              "names": [{ "given": "Anjali", "family": "Tamang" }], "phones": [{ "number": "98640 12345" }], "roles": [{ "role": "victim" }] },
            { "ref": "b", "person": {}, "names": [{ "given": "Rofiqul" }], "roles": [{ "role": "suspect" }] }
        ],
        "legs": [{ "person": "a", "seq": 1, "kind": "source", "from_district": "IN-AS-barpeta" }],
        "notes": [{ "text": "Kept at Guwahati." }]
    })
}

fn view(world: &World, unit: &str, case: CaseId) -> Result<CaseView, ServiceError> {
    let by = officer();
    let rows = &world[unit].view;
    let grant = authorize(rows, &by, Action::ViewCase, case)?;
    open(rows, (&Folds::default(), rows), &by, &grant, world.now)
}

/// Shares Anjali, not Rofiqul: identity, role and route.
fn give(world: &mut World, case: CaseId, rights: &str) -> ShareId {
    let anjali = view(world, GUWAHATI, case).unwrap().people[0].id;
    let request: ShareRequest = serde_json::from_value(json!({
        "case": case, "to": world[SHILLONG].id, "persons": [{ "entity": anjali, "basis": "vital_interest", "reason": "a child" }],
        "sections": ["identity", "role", "route", "process"], "classes": ["S", "B", "I"], "rights": rights,
        "purpose": "investigation", "handling": "H2", "onward": "none", "days": 30
    }))
    .unwrap();
    let share = world
        .act(GUWAHATI, |txn| {
            let share = read(&request, Units::load(txn)?.own, txn.now).map_err(ServiceError::Fields)?;
            Ok::<_, ServiceError>(sharing::create(txn, share)?)
        })
        .unwrap();
    world.settle();
    share
}

fn contribute(world: &mut World, unit: &str, case: CaseId, change: Json) -> Result<(), ServiceError> {
    let changes: Vec<ChangeRequest> = vec![serde_json::from_value(change).unwrap()];
    let by = officer();
    world.act(unit, |txn| {
        let grant = authorize(txn, &by, Action::ChangeCase, case)?;
        write(txn, &Folds::default(), &by, &grant, &changes).map(|_| ())
    })?;
    world.settle();
    Ok(())
}

/// The summary row as the node's hooks would write it, with what seals it.
fn summarised(world: &mut World, unit: &str, case: CaseId) -> Option<(Scope, SummaryRow)> {
    world.act(unit, |txn| refresh(txn, &Folds::default(), case)).unwrap();
    let row: Option<SummaryRow> = crate::rows::row(&world[unit].view, case.as_bytes()).unwrap();
    let scope = world[unit]
        .view
        .rows()
        .find(|(table, key, ..)| *table == tables::SUMMARIES && key == case.as_bytes())
        .map(|(_, _, scope, _)| scope);
    scope.zip(row)
}

#[test]
fn an_own_case_shows_all_that_was_entered() {
    let mut world = World::federation(&[GUWAHATI, SHILLONG]);
    let case = enter(&mut world, GUWAHATI, anjali());
    let seen = view(&world, GUWAHATI, case).unwrap();
    assert_eq!(seen.people.iter().map(|person| person.display.as_str()).collect::<Vec<_>>(), ["Anjali Tamang", "Rofiqul"]);
    assert_eq!(seen.people[0].role_words, "Victim");
    assert_eq!(seen.people[0].entity.text("age_on"), "23 Nov 2026");
    assert_eq!((seen.legs[0].title.as_str(), seen.legs[0].person), ("1 Barpeta → ?", Some(seen.people[0].id)));
    assert_eq!((seen.summary.number.as_str(), seen.summary.people, seen.summary.received), ("GU-26-0001", 2, false));
    assert!(seen.rights.edit && seen.rights.share && !seen.rights.contribute && seen.received.is_none());
    assert!(seen.timeline.iter().any(|step| step.lines.contains(&"Person: Sex".to_owned())));
    assert!(!format!("{:?}", seen.timeline).contains("Anjali"), "a timeline names fields, not values");
    let (scope, row) = summarised(&mut world, GUWAHATI, case).unwrap();
    assert_eq!(scope, Scope::Case(case));
    assert_eq!((row.people[0].phones.clone(), row.people[0].year), (vec!["864012345".to_owned()], Some(2010)));
    assert!(matches!(view(&world, SHILLONG, case), Err(ServiceError::NotFound)));
}

#[test]
fn before_it_is_accepted_a_shared_case_is_nowhere_and_afterwards_it_is_what_was_shared() {
    let mut world = World::federation(&[GUWAHATI, SHILLONG]);
    let case = enter(&mut world, GUWAHATI, anjali());
    let share = give(&mut world, case, "read");
    assert!(matches!(view(&world, SHILLONG, case), Err(ServiceError::NotFound)));
    assert_eq!(summarised(&mut world, SHILLONG, case), None);

    world.act(SHILLONG, |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    let seen = view(&world, SHILLONG, case).unwrap();
    assert_eq!(seen.people.len(), 1);
    assert_eq!((seen.people[0].display.as_str(), seen.people[0].phones.len()), ("Anjali Tamang", 1));
    assert_eq!(seen.people[0].entity.field("religion").unwrap().value, None, "restricted values stay");
    assert_eq!(seen.not_shared, ["Case", "Notes", "Consent", "Documents", "people who are not named", "restricted values"]);
    assert!(seen.notes.is_empty() && seen.head.text("summary").is_empty());
    assert_eq!(seen.summary.number, format!("#{}", case.short()));
    assert_eq!(seen.received.as_ref().map(|received| (received.state, received.rights)), Some(("active", Some("read"))));
    assert!(!seen.rights.edit && !seen.rights.contribute && !seen.rights.share);
    let (scope, row) = summarised(&mut world, SHILLONG, case).unwrap();
    assert_eq!((scope, row.received), (Scope::Share(share), true));
    let lower = sharing::terms(&world[SHILLONG].view, share).unwrap().unwrap().0;
    let lower = sharing::Share { sections: icmc_protocol::testing::drafts::sections(&["identity"]), ..lower };
    world.act(GUWAHATI, |txn| sharing::revise(txn, share, lower)).unwrap();
    world.settle();
    let (scope, _) = summarised(&mut world, SHILLONG, case).unwrap();
    assert_eq!(scope, Scope::ShareRevision(share, 1), "what is made from a share moves with its key");
    assert!(view(&world, SHILLONG, case).unwrap().legs.is_empty());
    let note = json!({ "kind": "note", "fields": { "text": "May we?" } });
    assert!(matches!(contribute(&mut world, SHILLONG, case, note), Err(ServiceError::Refused(_))));
}

#[test]
fn a_contribution_waits_is_admitted_and_own_notes_outlive_a_recall() {
    let mut world = World::federation(&[GUWAHATI, SHILLONG]);
    let case = enter(&mut world, GUWAHATI, anjali());
    let share = give(&mut world, case, "contribute");
    world.act(SHILLONG, |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    contribute(&mut world, SHILLONG, case, json!({ "kind": "note", "fields": { "text": "Seen at the bus stand." } })).unwrap();

    let at_owner = view(&world, GUWAHATI, case).unwrap();
    assert_eq!(at_owner.contributions.len(), 1);
    let waiting = &at_owner.contributions[0];
    assert_eq!((waiting.state, waiting.changes.as_slice()), ("pending", &["Note: Text: Seen at the bus stand.".to_owned()][..]));
    let proposed = at_owner.notes.iter().find(|note| note.pending).unwrap();
    assert_eq!((proposed.entry, at_owner.summary.pending), (Some(waiting.entry), 1));
    let entry = waiting.entry;
    world.act(GUWAHATI, |txn| sharing::admit(txn, case, entry, &Author { name: "Officer".to_owned() })).unwrap();
    world.settle();
    let admitted = view(&world, GUWAHATI, case).unwrap();
    assert_eq!((admitted.contributions[0].state, admitted.summary.pending), ("admitted", 0));
    assert!(admitted.notes.iter().all(|note| !note.pending));

    world.act(GUWAHATI, |txn| sharing::recall(txn, share)).unwrap();
    world.settle();
    let left = view(&world, SHILLONG, case).unwrap();
    assert!(left.people.is_empty() && left.legs.is_empty());
    assert_eq!(left.notes.len(), 1);
    assert_eq!(left.notes[0].field("text").unwrap().pending[0].text, "Seen at the bus stand.");
    let received = left.received.unwrap();
    assert_eq!((received.state, received.ended, received.handling), ("recalled", Some(world.now), None));
    assert!(!left.rights.contribute);
    let (scope, row) = summarised(&mut world, SHILLONG, case).unwrap();
    assert_eq!((scope, row.people.len()), (Scope::Case(case), 0));
    let again = json!({ "kind": "note", "fields": { "text": "More." } });
    assert!(matches!(contribute(&mut world, SHILLONG, case, again), Err(ServiceError::Refused(_))));
}

#[test]
fn in_the_step_that_ends_a_share_nothing_of_it_is_made_into_own_rows() {
    let mut world = World::federation(&[GUWAHATI, SHILLONG]);
    let case = enter(&mut world, GUWAHATI, anjali());
    let share = give(&mut world, case, "contribute");
    world.act(SHILLONG, |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    contribute(&mut world, SHILLONG, case, json!({ "kind": "note", "fields": { "text": "Ours." } })).unwrap();
    // The share's time is over, and its key is still there: the erasure comes after the commit.
    let later = world.now.plus(31 * icmc_protocol::time::DAY);
    let held = held_with(&Folds::default(), None, &world[SHILLONG].view, case, later).unwrap().unwrap();
    assert_eq!(held.in_force, 0);
    assert!(held.folded.of_kind("person").next().is_none() && held.folded.of_kind("note").next().is_some());
}

/// Hands the case of `anjali` from Guwahati to Shillong.
fn hand_over(world: &mut World, case: CaseId) {
    let people = view(world, GUWAHATI, case).unwrap().people;
    let to = world[SHILLONG].id;
    let persons =
        people.iter().map(|person| json!({ "entity": person.id, "basis": "court_order", "reason": "moved by the court" }));
    let persons: Vec<crate::service::model::PersonRequest> = persons.map(|one| serde_json::from_value(one).unwrap()).collect();
    let author = Author { name: "Officer".to_owned() };
    world
        .act(GUWAHATI, |txn| {
            let persons = crate::service::share_request::persons(&persons).map_err(ServiceError::Fields)?;
            let request = icmc_protocol::transfer::Request { case, to, persons };
            icmc_protocol::transfer::propose(txn, request, &author).map_err(ServiceError::from)
        })
        .unwrap();
    world.settle();
    let offered = view(world, SHILLONG, case).unwrap();
    assert!(offered.rights.answer && !offered.rights.hand_over);
    assert_eq!(offered.custody.transfer.unwrap().state, "offered");
    world.act(SHILLONG, |txn| icmc_protocol::transfer::accept(txn, case, &author)).unwrap();
    world.settle();
}

#[test]
fn a_case_handed_over_is_open_at_both_and_owned_by_one() {
    let mut world = World::federation(&[GUWAHATI, SHILLONG]);
    let case = enter(&mut world, GUWAHATI, anjali());
    let share = give(&mut world, case, "contribute");
    assert!(!view(&world, GUWAHATI, case).unwrap().rights.hand_over, "nobody works on it yet");
    world.act(SHILLONG, |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    assert!(view(&world, GUWAHATI, case).unwrap().rights.hand_over);
    hand_over(&mut world, case);

    let new = view(&world, SHILLONG, case).unwrap();
    assert!(new.rights.edit && new.rights.share && new.summary.owner.own && new.received.is_none());
    assert_eq!((new.people.len(), new.notes.len()), (2, 1), "the whole case");
    let line = &new.custody.tenures;
    assert_eq!(line.iter().map(|tenure| tenure.unit.own).collect::<Vec<_>>(), [false, true]);
    assert!(
        line[0].until.is_some() && line[0].until_entry.is_some() && line[1].from == Some(world.now) && line[1].until.is_none()
    );
    assert!(new.timeline.iter().any(|step| step.lines.contains(&"Case handed over".to_owned())));
    let (scope, row) = summarised(&mut world, SHILLONG, case).unwrap();
    assert_eq!((scope, row.received), (Scope::Case(case), false));

    let old = view(&world, GUWAHATI, case).unwrap();
    assert_eq!((old.people.len(), old.notes.len()), (2, 1), "it keeps what it had");
    assert!(!old.rights.edit && !old.rights.share && !old.rights.contribute && !old.summary.owner.own);
    assert_eq!(old.custody.transfer.unwrap().state, "taken");
    let note = json!({ "kind": "note", "fields": { "text": "Too late." } });
    assert!(matches!(contribute(&mut world, GUWAHATI, case, note), Err(ServiceError::Refused(_))));
}

#[test]
fn after_a_restore_what_came_from_a_unit_is_closed_until_the_two_have_met() {
    let mut world = World::federation(&[GUWAHATI, SHILLONG]);
    let case = enter(&mut world, GUWAHATI, anjali());
    let share = give(&mut world, case, "contribute");
    world.act(SHILLONG, |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    contribute(&mut world, SHILLONG, case, json!({ "kind": "note", "fields": { "text": "Seen at the bus stand." } })).unwrap();
    for unit in [GUWAHATI, SHILLONG] {
        let rows = world[unit].view.clone();
        let mut world = world.clone();
        world.restore(unit, rows);
        if unit == SHILLONG {
            assert!(matches!(view(&world, unit, case), Err(ServiceError::NotFound)), "not in lists, not in searches, not here");
        } else {
            let own = view(&world, unit, case).unwrap();
            assert_eq!(own.people.len(), 2);
            assert!(!own.notes.iter().any(|note| note.pending), "what was contributed is closed, too");
        }
        world.connect(GUWAHATI, SHILLONG);
        world.settle();
        let open = view(&world, unit, case).unwrap();
        assert!(open.notes.iter().any(|note| note.pending), "{unit}");
    }
}
