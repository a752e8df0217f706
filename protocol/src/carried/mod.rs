//! Envelopes carried by hand: one file from one unit to another, for units that no network connects; documents go in a file of their own.
//! Not the reading or writing of files, and not what envelopes mean: each goes the way of one that came over the network.

pub mod documents;
mod error;
mod export;
mod frame;
mod manifest;
mod open;

#[cfg(test)]
mod tests;

pub use error::CarriedError;
pub use export::{Exported, Waiting, export, waiting};
pub use frame::FILE_MAX;
#[cfg(any(test, feature = "testing"))]
pub(crate) use frame::Sections;
pub use manifest::{Content, ITEMS_MAX, Line, Manifest};
pub use open::{Item, Opened, open};
