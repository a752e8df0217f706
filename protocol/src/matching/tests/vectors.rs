//! Golden bytes of beacons, heads and contact messages, made with fixed keys and time.
//! Written anew with `ICMC_WRITE_VECTORS=1`; after the first release a changed vector is a new version of the message.

use super::super::sync::{Held, REPLY_MAX, REQUEST_MAX, Reply, Request};
use super::super::{Action, Answer, Beacon, BeaconHead, ContactMessage, ContactStep, EPOCH, LIFETIME, token};
use super::{FEDERATION, NOON};
use crate::bounded::BoundedVec;
use crate::crypto::{Message, NodeSecret, Signed};
use crate::ids::{AlertId, SubjectId, Token, UnitId};
use crate::oprf::UnprotectedStandInBlinding;
use crate::testing::vectors::{compare, read};
use crate::wire;

const UNIT: UnitId = UnitId([2; 32]);

fn signed<T: Message>(value: &T) -> Vec<u8> {
    Signed::sign(value, &NodeSecret::from_seed(&[6; 32])).as_bytes().to_vec()
}

#[test]
fn bytes_of_beacons_heads_and_contact_messages_are_the_golden_ones() {
    let inputs: Vec<Vec<u8>> = (0..8).map(|place| format!("an invented input {place}").into_bytes()).collect();
    let ys = UnprotectedStandInBlinding::new(&[5; 32]).evaluate(&inputs);
    let mut tokens: Vec<Token> = ys.iter().map(|y| token(FEDERATION, UNIT, y)).collect();
    tokens.sort();
    let announce = Beacon {
        federation: FEDERATION,
        epoch: EPOCH,
        unit: UNIT,
        number: 41,
        subject: SubjectId([3; 16]),
        action: Action::Announce,
        tokens: BoundedVec::new(tokens).unwrap(),
        expires: NOON.plus(LIFETIME),
    };
    assert_eq!(announce.fault(NOON), None);
    compare("beacon-announce", &signed(&announce));
    let withdraw = Beacon { number: 42, action: Action::Withdraw(41), tokens: BoundedVec::default(), ..announce };
    assert_eq!(withdraw.fault(NOON), None);
    compare("beacon-withdraw", &signed(&withdraw));
    compare("beacon-head", &signed(&BeaconHead { federation: FEDERATION, epoch: EPOCH, floor: 40, highest: 42, at: NOON }));
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
