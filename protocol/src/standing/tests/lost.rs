//! A lost laptop: Guwahati is put back on another one, with its key from paper, so that everybody compares words with it again.
//! Until then nobody shows it anything, and it signs nothing that it may have signed before.

use super::{
    MAN, SHARED, enter, folded, give, given, held, is_locked, meet, nobody_contradicts_itself, states, try_write, write,
};
use crate::caselog::{case_row, load};
use crate::federation::{joining, recovery};
use crate::ids::CaseId;
use crate::machine::MemoryView;
use crate::sharing::{Ended, InState, OutState, accept};
use crate::testing::World;
use crate::testing::drafts::{id, note, text};

/// Guwahati wrote once more after its backup, lost its laptop, and has a new key by its recovery key.
fn lost() -> (World, CaseId) {
    let (mut world, case, _) = SHARED.clone();
    let backup = world["guwahati"].view.clone();
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Karim")]);
    lose(&mut world, backup);
    (world, case)
}

/// The laptop is gone; what the backup holds goes on under the key on paper.
fn lose(world: &mut World, backup: MemoryView) {
    world.offline("guwahati");
    world.restore("guwahati", backup);
    new_key(world, "guwahati", "shillong");
}

fn new_key(world: &mut World, unit: &str, by: &str) {
    world.new_key(unit, by, &["kathmandu"]);
}

#[test]
fn a_node_with_another_key_goes_on_once_words_were_compared_again() {
    let (mut world, case) = lost();
    for _ in 0..2 {
        ["shillong", "kathmandu"].into_iter().for_each(|peer| meet(&mut world, "guwahati", peer));
    }
    assert!(is_locked(&world, "guwahati", "shillong"), "it knew Shillong before, and was shown nothing");
    assert!(try_write(&mut world, "guwahati", case, &note(id(51), "no")).is_err());
    for peer in ["shillong", "kathmandu"] {
        world.confirm("guwahati", peer);
        world.settle();
        world.confirm(peer, "guwahati");
        world.settle();
        meet(&mut world, "guwahati", peer);
        assert!(!is_locked(&world, "guwahati", peer), "{peer}");
    }
    let shown = |unit: &str| load(&world[unit].view, case).unwrap().unwrap().chains[&world["guwahati"].id].len();
    assert_eq!(shown("guwahati"), shown("shillong"));
    assert_eq!(folded(&world, "guwahati", case).entity("person", MAN).unwrap().text("father"), "Karim");
    write(&mut world, "guwahati", case, &[text(MAN, "person", "mother", "Rahima")]);
    nobody_contradicts_itself(&world);
    assert_eq!(folded(&world, "shillong", case).entity("person", MAN).unwrap().text("mother"), "Rahima");
    let told = world["guwahati"].incidents.iter().filter(|one| one.what.contains("safety words"));
    assert_eq!(told.count(), 2, "once for each, however often they meet");
}

#[test]
fn it_does_not_matter_who_compares_first() {
    let (mut world, _) = lost();
    meet(&mut world, "guwahati", "shillong");
    world.confirm("shillong", "guwahati");
    world.settle();
    assert!(is_locked(&world, "guwahati", "shillong"));
    world.confirm("guwahati", "shillong");
    world.settle();
    assert!(!is_locked(&world, "guwahati", "shillong"));
    nobody_contradicts_itself(&world);
}

#[test]
fn what_the_lost_laptop_may_have_signed_is_not_gone_on_with() {
    let (mut world, case, share) = SHARED.clone();
    let backup = world["guwahati"].view.clone();
    let second = give(&mut world, case, "kathmandu");
    let late = enter(&mut world, "guwahati", "GHY-9");
    lose(&mut world, backup);
    for peer in ["shillong", "kathmandu"] {
        meet(&mut world, "guwahati", peer);
        world.confirm("guwahati", peer);
        world.confirm(peer, "guwahati");
        world.settle();
    }
    assert_eq!(states(&world, share), (OutState::Active, InState::Active), "the backup knows it");
    let (given, held) = (given(&world, second).unwrap(), held(&world, "kathmandu", second).unwrap());
    assert_eq!((given.state, held.state), (OutState::Recalled, InState::Ended(Ended::Recalled)));
    assert!(given.receipt.is_some());
    assert!(case_row(&world["guwahati"].view, late).unwrap().is_none(), "nobody else had it");
    give(&mut world, case, "kathmandu");
    nobody_contradicts_itself(&world);
}

#[test]
fn what_it_forgot_comes_again_from_a_unit_too_that_showed_all_before_it_heard_of_the_new_key() {
    let (mut world, case, _) = SHARED.clone();
    let backup = world["kathmandu"].view.clone();
    let share = give(&mut world, case, "kathmandu");
    world.restore("kathmandu", backup);
    let paper = world["kathmandu"].recovery.clone();
    let replacement = world.act("kathmandu", |txn| recovery::recover(txn, &paper)).unwrap();
    meet(&mut world, "kathmandu", "guwahati");
    world.act("shillong", |txn| joining::propose_replacement(txn, &replacement)).unwrap();
    for _ in 0..2 {
        meet(&mut world, "shillong", "guwahati");
        for open in joining::proposals(&world["guwahati"].view).unwrap().into_iter().filter(|open| !open.approved_here) {
            world.act("guwahati", |txn| joining::approve(txn, open.hash)).unwrap();
        }
    }
    for peer in ["guwahati", "shillong"] {
        meet(&mut world, "kathmandu", peer);
        world.confirm("kathmandu", peer);
        world.confirm(peer, "kathmandu");
        world.settle();
        meet(&mut world, "kathmandu", peer);
        assert!(!is_locked(&world, "kathmandu", peer), "{peer}");
    }
    assert_eq!(held(&world, "kathmandu", share).map(|row| row.state), Some(InState::Offered));
    world.act("kathmandu", |txn| accept(txn, share)).unwrap();
    world.settle();
    assert_eq!(given(&world, share).unwrap().state, OutState::Active);
    assert!(world["kathmandu"].holds("Rofiqul"));
    nobody_contradicts_itself(&world);
}

#[test]
fn what_was_written_before_words_were_compared_again_goes_as_soon_as_they_are() {
    let (mut world, case, _) = SHARED.clone();
    new_key(&mut world, "shillong", "guwahati");
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Karim")]);
    let father = |world: &World| folded(world, "shillong", case).entity("person", MAN).unwrap().text("father").to_owned();
    assert_eq!(father(&world), "", "the words of its new key were not compared");
    world.confirm("guwahati", "shillong");
    world.confirm("shillong", "guwahati");
    world.settle();
    assert_eq!(father(&world), "Karim");
}
