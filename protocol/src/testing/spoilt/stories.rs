//! What happens in the federations whose messages are spoilt: everything once, every input on record.
//! Not what is spoilt in them. All units and people are invented.

use super::super::World;
use super::super::drafts::{self, SUSPECT, Sketch, VICTIM};
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::{self, Name};
use crate::dictionary::Value;
use crate::documents::FIELD_FILE;
use crate::federation::{joining, leaving, recovery, setup};
use crate::ids::{CaseId, PublicationId, ShareId};
use crate::keepers::{self, generation};
use crate::requests::{self, Check, Contact, DirectoryEntry, Material, VerificationRequest};
use crate::sharing::{self, Basis, Handling, Purpose, SharePerson};
use crate::time::{DAY, Timestamp};
use crate::{matching, transfer};

/// All of them.
pub(super) fn all() -> [World; 5] {
    [together(), asked(), lost(), kept(), disclosed()]
}

/// Two units with the same man tell each other their officers in a disclosure room; one does not go on, the other stops.
fn disclosed() -> World {
    let mut world = confirmed();
    let sketch =
        Sketch { given: "Rofiqul", family: "Islam", father: "Abdul Karim", village: "Kalgachia", birth: "1984", ..SUSPECT };
    for unit in ["guwahati", "shillong"] {
        let drafts = [drafts::case(unit), drafts::person(drafts::id(20), &sketch)].concat();
        world.act(unit, |txn| caselog::open_case(txn, &drafts, &drafts::author("Officer Das"))).unwrap();
        world.settle();
    }
    let alert = |world: &World, unit: &str| matching::list(&world[unit].view, None, 9).unwrap()[0].id;
    let (here, there) = (alert(&world, "shillong"), alert(&world, "guwahati"));
    world.act("shillong", |txn| matching::ask(txn, here)).unwrap();
    world.settle();
    world.act("guwahati", |txn| matching::answer(txn, there, matching::Answer::Yes)).unwrap();
    world.settle();
    let officer = || {
        let (name, role) = (BoundedText::new("Officer Nath").unwrap(), BoundedText::new("Sub-Inspector").unwrap());
        let telephone = BoundedText::new("+91 98640 00001").unwrap();
        matching::Telling::Officer(matching::Officer { name, role, telephone })
    };
    for (unit, id) in [("guwahati", there), ("shillong", here)] {
        world.act(unit, |txn| matching::room_yes(txn, id, matching::Account([9; 16]), officer())).unwrap();
        world.settle();
    }
    world
}

/// Three units become a federation, share a case, work on it and end that; one leaves.
fn together() -> World {
    let mut world = World::strangers(&["guwahati", "shillong", "kathmandu"]);
    world.inputs = Some(Vec::new());
    world.act("guwahati", setup::found).unwrap();
    world.join("guwahati", "shillong", &["guwahati"]);
    world.join("guwahati", "kathmandu", &["guwahati", "shillong"]);
    for (one, other) in [("guwahati", "shillong"), ("shillong", "guwahati")] {
        world.confirm(one, other);
        world.settle();
    }
    let man = drafts::id(20);
    let sketch =
        Sketch { given: "Rofiqul", family: "Islam", father: "Abdul Karim", village: "Kalgachia", birth: "1984", ..SUSPECT };
    let open = |world: &mut World, unit: &str, number: &str| -> CaseId {
        let drafts = [drafts::case(number), drafts::person(man, &sketch)].concat();
        let author = drafts::author("Officer Das");
        let (case, _) = world.act(unit, |txn| caselog::open_case(txn, &drafts, &author)).unwrap();
        world.settle();
        case
    };
    let case = open(&mut world, "guwahati", "GHY-1");
    open(&mut world, "shillong", "SHL-1");
    let alert = matching::list(&world["shillong"].view, None, 9).unwrap()[0].id;
    world.act("shillong", |txn| matching::ask(txn, alert)).unwrap();
    world.settle();
    let request = drafts::request(case, world["shillong"].id, &[man], world.now.plus(30 * DAY));
    let share = world.act("guwahati", |txn| sharing::create(txn, request.clone())).unwrap();
    world.settle();
    world.act("shillong", |txn| sharing::accept(txn, share)).unwrap();
    world.settle();
    let author = drafts::author("Officer Das");
    for unit in ["guwahati", "shillong"] {
        let note = drafts::text(man, "person", "mother", "Rahima Khatun");
        world.act(unit, |txn| caselog::append(txn, case, &[note], &author)).unwrap();
        world.settle();
    }
    let entry = sharing::contributions(&world["guwahati"].view, case).unwrap()[0].0;
    world.act("shillong", |txn| sharing::take_back(txn, case, entry)).unwrap();
    world.settle();
    let lower = sharing::Request { sections: drafts::sections(&["route"]), ..request };
    world.act("guwahati", |txn| sharing::revise(txn, share, lower)).unwrap();
    world.settle();
    world.act("guwahati", |txn| sharing::recall(txn, share)).unwrap();
    world.settle();
    world.advance(2 * DAY);
    world.act("kathmandu", leaving::leave).unwrap();
    world.settle();
    world
}

