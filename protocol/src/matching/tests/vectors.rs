//! Golden bytes of beacons, heads and contact messages, made with fixed keys and time.
//! Written anew with `ICMC_WRITE_VECTORS=1`; after the first release a changed vector is a new version of the message.

use super::super::{Action, Answer, Beacon, BeaconHead, ContactMessage, ContactStep, EPOCH, LIFETIME, token};
use super::{FEDERATION, NOON};
use crate::bounded::BoundedVec;
use crate::crypto::{Message, NodeSecret, Signed};
use crate::ids::{AlertId, SubjectId, Token, UnitId};
use crate::oprf::UnprotectedStandInBlinding;
use crate::testing::vectors::compare;
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
    assert_eq!(announce.fault(), None);
    compare("beacon-announce", &signed(&announce));
    let withdraw = Beacon { number: 42, action: Action::Withdraw(41), tokens: BoundedVec::default(), ..announce };
    assert_eq!(withdraw.fault(), None);
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
