//! A read snapshot: rows as they stood at one commit, opened on the way out.
//! Keys are looked up at the moment of reading, so that an erasure holds for older snapshots too.

use super::record;
use super::tokens::{Age, Tokens};
use crate::vault::{Lookup, ScopeTag, Vault};
use icmc_protocol::ids::{SubjectId, Token, UnitId};
use icmc_protocol::machine::{Announcer, Record, Table, View, ViewError};
use icmc_protocol::wire;
use redb::{ReadOnlyTable, ReadTransaction, ReadableTable as _, TableDefinition};
use std::ops::Bound;
use std::sync::Arc;

/// Most bytes of a value.
pub(super) const VALUE_MAX: usize = 4 * 1024 * 1024;
/// Most bytes of a key.
pub(super) const KEY_MAX: usize = 256;

/// The form of every table of sealed rows.
pub(super) const fn definition(table: Table) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
    TableDefinition::new(table.0)
}

/// Rows as they stood at one commit; holds that state until it is dropped.
pub struct Snapshot {
    pub(super) txn: ReadTransaction,
    pub(super) vault: Arc<Vault>,
    pub(super) tokens: Arc<Tokens>,
    /// Taken before `txn`: what is in it stays in the index for as long as this lives.
    pub(super) _age: Arc<Age>,
}

impl core::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Snapshot")
    }
}

impl Snapshot {
    /// A typed row.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails or the row is damaged.
    pub fn get<R: Record>(&self, key: &[u8]) -> Result<Option<R>, ViewError> {
        View::get(self, R::TABLE, key)?.map(|bytes| decode(&bytes)).transpose()
    }

    /// Typed rows under a prefix, with their keys.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails or a row is damaged.
    pub fn list<R: Record>(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<(Vec<u8>, R)>, ViewError> {
        let rows = View::scan(self, R::TABLE, prefix, after, limit)?;
        rows.into_iter().map(|(key, bytes)| Ok((key, decode(&bytes)?))).collect()
    }

    /// Every row of a table with the key that it is sealed with and what opens of its value; rows whose key was erased are left out.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails.
    pub(super) fn each(
        &self,
        table: Table,
        mut row: impl FnMut(&[u8], ScopeTag, Result<Vec<u8>, ViewError>),
    ) -> Result<(), ViewError> {
        for found in self.table(table)?.iter().map_err(failed)? {
            let (key, sealed) = found.map_err(failed)?;
            let tag = record::parse(sealed.value()).map_or(ScopeTag::MASTER, |sealed| sealed.tag);
            if let Some(value) = self.reveal(table, key.value(), sealed.value()).transpose() {
                row(key.value(), tag, value);
            }
        }
        Ok(())
    }

    fn table(&self, table: Table) -> Result<ReadOnlyTable<&'static [u8], &'static [u8]>, ViewError> {
        self.txn.open_table(definition(table)).map_err(failed)
    }

    /// The value of a row; none if its key was erased.
    fn reveal(&self, table: Table, key: &[u8], row: &[u8]) -> Result<Option<Vec<u8>>, ViewError> {
        let sealed = record::parse(row).ok_or_else(|| damaged(table))?;
        match self.vault.lookup(sealed.tag) {
            Lookup::Erased => Ok(None),
            Lookup::Unknown => Err(damaged(table)),
            Lookup::Key(secret) => record::open_row(table, key, &sealed, &secret).map(Some).ok_or_else(|| damaged(table)),
        }
    }
}

impl View for Snapshot {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, ViewError> {
        match self.table(table)?.get(key).map_err(failed)? {
            Some(row) => self.reveal(table, key, row.value()),
            None => Ok(None),
        }
    }

    fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, ViewError> {
        let start = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let mut rows = Vec::new();
        if limit == 0 {
            return Ok(rows);
        }
        for row in self.table(table)?.range::<&[u8]>((start, Bound::Unbounded)).map_err(failed)? {
            let (key, row) = row.map_err(failed)?;
            if !key.value().starts_with(prefix) {
                break;
            }
            if let Some(value) = self.reveal(table, key.value(), row.value())? {
                rows.push((key.value().to_vec(), value));
                if rows.len() == limit {
                    break;
                }
            }
        }
        Ok(rows)
    }

    fn heard(&self, asked: &[(UnitId, Token)]) -> Result<Vec<Vec<u64>>, ViewError> {
        Ok(self.tokens.heard(asked))
    }

    fn own(&self, by: &Announcer, tokens: &[Token]) -> Result<Vec<Vec<SubjectId>>, ViewError> {
        Ok(self.tokens.own(by, tokens))
    }
}

fn decode<R: Record>(bytes: &[u8]) -> Result<R, ViewError> {
    wire::decode(bytes, VALUE_MAX).map_err(|_| damaged(R::TABLE))
}

fn damaged(table: Table) -> ViewError {
    ViewError(format!("a row of table {} is damaged; restore the last backup", table.0))
}

fn failed(error: impl core::fmt::Display) -> ViewError {
    ViewError(error.to_string())
}
