//! A signed message in its parts, to be put together in ways that the code under test never would (RFC 9052, COSE_Sign1).
//! Written by hand, so that nothing of what is attacked is used to attack it.

use ed25519_dalek::{Signer as _, SigningKey};

/// The group order of Ed25519 (RFC 8032, section 5.1), least byte first.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0x10,
];

/// The parts.
#[derive(Debug, Clone)]
pub(in crate::testing) struct Cose {
    /// What stands before all of it: a tag, if any.
    pub(in crate::testing) before: Vec<u8>,
    /// Encoded protected headers, without the byte string around them.
    pub(in crate::testing) protected: Vec<u8>,
    /// Encoded unprotected headers.
    pub(in crate::testing) unprotected: Vec<u8>,
    /// The payload as it stands there; none for nil.
    pub(in crate::testing) payload: Option<Vec<u8>>,
    pub(in crate::testing) signature: Vec<u8>,
    /// What stands behind all of it.
    pub(in crate::testing) behind: Vec<u8>,
}

fn head(major: u8, length: usize) -> Vec<u8> {
    match length {
        0..24 => vec![major << 5 | u8::try_from(length).unwrap()],
        24..0x100 => vec![major << 5 | 24, u8::try_from(length).unwrap()],
        _ => [&[major << 5 | 25], u16::try_from(length).unwrap().to_be_bytes().as_slice()].concat(),
    }
}

/// A byte string (RFC 8949).
pub(in crate::testing) fn bytes(of: &[u8]) -> Vec<u8> {
    [head(2, of.len()), of.to_vec()].concat()
}

/// A text string.
pub(in crate::testing) fn text(of: &str) -> Vec<u8> {
    [head(3, of.len()), of.as_bytes().to_vec()].concat()
}

/// Takes a byte string from the front.
fn taken(from: &[u8]) -> (Vec<u8>, &[u8]) {
    let (length, rest) = match from[0] {
        short @ 0x40..=0x57 => (usize::from(short - 0x40), &from[1..]),
        0x58 => (usize::from(from[1]), &from[2..]),
        0x59 => (usize::from(from[1]) << 8 | usize::from(from[2]), &from[3..]),
        other => panic!("no byte string: {other:#x}"),
    };
    (rest[..length].to_vec(), &rest[length..])
}

impl Cose {
    /// Takes one of ours apart.
    pub(in crate::testing) fn of(signed: &[u8]) -> Self {
        assert_eq!(signed[0], 0x84, "an array of four");
        let (protected, rest) = taken(&signed[1..]);
        assert_eq!(rest[0], 0xa0, "no unprotected headers");
        let (payload, rest) = taken(&rest[1..]);
        let (signature, rest) = taken(rest);
        assert!(rest.is_empty());
        let (before, behind) = (Vec::new(), Vec::new());
        Self { before, protected, unprotected: vec![0xa0], payload: Some(payload), signature, behind }
    }

    /// Puts it together.
    pub(in crate::testing) fn bytes(&self) -> Vec<u8> {
        let payload = self.payload.as_ref().map_or_else(|| vec![0xf6], |payload| bytes(payload));
        let parts = [bytes(&self.protected), self.unprotected.clone(), payload, bytes(&self.signature)].concat();
        [self.before.clone(), vec![0x84], parts, self.behind.clone()].concat()
    }

    /// Signs what it holds now, over any external data.
    pub(in crate::testing) fn signed(mut self, seed: &[u8; 32], aad: &str) -> Self {
        let payload = self.payload.clone().unwrap_or_default();
        let parts = [text("Signature1"), bytes(&self.protected), bytes(aad.as_bytes()), bytes(&payload)].concat();
        self.signature = SigningKey::from_bytes(seed).sign(&[vec![0x84], parts].concat()).to_bytes().to_vec();
        self
    }

    /// The same signature with S + L in the place of S: an equation that holds for whoever does not look at the range.
    pub(in crate::testing) fn with_larger_s(mut self) -> Self {
        let mut carry = 0_u16;
        for (byte, order) in self.signature[32..].iter_mut().zip(ORDER) {
            let sum = u16::from(*byte) + u16::from(order) + carry;
            *byte = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        assert_eq!(carry, 0);
        self
    }
}

/// Protected headers: algorithm, content type, key, and whatever else.
pub(in crate::testing) fn headers(algorithm: &[u8], content_type: &str, key: &[u8], more: &[u8]) -> Vec<u8> {
    let count = if more.is_empty() { 0xa3 } else { 0xa4 };
    let kind = [vec![0x03], text(content_type)].concat();
    // In the order in which ours stand: 1, 3, 4; a critical header would be 2.
    let critical = if more.first() == Some(&2) { more } else { &[] };
    let last = if critical.is_empty() { more } else { &[] };
    [vec![count, 0x01], algorithm.to_vec(), critical.to_vec(), kind, vec![0x04], bytes(key), last.to_vec()].concat()
}

/// EdDSA, as ours name it.
pub(in crate::testing) const EDDSA: &[u8] = &[0x27];
/// What the inside of an envelope is.
pub(in crate::testing) const BODY: &str = "application/vnd.icmc.body.v1+cbor";
pub(in crate::testing) const BODY_AAD: &str = "icmc/v1/body";
