//! Takes a file part by part and keeps it as sealed chunks; never more than one chunk of it in memory.
//! Given up half-way, its chunks are removed.

use super::{BlobError, Blobs, Uploading};
use crate::clock::SystemRng;
use icmc_protocol::bounded::BoundedVec;
use icmc_protocol::documents::{CHUNK, ContentKey, File, FileName, Manifest, MediaType, seal_chunk, seal_manifest};
use icmc_protocol::ids::{ChunkHash, PlaceId};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use zeroize::Zeroizing;

/// A file on its way in.
pub struct Writer {
    blobs: Arc<Blobs>,
    uploading: Uploading,
    key: ContentKey,
    part: Zeroizing<Vec<u8>>,
    chunks: Vec<ChunkHash>,
    size: u64,
    sha256: Sha256,
    blake3: blake3::Hasher,
}

impl core::fmt::Debug for Writer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Writer({} bytes)", self.size)
    }
}

/// A file that is here in full, not yet in a case.
#[derive(Debug)]
pub struct Sealed {
    /// What the case is to hold of it.
    pub file: File,
    /// Keeps its chunks until the case does.
    pub uploading: Uploading,
}

impl Writer {
    /// The place is to be marked for removal in the store after this, and before anything is written to it.
    #[must_use]
    pub fn new(blobs: &Arc<Blobs>, place: PlaceId) -> Self {
        Self {
            blobs: blobs.clone(),
            uploading: blobs.begin(place),
            key: ContentKey::random(&mut SystemRng),
            part: Zeroizing::new(Vec::with_capacity(CHUNK)),
            chunks: Vec::new(),
            size: 0,
            sha256: Sha256::new(),
            blake3: blake3::Hasher::new(),
        }
    }

    /// The next bytes of the file.
    ///
    /// # Errors
    /// [`BlobError::TooLarge`], or the disk's; then the writer is of no use any more.
    pub async fn push(&mut self, mut bytes: &[u8]) -> Result<(), BlobError> {
        self.size = self.size.saturating_add(bytes.len() as u64);
        let most = self.blobs.max().min(File::MOST);
        if self.size > most {
            return Err(BlobError::TooLarge(most));
        }
        self.sha256.update(bytes);
        self.blake3.update(bytes);
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.part.len()));
            self.part.extend_from_slice(now);
            bytes = later;
            if self.part.len() == CHUNK {
                self.chunk().await?;
            }
        }
        Ok(())
    }

    async fn chunk(&mut self) -> Result<(), BlobError> {
        let (hash, sealed) = seal_chunk(&self.key, self.chunks.len() as u64, &self.part, &mut SystemRng);
        self.part.clear();
        self.blobs.put(self.uploading.place, hash, sealed.into()).await?;
        self.chunks.push(hash);
        Ok(())
    }

    /// The file is complete.
    ///
    /// # Errors
    /// [`BlobError::Empty`], or the disk's.
    pub async fn finish(mut self, name: FileName, media: MediaType) -> Result<Sealed, BlobError> {
        if self.size == 0 {
            return Err(BlobError::Empty);
        }
        if !self.part.is_empty() {
            self.chunk().await?;
        }
        let chunks = BoundedVec::new(self.chunks).map_err(|_| BlobError::TooLarge(File::MOST))?;
        let (manifest, sealed) = seal_manifest(&self.key, &Manifest { chunks }, &mut SystemRng);
        self.blobs.put(self.uploading.place, manifest, sealed.into()).await?;
        self.blobs.keep(self.uploading.place).await?;
        let file = File {
            key: self.key,
            manifest,
            name,
            media,
            size: self.size,
            sha256: self.sha256.finalize().into(),
            blake3: *self.blake3.finalize().as_bytes(),
        };
        Ok(Sealed { file, uploading: self.uploading })
    }
}
