//! Clears away what an erasure or a crash left: rows that nothing can open any more, keys that seal nothing.
//! Runs at start, and only looks at every row if something was erased since the last time.

use super::snapshot::{Snapshot, definition};
use super::{Store, StoreError, record, tables};
use crate::disk::DiskError;
use crate::vault::{Lookup, ScopeTag};
use icmc_protocol::machine::Table;
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::PoisonError;

/// Most rows deleted in one transaction.
const BATCH: usize = 10_000;

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rows of erased scopes.
    pub rows: usize,
    /// Keys without any row.
    pub keys: usize,
}

/// What one pass over a part of a table found.
struct Part {
    doomed: Vec<Vec<u8>>,
    /// Where to go on; none at the end.
    next: Option<Vec<u8>>,
}

impl Store {
    /// Removes rows of erased scopes and keys without rows. Does nothing if nothing was erased since the last sweep.
    ///
    /// # Errors
    /// [`StoreError`]; what is left then goes the next time.
    pub fn sweep(&self) -> Result<Swept, StoreError> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut swept = Swept::default();
        if !self.vault.needs_sweep() {
            return Ok(swept);
        }
        let mut seen = BTreeSet::new();
        for table in tables::all() {
            let mut after = None;
            loop {
                let part = look(&self.snapshot()?, table, after.as_deref(), &mut seen).map_err(DiskError::from)?;
                if !part.doomed.is_empty() {
                    swept.rows += part.doomed.len();
                    self.file.write(|txn| {
                        let mut rows = txn.open_table(definition(table))?;
                        for key in &part.doomed {
                            rows.remove(key.as_slice())?;
                        }
                        Ok(())
                    })?;
                }
                after = part.next;
                if after.is_none() {
                    break;
                }
            }
        }
        swept.keys = self.vault.swept(&seen)?;
        Ok(swept)
    }
}

fn look(snapshot: &Snapshot, table: Table, after: Option<&[u8]>, seen: &mut BTreeSet<ScopeTag>) -> Result<Part, redb::Error> {
    let mut doomed = Vec::new();
    let start = after.map_or(Bound::Unbounded, Bound::Excluded);
    for row in snapshot.txn.open_table(definition(table))?.range::<&[u8]>((start, Bound::Unbounded))? {
        let (key, row) = row?;
        // A row that cannot be read is left as it is: whoever reads it is told.
        let Some(sealed) = record::parse(row.value()) else { continue };
        if !matches!(snapshot.vault.lookup(sealed.tag), Lookup::Erased) {
            seen.insert(sealed.tag);
            continue;
        }
        doomed.push(key.value().to_vec());
        if doomed.len() == BATCH {
            let next = doomed.last().cloned();
            return Ok(Part { doomed, next });
        }
    }
    Ok(Part { doomed, next: None })
}
