//! What dealers may try while a key is generated, and how each is noticed.
//! Not the messages between them.

use super::*;
use crate::wire::{self, WireError};

const LIMIT: usize = 4096;
const T: u16 = 2;

/// Alice, Bob and Carol deal; commitments in their order.
fn dealers(rng: &mut SeededRng) -> (Vec<Dealt>, Vec<Commitment>) {
    let dealt: Vec<Dealt> = (0..3).map(|_| Dealt::new(T, rng).unwrap()).collect();
    let shown = (1..).zip(&dealt).map(|(at, dealt)| dealt.commitment(CONTEXT, index(at), rng)).collect();
    (dealt, shown)
}

fn numbered(shown: &[Commitment]) -> Vec<(KeyIndex, &Commitment)> {
    (1..).map(index).zip(shown).collect()
}

#[test]
fn a_dealer_that_shows_two_commitments_is_noticed() {
    let rng = &mut SeededRng::new(1);
    let (_, shown) = dealers(rng);
    // Carol deals twice: Alice and Bob hold different ones, each of them sound.
    let second = Dealt::new(T, rng).unwrap().commitment(CONTEXT, index(3), rng);
    assert_eq!(second.check(CONTEXT, index(3), T), Ok(()));
    let at_bob = [shown[0].clone(), shown[1].clone(), second.clone()];
    assert_ne!(transcript(CONTEXT, &numbered(&shown)), transcript(CONTEXT, &numbered(&at_bob)));
    // Whoever was told the hash first notices alone.
    assert_ne!(shown[2].hash(CONTEXT, index(3)), second.hash(CONTEXT, index(3)));
}

#[test]
fn a_transcript_is_over_everything_and_no_order() {
    let rng = &mut SeededRng::new(2);
    let (dealt, shown) = dealers(rng);
    let all = numbered(&shown);
    let whole = transcript(CONTEXT, &all);
    let turned: Vec<_> = all.iter().rev().copied().collect();
    assert_eq!(whole, transcript(CONTEXT, &turned));
    let again: Vec<Commitment> = (1..).zip(&dealt).map(|(at, dealt)| dealt.commitment(CONTEXT, index(at), rng)).collect();
    assert_eq!(whole, transcript(CONTEXT, &numbered(&again)), "proofs made again change nothing");
    assert_eq!(shown[0].hash(CONTEXT, index(1)), again[0].hash(CONTEXT, index(1)));
    assert_ne!(shown, again);
    assert_ne!(whole, transcript(b"generation 2", &all));
    assert_ne!(whole, transcript(CONTEXT, &all[..2]));
    let moved: Vec<_> = all.iter().map(|(at, one)| (index(4 - at.get()), *one)).collect();
    assert_ne!(whole, transcript(CONTEXT, &moved));
    let shifted: Vec<_> = all.iter().map(|(at, one)| (index(at.get() + 1), *one)).collect();
    assert_ne!(whole, transcript(CONTEXT, &shifted));
    assert_ne!(shown[0].hash(CONTEXT, index(1)), shown[0].hash(CONTEXT, index(2)));
    assert_ne!(shown[0].hash(CONTEXT, index(1)), shown[0].hash(b"generation 2", index(1)));
}

#[test]
fn a_share_that_is_not_the_dealers_is_refused() {
    let rng = &mut SeededRng::new(3);
    let (dealt, shown) = dealers(rng);
    let right = dealt[0].share_for(index(2));
    assert!(check_share(&shown[0], index(2), &right));
    assert!(!check_share(&shown[0], index(2), &dealt[0].share_for(index(3))), "another's place");
    assert!(!check_share(&shown[0], index(2), &dealt[1].share_for(index(2))), "another dealer's");
    assert!(!check_share(&shown[1], index(2), &right), "under another commitment");
    let bytes = wire::encode(&right);
    let mut looked_at = 0;
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << bit;
            if let Ok(share) = wire::decode::<KeyShare>(&changed, LIMIT) {
                looked_at += 1;
                assert!(!check_share(&shown[0], index(2), &share), "byte {place}, bit {bit}");
            }
        }
    }
    assert!(looked_at >= 31 * 8, "{looked_at}");
    let empty = Commitment { points: BoundedVec::default(), ..shown[0].clone() };
    assert!(!check_share(&empty, index(2), &right));
}

