//! Golden bytes of beacons, heads, contact messages and the steps of a comparison, made with fixed keys, secrets and time.
//! Written anew with `ICMC_WRITE_VECTORS=1`; after the first release a changed vector is a new version of the message.

use super::super::beacon::UnitBeacon;
use super::super::confirm::{ConfirmMessage, First, Fourth, Frame, Reference, Said, Second, Third, hide};
use super::super::rows::{beacon_in, row_of, signed_in};
use super::super::sync::{Held, REPLY_MAX, REQUEST_MAX, Reply, Request};
use super::super::{Action, Answer, Beacon, BeaconHead, ContactMessage, ContactStep, LIFETIME, token};
use super::{FEDERATION, NOON};
use super::{rafiqul, rofiqul};
use crate::bounded::BoundedVec;
use crate::crypto::{Message, NodeSecret, Signed};
use crate::fingerprint::{Person, Side, TokenType};
use crate::ids::{AlertId, ConfirmId, SubjectId, Token, UnitId};
use crate::machine::OwnRow;
use crate::oprf::Exponent;
use crate::testing::rng::SeededRng;
use crate::testing::vectors::{compare, read};
use crate::wire;

const UNIT: UnitId = UnitId([2; 32]);

fn signed<T: Message>(value: &T) -> Vec<u8> {
    Signed::sign(value, &NodeSecret::from_seed(&[6; 32])).as_bytes().to_vec()
}

#[test]
fn bytes_of_beacons_heads_and_contact_messages_are_the_golden_ones() {
    let inputs: Vec<Vec<u8>> = (0..8).map(|place| format!("an invented input {place}").into_bytes()).collect();
    let ys = super::evaluated(&inputs);
    let mut tokens: Vec<Token> = ys.iter().map(|y| token(FEDERATION, 0, UNIT, y)).collect();
    tokens.sort();
    let announce = Beacon {
        federation: FEDERATION,
        epoch: 0,
        number: 41,
        subject: SubjectId([3; 16]),
        action: Action::Announce,
        tokens: BoundedVec::new(tokens).unwrap(),
        expires: NOON.plus(LIFETIME),
    };
    assert_eq!(announce.fault(), None);
    compare("beacon-announce", &signed(&announce));
    let withdraw = Beacon { number: 42, action: Action::Withdraw(41), tokens: BoundedVec::default(), ..announce };
    assert_eq!(withdraw.fault(), None);
    compare("beacon-withdraw", &signed(&withdraw));
    compare("beacon-head", &signed(&BeaconHead { federation: FEDERATION, epoch: 0, floor: 40, highest: 42, at: NOON }));
    let ask = ContactMessage {
        alert: AlertId([1; 16]),
        own_subject: SubjectId([3; 16]),
        peer_subject: SubjectId([4; 16]),
        own_beacon: 41,
        peer_beacon: 7,
        step: ContactStep::Ask,
    };
    compare("contact-ask", &wire::encode(&ask));
    compare("contact-answer", &wire::encode(&ContactMessage { step: ContactStep::Answer(Answer::Later), ..ask }));
}

