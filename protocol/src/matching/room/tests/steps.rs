//! The quiet course of a room: each step opens only once both have said yes, and gives only what was chosen.

use super::super::{Ending, Happened, NoReason, RoomStep, What, room_no, room_shared};
use super::{
    AGREED, CANARIES, CLERK, MAN, UNITS, alert_id, alike, author, known, nowhere, offer, officer, room, stage, told, two_steps,
    values, yes,
};
use crate::caselog::append;
use crate::dictionary::{ShareClass, Value};
use crate::machine::{Scope, Table};
use crate::sharing::{Handling, create};
use crate::testing::drafts;
use crate::time::DAY;

#[test]
fn a_step_opens_only_when_both_have_said_yes() {
    let (mut world, _) = AGREED.clone();
    yes(&mut world, "guwahati", officer("Officer Nath")).unwrap();
    world.settle();
    assert!(!world["shillong"].holds("Officer Nath"), "whoever says yes first shows nothing yet");
    assert_eq!(room(&world, "shillong").unwrap().course.theirs.yes, 1);
    assert_eq!(room(&world, "guwahati").unwrap().course.next(), None, "it waits for the other side");

    yes(&mut world, "shillong", officer("Officer Lyngdoh")).unwrap();
    world.settle();
    for (unit, name) in [("shillong", "Officer Nath"), ("guwahati", "Officer Lyngdoh")] {
        let What::Officer(found) = told(&world, unit, RoomStep::Officer).unwrap().what else { panic!("{unit}") };
        assert_eq!((&*found.name, &*found.telephone), (name, "+91 98640 00001"));
        assert_eq!(room(&world, unit).unwrap().course.next(), Some(RoomStep::Case));
    }
    alike(&world);
}

#[test]
fn all_three_steps_and_a_share_are_the_same_on_both_sides() {
    let (mut world, case) = AGREED.clone();
    two_steps(&mut world);
    let What::Case(found) = told(&world, "shillong", RoomStep::Case).unwrap().what else { panic!("not a case") };
    assert_eq!((found.year, &*found.stage), (2026, "R2"));

    let offered = offer(&world, &["mother", "father"]);
    yes(&mut world, "guwahati", super::Telling::Fields(offered)).unwrap();
    world.settle();
    nowhere(&world, &CANARIES);
    yes(&mut world, "shillong", super::Telling::Fields(super::Offer::default())).unwrap();
    world.settle();
    assert_eq!(values(&world, "shillong").unwrap(), ["canary-mother", "Abdul Karim"]);
    assert_eq!(values(&world, "guwahati").unwrap(), Vec::<String>::new());
    let What::Fields(found) = told(&world, "shillong", RoomStep::Fields).unwrap().what else { panic!("no fields") };
    assert_eq!(found.handling, Handling::H1);
    assert_eq!(found.fields.iter().map(|one| one.group).collect::<Vec<_>>(), [0, 0], "both of one entity");
    nowhere(&world, &["canary-health", "canary-note", "canary-other"]);
    assert!(!world.crossed("canary"), "everything crosses sealed");
    alike(&world);

    let mut request = drafts::request(case, world["shillong"].id, &[MAN], world.now.plus(30 * DAY));
    request.from = world["guwahati"].id;
    world.act("guwahati", |txn| create(txn, request.clone())).unwrap();
    let ended = world.act("guwahati", |txn| room_shared(txn, CLERK, &request)).unwrap();
    assert_eq!(ended, [alert_id(&world, "guwahati")]);
    world.settle();
    for unit in UNITS {
        assert_eq!(room(&world, unit).unwrap().course.ended(), Some(Ending::Shared));
    }
    alike(&world);
    assert!(values(&world, "shillong").is_some(), "kept beside the share until the room's time is over");
    world.advance(61 * DAY);
    assert!(values(&world, "shillong").is_none());
    assert!(!world["shillong"].holds("canary-mother") || world["shillong"].count(Table::SHARES_IN) == 1);
}

