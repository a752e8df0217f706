//! BLAKE3 with `derive_key` labels.
//! Not for passwords: those go through Argon2id.

/// Collects parts of a labelled hash.
#[derive(Debug, Clone)]
pub struct Hasher(blake3::Hasher);

impl Hasher {
    /// A hash for one purpose.
    #[must_use]
    pub fn new(label: &'static str) -> Self {
        Self(blake3::Hasher::new_derive_key(label))
    }

    /// Adds a part. Parts of variable length must be the last one, or be length-framed by the caller.
    #[must_use]
    pub fn part(mut self, bytes: &[u8]) -> Self {
        self.0.update(bytes);
        self
    }

    /// The 32 bytes.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        *self.0.finalize().as_bytes()
    }

    /// The 32 bytes with one more part; what was collected stays for the next one.
    #[must_use]
    pub fn finish_with(&self, last: &[u8]) -> [u8; 32] {
        let mut hasher = self.0.clone();
        hasher.update(last);
        *hasher.finalize().as_bytes()
    }

    /// 64 bytes: enough that their remainder by a group order of 255 bits is uniform.
    #[must_use]
    pub fn wide(self) -> [u8; 64] {
        let mut bytes = [0; 64];
        self.0.finalize_xof().fill(&mut bytes);
        bytes
    }
}

/// `BLAKE3-derive(label, bytes)`.
#[must_use]
pub fn derive(label: &'static str, bytes: &[u8]) -> [u8; 32] {
    Hasher::new(label).part(bytes).finish()
}

/// Keyed BLAKE3 under a key derived from `secret` for this label.
#[must_use]
pub fn keyed(label: &'static str, secret: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    *blake3::keyed_hash(&derive(label, secret), bytes).as_bytes()
}
