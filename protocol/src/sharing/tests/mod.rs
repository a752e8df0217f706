//! Shares between whole units: Guwahati owns, Shillong receives, Kathmandu is a third. All units and people are invented.
//! The quiet course of a share is told in `tests/story.rs`; here is what disturbs it.

mod arriving;
mod consenting;
mod contributing;
mod ending;
mod flipped;
mod masks;
mod paused;
mod refused;
mod rekeyed;
mod resuming;
mod revising;
mod taking_back;
mod updating;
mod vectors;

use super::{InState, OutState, ShareIn, ShareOut, accept, create, incoming_list, outgoing_list};
use crate::caselog::{Appended, Author, Change, Draft, Entry, FoldedCase, append, fold, load, open_case};
use crate::crypto::{NodeSecret, Signed};
use crate::envelope::{Answer, Kind, outbox};
use crate::federation::own;
use crate::ids::{CaseId, Commitment, EntityId, ShareId};
use crate::testing::World;
use crate::testing::drafts::{self, SUSPECT, Sketch, VICTIM, id};
use crate::time::DAY;
use crate::wire;
use std::sync::LazyLock;

const GIRL: EntityId = id(10);
const MAN: EntityId = id(20);
/// In the case, and never named in a share.
const SISTER: EntityId = id(30);

/// A case of Guwahati, not shared yet.
static OPENED: LazyLock<(World, CaseId)> = LazyLock::new(|| {
    let mut world = World::federation(&["guwahati", "shillong", "kathmandu"]);
    let persons = [
        drafts::person(GIRL, &Sketch { given: "Anjali", family: "Boro", basis: "", ..VICTIM }),
        drafts::person(MAN, &Sketch { given: "Rofiqul", family: "Islam", basis: "", ..SUSPECT }),
        drafts::person(SISTER, &Sketch { given: "Binita", family: "Boro", basis: "", ..VICTIM }),
        vec![drafts::text(GIRL, "person", "health_alert", "canary-health"), drafts::text(GIRL, "person", "mother", "Maloti")],
    ];
    let drafts: Vec<Draft> = drafts::case("GHY-1").into_iter().chain(persons.into_iter().flatten()).collect();
    let (case, _) = world.act("guwahati", |txn| open_case(txn, &drafts, &author())).unwrap();
    world.settle();
    (world, case)
});

/// The same, shared with Shillong and accepted there.
static SHARED: LazyLock<(World, CaseId, ShareId)> = LazyLock::new(|| {
    let (mut world, case) = OPENED.clone();
    let share = share(&mut world, case, "shillong");
    world.act("shillong", |txn| accept(txn, share)).unwrap();
    world.settle();
    (world, case, share)
});

fn author() -> Author {
    drafts::author("Officer Das")
}

/// Guwahati shares its case with somebody, and it arrives.
fn share(world: &mut World, case: CaseId, to: &str) -> ShareId {
    let request = drafts::request(case, world[to].id, &[GIRL, MAN], world.now.plus(30 * DAY));
    let share = world.act("guwahati", |txn| create(txn, request)).unwrap();
    world.settle();
    share
}

fn write(world: &mut World, unit: &str, case: CaseId, drafts: &[Draft]) -> Appended {
    world.act(unit, |txn| append(txn, case, drafts, &author())).unwrap()
}

fn folded(world: &World, unit: &str, case: CaseId) -> FoldedCase {
    fold(&load(&world[unit].view, case).unwrap().unwrap())
}

/// The commitments that stand in a field at Guwahati.
fn standing(world: &World, case: CaseId, kind: &str, entity: EntityId, field: &str) -> Vec<Commitment> {
    folded(world, "guwahati", case).entity(kind, entity).unwrap().field(field).unwrap().seen()
}

fn given(world: &World, share: ShareId) -> ShareOut {
    outgoing_list(&world["guwahati"].view, |_| true).unwrap().into_iter().find(|(id, _)| *id == share).unwrap().1
}

fn held(world: &World, unit: &str, share: ShareId) -> Option<ShareIn> {
    incoming_list(&world[unit].view, |_| true).unwrap().into_iter().find(|(id, _)| *id == share).map(|(_, row)| row)
}

fn states(world: &World, share: ShareId) -> (OutState, InState) {
    (given(world, share).state, held(world, "shillong", share).unwrap().state)
}

/// Sends any payload, as a cheat can.
fn send(world: &mut World, from: &str, to: &str, kind: Kind, payload: Vec<u8>) {
    let to = world[to].id;
    world.act(from, |txn| outbox::queue(txn, to, kind, payload, None)).unwrap();
    world.settle();
}

fn key(world: &World, unit: &str) -> NodeSecret {
    own::load(&world[unit].view).unwrap().key()
}

/// What a unit wrote in a case itself: the entry at `seq` and its changes.
fn own_entry(world: &World, unit: &str, case: CaseId, seq: usize) -> (Signed<Entry>, Vec<Change>) {
    let log = load(&world[unit].view, case).unwrap().unwrap();
    let entry = &log.chains[&world[unit].id][seq];
    (entry.signed.clone(), log.changes_of(entry).map(|(_, change)| change.clone()).collect())
}

fn last_incident(world: &World, unit: &str) -> &'static str {
    world[unit].incidents.last().unwrap().what
}

/// Every order of `0..count`.
fn orders(count: usize) -> Vec<Vec<usize>> {
    (0..count).fold(vec![Vec::new()], |orders, next| {
        orders.iter().flat_map(|order| (0..=order.len()).map(move |at| [&order[..at], &[next], &order[at..]].concat())).collect()
    })
}

/// Brings sealed envelopes in this order, and those that are to be tried again after them as long as that helps; gives the
/// acknowledgements.
fn deliver(world: &mut World, from: &str, to: &str, sealed: &[Vec<u8>], order: &[usize]) -> Vec<(usize, Vec<u8>)> {
    let (mut left, mut answers) = (order.to_vec(), Vec::new());
    loop {
        let before = left.len();
        left.retain(|at| {
            let answer = world.deliver(from, to, sealed[*at].clone());
            let again = answer == wire::encode(&Answer::Failed);
            if !again {
                answers.push((*at, answer));
            }
            again
        });
        if left.len() == before {
            return answers;
        }
    }
}
