//! What an active share sends on its own: new values that it allows, word of those that are no longer current, and to everybody who is due.
//! What it allows is decided in `caselog`.

use super::super::{accept, create, terms};
use super::{GIRL, OPENED, SHARED, SISTER, folded, standing, write};
use crate::bounded::BoundedVec;
use crate::machine::{Table, ViewError};
use crate::testing::drafts::{self, draft, id, instead, reference, text};
use crate::time::DAY;

#[test]
fn a_restricted_value_goes_once_and_its_successor_is_only_told() {
    let (mut world, case) = OPENED.clone();
    let today = standing(&world, case, "person", GIRL, "health_alert");
    let mut request = drafts::request(case, world["shillong"].id, &[GIRL], world.now.plus(30 * DAY));
    request.items = BoundedVec::new(today.clone()).unwrap();
    let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
    world.settle();
    world.act("shillong", |txn| accept(txn, share)).unwrap();
    world.settle();
    assert!(world["shillong"].holds("canary-health"));
    write(&mut world, "guwahati", case, &[instead(today.clone(), text(GIRL, "person", "health_alert", "canary-worse"))]);
    write(&mut world, "guwahati", case, &[text(GIRL, "person", "religion", "canary-religion")]);
    world.settle();
    assert!(!world["shillong"].holds("canary-worse") && !world["shillong"].holds("canary-religion"));
    let (_, stale) = terms(&world["shillong"].view, share).unwrap().unwrap();
    assert_eq!(stale.into_iter().collect::<Vec<_>>(), today, "no longer current");
    // Told once.
    write(&mut world, "guwahati", case, &[text(SISTER, "person", "mother", "Maloti")]);
    assert!(world.sealed("guwahati", "shillong").is_empty());
}

#[test]
fn what_is_restricted_never_went_without_being_chosen() {
    let (world, ..) = SHARED.clone();
    assert!(!world["shillong"].holds("canary-health") && !world["shillong"].holds("Binita"));
}

#[test]
fn what_hangs_on_another_person_now_is_told_to_be_no_longer_current() {
    let (mut world, case, share) = SHARED.clone();
    write(&mut world, "guwahati", case, &drafts::stage(id(40), GIRL, "R2", "planned"));
    world.settle();
    let stage = folded(&world, "shillong", case);
    let shown = stage.entity("stage_entry", id(40)).unwrap().fields.len();
    assert_eq!(shown, 3);
    let seen = standing(&world, case, "stage_entry", id(40), "person");
    write(&mut world, "guwahati", case, &[instead(seen, draft(id(40), "stage_entry", "person", reference(SISTER)))]);
    write(&mut world, "guwahati", case, &[text(id(40), "stage_entry", "note", "canary-sister")]);
    world.settle();
    assert!(!world["shillong"].holds("canary-sister"));
    assert_eq!(terms(&world["shillong"].view, share).unwrap().unwrap().1.len(), shown);
}

#[test]
fn what_was_no_longer_current_and_stands_again_is_current_again() {
    let (mut world, case, share) = SHARED.clone();
    write(&mut world, "guwahati", case, &drafts::stage(id(40), GIRL, "R2", "planned"));
    for person in [SISTER, GIRL] {
        let seen = standing(&world, case, "stage_entry", id(40), "person");
        write(&mut world, "guwahati", case, &[instead(seen, draft(id(40), "stage_entry", "person", reference(person)))]);
        world.settle();
    }
    assert!(terms(&world["shillong"].view, share).unwrap().unwrap().1.is_empty(), "the stage is hers");
    let stage = folded(&world, "shillong", case);
    assert!(stage.entity("stage_entry", id(40)).unwrap().fields.values().all(|field| field.versions.len() == 1));
    assert!(world["shillong"].incidents.is_empty() && world["guwahati"].incidents.is_empty());
}

#[test]
fn one_peer_that_cannot_be_served_does_not_keep_the_others_from_it() {
    let (mut world, case, _) = SHARED.clone();
    let other = super::share(&mut world, case, "kathmandu");
    world.act("kathmandu", |txn| accept(txn, other)).unwrap();
    world.settle();
    for (lost, served) in [("shillong", "kathmandu"), ("kathmandu", "shillong")] {
        let mut world = world.clone();
        let peer = world[lost].id;
        world
            .act("guwahati", |txn| {
                txn.delete(Table::PEERS, peer.as_bytes());
                Ok::<_, ViewError>(())
            })
            .unwrap();
        write(&mut world, "guwahati", case, &[text(GIRL, "person", "father", "Haren")]);
        world.settle();
        assert!(world[served].holds("Haren") && !world[lost].holds("Haren"), "{lost} is lost");
        // Confirmed again and connected, it gets what it missed.
        world.confirm("guwahati", lost);
        world.confirm(lost, "guwahati");
        world.settle();
        world.connect("guwahati", lost);
        world.settle();
        assert!(world[lost].holds("Haren"));
    }
}
