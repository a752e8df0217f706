//! Who may not speak in a room, and what is not taken there.

use super::super::course::Step;
use super::super::given::{Given, GivenField, StepYes, What};
use super::super::message::{RoomMessage, room_id};
use super::{AGREED, ALERTED, Offer, RoomRefusal, Telling, alert, offer, officer, room, stage, text, two_steps, yes};
use crate::bounded::BoundedVec;
use crate::caselog::Name;
use crate::crypto::Signed;
use crate::dictionary::Value;
use crate::envelope::outbox::OutboxError;
use crate::envelope::{Kind, outbox};
use crate::federation::{charter, own, peering};
use crate::ids::{Commitment, Salt, SubjectId};
use crate::machine::ViewError;
use crate::matching::{Alert, Confirmed, Contact, RoomStep, receive_room};
use crate::sharing::Taken;
use crate::testing::World;
use crate::wire;

/// What a cheat at Shillong says: these yeses, as if properly signed, and these gifts.
fn cheat(world: &World, steps: &[Step], given: Vec<Given>) -> RoomMessage {
    let (alert, own) = (alert(world, "shillong"), own::load(&world["shillong"].view).unwrap());
    let federation = charter::current(&world["shillong"].view).unwrap().unwrap().federation;
    let room = room_id(federation, (own.unit, alert.subject), (alert.peer, alert.peer_subject));
    let yes = steps.iter().map(|step| {
        let gives = given.iter().find(|given| given.step() == *step).map_or(crate::ids::GivenHash([0; 32]), Given::hash);
        let yes = StepYes { federation, from: own.unit, to: alert.peer, room, step: *step, at: world.now, gives };
        Signed::sign(&yes, &own.key())
    });
    RoomMessage {
        own_subject: alert.subject,
        peer_subject: alert.peer_subject,
        yes: BoundedVec::new(yes.collect()).unwrap(),
        no: None,
        end: None,
        has: 0,
        again: false,
        given: BoundedVec::new(given).unwrap(),
    }
}

fn fields(words: &str) -> Given {
    let name = |name: &str| Name::new(name).unwrap();
    let field = GivenField { group: 0, kind: name("person"), field: name("mother"), value: Value::Text(words.to_owned()) };
    let Offer { basis, purpose, handling, .. } = Offer::default();
    let fields = BoundedVec::new(vec![field]).unwrap();
    Given { salt: Salt([1; 32]), what: What::Fields(super::super::Fields { basis, purpose, handling, fields }) }
}

fn named(telling: Telling) -> Given {
    let what = match telling {
        Telling::Officer(officer) => What::Officer(officer),
        Telling::Case(case) => What::Case(case),
        Telling::Fields(_) => panic!("not here"),
    };
    Given { salt: Salt([1; 32]), what }
}

fn hands(world: &mut World, from: &str, message: &RoomMessage) -> Taken {
    let from = world[from].id;
    let taken = world.act::<_, ViewError>("guwahati", |txn| receive_room(txn, from, &wire::encode(message))).unwrap();
    world.settle();
    taken
}

#[test]
fn nothing_is_told_before_both_have_agreed_on_contact() {
    let (mut world, _) = ALERTED.clone();
    assert!(matches!(yes(&mut world, "guwahati", officer("Officer Das")), Err(RoomRefusal::NoContact)));
    let message = cheat(&world, &[Step::Officer], vec![named(officer("Officer Lyngdoh"))]);
    assert_eq!(hands(&mut world, "shillong", &message), Taken::Applied);
    assert!(matches!(alert(&world, "guwahati").contact, Contact::AskedByPeer { .. }), "no more than a question");
    assert!(room(&world, "guwahati").is_none() && !world["guwahati"].holds("Lyngdoh"));
}

#[test]
fn nothing_is_told_about_a_match_that_the_comparison_has_not_confirmed() {
    for (confirmed, taken) in [
        (Confirmed::Waiting, Taken::NotYet),
        (Confirmed::No, Taken::Refused("spoke in a disclosure room of a match that was not confirmed")),
    ] {
        let (mut world, _) = AGREED.clone();
        let alert = Alert { confirmed, ..alert(&world, "guwahati") };
        world
            .act::<_, ViewError>("guwahati", |txn| {
                alert.put(txn);
                Ok(())
            })
            .unwrap();
        assert!(matches!(yes(&mut world, "guwahati", officer("Officer Das")), Err(RoomRefusal::NotCompared)));
        let message = cheat(&world, &[Step::Officer], Vec::new());
        assert_eq!(hands(&mut world, "shillong", &message), taken);
        assert!(room(&world, "guwahati").is_none());
    }
}

#[test]
fn an_unconfirmed_peer_tells_nothing_and_is_told_nothing() {
    let mut world = World::members(&["guwahati", "shillong"]);
    super::open(&mut world, "guwahati", &crate::testing::drafts::person(super::MAN, &super::ROFIQUL));
    super::open(&mut world, "shillong", &crate::testing::drafts::person(super::MAN, &super::RAFIQUL));
    super::agree(&mut world);
    let refused = yes(&mut world, "guwahati", officer("Officer Das"));
    assert!(matches!(refused, Err(RoomRefusal::Outbox(OutboxError::NotConfirmed))));
    assert!(room(&world, "guwahati").is_none());

    // Shillong's person has compared the words and Guwahati's has not: what Shillong sends is refused there.
    world.confirm("shillong", "guwahati");
    let (there, keys) = (world["guwahati"].id, peering::load(&world["shillong"].view, world["guwahati"].id).unwrap().words_here);
    world
        .act::<_, ViewError>("shillong", |txn| {
            let confirmed = peering::WordsConfirmed { keys: keys.unwrap() };
            peering::confirmed_there(txn, there, confirmed).map(|_| ())
        })
        .unwrap();
    let message = cheat(&world, &[Step::Officer], vec![named(officer("Officer Lyngdoh"))]);
    world.act("shillong", |txn| outbox::queue(txn, there, Kind::Disclosure, wire::encode(&message), None)).unwrap();
    world.settle();
    assert_eq!(world["guwahati"].incidents.last().unwrap().what, "sent an envelope that only a confirmed peer may send");
    assert!(room(&world, "guwahati").is_none() && !world["guwahati"].holds("Lyngdoh"));
}

