//! All rows of one node in one redb file, each value sealed; read snapshots for the machines, one transaction a commit.
//! Decides nothing about what is written: that is `protocol`'s and `service`'s business.
//!
//! A data folder holds `store.redb` (rows), `keys.redb` (wrapped keys, see `vault`) and `lock`.

mod engine;
mod error;
mod folder;
mod migrations;
mod record;
mod snapshot;
mod sweep;
pub mod tables;
mod tokens;
mod writes;

#[cfg(test)]
mod tests;

pub use crate::disk::DiskError;
pub use engine::Store;
pub use error::StoreError;
pub use snapshot::Snapshot;
pub use sweep::Swept;
pub use writes::Writes;
