//! What one keeper deals: a random polynomial of degree t - 1, whose value at zero is its part of the key.
//! Secret: only the values for other keepers leave, each to its keeper.

use super::super::secret::SecretScalar;
use super::super::{KEEPERS_MAX, KeyIndex, KeyShare, OprfError};
use super::Commitment;
use crate::bounded::BoundedVec;
use core::fmt;
use curve25519_dalek::scalar::Scalar;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// One keeper's polynomial. Kept, sealed, until the generation ends, then destroyed; dealt anew for every generation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Dealt {
    /// From the constant upward, at least one.
    coefficients: BoundedVec<SecretScalar, KEEPERS_MAX>,
}

/// The same before it is known to have a coefficient.
#[derive(Deserialize)]
struct Stored {
    coefficients: BoundedVec<SecretScalar, KEEPERS_MAX>,
}

impl TryFrom<Stored> for Dealt {
    type Error = OprfError;

    fn try_from(Stored { coefficients }: Stored) -> Result<Self, OprfError> {
        if coefficients.is_empty() { Err(OprfError::Threshold) } else { Ok(Self { coefficients }) }
    }
}

impl Dealt {
    /// A fresh polynomial for a key of which any `t` keepers answer.
    ///
    /// # Errors
    /// [`OprfError::Threshold`] if `t` is zero or more than [`KEEPERS_MAX`].
    pub fn new(t: u16, rng: &mut dyn CryptoRng) -> Result<Self, OprfError> {
        let coefficients = (0..t).take(KEEPERS_MAX + 1).map(|_| SecretScalar::random(rng)).collect();
        BoundedVec::new(coefficients).map_err(|_| OprfError::Threshold).map(|coefficients| Stored { coefficients })?.try_into()
    }

    /// What everybody may know of it, with the proof that its constant is known. `context` names the federation and this
    /// generation, `index` is the dealer's own position.
    pub fn commitment(&self, context: &[u8], index: KeyIndex, rng: &mut dyn CryptoRng) -> Commitment {
        Commitment::of(&self.coefficients, context, index, rng)
    }

    /// The value at a keeper's position, for that keeper alone; at the dealer's own for itself.
    #[must_use]
    pub fn share_for(&self, index: KeyIndex) -> KeyShare {
        let x = index.scalar();
        let horner = |sum: Zeroizing<Scalar>, next: &SecretScalar| Zeroizing::new(*sum * x + next.scalar());
        let value = self.coefficients.iter().rev().fold(Zeroizing::new(Scalar::ZERO), horner);
        SecretScalar::new(*value).expect("a random polynomial of our own is zero here with chance 2^-252").into()
    }
}

impl fmt::Debug for Dealt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dealt")
    }
}
