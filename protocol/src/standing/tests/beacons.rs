//! Announcements on a restored node: who is forgotten is withdrawn, who was withdrawn since and stands here is announced again.
//! Numbers are never used twice.

use super::{MAN, SHARED, enter, meet, meet_all, nobody_contradicts_itself};
use crate::caselog::append;
use crate::core::Input;
use crate::ids::CaseId;
use crate::machine::{BeaconRow, Table};
use crate::matching::{self, Status};
use crate::testing::World;
use crate::testing::drafts::{self, id, instead, text};
use crate::time::DAY;
use crate::wire;

fn live_at(world: &World, here: &str, of: &str) -> usize {
    let unit = world[of].id;
    let rows = world[here].view.rows().filter(|(table, key, ..)| *table == Table::BEACONS && key.starts_with(unit.as_bytes()));
    let rows = rows.map(|(.., row)| wire::decode::<BeaconRow>(row, row.len()).unwrap());
    let subjects = rows.filter(|row| row.live_tokens().next().is_some()).filter_map(|row| Some(row.kept?.subject));
    subjects.collect::<std::collections::BTreeSet<_>>().len()
}

fn close(world: &mut World, case: CaseId) {
    let seen = super::folded(world, "guwahati", case).entity("case", id(1)).unwrap().field("status").unwrap().seen();
    let draft = instead(seen, text(id(1), "case", "status", "closed"));
    world.act("guwahati", |txn| append(txn, case, &[draft], &drafts::author("Officer"))).unwrap();
    world.settle();
}

#[test]
fn who_was_announced_after_the_backup_and_is_forgotten_is_withdrawn() {
    let (mut world, ..) = SHARED.clone();
    let old = world["guwahati"].view.clone();
    let before = live_at(&world, "kathmandu", "guwahati");
    enter(&mut world, "guwahati", "GHY-9");
    assert_eq!(live_at(&world, "kathmandu", "guwahati"), before + 1);
    world.restore("guwahati", old);
    meet(&mut world, "guwahati", "shillong");
    assert_eq!(live_at(&world, "kathmandu", "guwahati"), before + 1, "not before all have shown");
    meet(&mut world, "guwahati", "kathmandu");
    assert_eq!(live_at(&world, "kathmandu", "guwahati"), before);
    assert_eq!(live_at(&world, "shillong", "guwahati"), before);
    nobody_contradicts_itself(&world);
}

#[test]
fn what_only_one_member_heard_is_withdrawn_also_if_another_heard_more() {
    for (first, second) in [("shillong", "kathmandu"), ("kathmandu", "shillong")] {
        let (mut world, ..) = SHARED.clone();
        let (old, unit) = (world["guwahati"].view.clone(), world["guwahati"].id);
        let (before, from) = (live_at(&world, "kathmandu", "guwahati"), matching::newest_number(&old, unit).unwrap());
        world.offline("guwahati");
        for number in ["GHY-8", "GHY-9"] {
            enter(&mut world, "guwahati", number);
        }
        let two = matching::beacons_after(&world["guwahati"].view, unit, from, 10).unwrap();
        assert_eq!(two.len(), 2);
        for (beacon, to) in two.iter().zip([second, first]) {
            world.handle(to, Input::BeaconGossip { bytes: beacon.as_bytes().to_vec() });
        }
        assert_eq!(["shillong", "kathmandu"].map(|by| live_at(&world, by, "guwahati")), [before + 1; 2]);
        world.restore("guwahati", old);
        world.offline(second);
        world.online("guwahati");
        world.online(second);
        assert_eq!(["shillong", "kathmandu"].map(|by| live_at(&world, by, "guwahati")), [before; 2], "{second} heard less");
        nobody_contradicts_itself(&world);
    }
}

#[test]
fn who_was_withdrawn_after_the_backup_and_stands_here_is_announced_again() {
    let (mut world, ..) = SHARED.clone();
    // Of this case nobody else holds an entry: that it was closed is lost with the disk.
    let case = enter(&mut world, "guwahati", "GHY-7");
    let old = world["guwahati"].view.clone();
    let before = live_at(&world, "kathmandu", "guwahati");
    close(&mut world, case);
    assert_eq!(live_at(&world, "kathmandu", "guwahati"), before - 1);
    world.restore("guwahati", old);
    meet_all(&mut world, "guwahati");
    assert_eq!(matching::status(&world["guwahati"].view, case, MAN).unwrap(), Status::Announced);
    assert_eq!(live_at(&world, "kathmandu", "guwahati"), before);
    nobody_contradicts_itself(&world);
}

#[test]
fn numbers_go_on_above_what_counts_no_more_and_was_dropped_everywhere() {
    let (mut world, first, _) = SHARED.clone();
    close(&mut world, first);
    let case = enter(&mut world, "guwahati", "GHY-7");
    let (old, unit) = (world["guwahati"].view.clone(), world["guwahati"].id);
    close(&mut world, case);
    // Nothing of Guwahati counts any more, and its head says so.
    world.advance(DAY);
    meet_all(&mut world, "guwahati");
    assert_eq!(matching::beacons_after(&world["kathmandu"].view, unit, 0, 10).unwrap(), []);
    world.restore("guwahati", old);
    meet_all(&mut world, "guwahati");
    assert_eq!(matching::status(&world["guwahati"].view, case, MAN).unwrap(), Status::Announced);
    for other in ["kathmandu", "shillong"] {
        assert_eq!(live_at(&world, other, "guwahati"), 1, "{other}: he stands here again, and that was not heard");
    }
    world.advance(DAY);
    meet_all(&mut world, "guwahati");
    let missing = matching::incomplete(&world["shillong"].view, world.now).unwrap();
    assert!(!missing.contains(&unit), "{missing:?}");
    nobody_contradicts_itself(&world);
}

#[test]
fn numbers_go_on_above_what_others_heard_and_leave_no_hole() {
    let (mut world, ..) = SHARED.clone();
    let old = world["guwahati"].view.clone();
    for number in ["GHY-3", "GHY-4", "GHY-5"] {
        enter(&mut world, "guwahati", number);
    }
    let unit = world["guwahati"].id;
    let heard = matching::newest_number(&world["shillong"].view, unit).unwrap();
    world.restore("guwahati", old);
    // A case entered while waiting is announced once everybody has shown.
    let fresh = enter(&mut world, "guwahati", "GHY-6");
    assert_eq!(matching::status(&world["guwahati"].view, fresh, MAN).unwrap(), Status::Quiet);
    meet_all(&mut world, "guwahati");
    world.advance(DAY);
    assert_eq!(matching::status(&world["guwahati"].view, fresh, MAN).unwrap(), Status::Announced);
    assert!(matching::newest_number(&world["shillong"].view, unit).unwrap() > heard);
    meet(&mut world, "shillong", "guwahati");
    let missing = matching::incomplete(&world["shillong"].view, world.now).unwrap();
    assert!(!missing.contains(&unit), "{missing:?}");
    nobody_contradicts_itself(&world);
}
