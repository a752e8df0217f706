//! From one format of `store.redb` to the next: one function each, in order, inside the transaction that opens the store.
//! None yet: the format is the first.

use super::{StoreError, tables};
use redb::{ReadableTable as _, TableDefinition, WriteTransaction};

/// The format that this version reads and writes.
pub(super) const CURRENT: u32 = 1;

const FORMAT: TableDefinition<'_, &str, u32> = TableDefinition::new(tables::FORMAT.0);
const WORD: &str = "format";

/// Marks a new file.
pub(super) fn mark(txn: &WriteTransaction) -> Result<(), redb::Error> {
    txn.open_table(FORMAT)?.insert(WORD, CURRENT)?;
    Ok(())
}

/// The format of an existing file.
pub(super) fn found(txn: &WriteTransaction) -> Result<Option<u32>, redb::Error> {
    Ok(txn.open_table(FORMAT)?.get(WORD)?.map(|row| row.value()))
}

/// Refuses what this version does not know.
pub(super) const fn check(found: Option<u32>) -> Result<(), StoreError> {
    match found {
        Some(CURRENT) => Ok(()),
        Some(found) if found > CURRENT => Err(StoreError::TooNew { found, known: CURRENT }),
        _ => Err(StoreError::Damaged),
    }
}
