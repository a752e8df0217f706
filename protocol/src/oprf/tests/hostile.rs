//! What keepers and strangers may try: wrong answers, tampered bytes, points that are none, keepers counted twice.
//! Not lies while a key is generated: see `generation`.

use super::*;
use crate::wire::{self, WireError};
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;

const INPUTS: [&str; 3] = ["laila, 2009, Barpeta", "rustam, 1987, Dhubri", "imran, 1990, Goalpara"];
/// Longest encoding that is looked at here.
const LIMIT: usize = 4096;

fn setting() -> (Keepers, Request, SeededRng) {
    let mut rng = SeededRng::new(5);
    let keepers = Keepers::generate(2, 3, &mut rng);
    let request = Request::new(&INPUTS, &mut rng);
    (keepers, request, rng)
}

#[test]
fn a_keeper_that_answers_with_another_share_is_refused_and_only_it() {
    let (keepers, request, mut rng) = setting();
    // Keeper 2 answers with keeper 3's share, with a proof that is right for that share.
    let shares = [&keepers.shares[0], &keepers.shares[2], &keepers.shares[2]];
    let answers = shares.map(|share| evaluate(share, &request.points, &mut rng).unwrap());
    let verdicts: Vec<_> =
        keepers.public.iter().zip(&answers).map(|(public, answer)| verify(public, &request.points, answer)).collect();
    assert_eq!(verdicts, [Ok(()), Err(OprfError::Proof), Ok(())]);
    // The two others suffice.
    let parts = [(index(1), &*answers[0].points), (index(3), &*answers[2].points)];
    let ys = request.finish(&combine(&parts).unwrap());
    assert_eq!(ys, request.under(&keepers.whole_key(), &mut rng));
}

#[test]
fn one_wrong_point_in_a_batch_is_refused() {
    let (keepers, request, mut rng) = setting();
    let right = keepers.answer(1, &request.points, &mut rng);
    for place in 0..INPUTS.len() {
        let mut points = right.points.clone().into_inner();
        points[place] = keepers.answer(2, &request.points, &mut rng).points[place];
        let wrong = Evaluation { points: BoundedVec::new(points).unwrap(), ..right.clone() };
        assert_eq!(verify(&keepers.public[0], &request.points, &wrong), Err(OprfError::Proof), "{place}");
    }
    // Errors that cancel out: without weights in the composites the sum of all answers would still be right.
    let mut points = right.points.clone().into_inner();
    let shift = RistrettoPoint::mul_base(&Scalar::from(9_u8));
    points[0] = Point::from_element(&(points[0].element() + shift)).unwrap();
    points[1] = Point::from_element(&(points[1].element() - shift)).unwrap();
    let wrong = Evaluation { points: BoundedVec::new(points).unwrap(), ..right.clone() };
    assert_eq!(verify(&keepers.public[0], &request.points, &wrong), Err(OprfError::Proof));
    // Right answers in another order.
    let mut points = right.points.clone().into_inner();
    points.swap(0, 2);
    let wrong = Evaluation { points: BoundedVec::new(points).unwrap(), ..right.clone() };
    assert_eq!(verify(&keepers.public[0], &request.points, &wrong), Err(OprfError::Proof));
}

#[test]
fn an_answer_is_for_one_request_and_one_keeper() {
    let (keepers, request, mut rng) = setting();
    let answer = keepers.answer(1, &request.points, &mut rng);
    let another = Request::new(&INPUTS, &mut rng);
    assert_eq!(verify(&keepers.public[0], &another.points, &answer), Err(OprfError::Proof));
    assert_eq!(verify(&keepers.public[1], &request.points, &answer), Err(OprfError::Proof));
    let mut asked = request.points.clone();
    asked[2] = another.points[2];
    assert_eq!(verify(&keepers.public[0], &asked, &answer), Err(OprfError::Proof));
}

#[test]
fn no_byte_of_an_answer_can_be_changed() {
    let (keepers, request, mut rng) = setting();
    let bytes = wire::encode(&keepers.answer(1, &request.points, &mut rng));
    let mut decoded = 0;
    for place in 0..bytes.len() {
        for bit in [0x01, 0x10, 0x80] {
            let mut changed = bytes.clone();
            changed[place] ^= bit;
            if let Ok(answer) = wire::decode::<Evaluation>(&changed, LIMIT) {
                decoded += 1;
                assert!(verify(&keepers.public[0], &request.points, &answer).is_err(), "byte {place}, bit {bit:02x}");
            }
        }
    }
    assert!(decoded > 64, "too few of the changed answers were even looked at: {decoded}");
}

