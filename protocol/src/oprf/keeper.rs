//! What a keeper computes: its share times each point of a request, with one proof over all.
//! Not who may ask and how often.

use super::secret::SecretScalar;
use super::{KeyShare, OprfError, POINTS_MAX, Point, Proof};
use crate::bounded::BoundedVec;
use crate::crypto::labels;
use curve25519_dalek::ristretto::RistrettoPoint;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A keeper's answer to one request: a point for each that was asked, in order, and one proof over all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The answers, each the point asked times the share.
    pub points: BoundedVec<Point, POINTS_MAX>,
    /// That they are, against the keeper's public share.
    pub proof: Proof,
}

/// `BlindEvaluate` (RFC 9497, 3.3.2) over a batch, under one keeper's share.
///
/// # Errors
/// [`OprfError::Count`] for no points or more than [`POINTS_MAX`].
pub fn evaluate(share: &KeyShare, points: &[Point], rng: &mut dyn CryptoRng) -> Result<Evaluation, OprfError> {
    evaluate_with(share, points, |public| {
        let mut proven = public.as_bytes().to_vec();
        proven.extend(points.iter().flat_map(Point::as_bytes));
        share.secret().nonce(labels::OPRF_PROOF_NONCE, &proven, rng)
    })
}

/// The same with a nonce that the caller chooses, as the RFC's test vectors do.
pub(super) fn evaluate_with(
    share: &KeyShare,
    points: &[Point],
    nonce: impl FnOnce(&Point) -> SecretScalar,
) -> Result<Evaluation, OprfError> {
    if points.is_empty() || points.len() > POINTS_MAX {
        return Err(OprfError::Count);
    }
    let (secret, public) = (share.secret(), share.public());
    let half = Zeroizing::new(secret.scalar().div_by_2());
    let halves: Vec<RistrettoPoint> = points.iter().map(|point| point.element() * *half).collect();
    let answers = Point::from_halves(&halves)?;
    let proof = Proof::of_answers(secret, &public, points, &answers, &nonce(&public));
    Ok(Evaluation { points: BoundedVec::new(answers).map_err(|_| OprfError::Count)?, proof })
}
