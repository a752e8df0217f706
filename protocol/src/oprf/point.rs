//! What travels: elements of the group, and the positions of keepers.
//! Not for scalars: secret ones are in `secret`, those of proofs in `proof`.

use super::OprfError;
use core::fmt;
use core::num::NonZeroU16;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_bytes::ByteArray;

/// A ristretto255 element in its one encoding of 32 bytes (RFC 9496), never the identity. A value of this type was checked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point([u8; Point::LEN]);

impl Point {
    /// Length in bytes.
    pub const LEN: usize = 32;

    /// Takes the encoding of an element.
    ///
    /// # Errors
    /// [`OprfError::Point`] for anything else, also for the identity and for another encoding of an element.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, OprfError> {
        let bytes: [u8; Self::LEN] = bytes.try_into().map_err(|_| OprfError::Point)?;
        // Decoding refuses every encoding but the canonical one (RFC 9496, 4.3.1); the identity is all zeros.
        if bytes == [0; Self::LEN] || CompressedRistretto(bytes).decompress().is_none() {
            return Err(OprfError::Point);
        }
        Ok(Self(bytes))
    }

    /// The encoding.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    pub(super) fn from_element(element: &RistrettoPoint) -> Result<Self, OprfError> {
        let bytes = element.compress().to_bytes();
        if bytes == [0; Self::LEN] { Err(OprfError::Identity) } else { Ok(Self(bytes)) }
    }

    pub(super) fn element(&self) -> RistrettoPoint {
        CompressedRistretto(self.0).decompress().expect("a point is checked when it is made")
    }
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Point({}…)", HEXLOWER.encode(&self.0[..4]))
    }
}

impl Serialize for Point {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = ByteArray::<{ Self::LEN }>::deserialize(deserializer)?;
        Self::from_bytes(bytes.as_slice()).map_err(de::Error::custom)
    }
}

/// Position of a keeper among the n of its generation, from 1: where its share lies on the polynomial. Zero would be the key itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyIndex(NonZeroU16);

impl KeyIndex {
    /// The position `index`.
    ///
    /// # Errors
    /// [`OprfError::Index`] for zero.
    pub fn new(index: u16) -> Result<Self, OprfError> {
        NonZeroU16::new(index).map(Self).ok_or(OprfError::Index)
    }

    /// The number, from 1.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0.get()
    }

    pub(super) fn scalar(self) -> Scalar {
        Scalar::from(self.get())
    }
}

impl fmt::Display for KeyIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
