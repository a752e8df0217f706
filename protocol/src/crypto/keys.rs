//! Secret keys without `Debug`, wiped on drop, and the public forms that go over the wire.
//! Not for keys at rest: `node::vault` wraps those.

use crate::ids::NodeKey;
use ed25519_dalek::{SigningKey, VerifyingKey};
use hpke::{Deserializable as _, Kem as _, Serializable as _, kem::XWing};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A key that is malformed or weak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a usable public key")]
pub struct KeyError;

/// A unit's Ed25519 key: signs, and is the libp2p identity. Also the shape of the recovery key.
#[derive(Clone)]
pub struct NodeSecret(SigningKey);

impl core::fmt::Debug for NodeSecret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("NodeSecret")
    }
}

impl NodeSecret {
    /// A fresh key.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *seed);
        Self::from_seed(&seed)
    }

    /// The key of a 32-byte seed, as stored wrapped.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The seed, for wrapping and for the transport.
    #[must_use]
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> NodeKey {
        NodeKey(self.0.verifying_key().to_bytes())
    }

    pub(super) fn signing_key(&self) -> &SigningKey {
        &self.0
    }
}

impl NodeKey {
    /// Refuses what is no curve point or of small order: under such a key anything verifies.
    ///
    /// # Errors
    /// [`KeyError`] for a malformed or weak key.
    pub fn check(&self) -> Result<(), KeyError> {
        self.verifying().map(|_| ())
    }

    pub(super) fn verifying(&self) -> Result<VerifyingKey, KeyError> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| KeyError)?;
        if key.is_weak() { Err(KeyError) } else { Ok(key) }
    }
}

/// Public half of a prekey: X-Wing (X25519 + ML-KEM-768), 1,216 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PrekeyPublic(#[serde(with = "serde_bytes")] Vec<u8>);

impl PrekeyPublic {
    /// Length in bytes.
    pub const LEN: usize = 1216;

    pub(super) fn key(&self) -> Result<<XWing as hpke::Kem>::PublicKey, KeyError> {
        <XWing as hpke::Kem>::PublicKey::from_bytes(&self.0).map_err(|_| KeyError)
    }

    /// Whether it is a usable key.
    ///
    /// # Errors
    /// [`KeyError`] if it is malformed.
    pub fn check(&self) -> Result<(), KeyError> {
        self.key().map(|_| ())
    }
}

/// Secret half of a prekey: 32 bytes from which X-Wing derives both of its keys.
#[derive(Clone)]
pub struct PrekeySecret(Zeroizing<[u8; 32]>);

impl core::fmt::Debug for PrekeySecret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PrekeySecret")
    }
}

impl PrekeySecret {
    /// A fresh prekey.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *bytes);
        Self(bytes)
    }

    /// From its stored form.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// For storing, wrapped.
    #[must_use]
    pub fn bytes(&self) -> &Zeroizing<[u8; 32]> {
        &self.0
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PrekeyPublic {
        PrekeyPublic(XWing::sk_to_pk(&self.key()).to_bytes().to_vec())
    }

    pub(super) fn key(&self) -> <XWing as hpke::Kem>::PrivateKey {
        <XWing as hpke::Kem>::PrivateKey::from_bytes(&*self.0).expect("an X-Wing secret is any 32 bytes")
    }
}
