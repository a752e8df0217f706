//! The story of two officers, without a network: alert, contact, share, update, contribution, recall. All people are invented.
//! What goes wrong is in the tests of each module; the same story over a network is in the package `tests`.

#![cfg(test)]

use icmc_protocol::caselog::{self, Draft, FoldedCase, fold};
use icmc_protocol::dictionary::Value;
use icmc_protocol::fingerprint::MatchClass;
use icmc_protocol::ids::{CaseId, EntityId, ShareId};
use icmc_protocol::machine::{Scope, Table};
use icmc_protocol::matching::{self, Alert, Answer};
use icmc_protocol::sharing::{self, ContributionState, InState, OutState};
use icmc_protocol::testing::World;
use icmc_protocol::testing::drafts::{self, SUSPECT, Sketch, VICTIM, author, id};
use icmc_protocol::time::DAY;

const VICTIM_ID: EntityId = id(10);
const SUSPECT_ID: EntityId = id(20);
const LEG: EntityId = id(30);

/// Guwahati's suspect.
const ROFIQUL: Sketch<'static> =
    Sketch { given: "Md. Rofiqul", family: "Islam", father: "Abdul Karim", village: "Kalgachia", birth: "1984", ..SUSPECT };
/// The same man as Shillong heard of him.
const RAFIQUL: Sketch<'static> = Sketch {
    given: "Mohammad Rafiqul",
    family: "Islam",
    father: "Abdul Kareem",
    village: "Kalgachhia",
    age: Some(40),
    ..SUSPECT
};
const ANJALI: Sketch<'static> =
    Sketch { given: "Anjali", family: "Boro", father: "Haren Boro", village: "Barama", birth: "2009-04", ..VICTIM };

/// Words that nobody may read on a wire or at a unit that they were not shared with.
const PLANTED: [&str; 6] = ["Rofiqul", "Anjali", "Haren Boro", "Kalgachia", "Nongpoh", "Officer Das"];

fn open(world: &mut World, unit: &str, number: &str, persons: &[Vec<Draft>]) -> CaseId {
    let drafts = [drafts::case(number)].into_iter().chain(persons.iter().cloned()).flatten().collect::<Vec<_>>();
    let (case, _) = world.act(unit, |txn| caselog::open_case(txn, &drafts, &author("Officer Das"))).unwrap();
    world.settle();
    case
}

fn write(world: &mut World, unit: &str, case: CaseId, drafts: &[Draft]) {
    world.act(unit, |txn| caselog::append(txn, case, drafts, &author("Officer Das"))).unwrap();
    world.settle();
}

fn folded(world: &World, unit: &str, case: CaseId) -> FoldedCase {
    fold(&caselog::load(&world[unit].view, case).unwrap().unwrap())
}

fn alert(world: &World, unit: &str) -> Alert {
    let alerts = matching::list(&world[unit].view, None, 10).unwrap();
    assert_eq!(alerts.len(), 1, "{unit} has one alert");
    alerts.into_iter().next().unwrap()
}

fn out_state(world: &World, unit: &str, share: ShareId) -> OutState {
    sharing::outgoing_list(&world[unit].view, |_| true).unwrap().into_iter().find(|(id, _)| *id == share).unwrap().1.state
}

fn in_state(world: &World, unit: &str, share: ShareId) -> InState {
    sharing::incoming_list(&world[unit].view, |_| true).unwrap().into_iter().find(|(id, _)| *id == share).unwrap().1.state
}

/// Step 1: both units have the suspect and are alerted.
fn alerted() -> (World, CaseId) {
    let mut world = World::federation(&["shillong", "guwahati", "kathmandu"]);
    let leg = drafts::leg(LEG, VICTIM_ID, "Nongpoh");
    let persons = [drafts::person(VICTIM_ID, &ANJALI), drafts::person(SUSPECT_ID, &ROFIQUL), leg];
    let case = open(&mut world, "guwahati", "GHY-2026-14", &persons);
    assert!(matching::list(&world["guwahati"].view, None, 10).unwrap().is_empty());
    open(&mut world, "shillong", "SHL-2026-77", &[drafts::person(SUSPECT_ID, &RAFIQUL)]);
    (world, case)
}

