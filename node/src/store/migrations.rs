//! From one format of `store.redb` to the next: one function each, in order, inside the transaction that opens the store.
//! Never back: an older version refuses what a newer one wrote.

use super::snapshot::definition;
use super::{Store, StoreError, record, tables};
use crate::clock::SystemRng;
use crate::disk::DiskError;
use crate::vault::Lookup;
use icmc_protocol::machine::Table;
use icmc_protocol::matching::{beacon_row_of_first_format, own_row_of_subject};
use redb::{ReadableTable as _, TableDefinition, WriteTransaction};

/// The format that this version reads and writes.
pub(super) const CURRENT: u32 = 2;
/// The first.
const FIRST: u32 = 1;
/// Rows moved in one transaction.
const PART: usize = 10_000;

/// Signed beacons, whole.
const BEACONS_1: Table = Table("p17-1");
/// Each token of theirs once more.
const HEARD_TOKENS_1: Table = Table("p18-1");
/// Each token of an own subject as each other unit would announce it.
const OWN_TOKENS_1: Table = Table("p16-1");

const FORMAT: TableDefinition<'_, &str, u32> = TableDefinition::new(tables::FORMAT.0);
const WORD: &str = "format";

/// Marks a new file.
pub(super) fn mark(txn: &WriteTransaction) -> Result<(), redb::Error> {
    mark_as(txn, CURRENT)
}

pub(super) fn mark_as(txn: &WriteTransaction, format: u32) -> Result<(), redb::Error> {
    txn.open_table(FORMAT)?.insert(WORD, format)?;
    Ok(())
}

/// The format of an existing file.
pub(super) fn found(txn: &WriteTransaction) -> Result<Option<u32>, redb::Error> {
    Ok(txn.open_table(FORMAT)?.get(WORD)?.map(|row| row.value()))
}

/// Refuses what this version does not know.
pub(super) const fn check(found: Option<u32>) -> Result<(), StoreError> {
    match found {
        Some(FIRST..=CURRENT) => Ok(()),
        Some(found) if found > CURRENT => Err(StoreError::TooNew { found, known: CURRENT }),
        _ => Err(StoreError::Damaged),
    }
}

/// Brings an older file to the present format. If it is cut short it goes on at the next start.
pub(super) fn run(store: &Store, found: Option<u32>) -> Result<(), StoreError> {
    if found == Some(FIRST) {
        while move_beacons(store)? == PART {}
        own_tokens(store)?;
        store.file.write(|txn| {
            for table in [BEACONS_1, HEARD_TOKENS_1, OWN_TOKENS_1] {
                txn.delete_table(definition(table))?;
            }
            mark(txn)
        })?;
    }
    Ok(())
}

/// Format 1 to 2: what own subjects are found by is one row for each, made of the subject itself.
fn own_tokens(store: &Store) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    let mut damaged = false;
    store.snapshot()?.each(Table::SUBJECTS, |key, tag, row| {
        match (row.and_then(|row| own_row_of_subject(&row)), store.vault.lookup(tag)) {
            (Ok(Some(row)), Lookup::Key(secret)) => {
                rows.push((key.to_vec(), record::seal_row(Table::OWN_TOKENS, key, tag, &secret, &row, &mut SystemRng)));
            }
            (Ok(_), _) => {}
            (Err(_), _) => damaged = true,
        }
    })?;
    if damaged {
        return Err(StoreError::Damaged);
    }
    for part in rows.chunks(PART) {
        store.file.write(|txn| {
            let mut table = txn.open_table(definition(Table::OWN_TOKENS))?;
            for (key, row) in part {
                table.insert(key.as_slice(), row.as_slice())?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Format 1 to 2: beacons without their frame; tokens have no rows of their own any more. Gives how many rows were moved.
fn move_beacons(store: &Store) -> Result<usize, StoreError> {
    let snapshot = store.file.read()?;
    let part: Vec<(Vec<u8>, Vec<u8>)> = match snapshot.open_table(definition(BEACONS_1)) {
        Ok(table) => table
            .iter()
            .and_then(|rows| {
                rows.take(PART).map(|row| row.map(|(key, row)| (key.value().to_vec(), row.value().to_vec()))).collect()
            })
            .map_err(|error| DiskError::from(redb::Error::from(error)))?,
        Err(_) => return Ok(0),
    };
    drop(snapshot);
    let moved = part.iter().map(|(key, row)| Some((key, moved(store, key, row)?))).collect::<Option<Vec<_>>>();
    let moved = moved.ok_or(StoreError::Damaged)?;
    store.file.write(|txn| {
        let (mut old, mut new) = (txn.open_table(definition(BEACONS_1))?, txn.open_table(definition(Table::BEACONS))?);
        for (key, row) in &moved {
            new.insert(key.as_slice(), row.as_slice())?;
            old.remove(key.as_slice())?;
        }
        Ok(())
    })?;
    Ok(moved.len())
}

/// One row under its new table; nothing if it is damaged.
fn moved(store: &Store, key: &[u8], row: &[u8]) -> Option<Vec<u8>> {
    let sealed = record::parse(row)?;
    let Lookup::Key(secret) = store.vault.lookup(sealed.tag) else { return None };
    let new = beacon_row_of_first_format(&record::open_row(BEACONS_1, key, &sealed, &secret)?).ok()?;
    Some(record::seal_row(Table::BEACONS, key, sealed.tag, &secret, &new, &mut SystemRng))
}
