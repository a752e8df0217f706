//! What a case holds of a file: the value of the field `file`, and the list of its chunks.
//! Not the file's bytes, and not the fields that people fill in.

use super::chunk::{CHUNK, ContentKey};
use crate::bounded::{BoundedText, BoundedVec};
use crate::dictionary::Value;
use crate::ids::ChunkHash;
use crate::wire;
use serde::{Deserialize, Serialize};

/// Most chunks of one document, so that their list fits one chunk.
const MOST_CHUNKS: usize = 7000;
/// Most bytes of the value.
const VALUE_MAX: usize = 1024;

/// Name of a file as it was uploaded, for people to read.
pub type FileName = BoundedText<200>;
/// Media type as whoever uploaded it said, for people to read. Nothing is decided by it.
pub type MediaType = BoundedText<100>;

/// The value of the field `file`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Opens the chunks.
    pub key: ContentKey,
    /// The sealed list of chunks.
    pub manifest: ChunkHash,
    /// Its name.
    pub name: FileName,
    /// Its media type.
    pub media: MediaType,
    /// Its length in bytes.
    pub size: u64,
    /// SHA-256 of the file.
    #[serde(with = "serde_bytes")]
    pub sha256: [u8; 32],
    /// BLAKE3 of the file.
    #[serde(with = "serde_bytes")]
    pub blake3: [u8; 32],
}

impl File {
    /// The most bytes that a document can have.
    pub const MOST: u64 = (MOST_CHUNKS * CHUNK) as u64;

    /// As a value of the field.
    #[must_use]
    pub fn to_value(&self) -> Value {
        Value::Bytes(wire::encode(self))
    }

    /// From a value of the field; none if it is out of form, which another unit may well send.
    #[must_use]
    pub fn of_value(value: &Value) -> Option<Self> {
        let Value::Bytes(bytes) = value else { return None };
        wire::decode(bytes, VALUE_MAX).ok().filter(|file: &Self| file.size <= Self::MOST)
    }

    /// How many chunks it has.
    #[must_use]
    pub const fn chunks(&self) -> u64 {
        self.size.div_ceil(CHUNK as u64)
    }

    /// How many parts of it are carried: the list of chunks, and the chunks.
    #[must_use]
    pub fn parts(&self) -> u32 {
        u32::try_from(self.chunks() + 1).unwrap_or(u32::MAX)
    }
}

/// The chunks of a document in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// One for each chunk.
    pub chunks: BoundedVec<ChunkHash, MOST_CHUNKS>,
}
