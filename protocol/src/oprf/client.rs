//! What a client computes: points for the keepers, whether their answers hold, and the y's that come of them.
//! Not whom it asks: that needs the charter.

use super::{Blind, Evaluation, KEEPERS_MAX, KeyIndex, OprfError, POINTS_MAX, Point, interpolate, suite};
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::VartimeMultiscalarMul as _;
use zeroize::Zeroizing;

/// `Blind` (RFC 9497, 3.3.2): the point that keepers get to see instead of the input. It is uniform, whatever the input.
///
/// # Errors
/// [`OprfError::InputTooLong`]; [`OprfError::Identity`] for an input that nobody can find.
pub fn blind(input: &[u8], blind: &Blind) -> Result<Point, OprfError> {
    Point::from_element(&(suite::hash_to_group(input)? * blind.scalar()))
}

/// Whether a keeper answered these points under its public share, all of them. An answer that is refused says that this keeper
/// failed, never which point was wrong.
///
/// # Errors
/// [`OprfError::Count`] if there are no points, too many, or not one answer for each; [`OprfError::Proof`] if the proof
/// does not hold.
pub fn verify(public: &Point, points: &[Point], evaluation: &Evaluation) -> Result<(), OprfError> {
    if points.is_empty() || points.len() > POINTS_MAX || points.len() != evaluation.points.len() {
        return Err(OprfError::Count);
    }
    if evaluation.proof.holds_for_answers(public, points, &evaluation.points) { Ok(()) } else { Err(OprfError::Proof) }
}

/// What the whole key would have answered, from the verified answers of exactly these keepers (t of them, each in the order
/// of the request). Fewer than t give other points, which nothing here can tell: the caller counts.
///
/// # Errors
/// [`OprfError::Count`] for no answers, too many, or lists of different lengths; [`OprfError::RepeatedIndex`];
/// [`OprfError::Identity`] if answers that were not verified cancel out.
pub fn combine(parts: &[(KeyIndex, &[Point])]) -> Result<Vec<Point>, OprfError> {
    let count = parts.first().map_or(0, |(_, points)| points.len());
    let fits = |(_, points): &(KeyIndex, &[Point])| points.len() == count;
    if count == 0 || count > POINTS_MAX || parts.len() > KEEPERS_MAX || !parts.iter().all(fits) {
        return Err(OprfError::Count);
    }
    let keepers: Vec<KeyIndex> = parts.iter().map(|(keeper, _)| *keeper).collect();
    let halves: Vec<Scalar> = interpolate::at_zero(&keepers)?.iter().map(Scalar::div_by_2).collect();
    // The answers are as public as the keepers and the wire; only the blind, which comes later, is secret.
    let at =
        |place: usize| RistrettoPoint::vartime_multiscalar_mul(&halves, parts.iter().map(|(_, points)| points[place].element()));
    Point::from_halves(&(0..count).map(at).collect::<Vec<_>>())
}

/// `Finalize` (RFC 9497, 3.3.1): the y of an input, from the combined point at its place. The proofs were checked before.
///
/// # Errors
/// [`OprfError::InputTooLong`].
pub fn finish(input: &[u8], blind: &Blind, combined: &Point) -> Result<[u8; 64], OprfError> {
    let inverse = Zeroizing::new(blind.scalar().invert());
    suite::output(input, &Point::from_element(&(combined.element() * *inverse))?)
}