/// Confirmed units, recorded from here on.
fn confirmed() -> World {
    let mut world = World::federation(&["guwahati", "shillong", "kathmandu"]);
    world.inputs = Some(Vec::new());
    world
}

fn done<T>(world: &mut World, unit: &str, work: impl FnOnce(&mut crate::machine::Txn<'_>) -> T) -> T {
    let done = world.act(unit, |txn| Ok::<_, crate::machine::ViewError>(work(txn))).unwrap();
    world.settle();
    done
}

/// A document, a request, messages, publications; and the case goes over to the other unit.
fn asked() -> World {
    let mut world = confirmed();
    let (girl, paper, author) = (drafts::id(10), drafts::id(50), drafts::author("Officer Das"));
    let sketch = Sketch { given: "Anjali", family: "Boro", basis: "", ..VICTIM };
    let drafts = [drafts::case("GHY-1"), drafts::person(girl, &sketch)].concat();
    let (case, _) = done(&mut world, "guwahati", |txn| caselog::open_case(txn, &drafts, &author)).unwrap();
    let mut request = drafts::request(case, world["shillong"].id, &[girl], world.now.plus(30 * DAY));
    request.sections = drafts::sections(&["identity", "documents"]);
    let share = done(&mut world, "guwahati", |txn| sharing::create(txn, request)).unwrap();
    done(&mut world, "shillong", |txn| sharing::accept(txn, share)).unwrap();
    let upload = [
        drafts::text(paper, "document", "title", "Invented paper"),
        drafts::draft(paper, "document", FIELD_FILE, drafts::file(50).to_value()),
        drafts::text(paper, "document", "doc_type", "photo"),
    ];
    let before = world["shillong"].view.clone();
    done(&mut world, "guwahati", |txn| caselog::append(txn, case, &upload, &author)).unwrap();
    // Its last step is lost, and the next meeting shows that.
    world.put_back("shillong", before);
    world.connect("guwahati", "shillong");
    world.settle();

    let wish = requests::Asked {
        case,
        person: girl,
        reason: BoundedText::new("FIR 12 of 2026, invented").unwrap(),
        to: world["shillong"].id,
        request: check(world.now.plus(14 * DAY)),
    };
    let request = done(&mut world, "guwahati", |txn| requests::ask(txn, wish)).unwrap();
    done(&mut world, "shillong", |txn| requests::take(txn, request)).unwrap();
    done(&mut world, "shillong", |txn| requests::say(txn, request, "Which of the two lanes?")).unwrap();
    let found = [(Name::new("findings").unwrap(), Value::Text("The stall is there (invented).".to_owned()))];
    let found = [("address_confirmed", "partly"), ("recommendation", "return_with_support"), ("visited_on", "2026-11-25")]
        .map(|(field, value)| (Name::new(field).unwrap(), Value::Text(value.to_owned())))
        .into_iter()
        .chain(found);
    done(&mut world, "shillong", |txn| requests::answer(txn, request, found.collect())).unwrap();
    done(&mut world, "guwahati", |txn| requests::close(txn, request)).unwrap();
    publish(&mut world);
    hand_over(&mut world, case, girl);
    world
}

fn check(due: Timestamp) -> VerificationRequest {
    VerificationRequest {
        id: ShareId([0; 16]),
        name: BoundedText::new("Anjali").unwrap(),
        address: BoundedText::new("Lane 7, Umsning (invented)").unwrap(),
        district: BoundedText::new("IN-ML-ri-bhoi").unwrap(),
        checks: BoundedVec::new(vec![Check::Address]).unwrap(),
        question: BoundedText::default(),
        basis: Basis::LawEnforcement,
        purpose: Purpose::Verification,
        handling: Handling::H2,
        due,
        expires: Timestamp(0),
    }
}

/// An entry of the directory and a material, sent and withdrawn.
fn publish(world: &mut World) {
    let name = |name: &str| Name::new(name).unwrap();
    let (author, to) = (world["guwahati"].id, [world["shillong"].id].into());
    let contact = Contact {
        person: BoundedText::new("Front desk").unwrap(),
        role: BoundedText::new("admission").unwrap(),
        phones: BoundedVec::new(vec![BoundedText::new("+91 00000 00000").unwrap()]).unwrap(),
        email: BoundedText::default(),
        emergency: true,
    };
    let entry = DirectoryEntry {
        id: PublicationId([5; 16]),
        author,
        version: 1,
        at: world.now,
        name: BoundedText::new("Home of Light (invented)").unwrap(),
        kind: name("shelter_home"),
        areas: BoundedVec::default(),
        services: BoundedVec::new(vec![name("shelter")]).unwrap(),
        languages: BoundedVec::new(vec![name("kha")]).unwrap(),
        groups: BoundedVec::default(),
        capacity: BoundedText::default(),
        hours: BoundedText::default(),
        contacts: BoundedVec::new(vec![contact]).unwrap(),
        verified_on: BoundedText::new("2026-11-20").unwrap(),
        trust: name("verified"),
        notes: BoundedText::default(),
    };
    let material = Material {
        id: PublicationId([8; 16]),
        author,
        version: 1,
        at: world.now,
        title: BoundedText::new("Your rights on the first day (invented)").unwrap(),
        kind: name("rights_card"),
        audience: name("survivor"),
        languages: BoundedVec::new(vec![name("en")]).unwrap(),
        body: BoundedText::new("You may ask for a woman officer.").unwrap(),
        licence: BoundedText::new("CC BY 4.0").unwrap(),
        reviewed_on: BoundedText::new("2026-11-20").unwrap(),
    };
    done(world, "guwahati", |txn| requests::publish(txn, &entry, &to)).unwrap();
    done(world, "guwahati", |txn| requests::publish(txn, &material, &to)).unwrap();
    done(world, "guwahati", |txn| requests::withdraw::<DirectoryEntry>(txn, entry.id)).unwrap();
    done(world, "guwahati", |txn| requests::withdraw::<Material>(txn, material.id)).unwrap();
}

/// Shillong becomes the owner. The parts of the case come after the word that all were sent, so that the last one completes it.
fn hand_over(world: &mut World, case: CaseId, girl: crate::ids::EntityId) {
    let (to, author) = (world["shillong"].id, drafts::author("Officer Das"));
    let reason = BoundedText::new("her home is there (invented)").unwrap();
    let persons = vec![SharePerson { entity: girl, basis: Basis::LawEnforcement, reason }];
    let offer = |persons| transfer::Request { case, to, persons };
    done(world, "guwahati", |txn| transfer::propose(txn, offer(persons.clone()), &author)).unwrap();
    done(world, "guwahati", |txn| transfer::withdraw(txn, case)).unwrap();
    world.now = world.now.plus(1);
    done(world, "guwahati", |txn| transfer::propose(txn, offer(persons), &author)).unwrap();
    world.offline("shillong");
    done(world, "shillong", |txn| transfer::accept(txn, case, &author)).unwrap();
    for (from, to) in [("shillong", "guwahati"), ("guwahati", "shillong")] {
        for (_, bytes) in world.sealed(from, to).into_iter().rev() {
            world.deliver(from, to, bytes);
        }
    }
    world.online("shillong");
    assert_eq!(caselog::case_row(&world["shillong"].view, case).unwrap().unwrap().owner, to);
}

/// A proposal is let go; a node key is lost, and the one on paper replaces it; a node is put back from a backup.
fn lost() -> World {
    let mut world = confirmed();
    let author = drafts::author("Officer Das");
    let drafts = [drafts::case("GHY-1"), drafts::person(drafts::id(20), &Sketch { given: "Rofiqul", ..SUSPECT })].concat();
    let (case, _) = done(&mut world, "guwahati", |txn| caselog::open_case(txn, &drafts, &author)).unwrap();
    let request = drafts::request(case, world["shillong"].id, &[drafts::id(20)], world.now.plus(30 * DAY));
    let share = done(&mut world, "guwahati", |txn| sharing::create(txn, request)).unwrap();
    done(&mut world, "shillong", |txn| sharing::accept(txn, share)).unwrap();

    let old = world["guwahati"].view.clone();
    let note = drafts::note(drafts::id(60), "written after the backup (invented)");
    done(&mut world, "guwahati", |txn| caselog::append(txn, case, &note, &author)).unwrap();
    world.restore("guwahati", old);
    for other in ["shillong", "kathmandu"] {
        world.connect("guwahati", other);
        world.settle();
    }

    done(&mut world, "guwahati", joining::propose_key).unwrap();
    done(&mut world, "guwahati", joining::withdraw).unwrap();
    world.connect("guwahati", "shillong");
    world.settle();

    let paper = world["kathmandu"].recovery.clone();
    world.offline("kathmandu");
    let word = done(&mut world, "kathmandu", |txn| recovery::recover(txn, &paper)).unwrap();
    done(&mut world, "shillong", |txn| joining::propose_replacement(txn, &word)).unwrap();
    world.connect("shillong", "guwahati");
    world.settle();
    let open = joining::proposals(&world["guwahati"].view).unwrap()[0].hash;
    done(&mut world, "guwahati", |txn| joining::approve(txn, open)).unwrap();
    world.connect("shillong", "guwahati");
    world.online("kathmandu");
    world
}

/// Three units come to keep the blinding key, two of them are needed; one asks them, and then for more than usual.
fn kept() -> World {
    let names = ["guwahati", "shillong", "kathmandu"];
    let mut world = World::members(&names);
    world.inputs = Some(Vec::new());
    let keepers = names.map(|name| world[name].id).to_vec();
    let wanted = done(&mut world, "guwahati", |txn| generation::start(txn, 2, keepers)).unwrap();
    for name in ["shillong", "kathmandu"] {
        done(&mut world, name, |txn| generation::say_yes(txn, wanted)).unwrap();
    }
    for name in names {
        for proposal in joining::proposals(&world[name].view).unwrap().iter().filter(|proposal| !proposal.approved_here) {
            // It may have passed with the signature before.
            let _ = done(&mut world, name, |txn| joining::approve(txn, proposal.hash));
        }
    }
    world.advance(1);
    let drafts = [drafts::case("KTM-1"), drafts::person(drafts::id(20), &Sketch { given: "Rofiqul", ..SUSPECT })].concat();
    done(&mut world, "kathmandu", |txn| caselog::open_case(txn, &drafts, &drafts::author("Officer Das"))).unwrap();
    done(&mut world, "kathmandu", |txn| keepers::ask_burst(txn, 9_000)).unwrap();
    world
}
