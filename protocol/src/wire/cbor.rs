//! The one file that names the CBOR crate: encoding, size limit, decode → encode → bytes equal.
//! Not for COSE structures: `crypto` applies the same rule to those.

use serde::{Deserialize, Serialize};
use std::io;

/// Why bytes were not taken as a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Longer than this message may be.
    #[error("{got} bytes, at most {limit} allowed")]
    TooLong {
        /// The cap in bytes.
        limit: usize,
        /// The length received.
        got: usize,
    },
    /// Not this type, or out of its bounds.
    #[error("not a well-formed message of this type")]
    Malformed,
    /// Well-formed, but not the one encoding that the rule of `protocol.md` ("Bytes") allows.
    #[error("not in the one permitted encoding")]
    NotCanonical,
}

/// Packed CBOR: structs as maps with integer keys in declared order, enum variants by number (RFC 8949).
#[must_use]
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(value, &mut bytes).expect("writing to memory does not fail and wire types hold nothing CBOR cannot carry");
    bytes
}

fn write<T: Serialize + ?Sized>(value: &T, into: impl io::Write) -> Result<(), serde_cbor::Error> {
    let mut writer = serde_cbor::ser::IoWrite::new(into);
    value.serialize(&mut serde_cbor::Serializer::new(&mut writer).packed_format().legacy_enums())
}

/// What is still to be written for the bytes to be equal. Encoding again is compared as it goes, since a quarter of a megabyte of a
/// document would be copied for nothing.
struct Expected<'a>(&'a [u8]);

impl io::Write for Expected<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.strip_prefix(bytes).ok_or(io::ErrorKind::InvalidData)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Decodes bytes that came over a trust boundary.
///
/// The decoder alone accepts duplicate keys, long integers and ignored tags; encoding again and comparing refuses them all.
///
/// # Errors
/// [`WireError`] if the bytes exceed `limit`, are not a `T`, or are not what [`encode`] gives for it.
pub fn decode<'a, T: Serialize + Deserialize<'a>>(bytes: &'a [u8], limit: usize) -> Result<T, WireError> {
    if bytes.len() > limit {
        return Err(WireError::TooLong { limit, got: bytes.len() });
    }
    let value: T = serde_cbor::from_slice(bytes).map_err(|_| WireError::Malformed)?;
    let mut expected = Expected(bytes);
    if write(&value, &mut expected).is_err() || !expected.0.is_empty() {
        return Err(WireError::NotCanonical);
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        number: u64,
        map: BTreeMap<u8, u8>,
        choice: Choice,
        none: Option<u8>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Choice {
        Unit,
        Held(u8),
        Named { one: u8, two: u8 },
    }

    fn sample(choice: Choice) -> Sample {
        Sample { number: 7, map: [(1, 2), (3, 4)].into(), choice, none: None }
    }

    #[test]
    fn structs_are_maps_with_integer_keys_and_variants_are_numbers() {
        let bytes = encode(&sample(Choice::Held(9)));
        assert_eq!(bytes, [0xa4, 0, 7, 1, 0xa2, 1, 2, 3, 4, 2, 0x82, 1, 9, 3, 0xf6]);
        for choice in [Choice::Unit, Choice::Held(1), Choice::Named { one: 1, two: 2 }] {
            let value = sample(choice);
            assert_eq!(decode::<Sample>(&encode(&value), 64), Ok(value));
        }
    }

    #[test]
    fn every_lax_form_is_refused() {
        let good = encode(&sample(Choice::Unit));
        let lax: [&[u8]; 6] = [
            &[0xa4, 0, 0x18, 7, 1, 0xa2, 1, 2, 3, 4, 2, 0, 3, 0xf6], // long integer
            &[0xa4, 0, 7, 1, 0xa2, 3, 4, 1, 2, 2, 0, 3, 0xf6],       // map keys out of order
            &[0xa4, 0, 7, 1, 0xa3, 1, 2, 1, 2, 3, 4, 2, 0, 3, 0xf6], // key twice
            &[0xbf, 0, 7, 1, 0xa2, 1, 2, 3, 4, 2, 0, 3, 0xf6, 0xff], // indefinite length
            &[0x84, 7, 0xa2, 1, 2, 3, 4, 0, 0xf6],                   // array for a struct
            &[0xc1, 0xa4, 0, 7, 1, 0xa2, 1, 2, 3, 4, 2, 0, 3, 0xf6], // tag
        ];
        for bytes in lax {
            assert!(decode::<Sample>(bytes, 64).is_err(), "{bytes:02x?}");
        }
        assert_eq!(decode::<Sample>(&good, good.len() - 1), Err(WireError::TooLong { limit: good.len() - 1, got: good.len() }));
        let mut tail = good.clone();
        tail.push(0);
        assert_eq!(decode::<Sample>(&tail, 64), Err(WireError::Malformed));
    }
}
