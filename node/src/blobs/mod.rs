//! Documents on this node: sealed chunks, each named by its hash, through the `object_store` crate into a folder beside the store.
//! Whose they are and what opens them is in the store's rows; nothing here is in the clear.

mod error;
mod reader;
mod store;
mod writer;

#[cfg(test)]
mod tests;

pub use error::BlobError;
pub use reader::Reader;
pub(crate) use reader::{Check, manifest};
pub(crate) use store::failed;
pub use store::{Blobs, Uploading};
pub use writer::{Sealed, Writer};
