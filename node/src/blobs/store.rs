//! Chunks by place and hash, and what is under way with them: uploads, and how much of a document has come.
//! It checks that bytes have the hash they are stored under, and knows no key.

use super::BlobError;
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use icmc_protocol::ids::{ChunkHash, PlaceId};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{self, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Notify, RwLock};

/// Files that are made durable at a time.
const SYNCS: usize = 16;

/// The chunks of all documents of this node.
#[derive(Debug)]
pub struct Blobs {
    store: LocalFileSystem,
    root: PathBuf,
    /// Held for reading while a fetched chunk is put, for writing while a place is removed: nothing comes back after that.
    gate: RwLock<()>,
    uploading: Mutex<BTreeSet<PlaceId>>,
    arrived: Mutex<BTreeMap<PlaceId, u64>>,
    /// Rung when an upload was given up.
    pub(crate) given_up: Notify,
    /// Most bytes of one document.
    max: u64,
}

impl Blobs {
    /// The folder `blobs` of a data folder, made if it is not there.
    ///
    /// # Errors
    /// [`BlobError`] if it cannot be made.
    pub fn open(data: &path::Path, max: u64) -> Result<Arc<Self>, BlobError> {
        let root = data.join("blobs");
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&root).map_err(failed)?;
        let store = LocalFileSystem::new_with_prefix(&root)?;
        Ok(Arc::new(Self {
            store,
            root,
            gate: RwLock::default(),
            uploading: Mutex::default(),
            arrived: Mutex::default(),
            given_up: Notify::new(),
            max,
        }))
    }

    /// Most bytes of one document on this node.
    #[must_use]
    pub const fn max(&self) -> u64 {
        self.max
    }

    /// Keeps a sealed chunk that was made here.
    pub(super) async fn put(&self, place: PlaceId, hash: ChunkHash, sealed: Bytes) -> Result<(), BlobError> {
        self.store.put(&at(place, hash), sealed.into()).await?;
        Ok(())
    }

    /// Keeps a chunk that another unit sent, if `wanted` still says so when nothing can be removed any more.
    ///
    /// # Errors
    /// [`BlobError::Damaged`] if the bytes are not the ones that were asked for.
    pub(crate) async fn take(
        &self,
        place: PlaceId,
        hash: ChunkHash,
        sealed: Bytes,
        wanted: impl FnOnce() -> bool,
    ) -> Result<(), BlobError> {
        if !hash.names(&sealed) {
            return Err(BlobError::Damaged);
        }
        let _gate = self.gate.read().await;
        if wanted() { self.put(place, hash, sealed).await } else { Err(BlobError::Missing) }
    }

    /// A sealed chunk as it stands, not checked.
    ///
    /// # Errors
    /// [`BlobError::Missing`] if it is not here.
    pub(crate) async fn get(&self, place: PlaceId, hash: ChunkHash) -> Result<Vec<u8>, BlobError> {
        Ok(self.store.get(&at(place, hash)).await?.bytes().await?.into())
    }

    /// Forgets a chunk that turned out to be damaged, so that it is fetched again.
    pub(crate) async fn drop_chunk(&self, place: PlaceId, hash: ChunkHash) -> Result<(), BlobError> {
        Ok(self.store.delete(&at(place, hash)).await?)
    }

    /// The chunks that are at a place.
    ///
    /// # Errors
    /// [`BlobError`] if the folder cannot be read.
    pub(crate) async fn held(&self, place: PlaceId) -> Result<BTreeSet<ChunkHash>, BlobError> {
        let under = Path::from(place.to_string());
        let found: Vec<_> = self.store.list(Some(&under)).try_collect().await?;
        Ok(found.iter().filter_map(|object| object.location.filename()?.parse().ok()).collect())
    }

    /// Makes all chunks of a place durable: once for a document, since one by one it would cost more than all else together.
    ///
    /// # Errors
    /// [`BlobError`] if the disk refuses; then the document is not to be called complete.
    pub(crate) async fn keep(&self, place: PlaceId) -> Result<(), BlobError> {
        let held: Vec<ChunkHash> = self.held(place).await?.into_iter().collect();
        self.keep_chunks(place, &held).await?;
        self.keep_names(place).await
    }

    /// Makes some chunks of a place durable, but not yet that they are there: for a document that is still coming.
    ///
    /// # Errors
    /// As for [`Self::keep`].
    pub(crate) async fn keep_chunks(&self, place: PlaceId, chunks: &[ChunkHash]) -> Result<(), BlobError> {
        let folder = self.root.join(place.to_string());
        let files: Vec<PathBuf> = chunks.iter().map(|hash| folder.join(hash.to_string())).collect();
        stream::iter(files.into_iter().map(sync)).buffered(SYNCS).try_collect().await
    }

    /// Makes durable which chunks a place has.
    ///
    /// # Errors
    /// As for [`Self::keep`].
    pub(crate) async fn keep_names(&self, place: PlaceId) -> Result<(), BlobError> {
        sync(self.root.join(place.to_string())).await?;
        sync(self.root.clone()).await
    }

    /// Removes all chunks of a place, and what a crash left of half-written ones. An upload under way is let be.
    ///
    /// # Errors
    /// [`BlobError`] if some are left; then it is to be tried again.
    pub(crate) async fn discard(&self, place: PlaceId) -> Result<bool, BlobError> {
        if self.uploading().contains(&place) {
            return Ok(false);
        }
        let _gate = self.gate.write().await;
        let under = Path::from(place.to_string());
        let found: Vec<_> = self.store.list(Some(&under)).try_collect().await?;
        for object in found {
            self.store.delete(&object.location).await?;
        }
        // A half-written chunk is hidden from the list above. The folder is not there if there never was a chunk.
        let _ = tokio::fs::remove_dir_all(self.root.join(place.to_string())).await;
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).remove(&place);
        Ok(true)
    }

    /// An upload begins at this place.
    #[must_use]
    pub(super) fn begin(self: &Arc<Self>, place: PlaceId) -> Uploading {
        self.uploading().insert(place);
        Uploading { blobs: self.clone(), place }
    }

    /// Bytes of a document that is on its way, as far as it has come.
    #[must_use]
    pub fn arrived(&self, place: PlaceId) -> Option<u64> {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).get(&place).copied()
    }

    pub(crate) fn set_arrived(&self, place: PlaceId, bytes: Option<u64>) {
        let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        match bytes {
            Some(bytes) => arrived.insert(place, bytes),
            None => arrived.remove(&place),
        };
    }

    fn uploading(&self) -> std::sync::MutexGuard<'_, BTreeSet<PlaceId>> {
        self.uploading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the file system says, as `object_store` would.
pub(crate) fn failed(source: std::io::Error) -> BlobError {
    object_store::Error::Generic { store: "folder", source: Box::new(source) }.into()
}

async fn sync(path: PathBuf) -> Result<(), BlobError> {
    tokio::fs::File::open(path).await.map_err(failed)?.sync_all().await.map_err(failed)
}

fn at(place: PlaceId, hash: ChunkHash) -> Path {
    Path::from_iter([place.to_string(), hash.to_string()])
}

/// An upload under way: as long as this lives its chunks are let be. Dropped before its change was written, they go.
#[derive(Debug)]
pub struct Uploading {
    blobs: Arc<Blobs>,
    pub(super) place: PlaceId,
}

impl Uploading {
    /// Where the chunks are.
    #[must_use]
    pub const fn place(&self) -> PlaceId {
        self.place
    }
}

impl Drop for Uploading {
    fn drop(&mut self) {
        self.blobs.uploading().remove(&self.place);
        self.blobs.given_up.notify_one();
    }
}
