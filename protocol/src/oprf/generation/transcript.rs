//! What all keepers of a new key sign, so that a dealer who showed two of them different commitments is noticed.
//! Not the signature.

use super::super::{KeyIndex, Point};
use super::Commitment;
use crate::crypto::{Hasher, labels};
use crate::wire;
use core::borrow::Borrow;
use serde_bytes::Bytes;

/// One hash over all that a generation was about: context and every dealer's position and points, in the order of positions
/// whatever order they are given in. The key and all public shares follow from these. Proofs of possession are not part, they
/// only had to hold.
#[must_use]
pub fn transcript(context: &[u8], commitments: &[(KeyIndex, impl Borrow<Commitment>)]) -> [u8; 32] {
    let mut dealers: Vec<(KeyIndex, &[Point])> =
        commitments.iter().map(|(index, commitment)| (*index, &*commitment.borrow().points)).collect();
    dealers.sort_unstable();
    Hasher::new(labels::OPRF_TRANSCRIPT).part(&wire::encode(&(Bytes::new(context), dealers))).finish()
}
