//! Cutting and sealing: 240-KiB chunks, each under the document's content key and bound to its place in the file.
//! XChaCha20-Poly1305, a random nonce in front; the hash that names a chunk is over the sealed bytes.

use super::Manifest;
use crate::crypto::{derive, labels};
use crate::ids::ChunkHash;
use crate::wire;
use chacha20poly1305::aead::{Aead as _, AeadInOut as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Bytes of a file in one chunk; the last one may be shorter.
pub const CHUNK: usize = 240 * 1024;
const NONCE: usize = 24;
const TAG: usize = 16;
/// Most bytes of a sealed chunk or list.
pub const SEALED_MAX: usize = NONCE + CHUNK + TAG;

/// Opens the chunks of one document. It travels inside the value of the field `file`, so under a share it is sealed
/// under the share's key at the receiver, and is gone with it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentKey(#[serde(with = "serde_bytes")] [u8; 32]);

impl core::fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ContentKey")
    }
}

impl ContentKey {
    /// A fresh one.
    pub fn random(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    fn seal(&self, aad: &[u8], plain: &[u8], rng: &mut dyn CryptoRng) -> (ChunkHash, Vec<u8>) {
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        let sealed = XChaCha20Poly1305::new((&self.0).into())
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad })
            .expect("a chunk is far below the limit of the cipher");
        let bytes = [nonce.as_slice(), &sealed].concat();
        (hash(&bytes), bytes)
    }

    fn open(&self, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut opened = Zeroizing::default();
        self.open_into(aad, sealed, &mut opened).then_some(opened)
    }

    /// Nothing is in it if it does not open.
    fn open_into(&self, aad: &[u8], sealed: &[u8], into: &mut Zeroizing<Vec<u8>>) -> bool {
        into.clear();
        let Some((nonce, body)) = sealed.split_first_chunk::<NONCE>() else { return false };
        into.extend_from_slice(body);
        let cipher = XChaCha20Poly1305::new((&self.0).into());
        let opened = cipher.decrypt_in_place(&XNonce::from(*nonce), aad, &mut **into).is_ok();
        if !opened {
            into.clear();
        }
        opened
    }
}

/// The name of sealed bytes.
pub(super) fn hash(sealed: &[u8]) -> ChunkHash {
    ChunkHash(derive(labels::CHUNK, sealed))
}

impl ChunkHash {
    /// Whether these are the bytes that it names.
    #[must_use]
    pub fn names(self, sealed: &[u8]) -> bool {
        hash(sealed) == self
    }
}

fn place(number: u64) -> Vec<u8> {
    [labels::SEALED_CHUNK, &number.to_be_bytes()].concat()
}

/// Seals the chunk of this number, counted from 0.
pub fn seal_chunk(key: &ContentKey, number: u64, plain: &[u8], rng: &mut dyn CryptoRng) -> (ChunkHash, Vec<u8>) {
    key.seal(&place(number), plain, rng)
}

/// The bytes of the chunk of this number; none if key, number or a single bit differs.
#[must_use]
pub fn open_chunk(key: &ContentKey, number: u64, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    key.open(&place(number), sealed)
}

/// As [`open_chunk`], into a buffer that is used for chunk after chunk: fresh memory for each costs more than summing it up. False, and
/// nothing in it, if it does not open.
pub fn open_chunk_into(key: &ContentKey, number: u64, sealed: &[u8], into: &mut Zeroizing<Vec<u8>>) -> bool {
    key.open_into(&place(number), sealed, into)
}

/// Seals the list of chunks; its hash stands in the [`super::File`].
pub fn seal_manifest(key: &ContentKey, manifest: &Manifest, rng: &mut dyn CryptoRng) -> (ChunkHash, Vec<u8>) {
    key.seal(labels::SEALED_MANIFEST, &wire::encode(manifest), rng)
}

/// The list of chunks; none if it was not sealed with this key, or is out of form.
#[must_use]
pub fn open_manifest(key: &ContentKey, sealed: &[u8]) -> Option<Manifest> {
    wire::decode(&key.open(labels::SEALED_MANIFEST, sealed)?, CHUNK).ok()
}
