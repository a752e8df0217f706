//! A read snapshot of the store, values already opened.
//! `MemoryView` is the in-memory one of simulations and tests; it keeps scopes so that erasure can be tried.

use super::{Scope, Table, Write};
use std::collections::BTreeMap;

/// The store could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the store could not be read: {0}")]
pub struct ViewError(pub String);

/// A row's key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// Rows as they stood at one commit. A row whose key was erased is absent.
pub trait View {
    /// The value of one row.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails or a row does not open.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, ViewError>;

    /// At most `limit` rows whose keys start with `prefix` and come after `after`, in key order.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails or a row does not open.
    fn scan(&self, table: Table, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Row>, ViewError>;
}

/// Rows in memory.
#[derive(Debug, Default, Clone)]
pub struct MemoryView {
    rows: BTreeMap<(Table, Vec<u8>), (Scope, Vec<u8>)>,
}

impl MemoryView {
    /// Applies the writes of one step.
    pub fn apply(&mut self, writes: &[Write]) {
        for write in writes {
            let key = (write.table, write.key.clone());
            match &write.value {
                Some((scope, value)) => self.rows.insert(key, (*scope, value.clone())),
                None => self.rows.remove(&key),
            };
        }
    }

    /// Makes everything under a scope unreadable, as destroying its key does.
    pub fn erase(&mut self, scope: Scope) {
        self.rows.retain(|_, (under, _)| *under != scope);
    }

    /// Every row, for tests that search them.
    pub fn rows(&self) -> impl Iterator<Item = (Table, &[u8], Scope, &[u8])> {
        self.rows.iter().map(|((table, key), (scope, value))| (*table, key.as_slice(), *scope, value.as_slice()))
    }
}

impl View for MemoryView {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, ViewError> {
        Ok(self.rows.get(&(table, key.to_vec())).map(|(_, value)| value.clone()))
    }

    fn scan(&self, table: Table, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Row>, ViewError> {
        let start = (table, after.unwrap_or(prefix).to_vec());
        Ok(self
            .rows
            .range(start..)
            .take_while(|((at, key), _)| *at == table && (key.starts_with(prefix)))
            .filter(|((_, key), _)| after.is_none_or(|after| key.as_slice() > after))
            .take(limit)
            .map(|((_, key), (_, value))| (key.clone(), value.clone()))
            .collect())
    }
}
