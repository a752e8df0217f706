//! Gives a file chunk by chunk in the clear, each checked; never more than a few of them in memory.
//! Who may read it was decided before.

use super::store::failed;
use super::{BlobError, Blobs};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use icmc_protocol::documents::{File, Manifest, open_chunk, open_manifest};
use icmc_protocol::ids::PlaceId;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Chunks read and opened at once while a whole file is checked.
const AHEAD: usize = 4;

/// A file on its way out.
#[derive(Debug)]
pub struct Reader {
    blobs: Arc<Blobs>,
    place: PlaceId,
    file: File,
    manifest: Manifest,
    next: usize,
}

impl Reader {
    /// Reads the list of chunks.
    ///
    /// # Errors
    /// [`BlobError::Missing`] or [`BlobError::Damaged`].
    pub async fn open(blobs: &Arc<Blobs>, place: PlaceId, file: File) -> Result<Self, BlobError> {
        let manifest = manifest(blobs, place, &file).await?;
        Ok(Self { blobs: blobs.clone(), place, file, manifest, next: 0 })
    }

    /// The next bytes; none at the end.
    ///
    /// # Errors
    /// [`BlobError::Missing`] or [`BlobError::Damaged`].
    pub async fn next(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, BlobError> {
        let Some(hash) = self.manifest.chunks.get(self.next) else { return Ok(None) };
        let sealed = self.blobs.get(self.place, *hash).await?;
        let opened = open_chunk(&self.file.key, self.next as u64, &sealed).ok_or(BlobError::Damaged)?;
        self.next += 1;
        Ok(Some(opened))
    }

    /// Reads to the end and compares length and both hashes with what was announced: as [`Self::next`] does, several chunks at once.
    ///
    /// # Errors
    /// [`BlobError::Missing`] or [`BlobError::Damaged`].
    pub(crate) async fn check(self) -> Result<(), BlobError> {
        let (mut sha256, mut blake3, mut size) = (Sha256::new(), blake3::Hasher::new(), 0_u64);
        let numbered = (0_u64..).zip(self.manifest.chunks.iter().copied());
        let mut parts = stream::iter(numbered)
            .map(|(number, hash)| {
                let (blobs, place, key) = (self.blobs.clone(), self.place, self.file.key.clone());
                let opened =
                    tokio::spawn(
                        async move { open_chunk(&key, number, &blobs.get(place, hash).await?).ok_or(BlobError::Damaged) },
                    );
                // A node that stops has opened nothing, and says nothing of the document.
                async move { opened.await.map_err(|error| failed(error.into()))? }
            })
            .buffered(AHEAD);
        while let Some(part) = parts.try_next().await? {
            sha256.update(&part);
            blake3.update(&part);
            size += part.len() as u64;
        }
        let sha256: [u8; 32] = sha256.finalize().into();
        let fits = size == self.file.size && sha256 == self.file.sha256 && *blake3.finalize().as_bytes() == self.file.blake3;
        if fits { Ok(()) } else { Err(BlobError::Damaged) }
    }
}

/// The list of chunks of a file that is here.
pub(crate) async fn manifest(blobs: &Blobs, place: PlaceId, file: &File) -> Result<Manifest, BlobError> {
    let sealed = blobs.get(place, file.manifest).await?;
    let manifest = open_manifest(&file.key, &sealed).ok_or(BlobError::Damaged)?;
    if manifest.chunks.len() as u64 == file.chunks() { Ok(manifest) } else { Err(BlobError::Damaged) }
}
