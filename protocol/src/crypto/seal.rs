//! HPKE base mode (RFC 9180; X-Wing, HKDF-SHA256, ChaCha20-Poly1305), the outside of an envelope.
//! Not authentication: X-Wing has no auth mode, so the inside is a `Signed<Body>`.

use super::{KeyError, PrekeyPublic, PrekeySecret, labels};
use hpke::{
    Deserializable as _, OpModeR, OpModeS, Serializable as _, aead::ChaCha20Poly1305, kdf::HkdfSha256, kem::XWing,
    single_shot_open, single_shot_seal_with_rng,
};
use rand_core::CryptoRng;

/// Sealing or opening failed. One opaque answer: which step failed is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("could not seal or open")]
pub struct SealError;

impl From<KeyError> for SealError {
    fn from(_: KeyError) -> Self {
        Self
    }
}

/// Seals `plaintext` to a prekey; gives the encapsulated key (1,120 bytes) and the ciphertext.
///
/// # Errors
/// [`SealError`] if the prekey is malformed.
pub fn seal(
    to: &PrekeyPublic,
    plaintext: &[u8],
    aad: &[u8],
    mut rng: &mut dyn CryptoRng,
) -> Result<(Vec<u8>, Vec<u8>), SealError> {
    let (enc, ciphertext) = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &OpModeS::Base,
        &to.key()?,
        labels::ENVELOPE,
        plaintext,
        aad,
        &mut rng,
    )
    .map_err(|_| SealError)?;
    Ok((enc.to_bytes().to_vec(), ciphertext))
}

/// Opens what [`seal`] made.
///
/// # Errors
/// [`SealError`] if anything was changed or the prekey is another one.
pub fn open(with: &PrekeySecret, enc: &[u8], ciphertext: &[u8], aad: &[u8]) -> Result<Vec<u8>, SealError> {
    let enc = <XWing as hpke::Kem>::EncappedKey::from_bytes(enc).map_err(|_| SealError)?;
    single_shot_open::<ChaCha20Poly1305, HkdfSha256, XWing>(&OpModeR::Base, &with.key(), &enc, labels::ENVELOPE, ciphertext, aad)
        .map_err(|_| SealError)
}
