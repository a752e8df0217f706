//! One redb file: how it is opened, how a transaction is committed, how it recovers from a failed write, what its errors mean.
//! Knows no table but its own counter, and no key: those are in `vault` and `store`.

pub(crate) mod files;

pub(crate) use files::{Files, real};

use redb::{Database, Durability, ReadTransaction, ReadableDatabase as _, ReadableTable as _, TableDefinition, WriteTransaction};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Why a file of the data folder could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// No space, or a quota.
    #[error("the disk is full: nothing was saved; free some space and try again")]
    Full,
    /// Not the bytes that were written.
    #[error("the file {file} is damaged: restore the last backup")]
    Damaged {
        /// Its name inside the data folder.
        file: String,
    },
    /// A commit failed in its last step and the file could not be read to see whether it holds.
    #[error("the disk failed while saving, and it is not known whether the last change was kept: start icmc again and look")]
    Uncertain,
    /// Anything else that the file system or redb reports.
    #[error("the data folder could not be read or written: {0}")]
    Failed(#[from] redb::Error),
}

impl From<io::Error> for DiskError {
    fn from(error: io::Error) -> Self {
        if is_full(&error) { Self::Full } else { Self::Failed(redb::Error::Io(error)) }
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// How many transactions the file has seen.
const COUNTER: TableDefinition<'_, (), u64> = TableDefinition::new("d01-1");

/// An open redb file.
///
/// After an I/O error redb refuses everything until the file is opened anew; this does so at once, so that a unit
/// whose disk was full can go on when there is space again. Snapshots taken before that fail from then on.
pub(crate) struct RedbFile {
    path: PathBuf,
    files: Arc<dyn Files>,
    /// Bytes.
    cache: usize,
    /// Empty only after an attempt to open it anew has failed; the next use tries again.
    slot: RwLock<Option<Database>>,
    writing: Mutex<()>,
}

impl core::fmt::Debug for RedbFile {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RedbFile({})", name(&self.path))
    }
}

impl RedbFile {
    /// A new file; `cache` in bytes.
    pub(crate) fn create(files: &Arc<dyn Files>, path: &Path, cache: usize) -> Result<Self, DiskError> {
        // Made once and closed: `open` must never make an empty file where one has vanished.
        files.create(path)?;
        drop(files.database(path, cache, true).map_err(|error| explain(path, error.into()))?);
        Self::open(files, path, cache)
    }

    /// An existing file; `cache` in bytes.
    pub(crate) fn open(files: &Arc<dyn Files>, path: &Path, cache: usize) -> Result<Self, DiskError> {
        let (path, files) = (path.to_owned(), Arc::clone(files));
        let file = Self { path, files, cache, slot: RwLock::new(None), writing: Mutex::new(()) };
        file.reopen()?;
        Ok(file)
    }

    /// Where it lies.
    pub(crate) fn files(&self) -> &Arc<dyn Files> {
        &self.files
    }

    /// A read snapshot.
    pub(crate) fn read(&self) -> Result<ReadTransaction, DiskError> {
        self.with(|db| Ok(db.begin_read()?))
    }

    /// One transaction, on disk when this returns `Ok`; without any effect otherwise, save for [`DiskError::Uncertain`].
    pub(crate) fn write<T>(&self, work: impl FnOnce(&WriteTransaction) -> Result<T, redb::Error>) -> Result<T, DiskError> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut done = None;
        let outcome = self.with(|db| {
            let txn = begin(db)?;
            let result = work(&txn)?;
            let mut counter = txn.open_table(COUNTER)?;
            let number = counter.get(())?.map_or(0, |row| row.value()) + 1;
            counter.insert((), number)?;
            drop(counter);
            done = Some((number, result));
            Ok(txn.commit()?)
        });
        match (outcome, done) {
            (Ok(()), Some((_, result))) => Ok(result),
            (Err(error), Some((number, result))) => match self.holds(number) {
                Ok(true) => Ok(result),
                Ok(false) => Err(error),
                Err(_) => Err(DiskError::Uncertain),
            },
            (Err(error), None) => Err(error),
            (Ok(()), None) => Err(DiskError::Uncertain),
        }
    }

    /// Whether the commit of this number, which reported a failure, is in the file nevertheless: its last step is to
    /// write the header, and the failure may have come after that. If so, another commit makes it durable.
    fn holds(&self, number: u64) -> Result<bool, DiskError> {
        self.with(|db| {
            let txn = begin(db)?;
            let mut counter = txn.open_table(COUNTER)?;
            let found = counter.get(())?.map_or(0, |row| row.value());
            if found == number {
                counter.insert((), number)?;
                drop(counter);
                txn.commit()?;
            }
            Ok(found == number)
        })
    }

    /// Puts another closed redb file in this one's place, and overwrites the old bytes as well as the disk allows.
    pub(crate) fn replace(&self, with: &Path) -> Result<(), DiskError> {
        let mut slot = self.slot.write().unwrap_or_else(PoisonError::into_inner);
        drop(slot.take());
        let renamed = self.files.rename(with, &self.path).and_then(|wipe| self.files.sync_folder(&self.path).map(|()| wipe));
        // If this fails the next use tries again.
        *slot = self.database().ok();
        if renamed?().is_err() {
            tracing::warn!(file = name(&self.path), "the replaced file could not be overwritten");
        }
        Ok(())
    }

    fn database(&self) -> Result<Database, redb::DatabaseError> {
        self.files.database(&self.path, self.cache, false)
    }

    fn with<T>(&self, work: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T, DiskError> {
        if self.slot.read().unwrap_or_else(PoisonError::into_inner).is_none() {
            self.reopen()?;
        }
        let slot = self.slot.read().unwrap_or_else(PoisonError::into_inner);
        let db = slot.as_ref().ok_or(redb::Error::DatabaseClosed)?;
        let result = work(db);
        drop(slot);
        if matches!(result, Err(redb::Error::Io(_) | redb::Error::PreviousIo)) && self.reopen().is_err() {
            tracing::warn!(file = name(&self.path), "the file could not be opened anew after a failed write");
        }
        result.map_err(|error| explain(&self.path, error))
    }

    fn reopen(&self) -> Result<(), DiskError> {
        let mut slot = self.slot.write().unwrap_or_else(PoisonError::into_inner);
        drop(slot.take());
        *slot = Some(self.database().map_err(|error| explain(&self.path, error.into()))?);
        Ok(())
    }
}

fn begin(db: &Database) -> Result<WriteTransaction, redb::Error> {
    let mut txn = db.begin_write()?;
    txn.set_durability(Durability::Immediate)?;
    txn.set_two_phase_commit(true);
    Ok(txn)
}

fn explain(path: &Path, error: redb::Error) -> DiskError {
    match error {
        redb::Error::Io(error) if is_full(&error) => DiskError::Full,
        redb::Error::Io(error) if matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) => {
            DiskError::Damaged { file: name(path) }
        }
        redb::Error::Corrupted(_) => DiskError::Damaged { file: name(path) },
        other => DiskError::Failed(other),
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
pub(crate) mod simulated;
