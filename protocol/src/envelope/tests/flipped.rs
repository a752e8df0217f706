//! One envelope, every bit of it, outside and inside; every beginning of it; bytes behind it.
//! All are refused with the one opaque code. Only another prekey's number is told apart.

use super::{Answer, PAIR, Sealed, answer, body, receive, refused, seal, send, sign};
use crate::testing::say;

fn flip(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

/// The bits of every second byte, from this one on: two tests share the work.
fn outside(first: usize) {
    let mut world = PAIR.clone();
    let good = seal(&world, "shillong", sign(&world, "guwahati", &body(&world)).as_bytes());
    let before = world["shillong"].state();
    let number = Sealed::decode(&good).unwrap().prekey();
    for bit in (first..good.len()).step_by(2).flat_map(|byte| byte * 8..(byte + 1) * 8) {
        let bytes = flip(&good, bit);
        let another = Sealed::decode(&bytes).is_ok_and(|sealed| sealed.prekey() != number);
        let effects = receive(&mut world, "guwahati", bytes);
        if another {
            assert!(matches!(answer(&effects), Answer::UnknownPrekey(_)) && effects.writes.is_empty(), "bit {bit}");
        } else {
            refused(&effects);
        }
    }
    assert!(world["shillong"].state() == before);
    say(&format!("{} flipped bits outside an envelope refused with one answer, nothing written", good.len() * 4));
    assert!(!receive(&mut world, "guwahati", good).writes.is_empty(), "as it was sent it is taken");
}

#[test]
fn every_flipped_bit_of_even_bytes_outside_is_refused() {
    outside(0);
}

#[test]
fn every_flipped_bit_of_odd_bytes_outside_is_refused() {
    outside(1);
}

#[test]
fn every_flipped_bit_inside_is_refused() {
    let mut world = PAIR.clone();
    let good = sign(&world, "guwahati", &body(&world));
    for bit in 0..good.as_bytes().len() * 8 {
        let bytes = seal(&world, "shillong", &flip(good.as_bytes(), bit));
        refused(&receive(&mut world, "guwahati", bytes));
    }
    say(&format!("{} flipped bits inside an envelope refused with one answer, nothing written", good.as_bytes().len() * 8));
}

#[test]
fn every_beginning_and_every_tail_is_refused() {
    let mut world = PAIR.clone();
    let inside = sign(&world, "guwahati", &body(&world));
    let good = seal(&world, "shillong", inside.as_bytes());
    for length in 0..good.len() {
        refused(&receive(&mut world, "guwahati", good[..length].to_vec()));
    }
    for more in 1..=16 {
        refused(&receive(&mut world, "guwahati", [good.clone(), vec![0; more]].concat()));
        let bytes = seal(&world, "shillong", &[inside.as_bytes(), &vec![1; more]].concat());
        refused(&receive(&mut world, "guwahati", bytes));
    }
    refused(&receive(&mut world, "guwahati", vec![0x80; 2 << 20]));
    say(&format!("{} lengths of an envelope refused with one answer, nothing written", good.len() + 33));
    let fine = body(&world);
    send(&mut world, &fine);
}
