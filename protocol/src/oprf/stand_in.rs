//! The stand-in for the threshold blinding: keyed BLAKE3 under a secret that every member holds.
//! No protection between members: any of them can guess offline who is announced. The threshold OPRF replaces this file.

use crate::crypto::{derive, labels};
use crate::federation::{Secret32, own};
use crate::machine::{View, ViewError};
use core::fmt;
use zeroize::Zeroizing;

/// Blinding without protection between members: whoever holds the federation secret can compute the y of any guess.
/// It keeps out only those who do not hold that secret.
pub struct UnprotectedStandInBlinding {
    key: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for UnprotectedStandInBlinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnprotectedStandInBlinding")
    }
}

impl UnprotectedStandInBlinding {
    /// The function of a federation, from its secret.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        Self { key: Zeroizing::new(derive(labels::STAND_IN_BLINDING, secret)) }
    }

    /// One y of 64 bytes for each input, in order.
    #[must_use]
    pub fn evaluate(&self, inputs: &[Vec<u8>]) -> Vec<[u8; 64]> {
        let y = |input: &Vec<u8>| {
            let mut y = [0; 64];
            blake3::Hasher::new_keyed(&self.key).update(input).finalize_xof().fill(&mut y);
            y
        };
        inputs.iter().map(y).collect()
    }
}

/// The federation secret, if this unit founded or joined a federation.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn secret(view: &dyn View) -> Result<Option<Secret32>, ViewError> {
    own::blinding(view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_input_gives_the_same_y_only_under_the_same_secret() {
        let inputs = [b"one".to_vec(), b"two".to_vec()];
        let ours = UnprotectedStandInBlinding::new(&[1; 32]).evaluate(&inputs);
        assert_eq!(ours, UnprotectedStandInBlinding::new(&[1; 32]).evaluate(&inputs));
        assert_ne!(ours[0], ours[1]);
        assert_ne!(ours[0][..32], ours[0][32..]);
        let theirs = UnprotectedStandInBlinding::new(&[2; 32]).evaluate(&inputs);
        assert_ne!(ours[0], theirs[0]);
    }
}
