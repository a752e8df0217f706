//! Keepers between whole units in memory: Guwahati founded; it, Shillong, Kathmandu, Delhi and Kolkata come to keep the key three of
//! five; Tezpur keeps nothing. All units and people are invented.

mod blinding;
mod changing;
mod cheating;
mod generation;
mod hostile;
mod quota;
mod red_team;
mod vectors;

use super::generation::{State, runs, say_yes, start};
use super::{Asking, Mark, marks};
use crate::caselog::open_case;
use crate::federation::charter::{self, Blinding};
use crate::federation::joining;
use crate::ids::{CaseId, GenerationId, PersonRef};
use crate::machine::ToBlind;
use crate::matching::{self, Status};
use crate::testing::World;
use crate::testing::drafts::{self, SUSPECT, Sketch, id};
use std::sync::LazyLock;

const FIVE: [&str; 5] = ["guwahati", "shillong", "kathmandu", "delhi", "kolkata"];
const ALL: [&str; 6] = ["guwahati", "shillong", "kathmandu", "delhi", "kolkata", "tezpur"];

const ROFIQUL: Sketch<'static> =
    Sketch { given: "Md. Rofiqul", family: "Islam", father: "Abdul Karim", village: "Kalgachia", birth: "1984", ..SUSPECT };
const RAFIQUL: Sketch<'static> = Sketch {
    given: "Mohammad Rafiqul",
    family: "Islam",
    father: "Abdul Kareem",
    village: "Kalgachhia",
    age: Some(40),
    ..SUSPECT
};

/// Six members; the founder is the only keeper.
static MEMBERS: LazyLock<World> = LazyLock::new(|| World::members(&ALL));

/// Five of them keep the key of epoch 1, three are needed.
static KEPT: LazyLock<World> = LazyLock::new(|| {
    let mut world = MEMBERS.clone();
    generate(&mut world, "guwahati", 3, &FIVE);
    pass(&mut world);
    assert_eq!(present(&world, "tezpur").epoch(), 1);
    world
});

fn present(world: &World, unit: &str) -> Blinding {
    charter::current(&world[unit].view).unwrap().unwrap().blinding.unwrap()
}

/// `by` wants a key; everybody who is to keep it says yes.
fn generate(world: &mut World, by: &str, threshold: u16, keepers: &[&str]) -> GenerationId {
    let wanted = want(world, by, threshold, keepers);
    for unit in keepers.iter().filter(|unit| **unit != by) {
        world.act(unit, |txn| say_yes(txn, wanted)).unwrap();
        world.settle();
    }
    wanted
}

fn want(world: &mut World, by: &str, threshold: u16, keepers: &[&str]) -> GenerationId {
    let units = keepers.iter().map(|unit| world[unit].id).collect();
    let wanted = world.act(by, |txn| start(txn, threshold, units)).unwrap();
    world.settle();
    wanted
}

/// Everybody approves what is proposed.
fn pass(world: &mut World) {
    for unit in ALL {
        let open = joining::proposals(&world[unit].view).unwrap();
        for proposal in open.iter().filter(|proposal| !proposal.approved_here) {
            match world.act(unit, |txn| joining::approve(txn, proposal.hash)) {
                Ok(_) | Err(joining::JoinError::NoProposal) => {}
                Err(error) => panic!("{unit}: {error}"),
            }
        }
        world.settle();
    }
    world.advance(1);
}

fn state(world: &World, unit: &str, wanted: GenerationId) -> State {
    runs(&world[unit].view).unwrap().into_iter().find(|run| run.id == wanted).unwrap().state
}

fn mark_of(world: &World, unit: &str, about: &str) -> Mark {
    let about = world[about].id;
    marks(&world[unit].view).unwrap().into_iter().find(|(unit, _)| *unit == about).map(|(_, mark)| mark).unwrap_or_default()
}

/// A case with one suspect; he is to be blinded at the next settling.
fn enter(world: &mut World, unit: &str, number: &str, sketch: &Sketch<'_>) -> CaseId {
    let drafts = [drafts::case(number), drafts::person(id(20), sketch)].concat();
    let (case, _) = world.act(unit, |txn| open_case(txn, &drafts, &drafts::author("Officer Das"))).unwrap();
    case
}

/// A request by which `unit` would have one guessed input blinded by one keeper.
fn request(world: &World, unit: &str, keeper: &str, reference: u8, guess: u8) -> Vec<u8> {
    let wanted =
        ToBlind { person_ref: PersonRef([reference; 16]), number: 1_000 + u64::from(reference), inputs: vec![vec![guess]] };
    let mut asking = Asking::begin(&world[unit].view, &wanted, world.now, |_| true).unwrap().unwrap();
    let id = world[keeper].id;
    core::iter::from_fn(|| asking.next_keeper()).find(|(unit, _)| *unit == id).unwrap().1
}

/// It is asked, and nothing comes of it: neither announced nor kept.
fn guess(world: &mut World, unit: &str, keeper: &str, number: u8) -> Vec<u8> {
    let request = request(world, unit, keeper, number, number);
    let (from, to) = (world.at(unit), world.at(keeper));
    world.ask_keeper(from, to, request).unwrap()
}

fn status(world: &World, unit: &str, case: CaseId) -> Status {
    matching::status(&world[unit].view, case, id(20)).unwrap()
}

fn alerts(world: &World, unit: &str) -> Vec<matching::Alert> {
    matching::list(&world[unit].view, None, 10).unwrap()
}

fn incidents(world: &World, unit: &str, what: &str) -> usize {
    world[unit].incidents.iter().filter(|incident| incident.what.contains(what)).count()
}

#[test]
fn a_federation_begins_with_one_of_one_by_the_same_way() {
    let mut world = World::members(&["guwahati", "shillong"]);
    let blinding = present(&world, "shillong");
    assert_eq!((blinding.epoch(), blinding.terms.threshold, blinding.shares.len()), (0, 1, 1));
    enter(&mut world, "guwahati", "GHY-1", &ROFIQUL);
    enter(&mut world, "shillong", "SHL-1", &RAFIQUL);
    world.settle();
    for unit in ["guwahati", "shillong"] {
        assert_eq!(alerts(&world, unit).len(), 1, "{unit}");
    }
    let asked = |what: &str| world.wire.iter().filter(|frame| frame.what == what).count();
    assert_eq!((asked("blind"), asked("blind answer")), (1, 1), "Shillong asked Guwahati, and Guwahati itself");
}

#[test]
fn the_members_are_asked_only_once_the_key_is_there() {
    let mut world = MEMBERS.clone();
    let wanted = want(&mut world, "tezpur", 2, &["shillong", "delhi", "kolkata"]);
    assert!(runs(&world["shillong"].view).unwrap()[0].asks_here);
    for unit in ["shillong", "delhi"] {
        world.act(unit, |txn| say_yes(txn, wanted)).unwrap();
        world.settle();
    }
    assert_eq!(state(&world, "tezpur", wanted), State::Running);
    assert!(joining::proposals(&world["tezpur"].view).unwrap().is_empty());
    world.act("kolkata", |txn| say_yes(txn, wanted)).unwrap();
    world.settle();
    assert!(matches!(state(&world, "shillong", wanted), State::Done(_)));
    assert_eq!(joining::proposals(&world["guwahati"].view).unwrap().len(), 1);
    assert_eq!(present(&world, "guwahati").epoch(), 0);
    pass(&mut world);
    assert_eq!(present(&world, "guwahati").terms.id(), wanted);
}
