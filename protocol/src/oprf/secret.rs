//! Secret scalars: a keeper's share of the key, and what a client blinds with. Wiped on drop, never printed.
//! Not for keys at rest: whoever stores one seals it.

use super::{OprfError, Point};
use crate::crypto::{Hasher, labels};
use core::fmt;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use rand_core::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_bytes::ByteArray;
use zeroize::Zeroizing;

/// A secret scalar other than zero.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct SecretScalar(Zeroizing<Scalar>);

impl SecretScalar {
    pub(super) fn new(scalar: Scalar) -> Result<Self, OprfError> {
        if scalar == Scalar::ZERO { Err(OprfError::Scalar) } else { Ok(Self(Zeroizing::new(scalar))) }
    }

    /// From 64 uniform bytes, so that no value is likelier than another.
    fn reduce(bytes: &[u8; 64]) -> Result<Self, OprfError> {
        Self::new(Scalar::from_bytes_mod_order_wide(bytes))
    }

    pub(super) fn random(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 64]);
        loop {
            rng.fill_bytes(&mut *bytes);
            if let Ok(scalar) = Self::reduce(&bytes) {
                return scalar;
            }
        }
    }

    /// A scalar for one proof: from the secret, fresh randomness and what is proven. Two proofs under one nonce would give away
    /// the secret, so a generator that repeats itself must not be enough for that.
    pub(super) fn nonce(&self, label: &'static str, proven: &[u8], rng: &mut dyn CryptoRng) -> Self {
        let mut fresh = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *fresh);
        let own = Zeroizing::new(self.0.to_bytes());
        let bytes = Zeroizing::new(Hasher::new(label).part(&*own).part(&*fresh).part(proven).wide());
        Self::reduce(&bytes).expect("64 hashed bytes are zero with chance 2^-252")
    }

    pub(super) fn scalar(&self) -> &Scalar {
        &self.0
    }

    /// The secret times the generator.
    pub(super) fn public(&self) -> Point {
        Point::from_element(&RistrettoPoint::mul_base(&self.0)).expect("a scalar that is not zero does not give the identity")
    }
}

impl Serialize for SecretScalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&*Zeroizing::new(self.0.to_bytes()))
    }
}

impl<'de> Deserialize<'de> for SecretScalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = Zeroizing::new(ByteArray::<32>::deserialize(deserializer)?.into_array());
        let scalar = Option::<Scalar>::from(Scalar::from_canonical_bytes(*bytes));
        scalar.ok_or(OprfError::Scalar).and_then(Self::new).map_err(de::Error::custom)
    }
}

/// A keeper's share of the blinding key: its polynomial's value at the keeper's [`KeyIndex`](super::KeyIndex). While a key is
/// generated also what one dealer gives to one keeper. On the wire and at rest 32 bytes, sealed by whoever sends or stores it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyShare(SecretScalar);

impl KeyShare {
    /// The public share, against which the keeper's answers are verified.
    #[must_use]
    pub fn public(&self) -> Point {
        self.0.public()
    }

    pub(super) fn secret(&self) -> &SecretScalar {
        &self.0
    }
}

impl From<SecretScalar> for KeyShare {
    fn from(secret: SecretScalar) -> Self {
        Self(secret)
    }
}

impl fmt::Debug for KeyShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyShare")
    }
}

/// What one input is blinded with. Without it the answer of the keepers says nothing; with it the point that was sent can be
/// compared with guesses by whoever knows the key.
#[derive(Clone, PartialEq, Eq)]
pub struct Blind(SecretScalar);

impl Blind {
    /// The blind of the input at `place` in the request that `context` names: the same each time, so that a request that is
    /// sent again is the same request. `secret` is this node's own and goes nowhere; `context` must be another one for every
    /// request, else a keeper sees that two requests hold the same input.
    #[must_use]
    pub fn derive(secret: &[u8; 32], context: &[u8], place: u16) -> Self {
        let hasher = Hasher::new(labels::OPRF_BLIND).part(secret).part(&place.to_be_bytes()).part(context);
        let bytes = Zeroizing::new(hasher.wide());
        Self(SecretScalar::reduce(&bytes).expect("64 hashed bytes are zero with chance 2^-252"))
    }

    /// A fresh blind.
    pub fn random(rng: &mut dyn CryptoRng) -> Self {
        Self(SecretScalar::random(rng))
    }

    pub(super) fn scalar(&self) -> &Scalar {
        self.0.scalar()
    }
}

#[cfg(test)]
impl From<SecretScalar> for Blind {
    fn from(secret: SecretScalar) -> Self {
        Self(secret)
    }
}

impl fmt::Debug for Blind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blind")
    }
}
