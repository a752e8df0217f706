//! Cases that change their owner between whole units: Guwahati owns, Shillong is to own, Kathmandu and Imphal look on.
//! All units and people are invented.

mod afterwards;
mod again;
mod along;
mod contributed;
mod course;
mod forgotten;
mod hostile;
mod line;
mod refused;
mod superseded;
mod vectors;

use super::{GivenState, Request, TakenState, TransferRefusal, accept, given, propose, received};
use crate::bounded::BoundedText;
use crate::caselog::{Draft, FoldedCase, append, case_row, fold, load, open_case};
use crate::ids::{CaseId, EntityId, ShareId, TransferId, UnitId};
use crate::sharing::{self, Basis, SharePerson};
use crate::testing::World;
use crate::testing::drafts::{self, SUSPECT, Sketch, VICTIM, id};
use crate::time::DAY;
use std::sync::LazyLock;

const GIRL: EntityId = id(10);
const MAN: EntityId = id(20);
/// In the case, and not named in the share under which Shillong works on it.
const SISTER: EntityId = id(30);

/// A case of Guwahati; Shillong and Kathmandu work on it under a share each.
static SHARED: LazyLock<(World, CaseId, ShareId)> = LazyLock::new(|| {
    let mut world = World::federation(&["guwahati", "shillong", "kathmandu", "imphal"]);
    let persons = [
        drafts::person(GIRL, &Sketch { given: "Anjali", family: "Boro", basis: "", ..VICTIM }),
        drafts::person(MAN, &Sketch { given: "Rofiqul", family: "Islam", village: "Barpeta", ..SUSPECT }),
        drafts::person(SISTER, &Sketch { given: "Binita", family: "Boro", basis: "", ..VICTIM }),
        vec![drafts::text(GIRL, "person", "health_alert", "canary-health")],
    ];
    let drafts: Vec<Draft> = drafts::case("GHY-1").into_iter().chain(persons.into_iter().flatten()).collect();
    let (case, _) = world.act("guwahati", |txn| open_case(txn, &drafts, &drafts::author("Officer Das"))).unwrap();
    let share = give(&mut world, "guwahati", case, "shillong");
    give(&mut world, "guwahati", case, "kathmandu");
    (world, case, share)
});

/// The same after Shillong said yes and all has arrived.
static HANDED: LazyLock<(World, CaseId)> = LazyLock::new(|| {
    let (mut world, case, _) = SHARED.clone();
    offer(&mut world, case, "shillong").unwrap();
    say_yes(&mut world, case, "shillong");
    (world, case)
});

/// A share of two persons, accepted.
fn give(world: &mut World, from: &str, case: CaseId, to: &str) -> ShareId {
    let request = drafts::request(case, world[to].id, &[GIRL, MAN], world.now.plus(30 * DAY));
    let share = world.act(from, |txn| sharing::create(txn, request)).unwrap();
    world.settle();
    world.act(to, |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    share
}

fn everybody(persons: &[EntityId]) -> Vec<SharePerson> {
    let reason = BoundedText::new("the case moves to the district of the home (invented)").unwrap();
    persons.iter().map(|entity| SharePerson { entity: *entity, basis: Basis::LawEnforcement, reason: reason.clone() }).collect()
}

fn offer(world: &mut World, case: CaseId, to: &str) -> Result<TransferId, TransferRefusal> {
    let request = Request { case, to: world[to].id, persons: everybody(&[GIRL, MAN, SISTER]) };
    let made = world.act("guwahati", |txn| propose(txn, request, &drafts::author("Officer Das")))?;
    world.settle();
    Ok(made)
}

/// The case goes on from one owner to the next.
fn pass_on(world: &mut World, case: CaseId, from: &str, to: &str) {
    give(world, from, case, to);
    let request = Request { case, to: world[to].id, persons: everybody(&[GIRL, MAN, SISTER]) };
    world.act(from, |txn| propose(txn, request, &drafts::author("Officer Lyngdoh"))).unwrap();
    world.settle();
    say_yes(world, case, to);
    assert_eq!(owner(world, to, case), world[to].id);
}

fn say_yes(world: &mut World, case: CaseId, unit: &str) {
    world.act(unit, |txn| accept(txn, case, &drafts::author("Officer Lyngdoh"))).unwrap();
    world.settle();
}

fn owner(world: &World, unit: &str, case: CaseId) -> UnitId {
    case_row(&world[unit].view, case).unwrap().unwrap().owner
}

fn folded(world: &World, unit: &str, case: CaseId) -> FoldedCase {
    fold(&load(&world[unit].view, case).unwrap().unwrap())
}

fn write(world: &mut World, unit: &str, case: CaseId, drafts: &[Draft]) {
    world.act(unit, |txn| append(txn, case, drafts, &drafts::author("Officer"))).unwrap();
    world.settle();
}

fn states(world: &World, case: CaseId) -> (GivenState, TakenState) {
    let there = received(&world["shillong"].view, case).unwrap().unwrap().row.state;
    (given(&world["guwahati"].view, case).unwrap().unwrap().state, there)
}

fn last_incident(world: &World, unit: &str) -> &'static str {
    world[unit].incidents.last().unwrap().what
}
