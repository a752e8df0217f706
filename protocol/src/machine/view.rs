//! A read snapshot of the store, values already opened.
//! `MemoryView` is the in-memory one of simulations and tests; it keeps scopes so that erasure can be tried.

use super::found::Found;
use super::{Announcer, Scope, Table, Write};
use crate::ids::{SubjectId, Token, UnitId};
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

    /// For each unit and token asked for: the numbers of its announcements in [`Table::BEACONS`] that nobody withdrew and that hold
    /// the token, ascending. No such row of this view is missed, up to [`HEARD_MAX`] for each; a number that does not hold it may
    /// come with them, once in some millions of questions, so whoever acts on one reads the row.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails.
    fn heard(&self, asked: &[(UnitId, Token)]) -> Result<Vec<Vec<u64>>, ViewError>;

    /// For each token: our subjects in [`Table::OWN_TOKENS`] with a y of which `by` makes it, ascending. None of this view is missed;
    /// one that does not have it may come with them, as in [`Self::heard`].
    ///
    /// # Errors
    /// [`ViewError`] if the store fails.
    fn own(&self, by: &Announcer, tokens: &[Token]) -> Result<Vec<Vec<SubjectId>>, ViewError>;
}

/// Most announcements of one unit that [`View::heard`] gives for one token.
pub const HEARD_MAX: usize = 4_096;

/// Rows in memory.
#[derive(Debug, Default, Clone)]
pub struct MemoryView {
    rows: BTreeMap<(Table, Vec<u8>), (Scope, Vec<u8>)>,
    found: Found,
}

impl MemoryView {
    /// Applies the writes of one step.
    pub fn apply(&mut self, writes: &[Write]) {
        for write in writes {
            self.found.set(write.table, &write.key, write.value.as_ref().map(|(_, value)| value.as_slice()));
            let key = (write.table, write.key.clone());
            match &write.value {
                Some((scope, value)) => self.rows.insert(key, (*scope, value.clone())),
                None => self.rows.remove(&key),
            };
        }
    }

    /// Makes everything under a scope unreadable, as destroying its key does.
    pub fn erase(&mut self, scope: Scope) {
        for ((table, key), _) in self.rows.iter().filter(|(_, (under, _))| *under == scope) {
            self.found.set(*table, key, None);
        }
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

    fn heard(&self, asked: &[(UnitId, Token)]) -> Result<Vec<Vec<u64>>, ViewError> {
        Ok(asked.iter().map(|(unit, token)| self.found.beacons_with(*unit, *token).take(HEARD_MAX).collect()).collect())
    }

    fn own(&self, by: &Announcer, tokens: &[Token]) -> Result<Vec<Vec<SubjectId>>, ViewError> {
        Ok(self.found.subjects_with(by, tokens))
    }
}
