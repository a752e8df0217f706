//! XChaCha20-Poly1305 with a random nonce in front: the one AEAD of everything at rest.
//! What stands in the associated data is the caller's business.

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Length of the nonce in bytes; random ones of this length do not repeat.
pub(crate) const NONCE_LEN: usize = 24;
/// Length of the authentication tag in bytes.
pub(crate) const TAG_LEN: usize = 16;

/// 32 secret bytes, wiped on drop.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<[u8; 32]>);

impl core::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SecretKey")
    }
}

impl SecretKey {
    pub(super) fn random(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *bytes);
        Self(bytes)
    }

    pub(super) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// A key for one purpose, from this one.
    pub(super) fn derive(&self, label: &'static str) -> Self {
        Self(Zeroizing::new(icmc_protocol::crypto::derive(label, self.bytes())))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.bytes().into())
    }
}

/// Nonce ‖ ciphertext ‖ tag.
pub(crate) fn seal(key: &SecretKey, aad: &[u8], plain: &[u8], rng: &mut dyn CryptoRng) -> Vec<u8> {
    let mut nonce = [0; NONCE_LEN];
    rng.fill_bytes(&mut nonce);
    let sealed = key
        .cipher()
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad })
        .expect("rows are far below the limit of the cipher");
    [nonce.as_slice(), &sealed].concat()
}

/// The plaintext, or nothing if the key, the associated data or a single bit differs.
pub(crate) fn open(key: &SecretKey, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>()?;
    key.cipher().decrypt(&XNonce::from(*nonce), Payload { msg: body, aad }).ok().map(Zeroizing::new)
}
