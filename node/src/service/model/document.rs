//! A document of a case as a page shows it: the fields that people filled in, and how far its file is here.
//! No bytes of the file, and nothing that opens it.

use super::{EntityView, quiet};
use icmc_protocol::ids::PlaceId;
use serde::Serialize;

/// The file of a document.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct FileView {
    /// Its name when it was uploaded.
    pub name: String,
    /// Its media type, by the word of whoever uploaded it.
    pub media: String,
    /// Its length in bytes.
    pub size: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// BLAKE3, hexadecimal.
    pub blake3: String,
    /// `here`, `coming`, `not_here`, `damaged`, or `too_large` for this unit.
    pub state: &'static str,
    /// Bytes that are here.
    pub arrived: u64,
    /// Where its chunks are.
    #[serde(skip)]
    pub place: Option<PlaceId>,
}

impl FileView {
    /// How much of it is here, of a hundred.
    #[must_use]
    pub const fn percent(&self) -> u64 {
        match self.size {
            0 => 0,
            size => self.arrived.saturating_mul(100) / size,
        }
    }
}

/// A document.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct DocumentView {
    /// What people filled in.
    pub entity: EntityView,
    /// It leaves this unit only if it is chosen by itself.
    pub restricted: bool,
    /// The file; none if it is not shown here.
    pub file: Option<FileView>,
}

quiet!(FileView, DocumentView);