/// Step 2: Guwahati shares, Shillong accepts.
fn shared() -> (World, CaseId, ShareId) {
    let (mut world, case) = alerted();
    let request = drafts::request(case, world["shillong"].id, &[VICTIM_ID, SUSPECT_ID], world.now.plus(30 * DAY));
    let share = world.act("guwahati", |txn| sharing::create(txn, request)).unwrap();
    world.settle();
    world.act("shillong", |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    (world, case, share)
}

#[test]
fn both_units_are_alerted_and_nobody_else_learns_anything() {
    let (world, case) = alerted();
    let (here, there) = (alert(&world, "shillong"), alert(&world, "guwahati"));
    for (alert, peer) in [(&here, "guwahati"), (&there, "shillong")] {
        assert_eq!((alert.class, alert.person, alert.peer), (MatchClass::Exact, SUSPECT_ID, world[peer].id));
    }
    assert_eq!(there.case, case);
    assert!(matching::list(&world["kathmandu"].view, None, 10).unwrap().is_empty());
    assert!(world["kathmandu"].count(Table::BEACONS) > 0, "Kathmandu heard the beacons");
    for word in PLANTED {
        assert!(!world.crossed(word), "{word} crossed a wire");
        assert!(
            !world["kathmandu"].holds(word) && !world["shillong"].holds(word) || word == "Officer Das",
            "{word} is where it was not entered"
        );
    }
    assert!(world["guwahati"].holds("Rofiqul"), "the search would find it");
}

#[test]
fn a_victim_in_devanagari_and_in_latin_letters_is_one_alert() {
    let mut world = World::federation(&["shillong", "guwahati", "kathmandu"]);
    let latin =
        Sketch { given: "Sunita", family: "Tamang", father: "Dhan Bahadur Tamang", village: "Nuwakot", birth: "2007", ..VICTIM };
    let native = Sketch {
        given: "",
        family: "",
        native: "सुनिता तामाङ",
        father: "धन बहादुर तामाङ",
        village: "Nuwakot",
        birth: "2007",
        ..VICTIM
    };
    open(&mut world, "kathmandu", "KTM-5", &[drafts::person(VICTIM_ID, &native)]);
    open(&mut world, "shillong", "SHL-6", &[drafts::person(VICTIM_ID, &latin)]);
    assert_eq!((alert(&world, "kathmandu").person, alert(&world, "shillong").person), (VICTIM_ID, VICTIM_ID));
    assert!(matching::list(&world["guwahati"].view, None, 10).unwrap().is_empty());
    assert!(!world.crossed("Sunita") && !world.crossed("सुनिता"));
}

#[test]
fn what_shillong_stores_is_what_guwahati_previewed() {
    let (mut world, case) = alerted();
    let asked = alert(&world, "shillong").id;
    world.act("shillong", |txn| matching::ask(txn, asked)).unwrap();
    world.settle();
    let there = alert(&world, "guwahati");
    assert!(matches!(there.contact, matching::Contact::AskedByPeer { .. }));
    world.act("guwahati", |txn| matching::answer(txn, there.id, Answer::Yes)).unwrap();
    world.settle();
    assert!(matches!(alert(&world, "shillong").contact, matching::Contact::Answered { by_peer: true, answer: Answer::Yes, .. }));

    let request = drafts::request(case, world["shillong"].id, &[VICTIM_ID, SUSPECT_ID], world.now.plus(30 * DAY));
    let promised = sharing::preview(&world["guwahati"].view, world.now, &request).unwrap();
    let share = world.act("guwahati", |txn| sharing::create(txn, request)).unwrap();
    assert_eq!(out_state(&world, "guwahati", share), OutState::Sent);
    world.settle();
    assert_eq!(
        (out_state(&world, "guwahati", share), in_state(&world, "shillong", share)),
        (OutState::Delivered, InState::Offered)
    );
    world.act("shillong", |txn| sharing::previewed(txn, share)).unwrap();
    world.settle();
    assert_eq!(out_state(&world, "guwahati", share), OutState::Previewed);
    let preview = sharing::received_view(&world["shillong"].view, share).unwrap().unwrap();
    assert_eq!(preview, promised);
    assert_eq!(world.act("shillong", |txn| sharing::accept(txn, share)).unwrap(), case);
    world.settle();
    assert_eq!(out_state(&world, "guwahati", share), OutState::Active);
    assert_eq!(folded(&world, "shillong", case), promised, "what is stored is what the preview showed");

    // Identity and route of both, nothing of the sections that were not chosen, nothing of a third unit.
    let name = |entity| promised.entity("person_name", drafts::name_of(entity)).unwrap().text("given").to_owned();
    assert_eq!((name(VICTIM_ID), name(SUSPECT_ID)), ("Anjali".to_owned(), "Md. Rofiqul".to_owned()));
    assert_eq!(promised.entity("route_leg", LEG).unwrap().text("to_village"), "Nongpoh");
    assert!(promised.of_kind("case").next().is_none() && promised.of_kind("case_person").next().is_none());
    assert!(PLANTED.iter().all(|word| !world.crossed(word) && !world["kathmandu"].holds(word)));
}

#[test]
fn updates_arrive_and_contributions_count_once_admitted() {
    let (mut world, case, _) = shared();
    write(&mut world, "guwahati", case, &drafts::stage(id(40), VICTIM_ID, "R2", "in_progress"));
    assert_eq!(folded(&world, "shillong", case).entity("stage_entry", id(40)).unwrap().text("stage"), "R2");

    assert!(sharing::may_contribute(&world["shillong"].view, case, world.now).unwrap());
    write(&mut world, "shillong", case, &drafts::note(id(50), "Seen at Nongpoh bus stand"));
    for unit in ["shillong", "guwahati"] {
        let case = folded(&world, unit, case);
        assert!(case.entity("note", id(50)).unwrap().is_pending(), "{unit} shows it as pending");
    }
    let waiting = sharing::contributions(&world["guwahati"].view, case).unwrap();
    assert_eq!((waiting.len(), waiting[0].1.from, waiting[0].1.state), (1, world["shillong"].id, ContributionState::Pending));
    world.act("guwahati", |txn| sharing::admit(txn, case, waiting[0].0, &author("Officer Das"))).unwrap();
    world.settle();
    for unit in ["shillong", "guwahati"] {
        let folded = folded(&world, unit, case);
        assert_eq!(folded.entity("note", id(50)).unwrap().text("text"), "Seen at Nongpoh bus stand", "{unit} sees it count");
    }
    assert!(!world["kathmandu"].holds("bus stand"));
}

#[test]
fn a_unit_that_was_away_gets_its_share_when_it_is_back() {
    let (mut world, case, _) = shared();
    world.offline("kathmandu");
    let request = drafts::request(case, world["kathmandu"].id, &[SUSPECT_ID], world.now.plus(30 * DAY));
    let share = world.act("guwahati", |txn| sharing::create(txn, request)).unwrap();
    world.settle();
    world.advance(3 * DAY);
    assert_eq!(out_state(&world, "guwahati", share), OutState::Sent);
    assert!(!world["kathmandu"].holds("Rofiqul"));
    world.online("kathmandu");
    assert_eq!(out_state(&world, "guwahati", share), OutState::Delivered);
    world.act("kathmandu", |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    assert!(world["kathmandu"].holds("Rofiqul"));
    assert!(!world["kathmandu"].holds("Anjali"), "she was not named in this share");
}

#[test]
fn a_recall_destroys_what_came_and_leaves_what_is_ones_own() {
    let (mut world, case, share) = shared();
    write(&mut world, "shillong", case, &drafts::note(id(50), "Seen at the ferry"));
    assert!(world["shillong"].holds("Md. Rofiqul"));
    world.act("guwahati", |txn| sharing::recall(txn, share)).unwrap();
    world.settle();
    assert!(!world["shillong"].view.rows().any(|(_, _, scope, _)| scope == Scope::Share(share)), "nothing is left under its key");
    for word in ["Md. Rofiqul", "Anjali", "Kalgachia", "Nongpoh"] {
        assert!(!world["shillong"].holds(word), "{word}");
    }
    let left = folded(&world, "shillong", case);
    let note = left.entity("note", id(50)).unwrap().field("text").unwrap();
    assert_eq!(note.pending.len() + note.versions.len(), 1, "the note of Shillong's own people stays");
    assert_eq!(left.entities.len(), 1, "and nothing else");
    assert!(sharing::received_view(&world["shillong"].view, share).unwrap().is_none());
    assert!(!sharing::may_contribute(&world["shillong"].view, case, world.now).unwrap());

    let (_, row) = sharing::outgoing_of(&world["guwahati"].view, case).unwrap().remove(0);
    assert_eq!(row.state, OutState::Recalled);
    let receipt = row.receipt.expect("Shillong signed that the key is destroyed");
    let signer = icmc_protocol::federation::own::load(&world["shillong"].view).unwrap().public();
    assert_eq!(receipt.verify(&signer).unwrap().share, share);

    // Nothing more leaves, and what Shillong writes by hand goes nowhere.
    write(&mut world, "guwahati", case, &[drafts::text(SUSPECT_ID, "person", "mother", "Rahima Khatun")]);
    world.advance(DAY);
    assert!(!world["shillong"].holds("Rahima"));
    assert_eq!(
        folded(&world, "guwahati", case).entity("note", id(50)).unwrap().field("text").unwrap().pending[0].value,
        Value::Text("Seen at the ferry".into())
    );
}

#[test]
fn a_declined_share_is_destroyed_and_its_owner_learns_why() {
    let (mut world, case) = alerted();
    let request = drafts::request(case, world["shillong"].id, &[SUSPECT_ID], world.now.plus(30 * DAY));
    let share = world.act("guwahati", |txn| sharing::create(txn, request)).unwrap();
    world.settle();
    assert!(world.act("shillong", |txn| sharing::decline(txn, share, "  ")).is_err(), "a reason is asked for");
    world.act("shillong", |txn| sharing::decline(txn, share, "not in our district")).unwrap();
    world.settle();
    let (_, row) = sharing::outgoing_of(&world["guwahati"].view, case).unwrap().remove(0);
    assert_eq!((row.state, row.reason.as_deref()), (OutState::Declined, Some("not in our district")));
    assert!(row.receipt.is_some());
    assert!(!world["shillong"].holds("Md. Rofiqul"));
}
