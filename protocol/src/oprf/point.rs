//! What travels: elements of the group, and the positions of keepers.
//! Not for scalars: secret ones are in `secret`, those of proofs in `proof`.

use super::OprfError;
use core::cmp::Ordering;
use core::fmt;
use core::num::NonZeroU16;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_bytes::ByteArray;

/// A ristretto255 element in its one encoding of 32 bytes (RFC 9496), never the identity. A value of this type was checked.
/// The decoded form is kept beside the bytes, since decoding costs a square root.
#[derive(Clone, Copy)]
pub struct Point {
    bytes: [u8; Point::LEN],
    element: RistrettoPoint,
}

impl Point {
    /// Length in bytes.
    pub const LEN: usize = 32;

    /// Takes the encoding of an element.
    ///
    /// # Errors
    /// [`OprfError::Point`] for anything else, also for the identity and for another encoding of an element.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, OprfError> {
        let bytes: [u8; Self::LEN] = bytes.try_into().map_err(|_| OprfError::Point)?;
        // Decoding refuses every encoding but the canonical one (RFC 9496, 4.3.1).
        let element = CompressedRistretto(bytes).decompress().ok_or(OprfError::Point)?;
        Self::checked(CompressedRistretto(bytes), element).map_err(|_| OprfError::Point)
    }

    /// The encoding.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.bytes
    }

    pub(super) fn from_element(element: &RistrettoPoint) -> Result<Self, OprfError> {
        Self::checked(element.compress(), *element)
    }

    /// The double of each: encoding many doubles at once shares one inversion, where encoding each costs a square root.
    /// So whoever computes many halves its scalar first.
    pub(super) fn from_halves(halves: &[RistrettoPoint]) -> Result<Vec<Self>, OprfError> {
        let bytes = RistrettoPoint::double_and_compress_batch(halves);
        bytes.into_iter().zip(halves).map(|(bytes, half)| Self::checked(bytes, half + half)).collect()
    }

    /// The identity is encoded as zeros.
    fn checked(compressed: CompressedRistretto, element: RistrettoPoint) -> Result<Self, OprfError> {
        let bytes = compressed.to_bytes();
        if bytes == [0; Self::LEN] { Err(OprfError::Identity) } else { Ok(Self { bytes, element }) }
    }

    pub(super) const fn element(&self) -> &RistrettoPoint {
        &self.element
    }
}

impl PartialEq for Point {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Point {}

impl PartialOrd for Point {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Point {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes.cmp(&other.bytes)
    }
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Point({}…)", HEXLOWER.encode(&self.bytes[..4]))
    }
}

impl Serialize for Point {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.bytes)
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
