//! What can go wrong with keys, each as a sentence that a person can act on.
//! No passphrase, key or id is in a message.

use crate::disk::DiskError;
use icmc_protocol::machine::Scope;
use std::path::PathBuf;

/// Why the vault refused.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The passphrase does not fit the folder.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// The key file does not fit the folder.
    #[error("this key file does not open this data folder")]
    WrongKeyFile,
    /// The folder was set up with the other kind of secret.
    #[error("this data folder opens with {expected}")]
    OtherSource {
        /// "a passphrase" or "a key file".
        expected: &'static str,
    },
    /// The key file cannot be read, or exists where one was to be written.
    #[error("the key file {path} could not be used: {source}")]
    KeyFile {
        /// Where it should be.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The key file has other content.
    #[error("the key file {path} must hold 64 hexadecimal digits and nothing else")]
    KeyFileContent {
        /// Which file.
        path: PathBuf,
    },
    /// Argon2id could not get its memory.
    #[error("checking the passphrase needs 256 MiB of free memory: close other programs and try again")]
    Memory,
    /// Written by a later version.
    #[error("keys.redb was written by a newer icmc (format {found}, this one knows {known}): install the newer version")]
    TooNew {
        /// The format found.
        found: u8,
        /// The newest format known here.
        known: u8,
    },
    /// A row of keys.redb is not what was written.
    #[error("keys.redb is damaged: restore the last backup")]
    Damaged,
    /// The scope's key was destroyed; it never gets another.
    #[error("what this belongs to was erased, so nothing can be written under it")]
    Erased(Scope),
    /// The master scope can only go with the whole folder.
    #[error("the keys of the node itself cannot be erased one by one: destroy the data folder")]
    MasterScope,
    /// The file system.
    #[error(transparent)]
    Disk(#[from] DiskError),
}
