//! What comes of all dealers together: a keeper's share, the group key, every keeper's public share.
//! Only over what was checked before, and only over all dealers: one left out makes another key.

use super::super::secret::SecretScalar;
use super::super::{KEEPERS_MAX, KeyIndex, KeyShare, OprfError, Point};
use super::Commitment;
use super::commitment::value_at;
use core::borrow::Borrow;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use zeroize::Zeroizing;

/// A keeper's share of the key: the sum of what every dealer gave to it, itself included.
///
/// # Errors
/// [`OprfError::Dealers`] for none or too many, [`OprfError::Scalar`] if they sum up to zero, which nobody can bring about who
/// does not know the keeper's own.
pub fn add_shares(received: &[KeyShare]) -> Result<KeyShare, OprfError> {
    if received.is_empty() || received.len() > KEEPERS_MAX {
        return Err(OprfError::Dealers);
    }
    let add = |sum: Zeroizing<Scalar>, share: &KeyShare| Zeroizing::new(*sum + share.secret().scalar());
    SecretScalar::new(*received.iter().fold(Zeroizing::new(Scalar::ZERO), add)).map(Into::into)
}

/// The key of the group, times the generator.
///
/// # Errors
/// [`OprfError::Dealers`] for none or too many, [`OprfError::Threshold`] if they committed to different thresholds,
/// [`OprfError::Identity`] if they cancel out.
pub fn group_key(commitments: &[impl Borrow<Commitment>]) -> Result<Point, OprfError> {
    Point::from_element(&polynomial(commitments)?[0])
}

/// What the answers of the keeper at `index` are verified against.
///
/// # Errors
/// As [`group_key`].
pub fn public_share(commitments: &[impl Borrow<Commitment>], index: KeyIndex) -> Result<Point, OprfError> {
    value_at(&polynomial(commitments)?, index)
}

/// The commitment to the sum of all polynomials, at least one point.
fn polynomial(commitments: &[impl Borrow<Commitment>]) -> Result<Vec<RistrettoPoint>, OprfError> {
    let t = commitments.first().map_or(0, |first| first.borrow().points.len());
    if commitments.is_empty() || commitments.len() > KEEPERS_MAX {
        return Err(OprfError::Dealers);
    }
    if t == 0 || commitments.iter().any(|commitment| commitment.borrow().points.len() != t) {
        return Err(OprfError::Threshold);
    }
    let at = |place: usize| commitments.iter().map(|commitment| commitment.borrow().points[place].element()).sum();
    Ok((0..t).map(at).collect())
}
