//! What a dealer shows of its polynomial: each coefficient times the generator (Feldman 1987), and that it knows the constant.
//! Not who sent it: the message around it is signed.

use super::super::secret::SecretScalar;
use super::super::{KEEPERS_MAX, KeyIndex, KeyShare, OprfError, Point, Proof};
use crate::bounded::BoundedVec;
use crate::crypto::{Hasher, labels};
use crate::wire;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::VartimeMultiscalarMul as _;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use serde_bytes::Bytes;

/// A dealer's commitment to its polynomial, with a proof of possession bound to one generation and one position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// One for each coefficient from the constant upward: as many as the threshold.
    pub points: BoundedVec<Point, KEEPERS_MAX>,
    /// That the dealer knows the constant. Without it a dealer could offer another's commitment, or the difference to it.
    pub proof: Proof,
}

impl Commitment {
    pub(super) fn of(
        coefficients: &BoundedVec<SecretScalar, KEEPERS_MAX>,
        context: &[u8],
        index: KeyIndex,
        rng: &mut dyn CryptoRng,
    ) -> Self {
        let points: Vec<Point> = coefficients.iter().map(SecretScalar::public).collect();
        let points = BoundedVec::new(points).expect("as many as there are coefficients");
        let constant = coefficients.first().expect("a polynomial has a constant");
        let nonce = constant.nonce(labels::OPRF_POSSESSION_NONCE, &statement(context, index, &points), rng);
        let proof = Proof::of_possession(constant, &nonce, |commitment| challenge(context, index, &points, commitment));
        Self { points, proof }
    }

    /// By which it is fixed before it is shown. The proof is not part: made again, it is another, and it fixes nothing.
    #[must_use]
    pub fn hash(&self, context: &[u8], index: KeyIndex) -> [u8; 32] {
        Hasher::new(labels::OPRF_COMMITMENT).part(&statement(context, index, &self.points)).finish()
    }

    /// Whether it is a commitment of the dealer at `index` for this generation with threshold `t`.
    ///
    /// # Errors
    /// [`OprfError::Threshold`] if it is for another number of keepers, [`OprfError::Possession`] if the proof does not hold.
    pub fn check(&self, context: &[u8], index: KeyIndex, t: u16) -> Result<(), OprfError> {
        let constant = self.points.first().filter(|_| self.points.len() == usize::from(t)).ok_or(OprfError::Threshold)?;
        let challenge = |commitment: &RistrettoPoint| challenge(context, index, &self.points, commitment);
        if self.proof.holds_for_possession(constant, challenge) { Ok(()) } else { Err(OprfError::Possession) }
    }
}

/// Whether what a dealer gave to `receiver` is what its commitment says. If not, the dealer cheated, and the commitment, the
/// share and the dealer's signatures over both show it to everybody.
#[must_use]
pub fn check_share(commitment: &Commitment, receiver: KeyIndex, share: &KeyShare) -> bool {
    let points: Vec<RistrettoPoint> = commitment.points.iter().map(Point::element).copied().collect();
    value_at(&points, receiver).is_ok_and(|expected| expected == share.public())
}

/// The value at a position, times the generator, of a polynomial that is known by its commitment.
pub(super) fn value_at(points: &[RistrettoPoint], index: KeyIndex) -> Result<Point, OprfError> {
    let powers = core::iter::successors(Some(Scalar::ONE), |power| Some(power * index.scalar()));
    // Gathered, because the library asserts that both iterators say beforehand how long they are.
    let powers: Vec<Scalar> = powers.take(points.len()).collect();
    Point::from_element(&RistrettoPoint::vartime_multiscalar_mul(powers, points))
}

/// What a commitment is about, as bytes.
fn statement(context: &[u8], index: KeyIndex, points: &[Point]) -> Vec<u8> {
    wire::encode(&(Bytes::new(context), index, points))
}

fn challenge(context: &[u8], index: KeyIndex, points: &[Point], commitment: &RistrettoPoint) -> Scalar {
    let hasher = Hasher::new(labels::OPRF_POSSESSION).part(commitment.compress().as_bytes());
    Scalar::from_bytes_mod_order_wide(&hasher.part(&statement(context, index, points)).wide())
}
