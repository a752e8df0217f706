//! Lagrange interpolation at zero, where the shared key lies.
//! Only over positions, which everybody knows: nothing here is secret.

use super::{KeyIndex, OprfError};
use curve25519_dalek::scalar::Scalar;

/// The coefficient of each of these keepers, in order: with them the shares sum up to the key.
///
/// # Errors
/// [`OprfError::RepeatedIndex`] if a position stands twice: there is no polynomial then.
pub(super) fn at_zero(keepers: &[KeyIndex]) -> Result<Vec<Scalar>, OprfError> {
    let mut above = Vec::with_capacity(keepers.len());
    let mut below = Vec::with_capacity(keepers.len());
    for (place, keeper) in keepers.iter().enumerate() {
        let others = || keepers.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, other)| other.scalar());
        above.push(others().product::<Scalar>());
        below.push(others().map(|other| other - keeper.scalar()).product::<Scalar>());
    }
    if below.contains(&Scalar::ZERO) {
        return Err(OprfError::RepeatedIndex);
    }
    Scalar::invert_batch_alloc(&mut below);
    Ok(above.iter().zip(&below).map(|(above, below)| above * below).collect())
}
