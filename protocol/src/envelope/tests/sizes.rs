//! The padded sizes, which are all that an onlooker learns.

use super::super::sealed::{SEALED_MAX, pad, unpad};
use super::{Kind, PAIR, body, outbox, seal, sign};
use crate::envelope::outbox::OutboxError;
use crate::envelope::{Body, PAYLOAD_MAX};
use proptest::prelude::*;

const SIZES: [usize; 6] = [1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20];

#[test]
fn what_is_inside_fills_one_of_six_sizes() {
    let mut before = 0;
    for size in SIZES {
        for length in [before, before + 1, size - 2, size - 1] {
            let inside = vec![0x80; length];
            let padded = pad(&inside).unwrap();
            assert_eq!((padded.len(), unpad(padded)), (size, Some(inside)));
        }
        before = size;
    }
    assert_eq!(pad(&vec![0; 1 << 20]), None);
}

#[test]
fn other_padding_is_refused() {
    let padded = |length: usize, mark: usize, byte: u8| {
        let mut bytes = vec![0; length];
        bytes[mark] = byte;
        bytes
    };
    assert_eq!(unpad(padded(1 << 10, 5, 0x80)), Some(vec![0; 5]));
    for wrong in [
        Vec::new(),
        vec![0; 1 << 10],
        padded(1 << 10, 5, 0x81),
        padded((1 << 10) + 1, 5, 0x80),
        padded(1023, 5, 0x80),
        padded(4 << 10, 5, 0x80),
        padded(4 << 10, 1023, 0x80),
        padded(2 << 20, 1 << 20, 0x80),
    ] {
        assert_eq!(unpad(wrong), None);
    }
    assert!(unpad(padded(4 << 10, 1024, 0x80)).is_some());
}

proptest! {
    #[test]
    fn whatever_is_inside_comes_out(inside in proptest::collection::vec(any::<u8>(), 0..5000)) {
        prop_assert_eq!(unpad(pad(&inside).unwrap()), Some(inside));
    }
}

#[test]
fn the_largest_payload_fits_and_one_byte_more_does_not() {
    let mut world = PAIR.clone();
    let shillong = world["shillong"].id;
    let large = Body { payload: vec![7; PAYLOAD_MAX], ..body(&world) };
    let sealed = seal(&world, "shillong", sign(&world, "guwahati", &large).as_bytes());
    assert!(sealed.len() <= SEALED_MAX && sealed.len() > 1 << 20);
    assert_eq!(super::outcome(&world.clone(), &super::send(&mut world, &large)), super::Outcome::Applied);
    let more = world.act("guwahati", |txn| outbox::queue(txn, shillong, Kind::Void, vec![7; PAYLOAD_MAX + 1], None));
    assert!(matches!(more, Err(OutboxError::TooLarge)));
}