#[test]
fn restricted_values_go_only_if_chosen_one_by_one_with_a_reason() {
    let (mut world, _) = AGREED.clone();
    two_steps(&mut world);
    let health = known(&world).into_iter().find(|choice| &*choice.field == "health_alert").unwrap();
    assert_eq!(health.class, ShareClass::X);
    let mut offered = offer(&world, &["health_alert"]);
    offered.fields[0].reason = super::text("");
    assert!(yes(&mut world, "guwahati", super::Telling::Fields(offered.clone())).is_err());
    offered.fields[0].reason = super::text("medicine to be given");
    yes(&mut world, "guwahati", super::Telling::Fields(offered)).unwrap();
    yes(&mut world, "shillong", super::Telling::Fields(super::Offer::default())).unwrap();
    world.settle();
    assert_eq!(values(&world, "shillong").unwrap(), ["canary-health"]);
    assert!(!world["shillong"].holds("medicine to be given") && !world["shillong"].holds("FIR 12"), "the reasons stay here");
}

#[test]
fn yeses_that_cross_end_the_same() {
    let (mut world, _) = AGREED.clone();
    yes(&mut world, "guwahati", officer("Officer Das")).unwrap();
    yes(&mut world, "shillong", officer("Officer Lyngdoh")).unwrap();
    world.settle();
    yes(&mut world, "shillong", stage("R3")).unwrap();
    yes(&mut world, "guwahati", stage("R2")).unwrap();
    world.settle();
    for unit in UNITS {
        assert!(told(&world, unit, RoomStep::Case).is_some(), "{unit}");
        assert_eq!(room(&world, unit).unwrap().course.next(), Some(RoomStep::Fields));
    }
    alike(&world);
}

#[test]
fn a_no_has_a_reason_and_a_yes_may_follow() {
    let (mut world, _) = AGREED.clone();
    let id = alert_id(&world, "shillong");
    assert!(world.act("shillong", |txn| room_no(txn, id, CLERK, NoReason::Other, " ")).is_err(), "other is said in words");
    world.act("shillong", |txn| room_no(txn, id, CLERK, NoReason::NotYet, "")).unwrap();
    assert!(world.act("shillong", |txn| room_no(txn, id, CLERK, NoReason::Danger, "")).is_err(), "once is enough");
    world.settle();
    let there = room(&world, "guwahati").unwrap();
    assert_eq!(there.course.theirs.refuses().map(|no| no.reason), Some(NoReason::NotYet));
    assert!(there.history.iter().any(|line| !line.own && line.what == Happened::No(RoomStep::Officer, NoReason::NotYet)));
    yes(&mut world, "guwahati", officer("Officer Das")).unwrap();
    world.settle();
    yes(&mut world, "shillong", officer("Officer Lyngdoh")).unwrap();
    world.settle();
    assert_eq!(room(&world, "guwahati").unwrap().course.theirs.refuses(), None);
    alike(&world);
}

#[test]
fn everything_of_a_room_goes_with_its_case() {
    let (mut world, case) = AGREED.clone();
    two_steps(&mut world);
    let mut view = world["guwahati"].view.clone();
    view.erase(Scope::Case(case));
    let left: Vec<_> = view.rows().filter(|(table, ..)| *table == Table::ROOMS).map(|(_, key, ..)| key[0]).collect();
    assert_eq!(left, b"o", "that one was open, with whom and until when");
    world.put_back("guwahati", view);
    world.advance(61 * DAY);
    assert_eq!(world["guwahati"].count(Table::ROOMS), 0);
}

#[test]
fn the_other_unit_offline_gets_it_later() {
    let (mut world, _) = AGREED.clone();
    world.offline("shillong");
    yes(&mut world, "guwahati", officer("Officer Das")).unwrap();
    world.settle();
    assert!(room(&world, "shillong").is_none());
    assert!(!room(&world, "guwahati").unwrap().untold, "it waits in the outbox");
    world.online("shillong");
    assert_eq!(room(&world, "shillong").unwrap().course.theirs.yes, 1);
}

