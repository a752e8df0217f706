//! What can go wrong with the data folder, each as a sentence that a person can act on.
//! No row key and no value is in a message.

use crate::disk::DiskError;
use crate::vault::VaultError;
use icmc_protocol::machine::{Scope, ViewError};
use std::path::PathBuf;

/// Why the store refused.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the lock.
    #[error("another icmc uses this folder: {dir}")]
    InUse {
        /// The data folder.
        dir: PathBuf,
    },
    /// Nothing was set up there.
    #[error("there is no icmc data in {dir}: set up this unit first, or name another folder")]
    Missing {
        /// The data folder.
        dir: PathBuf,
    },
    /// Something was set up there already.
    #[error("the folder {dir} holds the data of a unit already: name an empty folder")]
    Exists {
        /// The data folder.
        dir: PathBuf,
    },
    /// One of the two files is not there: a set-up that was cut short, or a lost file.
    #[error("the folder {dir} lacks one of store.redb and keys.redb: restore the last backup, or name an empty folder")]
    Incomplete {
        /// The data folder.
        dir: PathBuf,
    },
    /// The folder cannot be made or the lock not be taken.
    #[error("the folder {dir} could not be used: {source}")]
    Folder {
        /// The data folder.
        dir: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Written by a later version.
    #[error("store.redb was written by a newer icmc (format {found}, this one knows {known}): install the newer version")]
    TooNew {
        /// The format found.
        found: u32,
        /// The newest format known here.
        known: u32,
    },
    /// The format row is not there or not a number.
    #[error("store.redb is damaged: restore the last backup")]
    Damaged,
    /// The scope's key was destroyed before this write came.
    #[error("what this belongs to was erased, so nothing can be written under it")]
    Erased(Scope),
    /// A write to a table that `tables` does not list.
    #[error("there is no table {0}")]
    UnknownTable(&'static str),
    /// A key or value above the limit of a row.
    #[error("a row of table {0} is too large")]
    TooLarge(&'static str),
    /// Rows that are read while others are written.
    #[error(transparent)]
    Unreadable(ViewError),
    /// Keys.
    #[error(transparent)]
    Vault(VaultError),
    /// The file system.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl From<ViewError> for StoreError {
    fn from(error: ViewError) -> Self {
        Self::Unreadable(error)
    }
}

impl From<VaultError> for StoreError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Erased(scope) => Self::Erased(scope),
            VaultError::Disk(error) => Self::Disk(error),
            other => Self::Vault(other),
        }
    }
}
