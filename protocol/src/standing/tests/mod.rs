//! Nodes put back from a backup, among units that went on: Guwahati owns, Shillong receives, Kathmandu is a third.
//! All units and people are invented.

mod beacons;
mod contributions;
mod hostile;
mod lost;
mod numbers;
mod requests;
mod shares;
mod shown;
mod vectors;

use crate::caselog::{Draft, FoldedCase, LogRefusal, append, fold, load, open_case};
use crate::federation::restored;
use crate::ids::{CaseId, EntityId, ShareId};
use crate::machine::Table;
use crate::sharing::{self, InState, OutState, ShareIn, ShareOut};
use crate::testing::World;
use crate::testing::drafts::{self, SUSPECT, Sketch, VICTIM, id};
use crate::time::DAY;
use std::sync::LazyLock;

const GIRL: EntityId = id(10);
const MAN: EntityId = id(20);

/// A case of Guwahati that Shillong works on.
static SHARED: LazyLock<(World, CaseId, ShareId)> = LazyLock::new(|| {
    let mut world = World::federation(&["guwahati", "shillong", "kathmandu"]);
    let case = enter(&mut world, "guwahati", "GHY-1");
    let share = give(&mut world, case, "shillong");
    (world, case, share)
});

fn enter(world: &mut World, unit: &str, number: &str) -> CaseId {
    let persons = [
        drafts::person(GIRL, &Sketch { given: "Anjali", family: "Boro", basis: "", ..VICTIM }),
        drafts::person(MAN, &Sketch { given: "Rofiqul", family: "Islam", village: "Barpeta", ..SUSPECT }),
    ];
    let drafts: Vec<Draft> = drafts::case(number).into_iter().chain(persons.into_iter().flatten()).collect();
    let (case, _) = world.act(unit, |txn| open_case(txn, &drafts, &drafts::author("Officer Das"))).unwrap();
    world.settle();
    case
}

fn give(world: &mut World, case: CaseId, to: &str) -> ShareId {
    let request = drafts::request(case, world[to].id, &[GIRL, MAN], world.now.plus(30 * DAY));
    let share = world.act("guwahati", |txn| sharing::create(txn, request)).unwrap();
    world.settle();
    world.act(to, |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    share
}

fn try_write(world: &mut World, unit: &str, case: CaseId, drafts: &[Draft]) -> Result<(), LogRefusal> {
    let written = world.act(unit, |txn| append(txn, case, drafts, &drafts::author("Officer")));
    world.settle();
    written.map(|_| ())
}

fn write(world: &mut World, unit: &str, case: CaseId, drafts: &[Draft]) {
    try_write(world, unit, case, drafts).unwrap();
}

fn meet(world: &mut World, one: &str, other: &str) {
    world.connect(one, other);
    world.settle();
}

fn meet_all(world: &mut World, unit: &str) {
    for other in ["guwahati", "shillong", "kathmandu"] {
        if other != unit {
            meet(world, unit, other);
        }
    }
}

fn is_locked(world: &World, here: &str, there: &str) -> bool {
    restored::is_locked(&world[here].view, world[there].id).unwrap()
}

fn folded(world: &World, unit: &str, case: CaseId) -> FoldedCase {
    fold(&load(&world[unit].view, case).unwrap().unwrap())
}

fn given(world: &World, share: ShareId) -> Option<ShareOut> {
    let all = sharing::outgoing_list(&world["guwahati"].view, |_| true).unwrap();
    all.into_iter().find(|(id, _)| *id == share).map(|(_, row)| row)
}

fn held(world: &World, unit: &str, share: ShareId) -> Option<ShareIn> {
    let all = sharing::incoming_list(&world[unit].view, |_| true).unwrap();
    all.into_iter().find(|(id, _)| *id == share).map(|(_, row)| row)
}

fn states(world: &World, share: ShareId) -> (OutState, InState) {
    (given(world, share).unwrap().state, held(world, "shillong", share).unwrap().state)
}

/// Nobody holds a proof against anybody, and nobody was sent two envelopes or prekeys of one number.
fn nobody_contradicts_itself(world: &World) {
    for unit in ["guwahati", "shillong", "kathmandu"] {
        assert_eq!(world[unit].count(Table::PROOFS), 0, "{unit}");
        let twice: Vec<_> = world[unit].incidents.iter().filter(|one| one.what.contains("two different")).collect();
        assert!(twice.is_empty(), "{unit}: {twice:?}");
    }
}
