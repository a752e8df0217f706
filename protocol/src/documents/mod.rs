//! Documents: what a case holds of a file, its sealed chunks, who serves, fetches and carries them, and when they go.
//! No bytes of files are stored here: `node::blobs` keeps the chunks; what leaves is decided by `caselog::disclose`.

mod carry;
mod chunk;
mod file;
mod follow;
mod request;
mod rows;
mod serve;
mod standing;
mod upload;
mod work;

#[cfg(test)]
mod tests;

pub use carry::{Carried, Have, Plan, may_be_carried, plan, told};
pub use chunk::{CHUNK, ContentKey, SEALED_MAX, open_chunk, open_chunk_into, open_manifest, seal_chunk, seal_manifest};
pub use file::{File, FileName, Manifest, MediaType};
pub use follow::follow;
pub use request::{REPLY_MAX, REQUEST_MAX, Reply, Request};
pub use rows::{DocumentKey, DocumentRow, Holding};
pub use serve::{Served, serve};
pub use standing::{Coming, Standing, coming, standing};
pub use upload::{abandon, finish};
pub use work::{Wanted, discarded, discards, file_at, finished, of_case, row_at, wanted};

/// Kinds of entities that have a file: those of class I, and those that leave one by one.
pub const KINDS: [&str; 2] = ["document", "restricted_document"];
/// The field that holds the [`File`].
pub const FIELD_FILE: &str = "file";
