//! How rooms end: by a person, by both at once, by time, by a consent that ends; and what is left then.

use super::super::{Ending, RoomStep, room_stop};
use super::{
    AGREED, ALERTED, CLERK, Offer, Telling, UNITS, agree, alert_id, alike, offer, officer, room, told, two_steps, values, yes,
};
use crate::bounded::BoundedText;
use crate::caselog::append;
use crate::machine::Table;
use crate::matching::{Outcome, RoomRefusal, Step, set_state};
use crate::testing::World;
use crate::testing::drafts::{consent, id, instead, text};
use crate::time::DAY;

fn all_steps(world: &mut World) {
    two_steps(world);
    let offered = offer(world, &["mother"]);
    yes(world, "guwahati", Telling::Fields(offered)).unwrap();
    yes(world, "shillong", Telling::Fields(Offer::default())).unwrap();
    world.settle();
    assert_eq!(values(world, "shillong").unwrap(), ["canary-mother"]);
}

fn given_rows(world: &World, unit: &str) -> usize {
    world[unit].view.rows().filter(|(table, key, ..)| *table == Table::ROOMS && key[0] == b'g').count()
}

#[test]
fn whoever_stops_makes_both_forget() {
    let (mut world, _) = AGREED.clone();
    all_steps(&mut world);
    let id = alert_id(&world, "shillong");
    world.act("shillong", |txn| room_stop(txn, id, CLERK, "wrong person, by the photo")).unwrap();
    world.settle();
    for unit in UNITS {
        let room = room(&world, unit).unwrap();
        assert_eq!(room.course.ended(), Some(Ending::Stopped), "{unit}");
        assert_eq!(given_rows(&world, unit), 0, "{unit}");
        assert_eq!((room.own_yes.len(), room.peer_yes.len()), (3, 3), "what was signed stays");
    }
    assert!(!world["shillong"].holds("canary-mother"));
    alike(&world);
    assert!(matches!(yes(&mut world, "guwahati", officer("Officer Das")), Err(RoomRefusal::Ended)));
}

#[test]
fn not_the_same_mutes_the_pair_here_and_is_told() {
    let (mut world, _) = AGREED.clone();
    two_steps(&mut world);
    let here = alert_id(&world, "shillong");
    world.act("shillong", |txn| set_state(txn, here, CLERK, Step::Close(Outcome::NotSame))).unwrap();
    world.settle();
    for unit in UNITS {
        assert_eq!(room(&world, unit).unwrap().course.ended(), Some(Ending::NotSame), "{unit}");
        assert_eq!(given_rows(&world, unit), 0, "{unit}");
    }
    alike(&world);
}

#[test]
fn not_the_same_is_told_where_no_room_was_begun_but_only_after_contact() {
    for agreed in [true, false] {
        let (mut world, _) = ALERTED.clone();
        if agreed {
            agree(&mut world);
        }
        let here = alert_id(&world, "shillong");
        world.act("shillong", |txn| set_state(txn, here, CLERK, Step::Close(Outcome::NotSame))).unwrap();
        world.settle();
        assert_eq!(room(&world, "guwahati").map(|room| room.course.ended()), agreed.then_some(Some(Ending::NotSame)));
    }
}

#[test]
fn of_ends_that_cross_the_graver_counts_on_both_sides() {
    let (mut world, _) = AGREED.clone();
    two_steps(&mut world);
    let (here, there) = (alert_id(&world, "shillong"), alert_id(&world, "guwahati"));
    world.act("guwahati", |txn| room_stop(txn, there, CLERK, "")).unwrap();
    world.act("shillong", |txn| set_state(txn, here, CLERK, Step::Close(Outcome::NotSame))).unwrap();
    world.settle();
    for unit in UNITS {
        assert_eq!(room(&world, unit).unwrap().course.ended(), Some(Ending::NotSame), "{unit}");
    }
    alike(&world);
}

#[test]
fn time_ends_a_room_on_both_sides() {
    let (mut world, _) = AGREED.clone();
    all_steps(&mut world);
    world.advance(59 * DAY);
    assert_eq!(room(&world, "shillong").unwrap().course.ended(), None);
    world.advance(2 * DAY);
    for unit in UNITS {
        assert_eq!(room(&world, unit).unwrap().course.ended(), Some(Ending::Expired), "{unit}");
        assert_eq!(given_rows(&world, unit), 0, "{unit}");
    }
}

#[test]
fn a_yes_and_a_stop_that_cross_give_nothing() {
    let (mut world, _) = AGREED.clone();
    two_steps(&mut world);
    let offered = offer(&world, &["mother"]);
    yes(&mut world, "guwahati", Telling::Fields(offered)).unwrap();
    let id = alert_id(&world, "shillong");
    world.act("shillong", |txn| room_stop(txn, id, CLERK, "")).unwrap();
    world.settle();
    assert!(!world["shillong"].holds("canary-mother"));
    alike(&world);
}

#[test]
fn a_consent_withdrawn_before_the_other_sides_yes_lets_nothing_go() {
    let (mut world, case) = AGREED.clone();
    world.act("guwahati", |txn| append(txn, case, &consent(id(70), super::MAN), &super::author())).unwrap();
    world.settle();
    two_steps(&mut world);
    let offered = Offer { basis: crate::sharing::Basis::Consent, reason: BoundedText::default(), ..offer(&world, &["mother"]) };
    yes(&mut world, "guwahati", Telling::Fields(offered)).unwrap();
    world.settle();
    let withdrawn = [instead(Vec::new(), text(id(70), "consent", "withdrawn_on", "2026-11-23"))];
    world.act("guwahati", |txn| append(txn, case, &withdrawn, &super::author())).unwrap();
    world.settle();
    assert_eq!(room(&world, "shillong").unwrap().course.ended(), Some(Ending::Withdrawn));
    assert!(!world["shillong"].holds("canary-mother"));
    alike(&world);
}

#[test]
fn a_restored_unit_is_told_again_and_both_go_on() {
    let (mut world, _) = AGREED.clone();
    yes(&mut world, "guwahati", officer("Officer Das")).unwrap();
    world.settle();
    let backup = world["shillong"].view.clone();
    yes(&mut world, "shillong", officer("Officer Lyngdoh")).unwrap();
    world.settle();
    yes(&mut world, "guwahati", super::stage("R2")).unwrap();
    world.settle();
    world.restore("shillong", backup);
    world.connect("guwahati", "shillong");
    world.settle();
    world.advance(DAY);
    assert_eq!(room(&world, "shillong").unwrap().course.mine.yes, 0, "its own yes is not believed from anybody");
    yes(&mut world, "shillong", officer("Officer Lyngdoh")).unwrap();
    world.settle();
    assert!(told(&world, "shillong", RoomStep::Officer).is_some());
    yes(&mut world, "shillong", super::stage("R3")).unwrap();
    world.settle();
    for unit in UNITS {
        assert!(told(&world, unit, RoomStep::Case).is_some(), "{unit}");
    }
}
