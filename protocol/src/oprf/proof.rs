//! Proofs that a secret was used: of one keeper's share over a whole batch of points, and of a dealer's own secret.
//! Not for signatures: who sent something is proven by the unit's key.

use super::secret::SecretScalar;
use super::{OprfError, Point, suite};
use core::fmt;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::VartimeMultiscalarMul as _;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_bytes::ByteArray;

/// Challenge and answer, 32 bytes each: as a proof of equal logarithms the form of RFC 9497 (2.2), as a proof of possession
/// Schnorr's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    challenge: Scalar,
    answer: Scalar,
}

impl Proof {
    /// Length in bytes.
    pub const LEN: usize = 64;

    /// Takes the encoding of a proof, which may still not hold.
    ///
    /// # Errors
    /// [`OprfError::Scalar`] if it is not two canonical scalars.
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Self, OprfError> {
        let scalar = |half: &[u8]| {
            let half = half.try_into().map_err(|_| OprfError::Scalar)?;
            Option::<Scalar>::from(Scalar::from_canonical_bytes(half)).ok_or(OprfError::Scalar)
        };
        Ok(Self { challenge: scalar(&bytes[..32])?, answer: scalar(&bytes[32..])? })
    }

    /// The encoding.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..32].copy_from_slice(self.challenge.as_bytes());
        bytes[32..].copy_from_slice(self.answer.as_bytes());
        bytes
    }

    /// `GenerateProof` with `ComputeCompositesFast` (RFC 9497, 2.2): each answer is its point times the share.
    pub(super) fn of_answers(
        share: &SecretScalar,
        public: &Point,
        points: &[Point],
        answers: &[Point],
        nonce: &SecretScalar,
    ) -> Self {
        // Weights and points are known to all, so that part may take a time that depends on them; what is secret may not.
        let m = weighted(&suite::weights(public, points, answers), points);
        let z = m * share.scalar();
        let commitments = (RistrettoPoint::mul_base(nonce.scalar()), m * nonce.scalar());
        let challenge = suite::challenge(public, [&m, &z, &commitments.0, &commitments.1]);
        Self { challenge, answer: nonce.scalar() - challenge * share.scalar() }
    }

    /// `VerifyProof` (RFC 9497, 2.2). Both lists are of one length.
    pub(super) fn holds_for_answers(&self, public: &Point, points: &[Point], answers: &[Point]) -> bool {
        let weights = suite::weights(public, points, answers);
        let (m, z) = (weighted(&weights, points), weighted(&weights, answers));
        let t3 = RistrettoPoint::vartime_multiscalar_mul([self.answer, self.challenge], [m, z]);
        self.challenge == suite::challenge(public, [&m, &z, &self.commitment(public), &t3])
    }

    /// Schnorr's proof of knowing a secret: `challenge` hashes what it is for and the commitment it is given.
    pub(super) fn of_possession(
        secret: &SecretScalar,
        nonce: &SecretScalar,
        challenge: impl FnOnce(&RistrettoPoint) -> Scalar,
    ) -> Self {
        let challenge = challenge(&RistrettoPoint::mul_base(nonce.scalar()));
        Self { challenge, answer: nonce.scalar() - challenge * secret.scalar() }
    }

    /// Whether that proof holds for the public half of the secret.
    pub(super) fn holds_for_possession(&self, public: &Point, challenge: impl FnOnce(&RistrettoPoint) -> Scalar) -> bool {
        self.challenge == challenge(&self.commitment(public))
    }

    /// What the prover must have committed to: answer·G + challenge·public.
    fn commitment(&self, public: &Point) -> RistrettoPoint {
        RistrettoPoint::vartime_double_scalar_mul_basepoint(&self.challenge, public.element(), &self.answer)
    }
}

/// One of the composites of RFC 9497, 2.2.1.
fn weighted(weights: &[Scalar], points: &[Point]) -> RistrettoPoint {
    RistrettoPoint::vartime_multiscalar_mul(weights, points.iter().map(Point::element))
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proof({}…)", HEXLOWER.encode(&self.challenge.as_bytes()[..4]))
    }
}

impl Serialize for Proof {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.to_bytes())
    }
}

impl<'de> Deserialize<'de> for Proof {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = ByteArray::<{ Self::LEN }>::deserialize(deserializer)?.into_array();
        Self::from_bytes(&bytes).map_err(de::Error::custom)
    }
}
