//! Requests on restored nodes: at the unit that asks and at the one that is asked.
//! What was said of them before the backup was made is as it was.

use super::{enter, is_locked, meet_all, nobody_contradicts_itself};
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::Name;
use crate::dictionary::Value;
use crate::ids::{CaseId, ShareId};
use crate::machine::{MemoryView, Scope};
use crate::requests::{
    AskState, Asked, Check, VerificationRequest, WorkState, answer, ask, asked, asked_list, close, take, work_of,
};
use crate::sharing::{Basis, Ended, Handling, Purpose};
use crate::testing::World;
use crate::time::{DAY, Timestamp};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const NEEDLE: &str = "Canary lane 7, Umsning";

static OPENED: LazyLock<(World, CaseId)> = LazyLock::new(|| {
    let mut world = World::federation(&["guwahati", "shillong", "kathmandu"]);
    let case = enter(&mut world, "guwahati", "GHY-1");
    (world, case)
});

fn put_question(world: &mut World, case: CaseId) -> ShareId {
    let request = VerificationRequest {
        id: ShareId([0; 16]),
        name: BoundedText::default(),
        address: BoundedText::new(NEEDLE).unwrap(),
        district: BoundedText::default(),
        checks: BoundedVec::new(vec![Check::Address]).unwrap(),
        question: BoundedText::default(),
        basis: Basis::LawEnforcement,
        purpose: Purpose::Verification,
        handling: Handling::H2,
        due: world.now.plus(14 * DAY),
        expires: Timestamp(0),
    };
    let reason = BoundedText::new("FIR 12 of 2026, invented").unwrap();
    let wish = Asked { case, person: super::GIRL, reason, to: world["shillong"].id, request };
    let id = world.act("guwahati", |txn| ask(txn, wish)).unwrap();
    world.settle();
    id
}

fn form() -> BTreeMap<Name, Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    [
        ("address_confirmed", text("partly")),
        ("findings", text("Canary finding: the stall is there.")),
        ("identity_confirmed_by", Value::Codes(vec!["witness".to_owned()])),
        ("persons_met", Value::Int(2)),
        ("recommendation", text("return_with_support")),
        ("visited_on", text("2026-11-25")),
        ("willingness", text("yes")),
    ]
    .map(|(name, value)| (Name::new(name).unwrap(), value))
    .into()
}

fn answer_it(world: &mut World, id: ShareId) {
    world.act("shillong", |txn| answer(txn, id, form())).unwrap();
    world.settle();
}

fn close_it(world: &mut World, id: ShareId) {
    world.act("guwahati", |txn| close(txn, id)).unwrap();
    world.settle();
}

fn put_back(world: &mut World, unit: &str, old: MemoryView) {
    world.restore(unit, old);
    meet_all(world, unit);
    for other in ["guwahati", "shillong", "kathmandu"] {
        assert!(!is_locked(world, unit, other), "{other}");
    }
    nobody_contradicts_itself(world);
}

fn state_here(world: &World, id: ShareId) -> Option<WorkState> {
    work_of(&world["shillong"].view, id).unwrap().map(|(row, _)| row.state)
}

fn state_made(world: &World, id: ShareId) -> Option<AskState> {
    asked(&world["guwahati"].view, id).unwrap().map(|row| row.state)
}

#[test]
fn what_was_withdrawn_after_the_backup_is_destroyed_at_once() {
    let (mut world, case) = OPENED.clone();
    let id = put_question(&mut world, case);
    let old = world["shillong"].view.clone();
    close_it(&mut world, id);
    world.restore("shillong", old);
    assert!(world["shillong"].holds(NEEDLE), "the backup brought it back");
    meet_all(&mut world, "shillong");
    assert_eq!(state_here(&world, id), Some(WorkState::Ended(Ended::Recalled)));
    assert!(!world["shillong"].holds(NEEDLE));
    let keys = world["shillong"].view.rows().filter(|(_, _, scope, _)| matches!(scope, Scope::Request(..))).count();
    assert_eq!(keys, 0);
    nobody_contradicts_itself(&world);
}

#[test]
fn what_was_asked_after_the_backup_is_known_again_with_what_was_answered() {
    for answers in [false, true] {
        let (mut world, case) = OPENED.clone();
        let old = world["shillong"].view.clone();
        let id = put_question(&mut world, case);
        if answers {
            answer_it(&mut world, id);
        }
        put_back(&mut world, "shillong", old);
        let expected = if answers { WorkState::Answered } else { WorkState::New };
        assert_eq!(state_here(&world, id), Some(expected));
        let (_, work) = work_of(&world["shillong"].view, id).unwrap().unwrap();
        let (request, answer) = work.unwrap();
        assert_eq!((&*request.address, answer.is_some()), (NEEDLE, answers));
        if !answers {
            world.act("shillong", |txn| take(txn, id)).unwrap();
            answer_it(&mut world, id);
        }
        assert_eq!(state_made(&world, id), Some(AskState::Answered));
        close_it(&mut world, id);
        assert!(!world["shillong"].holds(NEEDLE) && asked(&world["guwahati"].view, id).unwrap().unwrap().receipt.is_some());
    }
}

#[test]
fn an_answer_that_came_after_the_backup_comes_back() {
    let (mut world, case) = OPENED.clone();
    let id = put_question(&mut world, case);
    let old = world["guwahati"].view.clone();
    answer_it(&mut world, id);
    put_back(&mut world, "guwahati", old);
    assert_eq!(state_made(&world, id), Some(AskState::Answered));
    assert!(asked(&world["guwahati"].view, id).unwrap().unwrap().answer.is_some());
    close_it(&mut world, id);
    assert!(!world["shillong"].holds(NEEDLE));
}

#[test]
fn a_question_that_its_asker_has_forgotten_is_taken_back() {
    let (mut world, case) = OPENED.clone();
    let old = world["guwahati"].view.clone();
    let id = put_question(&mut world, case);
    put_back(&mut world, "guwahati", old);
    assert!(asked_list(&world["guwahati"].view).unwrap().is_empty());
    assert_eq!(state_here(&world, id), Some(WorkState::Ended(Ended::Recalled)));
    assert!(!world["shillong"].holds(NEEDLE));
}

#[test]
fn a_third_unit_shows_nothing_of_what_is_between_two_others() {
    let (mut world, case) = OPENED.clone();
    let id = put_question(&mut world, case);
    let kathmandu = world["kathmandu"].id;
    assert!(crate::requests::between(&world["guwahati"].view, kathmandu).unwrap().is_empty());
    world.restore("shillong", world["shillong"].view.clone());
    world.act("shillong", |txn| crate::requests::take_between(txn, kathmandu, crate::requests::Between::Over(id))).unwrap();
    assert_eq!(state_here(&world, id), Some(WorkState::New), "not its request to end");
}
