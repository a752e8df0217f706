//! The data folder: names of its files, and the lock that keeps a second process out.
//! redb has locks of its own, but not for both files at once and not with a sentence for a person.

use super::StoreError;
use crate::disk::Files;
use std::fs::{DirBuilder, File, TryLockError};
use std::path::{Path, PathBuf};

/// A data folder, ours alone until this is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    dir: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes the folder if it is not there, readable by its owner only, and takes the lock.
    pub(super) fn create(dir: &Path, files: &dyn Files) -> Result<Self, StoreError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(dir).map_err(|source| StoreError::Folder { dir: dir.to_owned(), source })?;
        let folder = Self::lock(dir)?;
        match (files.exists(&folder.keys()), files.exists(&folder.rows())) {
            (false, false) => Ok(folder),
            (true, true) => Err(StoreError::Exists { dir: dir.to_owned() }),
            _ => Err(StoreError::Incomplete { dir: dir.to_owned() }),
        }
    }

    /// Takes the lock of an existing folder.
    pub(super) fn open(dir: &Path, files: &dyn Files) -> Result<Self, StoreError> {
        if !dir.is_dir() {
            return Err(StoreError::Missing { dir: dir.to_owned() });
        }
        let folder = Self::lock(dir)?;
        match (files.exists(&folder.keys()), files.exists(&folder.rows())) {
            (true, true) => Ok(folder),
            (false, false) => Err(StoreError::Missing { dir: dir.to_owned() }),
            _ => Err(StoreError::Incomplete { dir: dir.to_owned() }),
        }
    }

    pub(super) fn keys(&self) -> PathBuf {
        self.dir.join("keys.redb")
    }

    pub(super) fn rows(&self) -> PathBuf {
        self.dir.join("store.redb")
    }

    fn lock(dir: &Path) -> Result<Self, StoreError> {
        let cannot = |source| StoreError::Folder { dir: dir.to_owned(), source };
        let file = File::options().write(true).create(true).truncate(false).open(dir.join("lock")).map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { dir: dir.to_owned(), _lock: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse { dir: dir.to_owned() }),
            Err(TryLockError::Error(source)) => Err(cannot(source)),
        }
    }
}