#[test]
fn bytes_of_the_steps_of_a_comparison_are_the_golden_ones() {
    let mut rng = SeededRng::new(11);
    let (a, b) = (Exponent::random(&mut rng), Exponent::random(&mut rng));
    let run = ConfirmId([9; 16]);
    let subjects = [SubjectId([3; 16]), SubjectId([4; 16])];
    let frame = Frame { federation: FEDERATION, units: [UNIT, UnitId([5; 32])], subjects, run };
    let first = hide(&Person::from(&rofiqul()), Side::First, &frame, &a, &mut rng).unwrap();
    let second = hide(&Person::from(&rafiqul()), Side::Second, &frame, &b, &mut rng).unwrap();
    let reference = Reference { run, own_subject: subjects[0], peer_subject: subjects[1] };
    let back = Reference { run, own_subject: subjects[1], peer_subject: subjects[0] };
    let said = |persons: u64| Said {
        persons,
        types: Said::bits([TokenType::Ad, TokenType::Ng, TokenType::Nv]),
        carriers: BoundedVec::new(vec![2, 3, 4]).unwrap(),
    };
    let withdraw = Beacon {
        federation: FEDERATION,
        epoch: 0,
        number: 42,
        subject: subjects[0],
        action: Action::Withdraw(41),
        tokens: BoundedVec::default(),
        expires: NOON.plus(LIFETIME),
    };
    let (at_first, at_second) = (first.raised(&b).unwrap(), second.raised(&a).unwrap());
    let beacon = Signed::sign(&withdraw, &NodeSecret::from_seed(&[6; 32]));
    let steps = [
        (
            "confirm-first",
            ConfirmMessage::First(Box::new(First {
                reference,
                own_beacon: 42,
                peer_beacon: 7,
                beacon,
                said: said(9_000),
                own: first,
            })),
        ),
        (
            "confirm-second",
            ConfirmMessage::Second(Box::new(Second { reference: back, said: said(11_000), own: second, raised: at_first })),
        ),
        ("confirm-third", ConfirmMessage::Third(Third { reference, raised: at_second, suspect: Some(false) })),
        ("confirm-fourth", ConfirmMessage::Fourth(Fourth { reference: back, suspect: true })),
        ("confirm-release", ConfirmMessage::Release(reference)),
        ("confirm-declined", ConfirmMessage::Declined(back)),
    ];
    for (name, step) in steps {
        compare(name, &wire::encode(&step));
    }
}

#[test]
fn bytes_of_catching_up_are_the_golden_ones() {
    let head: Signed<BeaconHead> = Signed::from_bytes(read("beacon-head"));
    let held = |unit, ranges: &[(u64, u64)]| Held { unit, ranges: BoundedVec::new(ranges.to_vec()).unwrap() };
    let both = vec![held(UNIT, &[(1, 40), (42, 42)]), held(UnitId([3; 32]), &[])];
    let request = Request { held: BoundedVec::new(both).unwrap(), head: Some(head.clone()) };
    compare("beacons-request", &wire::encode(&request));
    assert_eq!(wire::decode::<Request>(&read("beacons-request"), REQUEST_MAX), Ok(request));
    let beacons = ["beacon-announce", "beacon-withdraw"].map(|name| Signed::from_bytes(read(name)));
    let reply =
        Reply { heads: BoundedVec::new(vec![head]).unwrap(), beacons: BoundedVec::new(beacons.to_vec()).unwrap(), more: true };
    compare("beacons-reply", &wire::encode(&reply));
    assert_eq!(wire::decode::<Reply>(&read("beacons-reply"), REPLY_MAX), Ok(reply));
}

#[test]
fn rows_have_the_golden_bytes_and_show_a_beacon_as_it_was_signed() {
    let announce = Beacon {
        federation: FEDERATION,
        epoch: 3,
        number: 41,
        subject: SubjectId([3; 16]),
        action: Action::Announce,
        tokens: BoundedVec::new((0..8).map(|byte| Token([byte; 16])).collect()).unwrap(),
        expires: NOON.plus(LIFETIME),
    };
    let withdraw = Beacon { number: 42, action: Action::Withdraw(41), tokens: BoundedVec::default(), ..announce.clone() };
    for (name, beacon, withdrawn_by) in [("row-announce", announce, Some(42)), ("row-withdraw", withdraw, None)] {
        let as_signed = Signed::sign(&beacon, &NodeSecret::from_seed(&[6; 32]));
        let row = row_of(&as_signed, &beacon, withdrawn_by).unwrap();
        compare(name, &wire::encode(&row));
        assert_eq!(signed_in(&row, FEDERATION, UNIT, beacon.number).unwrap(), Some(as_signed.clone()));
        assert_eq!(beacon_in(&row, FEDERATION, UNIT, beacon.number).unwrap(), Some(UnitBeacon { unit: UNIT, beacon }));
        assert_eq!(row.live_tokens().count(), 0, "withdrawn, or a withdrawal");
    }
    let ys: Vec<u8> = [[1; 64], [2; 64]].concat();
    let own = OwnRow { announced: vec![(3, serde_bytes::ByteBuf::from(ys))] };
    compare("row-own", &wire::encode(&own));
    assert_eq!(own.every_y().collect::<Vec<_>>(), [(3, [1; 64]), (3, [2; 64])]);
}
