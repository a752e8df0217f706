//! Rooms between whole units in memory: Guwahati and Shillong hold the same suspect, Kathmandu is a third. All people are invented.
//! Not how two machines come to the same end in any order: that is `crossing`.

mod crossing;
mod ending;
mod refused;
mod steps;
mod vectors;

use super::{
    CaseStage, Choice, Chosen, Given, Offer, Officer, Room, RoomRefusal, RoomStep, Telling, What, choices, given_there, room_of,
    room_yes,
};
use crate::bounded::BoundedText;
use crate::caselog::{Author, Draft, open_case};
use crate::ids::{AlertId, CaseId, EntityId};
use crate::matching::{Account, Alert, Answer, answer, ask, list};
use crate::sharing::{Basis, Handling};
use crate::testing::World;
use crate::testing::drafts::{self, SUSPECT, Sketch, id};
use std::sync::LazyLock;

const MAN: EntityId = id(20);
const CLERK: Account = Account([9; 16]);
const UNITS: [&str; 2] = ["guwahati", "shillong"];

/// Guwahati's suspect.
const ROFIQUL: Sketch<'static> =
    Sketch { given: "Md. Rofiqul", family: "Islam", father: "Abdul Karim", village: "Kalgachia", birth: "1984", ..SUSPECT };
/// The same man as Shillong heard of him.
const RAFIQUL: Sketch<'static> = Sketch {
    given: "Mohammad Rafiqul",
    family: "Islam",
    father: "Abdul Kareem",
    village: "Kalgachhia",
    age: Some(40),
    ..SUSPECT
};
/// What nobody but Guwahati may read before it was told.
const CANARIES: [&str; 4] = ["canary-mother", "canary-health", "canary-note", "canary-other"];

static ALERTED: LazyLock<(World, CaseId)> = LazyLock::new(|| {
    let mut world = World::federation(&["guwahati", "shillong", "kathmandu"]);
    let person = [
        drafts::person(MAN, &ROFIQUL),
        drafts::person(id(30), &Sketch { given: "canary-other", basis: "", ..SUSPECT }),
        vec![
            drafts::text(MAN, "person", "mother", "canary-mother"),
            drafts::text(MAN, "person", "health_alert", "canary-health"),
        ],
        drafts::note(id(40), "canary-note"),
        drafts::stage(id(41), MAN, "R2", "in_progress"),
    ];
    let case = open(&mut world, "guwahati", &person.concat());
    open(&mut world, "shillong", &drafts::person(MAN, &RAFIQUL));
    (world, case)
});

/// Both have an alert and have agreed on contact.
static AGREED: LazyLock<(World, CaseId)> = LazyLock::new(|| {
    let (mut world, case) = ALERTED.clone();
    agree(&mut world);
    (world, case)
});

fn open(world: &mut World, unit: &str, person: &[Draft]) -> CaseId {
    let drafts: Vec<Draft> = drafts::case(unit).into_iter().chain(person.iter().cloned()).collect();
    let (case, _) = world.act(unit, |txn| open_case(txn, &drafts, &author())).unwrap();
    world.settle();
    case
}

fn author() -> Author {
    drafts::author("Officer Das")
}

fn agree(world: &mut World) {
    let (here, there) = (alert(world, "shillong").id, alert(world, "guwahati").id);
    world.act("shillong", |txn| ask(txn, here)).unwrap();
    world.settle();
    world.act("guwahati", |txn| answer(txn, there, Answer::Yes)).unwrap();
    world.settle();
}

fn alert(world: &World, unit: &str) -> Alert {
    let alerts = list(&world[unit].view, None, 10).unwrap();
    assert_eq!(alerts.len(), 1, "{unit}");
    alerts.into_iter().next().unwrap()
}

fn alert_id(world: &World, unit: &str) -> AlertId {
    alert(world, unit).id
}

fn room(world: &World, unit: &str) -> Option<Room> {
    room_of(&world[unit].view, alert_id(world, unit)).unwrap()
}

/// A person says yes, and nothing is carried yet.
fn yes(world: &mut World, unit: &str, telling: Telling) -> Result<Room, RoomRefusal> {
    let id = alert_id(world, unit);
    world.act(unit, |txn| room_yes(txn, id, CLERK, telling))
}

fn text<const N: usize>(words: &str) -> BoundedText<N> {
    BoundedText::new(words).unwrap()
}

fn officer(name: &str) -> Telling {
    Telling::Officer(Officer { name: text(name), role: text("Sub-Inspector"), telephone: text("+91 98640 00001") })
}

fn stage(code: &str) -> Telling {
    Telling::Case(CaseStage { year: 2026, stage: text(code) })
}

/// Values of Guwahati's suspect by field.
fn offer(world: &World, fields: &[&str]) -> Offer {
    let known = known(world);
    let chosen = fields.iter().map(|field| {
        let choice = known.iter().find(|choice| &*choice.field == *field).unwrap_or_else(|| panic!("{field}"));
        Chosen { commitment: choice.commitment, reason: text("invented for a test") }
    });
    Offer {
        basis: Basis::LawEnforcement,
        reason: text("FIR 12, invented"),
        handling: Handling::H1,
        fields: chosen.collect(),
        ..Offer::default()
    }
}

fn known(world: &World) -> Vec<Choice> {
    choices(&world["guwahati"].view, &alert(world, "guwahati"), world.now).unwrap()
}

/// Both say yes to the first two steps, and all arrives.
fn two_steps(world: &mut World) {
    for (guwahati, shillong) in [(officer("Officer Das"), officer("Officer Lyngdoh")), (stage("R2"), stage(""))] {
        yes(world, "guwahati", guwahati).unwrap();
        world.settle();
        yes(world, "shillong", shillong).unwrap();
        world.settle();
    }
}

fn told(world: &World, unit: &str, step: RoomStep) -> Option<Given> {
    given_there(&world[unit].view, room(world, unit)?.id, step).unwrap()
}

/// The texts that were told in the last step.
fn values(world: &World, unit: &str) -> Option<Vec<String>> {
    match told(world, unit, RoomStep::Fields)?.what {
        What::Fields(fields) => {
            Some(fields.fields.iter().map(|one| one.value.as_text().unwrap_or_default().to_owned()).collect())
        }
        _ => None,
    }
}

/// None of these words is anywhere at Shillong or Kathmandu.
fn nowhere(world: &World, words: &[&str]) {
    for (unit, word) in ["shillong", "kathmandu"].into_iter().flat_map(|unit| words.iter().map(move |word| (unit, word))) {
        assert!(!world[unit].holds(word), "{word} at {unit}");
    }
}

/// Both sides know the same of their room, each from its side.
fn alike(world: &World) {
    let [here, there] = UNITS.map(|unit| room(world, unit).unwrap());
    assert_eq!(here.id, there.id);
    assert_eq!((&here.course.mine, &here.course.theirs), (&there.course.theirs, &there.course.mine));
    assert_eq!(here.course.ended(), there.course.ended());
    assert_eq!(here.own_yes, there.peer_yes);
    assert_eq!(here.peer_yes, there.own_yes);
}
