//! The parts of a share in any order, more than once, early, and not at all.
//! Contributions in any order are in `contributing`.

use super::super::{InState, OutState, accept, create, previewed, received_view, recall};
use super::{GIRL, MAN, OPENED, author, given, held, orders, states};
use crate::caselog::append;
use crate::ids::{CaseId, ShareId};
use crate::machine::Table;
use crate::testing::World;
use crate::testing::drafts::{self, id, note};
use crate::time::{DAY, HOUR};
use std::sync::LazyLock;

/// A case so large that its share comes in four envelopes, which wait at Guwahati.
static IN_FOUR: LazyLock<(World, CaseId, ShareId)> = LazyLock::new(|| {
    let (mut world, case) = OPENED.clone();
    for number in 0..4 {
        let words = format!("{number} ").repeat(4_900);
        let drafts: Vec<_> = (0..13).flat_map(|at| note(id(100 + number * 13 + at), &words)).collect();
        world.act("guwahati", |txn| append(txn, case, &drafts, &author())).unwrap();
    }
    world.settle();
    world.offline("guwahati");
    let mut request = drafts::request(case, world["shillong"].id, &[GIRL, MAN], world.now.plus(30 * DAY));
    request.sections = drafts::sections(&["identity", "notes"]);
    let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
    (world, case, share)
});

#[test]
fn four_parts_in_every_order_come_to_the_same() {
    let (mut world, case, share) = IN_FOUR.clone();
    let sealed = world.sealed("guwahati", "shillong");
    assert_eq!(sealed.len(), 4);
    assert!(sealed.iter().all(|(_, bytes)| bytes.len() < 260 * 1024));
    let request = given(&world, share).share.stored().unwrap().into_value();
    let promised = super::super::preview(&world["guwahati"].view, world.now, &request).unwrap();
    let mut expected = None;
    for order in orders(4) {
        let mut world = world.clone();
        for (count, at) in order.iter().enumerate() {
            assert!(held(&world, "shillong", share).is_none_or(|row| row.state == InState::Arriving), "{order:?}: {count} of 4");
            world.deliver("guwahati", "shillong", sealed[*at].1.clone());
        }
        assert_eq!(held(&world, "shillong", share).unwrap().state, InState::Offered, "{order:?}");
        let state = world["shillong"].state();
        assert!(*expected.get_or_insert(state.clone()) == state, "{order:?}");
        assert_eq!(world["shillong"].count(Table::WAITING), 0);
        assert!(world["shillong"].incidents.is_empty());
        if order == [3, 2, 1, 0] {
            assert_eq!(received_view(&world["shillong"].view, share).unwrap().unwrap(), promised);
            assert_eq!(promised.of_kind("note").count(), 52);
        }
    }
    assert!(crate::caselog::case_row(&world["kathmandu"].view, case).unwrap().is_none());
}

#[test]
fn a_hundred_copies_of_each_part_change_nothing() {
    let (mut world, _, share) = IN_FOUR.clone();
    let sealed = world.sealed("guwahati", "shillong");
    let first: Vec<Vec<u8>> = sealed.iter().map(|(_, bytes)| world.deliver("guwahati", "shillong", bytes.clone())).collect();
    world.act("shillong", |txn| accept(txn, share)).unwrap();
    let after = world["shillong"].view.clone();
    for _ in 0..25 {
        for ((_, bytes), ack) in sealed.iter().zip(&first) {
            assert_eq!(world.deliver("guwahati", "shillong", bytes.clone()), *ack);
        }
    }
    assert!(after.rows().eq(world["shillong"].view.rows()));
    assert!(world["shillong"].incidents.is_empty());
}

#[test]
fn a_share_that_is_not_complete_cannot_be_looked_at_or_accepted() {
    let (mut world, _, share) = IN_FOUR.clone();
    let sealed = world.sealed("guwahati", "shillong");
    for (_, bytes) in &sealed[..3] {
        world.deliver("guwahati", "shillong", bytes.clone());
    }
    assert!(world.act("shillong", |txn| accept(txn, share)).is_err());
    world.act("shillong", |txn| previewed(txn, share)).unwrap();
    assert_eq!(held(&world, "shillong", share).unwrap().state, InState::Arriving);
    world.deliver("guwahati", "shillong", sealed[3].1.clone());
    world.act("shillong", |txn| accept(txn, share)).unwrap();
}

#[test]
fn a_recall_that_overtakes_its_share_keeps_it_out() {
    let (mut world, _, share) = IN_FOUR.clone();
    let sealed = world.sealed("guwahati", "shillong");
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    // Two of the parts are on their way already; one comes before the recall.
    let (_, recall) = world.sealed("guwahati", "shillong").pop().unwrap();
    world.deliver("guwahati", "shillong", sealed[1].1.clone());
    world.deliver("guwahati", "shillong", recall);
    for (_, bytes) in &sealed {
        world.deliver("guwahati", "shillong", bytes.clone());
    }
    world.settle();
    let row = held(&world, "shillong", share).unwrap();
    assert!(matches!(row.state, InState::Ended(_)) && row.receipted && row.case.is_none());
    assert!(!world["shillong"].holds("Rofiqul") && !world["shillong"].holds("1 1 1"));
    for table in [Table::WAITING, Table::CHANGES, Table::SHARE_TERMS, Table::ERASURES] {
        assert_eq!(world["shillong"].count(table), 0, "{table:?}");
    }
    world.online("guwahati");
    assert!(given(&world, share).receipt.is_some());
    assert!(world["shillong"].incidents.iter().all(|incident| incident.what.starts_with("sent entries under a share that has ended")));
}

#[test]
fn a_recall_between_the_parts_destroys_what_has_come() {
    let (mut world, _, share) = IN_FOUR.clone();
    let sealed = world.sealed("guwahati", "shillong");
    for at in [0, 1, 3] {
        world.deliver("guwahati", "shillong", sealed[at].1.clone());
    }
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    world.online("guwahati");
    world.deliver("guwahati", "shillong", sealed[2].1.clone());
    world.settle();
    assert!(!world["shillong"].holds("1 1 1") && world["shillong"].count(Table::CHANGES) == 0);
    assert!(given(&world, share).receipt.is_some());
}

#[test]
fn a_share_nobody_could_be_given_in_its_time_leaves_only_its_numbers() {
    let (mut world, _, share) = IN_FOUR.clone();
    world.advance(30 * DAY);
    assert_eq!(given(&world, share).state, OutState::Expired);
    world.advance(HOUR);
    world.online("guwahati");
    assert!(held(&world, "shillong", share).is_none());
    assert!(!world["shillong"].holds("Rofiqul"));
    assert!(world.sealed("guwahati", "shillong").is_empty(), "the voids have arrived");
    assert!(world["shillong"].incidents.is_empty());
    // The numbers that were given up are no hole: what follows is taken.
    let (_, case, _) = &*IN_FOUR;
    let next = super::share(&mut world, *case, "shillong");
    assert_eq!(states(&world, next), (OutState::Delivered, InState::Offered));
}
