//! Golden bytes of a body, a sealed envelope, an acknowledgement and the answers, made with fixed keys and seeds.
//! After the first release a changed vector is a new version of the message.

use crate::crypto::{NodeSecret, PrekeySecret, Signed};
use crate::envelope::{Ack, Answer, Body, Kind, Outcome, Sealed, body};
use crate::ids::{FederationId, UnitId};
use crate::testing::rng::SeededRng;
use crate::testing::vectors::{compare, read};
use crate::testing::world::NOON;
use crate::time::DAY;
use crate::wire;

fn sender() -> NodeSecret {
    NodeSecret::from_seed(&[2; 32])
}

fn receiver() -> NodeSecret {
    NodeSecret::from_seed(&[3; 32])
}

fn prekey() -> PrekeySecret {
    PrekeySecret::from_bytes(&[4; 32])
}

#[test]
fn bytes_of_envelopes_and_answers_are_the_golden_ones() {
    let body = Body {
        federation: FederationId([7; 32]),
        charter_epoch: 3,
        from: UnitId([2; 32]),
        to: UnitId([3; 32]),
        pair_seq: 258,
        created: NOON,
        not_after: Some(NOON.plus(30 * DAY)),
        kind: Kind::Recall,
        payload: b"an invented payload".to_vec(),
    };
    let signed = Signed::sign(&body, &sender());
    compare("body", signed.as_bytes());
    compare(
        "body-without-end",
        Signed::sign(&Body { not_after: None, kind: Kind::ShareState, ..body.clone() }, &sender()).as_bytes(),
    );
    compare("sealed", &Sealed::seal(signed.as_bytes(), 5, &prekey().public(), &mut SeededRng::new(8)).unwrap());
    let hash = body::hash(&signed.stored().unwrap());
    for (name, outcome) in [("ack-applied", Outcome::Applied), ("ack-refused", Outcome::Refused)] {
        let ack = Signed::sign(&Ack { to: body.from, pair_seq: body.pair_seq, body: hash, outcome }, &receiver());
        compare(name, ack.as_bytes());
        compare(&format!("answer-{name}"), &wire::encode(&Answer::Ack(ack)));
    }
    compare("answer-unknown-prekey", &wire::encode(&Answer::UnknownPrekey(Signed::from_bytes(read("prekey")))));
    compare("answer-failed", &wire::encode(&Answer::Failed));
}

#[test]
fn the_golden_envelope_opens_and_its_acknowledgement_fits() {
    let sealed = Sealed::decode(&read("sealed")).unwrap();
    assert_eq!(sealed.prekey(), 5);
    let inside = sealed.open(&prekey()).unwrap();
    assert_eq!(inside, read("body"));
    let body = Signed::<Body>::from_bytes(inside).verify(&sender().public()).unwrap();
    assert_eq!((body.pair_seq, body.kind, body.payload.as_slice()), (258, Kind::Recall, b"an invented payload".as_slice()));
    for name in ["ack-applied", "ack-refused"] {
        let ack = Signed::<Ack>::from_bytes(read(name)).verify(&receiver().public()).unwrap();
        assert_eq!((ack.pair_seq, ack.body), (body.pair_seq, body::hash(&body)));
        assert!(matches!(wire::decode(&read(&format!("answer-{name}")), 4096), Ok(Answer::Ack(_))));
    }
    assert_eq!(wire::decode(&read("answer-failed"), 16), Ok(Answer::Failed));
    assert!(matches!(wire::decode(&read("answer-unknown-prekey"), 4096), Ok(Answer::UnknownPrekey(_))));
}