#[test]
fn both_audits_are_told() {
    let (mut world, _) = AGREED.clone();
    yes(&mut world, "guwahati", officer("Officer Das")).unwrap();
    let sealed = world.sealed("guwahati", "shillong").remove(0).1;
    let from = world["guwahati"].id;
    let effects = world.handle("shillong", crate::core::Input::Envelope { transport: Some(from), bytes: sealed.clone() });
    assert_eq!(effects.heard.iter().map(|heard| (heard.peer, heard.word)).collect::<Vec<_>>(), [(from, "yes_officer")]);
    let again = world.handle("shillong", crate::core::Input::Envelope { transport: Some(from), bytes: sealed });
    assert!(again.heard.is_empty() && again.notices.is_empty(), "once");
}

#[test]
fn envelopes_that_are_doubled_and_come_in_the_wrong_order_end_the_same() {
    let (mut world, _) = AGREED.clone();
    two_steps(&mut world);
    let id = alert_id(&world, "shillong");
    let offered = offer(&world, &["mother"]);
    world.act("shillong", |txn| room_no(txn, id, CLERK, NoReason::NotYet, "")).unwrap();
    yes(&mut world, "shillong", super::Telling::Fields(super::Offer::default())).unwrap();
    yes(&mut world, "guwahati", super::Telling::Fields(offered)).unwrap();
    // Both sides' envelopes, the last first, each twice; then whatever follows from them.
    let (here, there) = (world.sealed("guwahati", "shillong"), world.sealed("shillong", "guwahati"));
    assert_eq!((here.len(), there.len()), (1, 2), "a no, and yeses that cross");
    for (from, to, sealed) in [("shillong", "guwahati", there), ("guwahati", "shillong", here)] {
        for (_, bytes) in sealed.iter().rev().chain(&sealed) {
            world.deliver(from, to, bytes.clone());
        }
    }
    world.settle();
    assert_eq!(values(&world, "shillong").unwrap(), ["canary-mother"]);
    assert_eq!(values(&world, "guwahati").unwrap(), Vec::<String>::new());
    alike(&world);
}

#[test]
fn a_person_who_is_corrected_keeps_her_room_here_and_one_who_is_withdrawn_ends_it() {
    let (mut world, case) = AGREED.clone();
    two_steps(&mut world);
    let before = room(&world, "guwahati").unwrap();
    let village = drafts::text(MAN, "person", "home_village", "Sarthebari");
    let seen = crate::caselog::fold(&crate::caselog::load(&world["guwahati"].view, case).unwrap().unwrap());
    let seen = seen.entity("person", MAN).unwrap().field("home_village").unwrap().seen();
    world.act("guwahati", |txn| append(txn, case, &[drafts::instead(seen, village)], &author())).unwrap();
    world.settle();
    let alerts = crate::matching::list(&world["guwahati"].view, None, 10).unwrap();
    let kept = alerts.iter().find(|alert| alert.id == before.alert).unwrap();
    assert_ne!(kept.subject, before.own_subject, "announced anew");
    let after = super::room_of(&world["guwahati"].view, before.alert).unwrap().unwrap();
    assert_eq!((after.id, after.course.ended()), (before.id, None));

    let folded = crate::caselog::fold(&crate::caselog::load(&world["guwahati"].view, case).unwrap().unwrap());
    let seen = folded.entity("case_person", drafts::role_of(MAN)).unwrap().field("matching_basis").unwrap().seen();
    let none = drafts::draft(drafts::role_of(MAN), "case_person", "matching_basis", Value::cleared());
    world.act("guwahati", |txn| append(txn, case, &[drafts::instead(seen, none)], &author())).unwrap();
    world.settle();
    let after = super::room_of(&world["guwahati"].view, before.alert).unwrap().unwrap();
    assert_eq!(after.course.ended(), Some(Ending::Withdrawn));
    let other = crate::matching::list(&world["shillong"].view, None, 10).unwrap();
    let rooms = other.iter().filter_map(|alert| super::room_of(&world["shillong"].view, alert.id).unwrap());
    assert_eq!(rooms.map(|room| room.course.ended()).collect::<Vec<_>>(), [Some(Ending::Withdrawn)]);
}
