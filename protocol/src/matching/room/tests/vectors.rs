//! Golden bytes of what is said in rooms, made with fixed keys and times.
//! After the first release a changed vector is a new version of the message.

use super::super::course::{End, Ending, No, NoReason, Step};
use super::super::given::{CaseStage, Fields, Given, GivenField, Officer, StepYes, What};
use super::super::message::{RoomMessage, room_id};
use super::text;
use crate::bounded::BoundedVec;
use crate::caselog::Name;
use crate::crypto::{NodeSecret, Signed};
use crate::dictionary::Value;
use crate::ids::{FederationId, Salt, SubjectId, UnitId};
use crate::sharing::{Basis, Handling, Purpose};
use crate::testing::vectors::{compare, read};
use crate::testing::world::NOON;
use crate::wire;

const FEDERATION: FederationId = FederationId([7; 32]);
const UNIT: UnitId = UnitId([2; 32]);
const PEER: UnitId = UnitId([3; 32]);
const OWN: SubjectId = SubjectId([4; 16]);
const THEIRS: SubjectId = SubjectId([5; 16]);

fn gifts() -> Vec<Given> {
    let name = |name: &str| Name::new(name).unwrap();
    let field = |field: &str, value| GivenField { group: 0, kind: name("person"), field: name(field), value };
    let fields = vec![field("mother", Value::Text("Maloti (invented)".to_owned())), field("age_stated", Value::Int(40))];
    let whats = [
        What::Officer(Officer {
            name: text("Officer Das (invented)"),
            role: text("Sub-Inspector"),
            telephone: text("+91 00000 00000"),
        }),
        What::Case(CaseStage { year: 2026, stage: text("R2") }),
        What::Fields(Fields {
            basis: Basis::LawEnforcement,
            purpose: Purpose::Investigation,
            handling: Handling::H2,
            fields: BoundedVec::new(fields).unwrap(),
        }),
    ];
    (8..).zip(whats).map(|(salt, what)| Given { salt: Salt([salt; 32]), what }).collect()
}

#[test]
fn bytes_of_rooms_are_the_golden_ones() {
    let room = room_id(FEDERATION, (UNIT, OWN), (PEER, THEIRS));
    assert_eq!(room, room_id(FEDERATION, (PEER, THEIRS), (UNIT, OWN)), "the same on both sides");
    compare("room-id", room.as_bytes());
    let key = NodeSecret::from_seed(&[6; 32]);
    let yes = gifts().into_iter().zip(Step::ALL).map(|(given, step)| {
        Signed::sign(&StepYes { federation: FEDERATION, from: UNIT, to: PEER, room, step, at: NOON, gives: given.hash() }, &key)
    });
    let yes: Vec<_> = yes.collect();
    compare("step-yes", yes[0].as_bytes());
    let bare = RoomMessage {
        own_subject: OWN,
        peer_subject: THEIRS,
        yes: BoundedVec::new(yes[..1].to_vec()).unwrap(),
        no: None,
        end: None,
        has: 0,
        again: false,
        given: BoundedVec::default(),
    };
    compare("payload-room-yes", &wire::encode(&bare));
    let whole = RoomMessage {
        yes: BoundedVec::new(yes).unwrap(),
        has: 2,
        again: true,
        given: BoundedVec::new(gifts()).unwrap(),
        ..bare.clone()
    };
    compare("payload-room-given", &wire::encode(&whole));
    let no = No { step: Step::Case, reason: NoReason::NoGround, text: text("not yet (invented)") };
    compare("payload-room-no", &wire::encode(&RoomMessage { no: Some(no), ..bare.clone() }));
    let end = End { how: Ending::NotSame, text: text("") };
    compare("payload-room-end", &wire::encode(&RoomMessage { end: Some(end), ..bare }));
}

#[test]
fn golden_rooms_are_read_back() {
    for name in ["payload-room-yes", "payload-room-given", "payload-room-no", "payload-room-end"] {
        let golden = read(name);
        let message: RoomMessage = wire::decode(&golden, 64 * 1024).unwrap();
        assert_eq!(wire::encode(&message), golden, "{name}");
    }
}
