//! What units contributed to a case before it changed its owner, and what becomes of it with the next one.
//! What goes along on its author's terms is in `along`. All units and people are invented.

use super::{GIRL, MAN, SHARED, folded, give, offer, pass_on, say_yes, write};
use crate::caselog::FIELD_REMOVED;
use crate::dictionary::Value;
use crate::ids::{CaseId, EntryHash};
use crate::sharing::{
    ContributionState, ContributionTerms, Handling, Onward, accept, admit, contribution_terms, contributions, create, take_back,
};
use crate::testing::World;
use crate::testing::drafts::{self, draft, id, instead, note, reference, text};
use crate::time::DAY;
use std::collections::BTreeMap;

fn states(world: &World, unit: &str, case: CaseId) -> BTreeMap<EntryHash, ContributionState> {
    contributions(&world[unit].view, case).unwrap().into_iter().map(|(entry, row)| (entry, row.state)).collect()
}

/// Kathmandu contributes a note to the case of Guwahati; gives its entry.
fn contribute(world: &mut World, case: CaseId, at: u8, words: &str) -> EntryHash {
    let before = states(world, "guwahati", case);
    write(world, "kathmandu", case, &note(id(at), words));
    states(world, "guwahati", case).into_keys().find(|entry| !before.contains_key(entry)).unwrap()
}

fn let_count(world: &mut World, case: CaseId, entry: EntryHash) {
    world.act("guwahati", |txn| admit(txn, case, entry, &drafts::author("Officer Das"))).unwrap();
    world.settle();
}

fn hand_over(world: &mut World, case: CaseId) {
    offer(world, case, "shillong").unwrap();
    say_yes(world, case, "shillong");
}

fn nobody_is_accused(world: &World) {
    for unit in ["guwahati", "shillong", "kathmandu", "imphal"] {
        assert!(world[unit].incidents.is_empty(), "{unit}: {:?}", world[unit].incidents);
    }
}

#[test]
fn what_was_taken_back_before_waits_for_nobody_at_the_next_owner() {
    let (mut world, case, _) = SHARED.clone();
    let entry = contribute(&mut world, case, 53, "canary-taken-back");
    world.act("kathmandu", |txn| take_back(txn, case, entry)).unwrap();
    world.settle();
    hand_over(&mut world, case);
    give(&mut world, "shillong", case, "kathmandu");
    write(&mut world, "kathmandu", case, &note(id(54), "For the new owner."));
    let there = states(&world, "shillong", case);
    let waiting = there.values().filter(|state| **state == ContributionState::Pending).count();
    assert_eq!(waiting, 1, "only what can be read: {there:?}");
    assert!(!world["shillong"].holds("canary-taken-back"));
    nobody_is_accused(&world);
}

#[test]
fn what_the_owner_added_goes_along_only_if_it_does_so_too_whom_that_concerns() {
    let (mut world, case, _) = SHARED.clone();
    let hers = [note(id(53), "She was seen."), vec![draft(id(53), "note", "person", reference(GIRL))]].concat();
    let before = states(&world, "guwahati", case);
    write(&mut world, "kathmandu", case, &hers);
    let entry = states(&world, "guwahati", case).into_keys().find(|entry| !before.contains_key(entry)).unwrap();
    let_count(&mut world, case, entry);
    let seen = folded(&world, "guwahati", case).entity("note", id(53)).unwrap().field("text").unwrap().seen();
    write(&mut world, "guwahati", case, &[instead(seen, text(id(53), "note", "text", "canary-of-her"))]);
    hand_over(&mut world, case);
    // There it would concern nobody, and go to everybody with whom the case is shared.
    assert!(!world["shillong"].holds("canary-of-her"));
    nobody_is_accused(&world);
}

#[test]
fn what_came_as_a_header_with_the_case_can_be_contributed_to_its_next_owner() {
    let (mut world, case, _) = SHARED.clone();
    let first = contribute(&mut world, case, 53, "canary-never-admitted");
    let second = contribute(&mut world, case, 54, "canary-admitted");
    let_count(&mut world, case, second);
    hand_over(&mut world, case);
    assert!(!world["shillong"].holds("canary-never-admitted") && !world["shillong"].holds("canary-admitted"));
    give(&mut world, "shillong", case, "kathmandu");
    let there = states(&world, "shillong", case);
    assert_eq!(there, BTreeMap::from([(first, ContributionState::Pending), (second, ContributionState::Pending)]));
    assert!(world["shillong"].holds("canary-never-admitted") && world["shillong"].holds("canary-admitted"));
    world.act("shillong", |txn| admit(txn, case, second, &drafts::author("Officer Lyngdoh"))).unwrap();
    world.settle();
    assert!(!folded(&world, "shillong", case).entity("note", id(54)).unwrap().is_pending());
    nobody_is_accused(&world);
}

