//! Rows that a service adds to a transaction, typed as in `protocol::machine::Txn`.
//! No reading and no effects: those are the snapshot's and the machines'.

use icmc_protocol::machine::{Record, Scope, Table, Write};
use icmc_protocol::wire;

/// Writes in order; a later one of the same row wins.
#[derive(Debug, Clone, Default)]
pub struct Writes(Vec<Write>);

impl Writes {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Writes a typed row.
    pub fn put<R: Record>(&mut self, key: &[u8], scope: Scope, record: &R) {
        self.0.push(Write { table: R::TABLE, key: key.to_vec(), value: Some((scope, wire::encode(record))) });
    }

    /// Deletes a row.
    pub fn delete(&mut self, table: Table, key: &[u8]) {
        self.0.push(Write { table, key: key.to_vec(), value: None });
    }

    /// For [`super::Store::commit`], alone or after the writes of a machine's step.
    #[must_use]
    pub fn into_vec(self) -> Vec<Write> {
        self.0
    }
}
