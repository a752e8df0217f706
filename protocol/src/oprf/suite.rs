//! The suite of RFC 9497: ristretto255-SHA512 in mode VOPRF (0x01), its hashes into the group and the scalars, and its output.
//! Nothing of the threshold: this file is the RFC and its test vectors hold it.

use super::{OprfError, Point};
use crate::crypto::labels;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use sha2::{Digest as _, Sha512};

/// `expand_message_xmd` with SHA-512 for 64 bytes (RFC 9380, 5.3.1), which is one block: `b_1`.
fn expand(message: &[&[u8]], domain: &[u8]) -> [u8; 64] {
    const BLOCK: [u8; 128] = [0; 128];
    let length = u8::try_from(domain.len()).expect("our domains are short");
    let mut first = Sha512::new().chain_update(BLOCK);
    for part in message {
        first.update(part);
    }
    let first = first.chain_update(64_u16.to_be_bytes()).chain_update([0]).chain_update(domain).chain_update([length]).finalize();
    Sha512::new().chain_update(first).chain_update([1]).chain_update(domain).chain_update([length]).finalize().into()
}

/// `HashToGroup` (RFC 9497, 4.1).
///
/// # Errors
/// [`OprfError::InputTooLong`]; [`OprfError::Identity`] for an input that nobody can find.
pub(super) fn hash_to_group(input: &[u8]) -> Result<RistrettoPoint, OprfError> {
    hash_to_group_of(labels::OPRF_HASH_TO_GROUP, input)
}

/// The same under another domain, for what is no input of the blinding.
///
/// # Errors
/// As above.
pub(super) fn hash_to_group_of(domain: &[u8], input: &[u8]) -> Result<RistrettoPoint, OprfError> {
    framed(input)?;
    let element = RistrettoPoint::from_uniform_bytes(&expand(&[input], domain));
    if element == RistrettoPoint::default() { Err(OprfError::Identity) } else { Ok(element) }
}

/// `HashToScalar` (RFC 9497, 4.1) over the joined parts; another domain only to derive a key.
pub(super) fn hash_to_scalar(message: &[&[u8]], domain: &[u8]) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&expand(message, domain))
}

/// The weights `d_i` of `ComputeComposites` (RFC 9497, 2.2.1): one for each point and its answer.
pub(super) fn weights(public: &Point, points: &[Point], answers: &[Point]) -> Vec<Scalar> {
    let seed = Sha512::new()
        .chain_update(POINT)
        .chain_update(public.as_bytes())
        .chain_update(framed(labels::OPRF_SEED).expect("a short label"))
        .chain_update(labels::OPRF_SEED)
        .finalize();
    let weight = |(place, (point, answer)): (u16, (&Point, &Point))| {
        let place = place.to_be_bytes();
        let message: [&[u8]; 8] = [&[0, 64], &seed, &place, &POINT, point.as_bytes(), &POINT, answer.as_bytes(), b"Composite"];
        hash_to_scalar(&message, labels::OPRF_HASH_TO_SCALAR)
    };
    (0..).zip(points.iter().zip(answers)).map(weight).collect()
}

/// The challenge of `GenerateProof` and `VerifyProof` (RFC 9497, 2.2): public share, both composites, both commitments.
pub(super) fn challenge(public: &Point, composites: [&RistrettoPoint; 4]) -> Scalar {
    let [m, z, t2, t3] = composites.map(|element| element.compress().to_bytes());
    let message: [&[u8]; 11] = [&POINT, public.as_bytes(), &POINT, &m, &POINT, &z, &POINT, &t2, &POINT, &t3, b"Challenge"];
    hash_to_scalar(&message, labels::OPRF_HASH_TO_SCALAR)
}

/// The hash that ends `Finalize` (RFC 9497, 3.3.1).
///
/// # Errors
/// [`OprfError::InputTooLong`].
pub(super) fn output(input: &[u8], unblinded: &Point) -> Result<[u8; 64], OprfError> {
    let hash = Sha512::new()
        .chain_update(framed(input)?)
        .chain_update(input)
        .chain_update(POINT)
        .chain_update(unblinded.as_bytes())
        .chain_update(b"Finalize");
    Ok(hash.finalize().into())
}

/// The length of a point as the RFC frames it.
const POINT: [u8; 2] = [0, 32];

/// The length of a part as the RFC frames it.
fn framed(part: &[u8]) -> Result<[u8; 2], OprfError> {
    u16::try_from(part.len()).map(u16::to_be_bytes).map_err(|_| OprfError::InputTooLong)
}