#[test]
fn a_contribution_in_place_of_what_a_former_owner_showed_accuses_nobody() {
    let (mut world, case, _) = SHARED.clone();
    write(&mut world, "guwahati", case, &[text(MAN, "person", "father", "Abdul")]);
    let seen = folded(&world, "kathmandu", case).entity("person", MAN).unwrap().field("father").unwrap().seen();
    write(&mut world, "kathmandu", case, &[instead(seen, text(MAN, "person", "father", "Abdul Karim"))]);
    hand_over(&mut world, case);
    // The next owner shows less.
    let request = drafts::request(case, world["kathmandu"].id, &[GIRL], world.now.plus(DAY));
    let share = world.act("shillong", |txn| create(txn, request)).unwrap();
    world.settle();
    world.act("kathmandu", |txn| accept(txn, share)).unwrap();
    world.settle();
    assert_eq!(states(&world, "shillong", case).into_values().collect::<Vec<_>>(), [ContributionState::Pending]);
    nobody_is_accused(&world);
}

#[test]
fn what_the_next_owner_let_count_of_its_own_waits_for_nobody_once_the_case_is_back() {
    let (mut world, case, _) = SHARED.clone();
    write(&mut world, "shillong", case, &note(id(52), "Ours."));
    let (entry, state) = states(&world, "guwahati", case).pop_first().unwrap();
    assert_eq!(state, ContributionState::Pending);
    hand_over(&mut world, case);
    // It does not go back: it is removed.
    write(&mut world, "shillong", case, &[draft(id(52), "note", FIELD_REMOVED, Value::Bool(true))]);
    pass_on(&mut world, case, "shillong", "guwahati");
    assert_eq!(states(&world, "guwahati", case)[&entry], ContributionState::Admitted);
    assert!(!folded(&world, "guwahati", case).entity("note", id(52)).is_some_and(|note| note.is_pending()));
    nobody_is_accused(&world);
}

#[test]
fn what_its_author_handed_on_as_the_owner_ends_where_it_was_contributed_and_stays_with_the_case() {
    let (mut world, case, _) = SHARED.clone();
    write(&mut world, "shillong", case, &note(id(52), "canary-of-shillong"));
    let (entry, _) = states(&world, "guwahati", case).pop_first().unwrap();
    hand_over(&mut world, case);
    pass_on(&mut world, case, "shillong", "imphal");
    world.act("shillong", |txn| take_back(txn, case, entry)).unwrap();
    world.settle();
    assert_eq!(states(&world, "guwahati", case)[&entry], ContributionState::TakenBack);
    assert!(!world["guwahati"].holds("canary-of-shillong") && world["imphal"].holds("canary-of-shillong"));
    nobody_is_accused(&world);
}

#[test]
fn the_next_owner_is_told_of_an_end_once_it_can_be_told() {
    let (mut world, case, _) = SHARED.clone();
    let allowed = ContributionTerms { handling: Handling::H1, onward: Onward::Allowed, expires: None };
    world.act("kathmandu", |txn| contribution_terms(txn, case, allowed)).unwrap();
    let entry = contribute(&mut world, case, 53, "canary-passed-on");
    let_count(&mut world, case, entry);
    hand_over(&mut world, case);
    assert!(world["shillong"].holds("canary-passed-on"));
    // Guwahati is put back, and has met only Kathmandu since.
    let now = world["guwahati"].view.clone();
    world.offline("shillong");
    world.restore("guwahati", now);
    world.connect("guwahati", "kathmandu");
    world.settle();
    world.act("kathmandu", |txn| take_back(txn, case, entry)).unwrap();
    world.settle();
    assert!(!world["guwahati"].holds("canary-passed-on") && world["shillong"].holds("canary-passed-on"));
    assert!(world["guwahati"].incidents.is_empty(), "{:?}", world["guwahati"].incidents);
    world.online("shillong");
    world.connect("guwahati", "shillong");
    world.settle();
    assert!(!world["shillong"].holds("canary-passed-on"));
    nobody_is_accused(&world);
}
