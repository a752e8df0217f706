//! The parts of a share in any order, more than once, early, and not at all.
//! Contributions in any order are in `contributing`.

use super::super::{InState, OutState, accept, create, preview, previewed, recall, received_view};
use super::{GIRL, MAN, OPENED, author, deliver, given, held, orders, states};
use crate::caselog::{append, case_row};
use crate::envelope::Answer;
use crate::ids::{CaseId, ShareId};
use crate::machine::Table;
use crate::testing::World;
use crate::testing::drafts::{self, id, note};
use crate::time::{DAY, HOUR};
use crate::wire;
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

fn parts(world: &mut World) -> Vec<Vec<u8>> {
    world.sealed("guwahati", "shillong").into_iter().map(|(_, bytes)| bytes).collect()
}

#[test]
fn four_parts_in_every_order_come_to_the_same() {
    let (mut world, case, share) = IN_FOUR.clone();
    let sealed = parts(&mut world);
    assert_eq!(sealed.len(), 4);
    assert!(sealed.iter().all(|bytes| bytes.len() < 260 * 1024));
    let request = given(&world, share).share.stored().unwrap().into_value();
    let promised = preview(&world["guwahati"].view, world.now, &request).unwrap();
    let mut expected = None;
    for order in orders(4) {
        let mut world = world.clone();
        deliver(&mut world, "guwahati", "shillong", &sealed, &order[..3]);
        assert!(held(&world, "shillong", share).is_none_or(|row| row.state == InState::Arriving), "{order:?}");
        assert_eq!(deliver(&mut world, "guwahati", "shillong", &sealed, &order).len(), 4);
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
    assert!(case_row(&world["kathmandu"].view, case).unwrap().is_none());
}

#[test]
fn a_hundred_copies_of_each_part_change_nothing() {
    let (mut world, case) = OPENED.clone();
    world.offline("guwahati");
    let share = super::share(&mut world, case, "shillong");
    let sealed = parts(&mut world);
    let first = deliver(&mut world, "guwahati", "shillong", &sealed, &[0, 1]);
    world.act("shillong", |txn| accept(txn, share)).unwrap();
    let after = world["shillong"].view.clone();
    for _ in 0..100 {
        for (at, ack) in &first {
            assert_eq!(world.deliver("guwahati", "shillong", sealed[*at].clone()), *ack);
        }
    }
    assert!(after.rows().eq(world["shillong"].view.rows()));
    assert!(world["shillong"].incidents.is_empty());
}

#[test]
fn nothing_is_kept_of_a_share_that_has_not_come_or_was_refused() {
    let (mut world, _, share) = IN_FOUR.clone();
    let before = world["shillong"].state();
    for bytes in &parts(&mut world)[1..] {
        let answer = world.deliver("guwahati", "shillong", bytes.clone());
        assert_eq!(wire::decode(&answer, 4096), Ok(Answer::Failed), "to be tried again");
    }
    assert!(world["shillong"].state() == before);
    // It comes in the last moment of its envelope, which is one too late for the share in it.
    world.now = world.now.plus(30 * DAY);
    world.online("guwahati");
    assert_eq!(given(&world, share).state, OutState::Refused);
    assert!(parts(&mut world).is_empty(), "the parts are given up");
    assert!(!world["shillong"].holds("1 1 1") && !world["shillong"].holds("Rofiqul"));
}

#[test]
fn a_share_that_is_not_complete_cannot_be_looked_at_or_accepted() {
    let (mut world, _, share) = IN_FOUR.clone();
    let sealed = parts(&mut world);
    deliver(&mut world, "guwahati", "shillong", &sealed, &[0, 1, 2]);
    assert!(world.act("shillong", |txn| accept(txn, share)).is_err());
    world.act("shillong", |txn| previewed(txn, share)).unwrap();
    assert_eq!(held(&world, "shillong", share).unwrap().state, InState::Arriving);
    deliver(&mut world, "guwahati", "shillong", &sealed, &[3]);
    world.act("shillong", |txn| accept(txn, share)).unwrap();
}

#[test]
fn a_recall_that_overtakes_its_share_keeps_it_out() {
    let (mut world, _, share) = IN_FOUR.clone();
    let sealed = parts(&mut world);
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    // All are on their way already, and the recall is there first.
    let recall = parts(&mut world).pop().unwrap();
    world.deliver("guwahati", "shillong", recall);
    deliver(&mut world, "guwahati", "shillong", &sealed, &[2, 0, 1, 3]);
    world.settle();
    let row = held(&world, "shillong", share).unwrap();
    assert!(matches!(row.state, InState::Ended(_)) && row.receipted && row.case.is_none());
    assert!(!world["shillong"].holds("Rofiqul") && !world["shillong"].holds("1 1 1"));
    for table in [Table::WAITING, Table::CHANGES, Table::SHARE_TERMS, Table::ERASURES] {
        assert_eq!(world["shillong"].count(table), 0, "{table:?}");
    }
    world.online("guwahati");
    assert!(given(&world, share).receipt.is_some());
    assert!(
        world["shillong"].incidents.iter().all(|incident| incident.what.starts_with("sent entries under a share that has ended"))
    );
}

#[test]
fn a_recall_between_the_parts_destroys_what_has_come() {
    let (mut world, _, share) = IN_FOUR.clone();
    let sealed = parts(&mut world);
    deliver(&mut world, "guwahati", "shillong", &sealed, &[0, 1, 3]);
    world.act("guwahati", |txn| recall(txn, share)).unwrap();
    world.online("guwahati");
    deliver(&mut world, "guwahati", "shillong", &sealed, &[2]);
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
    assert!(parts(&mut world).is_empty(), "the voids have arrived");
    assert!(world["shillong"].incidents.is_empty());
    // The numbers that were given up are no hole: what follows is taken.
    let (_, case, _) = &*IN_FOUR;
    let next = super::share(&mut world, *case, "shillong");
    assert_eq!(states(&world, next), (OutState::Delivered, InState::Offered));
}
