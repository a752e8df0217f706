//! The secret of one comparison between two units: hides values in the group, and raises points that the other side has hidden.
//! Not for blinding: its inputs are hashed under a domain of their own, so no point of one is a point of the other.

use super::secret::SecretScalar;
use super::{OprfError, Point, suite};
use core::fmt;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

/// A secret scalar, fresh for each comparison. At rest 32 bytes, sealed by whoever stores it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Exponent(SecretScalar);

impl Exponent {
    /// A fresh one.
    pub fn random(rng: &mut dyn CryptoRng) -> Self {
        Self(SecretScalar::random(rng))
    }

    /// The value as a point of `domain` (hash to group of RFC 9497 under that domain), raised to the secret.
    ///
    /// # Errors
    /// [`OprfError::InputTooLong`]; [`OprfError::Identity`] for a value that nobody can find.
    pub fn hide(&self, domain: &[u8], value: &[u8]) -> Result<Point, OprfError> {
        Point::from_element(&(suite::hash_to_group_of(domain, value)? * self.0.scalar()))
    }

    /// A point of the other side, raised to the secret. The group has prime order: a point that is not the identity gives none.
    ///
    /// # Errors
    /// [`OprfError::Identity`], which no point gives.
    pub fn raise(&self, point: &Point) -> Result<Point, OprfError> {
        Point::from_element(&(point.element() * self.0.scalar()))
    }
}

impl fmt::Debug for Exponent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exponent")
    }
}
