//! Documents, as the document of the API describes them.
//! Never made: the service's own views are what is sent, and a test holds them against this.

use super::EntityView;
use serde::Serialize;
use utoipa::ToSchema;

/// The file of a document.
#[derive(Debug, Serialize, ToSchema)]
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
    pub state: String,
    /// Bytes that are here.
    pub arrived: u64,
}

/// A document.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentView {
    /// What people filled in.
    pub entity: EntityView,
    /// It leaves this unit only if it is chosen by itself.
    pub restricted: bool,
    /// The file; none if it is not shown here.
    pub file: Option<FileView>,
}

/// The parts of an upload. Further fields of the kind can be sent as parts too.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewDocument {
    /// What it is, in neutral words.
    pub title: String,
    /// A code of the kind of document.
    pub doc_type: String,
    /// The person it is about.
    pub person: Option<String>,
    /// `yes` for one that leaves only by itself.
    pub restricted: Option<String>,
    /// The file.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
}