#[test]
fn a_third_unit_is_refused() {
    let (mut world, _) = AGREED.clone();
    let message = cheat(&world, &[Step::Officer], Vec::new());
    assert_eq!(
        hands(&mut world, "kathmandu", &message),
        Taken::Refused("said yes in a disclosure room with a signature that does not hold there")
    );
    let bare = RoomMessage { yes: BoundedVec::default(), ..message.clone() };
    assert!(matches!(hands(&mut world, "kathmandu", &bare), Taken::Refused(_)));
    let invented = RoomMessage { own_subject: SubjectId([7; 16]), yes: BoundedVec::default(), ..message };
    assert!(matches!(hands(&mut world, "shillong", &invented), Taken::Refused(_)));
    assert!(room(&world, "guwahati").is_none());
}

#[test]
fn a_later_step_is_neither_said_nor_taken_before_the_earlier_is_open() {
    let (mut world, _) = AGREED.clone();
    assert!(matches!(yes(&mut world, "guwahati", stage("R2")), Err(RoomRefusal::NotNext)));
    yes(&mut world, "guwahati", officer("Officer Das")).unwrap();
    world.settle();
    assert!(matches!(yes(&mut world, "guwahati", stage("R2")), Err(RoomRefusal::NotNext)), "the other side has not said yes");

    let given = vec![named(officer("Officer Lyngdoh")), named(stage("R3")), fields("canary-forced")];
    let message = cheat(&world, &Step::ALL, given);
    assert_eq!(hands(&mut world, "shillong", &message), Taken::Applied);
    let room = room(&world, "guwahati").unwrap();
    assert_eq!((room.course.open(), room.course.got, room.course.theirs.yes), (1, 1, 2), "one step ahead of us and no more");
    assert!(!world["guwahati"].holds("canary-forced"));
    // What we gave is the first step alone, though the other side says yes to all.
    assert_eq!(room.course.sent, 1);
}

#[test]
fn what_the_yes_does_not_bind_is_not_taken() {
    let (mut world, _) = AGREED.clone();
    yes(&mut world, "guwahati", officer("Officer Das")).unwrap();
    world.settle();
    let good = cheat(&world, &[Step::Officer], vec![named(officer("Officer Lyngdoh"))]);
    let swapped = RoomMessage { given: BoundedVec::new(vec![named(officer("Somebody Else"))]).unwrap(), ..good.clone() };
    assert_eq!(hands(&mut world, "shillong", &swapped), Taken::Applied);
    assert!(!world["guwahati"].holds("Somebody Else"));
    assert_eq!(hands(&mut world, "shillong", &good), Taken::Applied);
    assert!(world["guwahati"].holds("Lyngdoh"));
    // A yes of another step in the place of the first, or out of another room, does not count.
    let moved = cheat(&world, &[Step::Case], Vec::new());
    assert!(matches!(hands(&mut world, "shillong", &moved), Taken::Refused(_)));
}

#[test]
fn what_cannot_be_a_value_is_refused() {
    let (mut world, _) = AGREED.clone();
    let good = cheat(&world, &[Step::Officer], Vec::new());
    let wrong = [
        named(officer("Line\nbreak")),
        named(officer(" ")),
        named(stage("\u{202E}R1")),
        fields(""),
        Given { salt: Salt([1; 32]), what: What::Case(super::CaseStage { year: 20, stage: text("") }) },
    ];
    for given in wrong {
        let message = RoomMessage { given: BoundedVec::new(vec![given]).unwrap(), ..good.clone() };
        assert!(matches!(hands(&mut world, "shillong", &message), Taken::Refused(_)));
    }
    assert_eq!(hands(&mut world, "shillong", &good), Taken::Applied);
}

#[test]
fn a_value_that_is_not_the_persons_cannot_be_chosen() {
    let (mut world, _) = AGREED.clone();
    two_steps(&mut world);
    let known = super::known(&world);
    assert!(
        known
            .iter()
            .all(|choice| !matches!(&choice.value, Value::Text(words) if words == "canary-other" || words == "canary-note"))
    );
    let mut offered = offer(&world, &["mother"]);
    offered.fields[0].commitment = Commitment([5; 32]);
    assert!(matches!(yes(&mut world, "guwahati", Telling::Fields(offered)), Err(RoomRefusal::Field("fields", _))));
    let twice = offer(&world, &["mother", "mother"]);
    assert!(yes(&mut world, "guwahati", Telling::Fields(twice)).is_err());
    let groundless = Offer { reason: text(""), ..offer(&world, &["mother"]) };
    assert!(matches!(yes(&mut world, "guwahati", Telling::Fields(groundless)), Err(RoomRefusal::Share(_))));
    let without = Offer { basis: crate::sharing::Basis::Consent, ..offer(&world, &["mother"]) };
    assert!(matches!(yes(&mut world, "guwahati", Telling::Fields(without)), Err(RoomRefusal::Share(_))), "nobody consented");
    assert_eq!(room(&world, "guwahati").unwrap().course.next(), Some(RoomStep::Fields), "nothing was said");
}
