//! Gives a file chunk by chunk in the clear, each checked; never more than a few of them in memory.
//! Who may read it was decided before.

use super::store::failed;
use super::{BlobError, Blobs};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use icmc_protocol::documents::{File, Manifest, open_chunk, open_chunk_into, open_manifest};
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
        let mut sum = Sum::default();
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
            sum.add(&part);
        }
        sum.compare(&self.file)
    }
}

/// Length and both hashes of what has been read of a file.
#[derive(Debug, Default)]
struct Sum {
    sha256: Sha256,
    blake3: blake3::Hasher,
    size: u64,
}

impl Sum {
    fn add(&mut self, part: &[u8]) {
        self.sha256.update(part);
        self.blake3.update(part);
        self.size += part.len() as u64;
    }

    fn compare(self, file: &File) -> Result<(), BlobError> {
        let sha256: [u8; 32] = self.sha256.finalize().into();
        let fits = self.size == file.size && sha256 == file.sha256 && *self.blake3.finalize().as_bytes() == file.blake3;
        if fits { Ok(()) } else { Err(BlobError::Damaged) }
    }
}

/// Checks a file whose chunks come one by one, in their order, without reading them from the disk again.
pub(crate) struct Check {
    file: File,
    next: u64,
    sum: Sum,
    /// The chunk that is being summed up.
    opened: Zeroizing<Vec<u8>>,
}

impl core::fmt::Debug for Check {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Check(chunk {})", self.next)
    }
}

impl Check {
    pub(crate) fn new(file: File) -> Self {
        Self { file, next: 0, sum: Sum::default(), opened: Zeroizing::default() }
    }

    /// The next chunk.
    ///
    /// # Errors
    /// [`BlobError::Damaged`] if it does not open in this place.
    pub(crate) fn add(&mut self, sealed: &[u8]) -> Result<(), BlobError> {
        if !open_chunk_into(&self.file.key, self.next, sealed, &mut self.opened) {
            return Err(BlobError::Damaged);
        }
        self.next += 1;
        self.sum.add(&self.opened);
        Ok(())
    }

    /// All have come.
    ///
    /// # Errors
    /// [`BlobError::Damaged`] if they are not the file that was announced.
    pub(crate) fn finish(self) -> Result<(), BlobError> {
        self.sum.compare(&self.file)
    }
}

/// The list of chunks of a file that is here.
pub(crate) async fn manifest(blobs: &Blobs, place: PlaceId, file: &File) -> Result<Manifest, BlobError> {
    let sealed = blobs.get(place, file.manifest).await?;
    let manifest = open_manifest(&file.key, &sealed).ok_or(BlobError::Damaged)?;
    if manifest.chunks.len() as u64 == file.chunks() { Ok(manifest) } else { Err(BlobError::Damaged) }
}
