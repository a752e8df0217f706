//! What can go wrong with chunks, each as a sentence that a person can act on.
//! No name of a file, and no path.

use std::error::Error;
use std::io;

/// Why chunks could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// No space, or a quota.
    #[error("the disk is full: the document was not saved; free some space and try again")]
    Full,
    /// More than this node takes.
    #[error("the file is larger than {} MiB, the most that this unit takes: split it, or enter where the original is kept", .0 / (1024 * 1024))]
    TooLarge(u64),
    /// Nothing in it.
    #[error("the file is empty: choose another one")]
    Empty,
    /// A chunk that should be here is not.
    #[error("a part of this document is not here")]
    Missing,
    /// A chunk is not the one that was sealed, or all together are not the file that was announced.
    #[error("this document is damaged")]
    Damaged,
    /// Anything else that the folder reports.
    #[error("the folder of documents could not be read or written")]
    Failed(#[source] object_store::Error),
}

impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        if matches!(error, object_store::Error::NotFound { .. }) {
            return Self::Missing;
        }
        let mut at: Option<&(dyn Error + 'static)> = Some(&error);
        while let Some(cause) = at {
            let kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
            if matches!(kind, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)) {
                return Self::Full;
            }
            at = cause.source();
        }
        Self::Failed(error)
    }
}
