//! The store of a unit that does not run, opened with its key file: every row as the node reads it.
//! For looking only: nothing is ever written.

use super::Unit;
use anyhow::{Context, Result};
use icmc_node::store::{Snapshot, Store, tables};
use icmc_node::vault::KeySource;
use icmc_protocol::machine::{Table, View};

/// Rows read at once.
const PAGE: usize = 1000;

/// One row, opened.
#[derive(Debug)]
pub struct StoredRow {
    /// The table's name on disk.
    pub table: &'static str,
    /// Its key.
    pub key: Vec<u8>,
    /// Its value in the clear.
    pub value: Vec<u8>,
}

/// An opened store.
#[derive(Debug)]
pub struct Opened(Store);

impl Opened {
    /// Opens it.
    ///
    /// # Errors
    /// If the unit runs, or the folder is damaged.
    pub fn of(unit: &Unit) -> Result<Self> {
        let key = KeySource::KeyFile(unit.key_file.clone());
        Ok(Self(Store::open(&unit.dir, &key).with_context(|| format!("the store of {} does not open", unit.name))?))
    }

    /// As it stands.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn snapshot(&self) -> Result<Snapshot> {
        Ok(self.0.snapshot()?)
    }

    /// Every row of every table.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn rows(&self) -> Result<Vec<StoredRow>> {
        let snapshot = self.snapshot()?;
        let mut all = Vec::new();
        for table in tables::all() {
            all.extend(rows_of(&snapshot, table)?);
        }
        Ok(all)
    }
}

fn rows_of(snapshot: &Snapshot, table: Table) -> Result<Vec<StoredRow>> {
    let mut rows: Vec<StoredRow> = Vec::new();
    loop {
        let after = rows.last().map(|row| row.key.clone());
        let page = snapshot.scan(table, &[], after.as_deref(), PAGE)?;
        let done = page.len() < PAGE;
        rows.extend(page.into_iter().map(|(key, value)| StoredRow { table: table.0, key, value }));
        if done {
            return Ok(rows);
        }
    }
}
