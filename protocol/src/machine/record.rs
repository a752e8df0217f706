//! A stored type and the table it stands in.

use super::Table;
use serde::{Serialize, de::DeserializeOwned};

/// A row's value. Stored as canonical CBOR; a changed type is a new table version with a migration.
pub trait Record: Serialize + DeserializeOwned {
    /// Where it stands.
    const TABLE: Table;
}