#[test]
fn lists_of_other_lengths_are_refused() {
    let (keepers, request, mut rng) = setting();
    let answer = keepers.answer(1, &request.points, &mut rng);
    let other = keepers.answer(2, &request.points[..2], &mut rng);
    let public = &keepers.public[0];
    assert_eq!(verify(public, &request.points[..2], &answer), Err(OprfError::Count));
    assert_eq!(verify(public, &[], &Evaluation { points: BoundedVec::default(), ..answer.clone() }), Err(OprfError::Count));
    assert_eq!(evaluate(&keepers.shares[0], &[], &mut rng), Err(OprfError::Count));
    let many = [request.points[0]; POINTS_MAX + 1];
    assert_eq!(evaluate(&keepers.shares[0], &many, &mut rng), Err(OprfError::Count));
    assert_eq!(keepers.answer(1, &many[1..], &mut rng).points.len(), POINTS_MAX);
    assert_eq!(verify(public, &many, &answer), Err(OprfError::Count));
    assert_eq!(combine(&[]), Err(OprfError::Count));
    assert_eq!(combine(&[(index(1), &[])]), Err(OprfError::Count));
    assert_eq!(combine(&[(index(1), &many)]), Err(OprfError::Count));
    assert_eq!(combine(&[(index(1), &answer.points), (index(2), &other.points)]), Err(OprfError::Count));
    let parts: Vec<(KeyIndex, &[Point])> = (1..=17).map(|number| (index(number), &*answer.points)).collect();
    assert_eq!(combine(&parts), Err(OprfError::Count));
    assert!(combine(&parts[..16]).is_ok());
    let too_many = wire::encode(&(&many[..], answer.proof));
    assert_eq!(wire::decode::<(BoundedVec<Point, POINTS_MAX>, Proof)>(&too_many, LIMIT), Err(WireError::Malformed));
}

#[test]
fn a_keeper_counted_twice_is_refused() {
    let (keepers, request, mut rng) = setting();
    let [one, two] = [1, 2].map(|keeper| keepers.answer(keeper, &request.points, &mut rng));
    let parts = [(index(1), &*one.points), (index(2), &*two.points), (index(1), &*one.points)];
    assert_eq!(combine(&parts), Err(OprfError::RepeatedIndex));
    assert_eq!(combine(&[(index(3), &*one.points), (index(3), &*two.points)]), Err(OprfError::RepeatedIndex));
    assert_eq!(KeyIndex::new(0), Err(OprfError::Index));
    assert_eq!(wire::decode::<KeyIndex>(&[0], LIMIT), Err(WireError::Malformed));
    assert_eq!(wire::decode::<KeyIndex>(&[3], LIMIT), Ok(index(3)));
}

#[test]
fn answers_that_cancel_out_are_refused() {
    let (keepers, request, mut rng) = setting();
    // Over positions 1 and 2 the coefficients are 2 and -1: a second answer of twice the first cancels it.
    let first = keepers.answer(1, &request.points[..1], &mut rng).points[0];
    let twice = Point::from_element(&(first.element() + first.element())).unwrap();
    assert_eq!(combine(&[(index(1), &[first]), (index(2), &[twice])]), Err(OprfError::Identity));
}

#[test]
fn what_is_no_element_or_the_identity_is_refused() {
    let (keepers, ..) = setting();
    // p - 1 and p + 1 in the field are "negative"; p and 2^255 - 1 are not reduced (RFC 9496, A.2).
    let field = |low: u8| {
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (low, 0x7f);
        bytes
    };
    let mut high_bit = *keepers.group.as_bytes();
    high_bit[31] |= 0x80;
    let mut negative = *keepers.group.as_bytes();
    negative[0] |= 1;
    for bytes in [[0; 32], field(0xec), field(0xed), field(0xee), field(0xff), [0xff; 32], high_bit, negative] {
        assert_eq!(Point::from_bytes(&bytes), Err(OprfError::Point), "{bytes:02x?}");
        let mut encoded = vec![0x58, 32];
        encoded.extend(bytes);
        assert_eq!(wire::decode::<Point>(&encoded, LIMIT), Err(WireError::Malformed));
    }
    assert_eq!(Point::from_bytes(&keepers.group.as_bytes()[..31]), Err(OprfError::Point));
    let generator = Point::from_element(&RistrettoPoint::mul_base(&Scalar::ONE)).unwrap();
    assert_eq!(Point::from_bytes(generator.as_bytes()), Ok(generator));
}

#[test]
fn scalars_have_one_form_and_secret_ones_are_not_zero() {
    let order_plus = |more: u8| {
        let mut bytes = (Scalar::ZERO - Scalar::ONE).to_bytes();
        bytes[0] += 1 + more;
        bytes
    };
    let share = |bytes: &[u8; 32]| wire::decode::<KeyShare>(&wire::encode(serde_bytes::Bytes::new(bytes)), LIMIT);
    assert!(share(&[0x11; 32]).is_err(), "above the order");
    assert!(share(&Scalar::from(7_u8).to_bytes()).is_ok());
    for bytes in [[0; 32], order_plus(0), order_plus(7), [0xff; 32]] {
        assert_eq!(share(&bytes).err(), Some(WireError::Malformed));
    }
    let (keepers, request, mut rng) = setting();
    let right = keepers.answer(1, &request.points, &mut rng).proof.to_bytes();
    for half in [0, 32] {
        let mut proof = right;
        proof[half..half + 32].copy_from_slice(&order_plus(1));
        assert_eq!(Proof::from_bytes(&proof), Err(OprfError::Scalar));
    }
}

#[test]
fn an_input_that_cannot_be_framed_is_refused() {
    let (keepers, .., mut rng) = setting();
    let with = Blind::random(&mut rng);
    let long = vec![0; 65_536];
    assert_eq!(blind(&long, &with), Err(OprfError::InputTooLong));
    assert_eq!(finish(&long, &with, &keepers.group), Err(OprfError::InputTooLong));
    assert!(blind(&long[1..], &with).is_ok());
}

#[test]
fn secrets_print_their_names_only() {
    let (keepers, request, _) = setting();
    assert_eq!(format!("{:?} {:?} {:?}", keepers.shares[0], request.blinds[0], keepers.dealt[0]), "KeyShare Blind Dealt");
    assert_eq!(format!("{:?}", keepers.group).len(), "Point(12345678…)".len());
}