#[test]
fn nobody_commits_to_what_it_does_not_know() {
    let rng = &mut SeededRng::new(4);
    let (dealt, shown) = dealers(rng);
    // Bob takes Alice's commitment for his own, or hers of another generation.
    assert_eq!(shown[0].check(CONTEXT, index(2), T), Err(OprfError::Possession));
    assert_eq!(shown[0].check(b"generation 2", index(1), T), Err(OprfError::Possession));
    // Or he takes his own minus hers, so that the group key is one that he knows (a rogue key).
    let difference = shown[1].points[0].element() - shown[0].points[0].element();
    let points = vec![Point::from_element(&difference).unwrap(), shown[1].points[1]];
    let rogue = Commitment { points: BoundedVec::new(points).unwrap(), ..shown[1].clone() };
    assert_eq!(group_key(&[shown[0].clone(), rogue.clone()]), Ok(shown[1].points[0]), "it would have worked");
    assert_eq!(rogue.check(CONTEXT, index(2), T), Err(OprfError::Possession));
    // The proof is over all points, not the constant alone.
    let mut points = shown[1].points.clone().into_inner();
    points[1] = shown[0].points[1];
    let other = Commitment { points: BoundedVec::new(points).unwrap(), ..shown[1].clone() };
    assert_eq!(other.check(CONTEXT, index(2), T), Err(OprfError::Possession));
    let own = dealt[1].commitment(CONTEXT, index(2), rng);
    assert_eq!(own.check(CONTEXT, index(2), T), Ok(()));
}

#[test]
fn no_byte_of_a_commitment_can_be_changed() {
    let (_, shown) = dealers(&mut SeededRng::new(5));
    let bytes = wire::encode(&shown[0]);
    assert_eq!(wire::decode::<Commitment>(&bytes, LIMIT).unwrap().check(CONTEXT, index(1), T), Ok(()));
    for place in 0..bytes.len() {
        for bit in [0x01, 0x10, 0x80] {
            let mut changed = bytes.clone();
            changed[place] ^= bit;
            if let Ok(commitment) = wire::decode::<Commitment>(&changed, LIMIT) {
                assert!(commitment.check(CONTEXT, index(1), T).is_err(), "byte {place}, bit {bit:02x}");
            }
        }
    }
}

#[test]
fn thresholds_are_held_to() {
    let rng = &mut SeededRng::new(6);
    let (_, shown) = dealers(rng);
    for t in [0, 1, 3, u16::MAX] {
        assert_eq!(shown[0].check(CONTEXT, index(1), t), Err(OprfError::Threshold));
    }
    for t in [0, 17, u16::MAX] {
        assert_eq!(Dealt::new(t, rng).err(), Some(OprfError::Threshold));
    }
    let three = Dealt::new(3, rng).unwrap().commitment(CONTEXT, index(3), rng);
    let none = Commitment { points: BoundedVec::default(), ..three.clone() };
    assert_eq!(group_key(&[&shown[0], &shown[1], &three]), Err(OprfError::Threshold));
    assert_eq!(public_share(&[&shown[0], &shown[1], &three], index(1)), Err(OprfError::Threshold));
    assert_eq!(group_key(&[&none]), Err(OprfError::Threshold));
    assert_eq!(none.check(CONTEXT, index(1), 0), Err(OprfError::Threshold));
    assert_eq!(group_key(&[] as &[Commitment]), Err(OprfError::Dealers));
    assert_eq!(group_key(&[&three; 17]), Err(OprfError::Dealers));
    assert_eq!(add_shares(&[]).err(), Some(OprfError::Dealers));
    let share = Dealt::new(1, rng).unwrap().share_for(index(1));
    assert_eq!(add_shares(&vec![share; 17]).err(), Some(OprfError::Dealers));
}

#[test]
fn dealers_that_cancel_out_are_refused() {
    let rng = &mut SeededRng::new(7);
    let one = Dealt::new(1, rng).unwrap();
    let commitment = one.commitment(CONTEXT, index(1), rng);
    let share = one.share_for(index(1));
    let minus = KeyShare::from(secret::SecretScalar::new(-share.secret().scalar()).unwrap());
    assert_eq!(add_shares(&[share, minus.clone()]).err(), Some(OprfError::Scalar));
    let points = BoundedVec::new(vec![minus.public()]).unwrap();
    assert_eq!(group_key(&[commitment.clone(), Commitment { points, ..commitment }]), Err(OprfError::Identity));
}

#[test]
fn what_was_dealt_survives_being_stored() {
    let rng = &mut SeededRng::new(8);
    let (dealt, shown) = dealers(rng);
    let stored = wire::encode(&dealt[0]);
    let read: Dealt = wire::decode(&stored, LIMIT).unwrap();
    assert!(check_share(&shown[0], index(3), &read.share_for(index(3))));
    let again = read.commitment(CONTEXT, index(1), rng);
    assert_eq!(again.check(CONTEXT, index(1), T), Ok(()));
    assert_eq!(again.points, shown[0].points);
    assert_eq!(wire::decode::<Dealt>(&[0xa1, 0, 0x80], LIMIT).err(), Some(WireError::Malformed), "no coefficients");
    let share = dealt[0].share_for(index(2));
    assert!(wire::decode::<KeyShare>(&wire::encode(&share), LIMIT).unwrap() == share);
}
