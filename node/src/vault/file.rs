//! The layout of `keys.redb`: one header, wrapped keys, tombstones of erased scopes.
//! Knows bytes only; what is inside a wrapped key is `keyring`'s business.

use super::VaultError;
use super::keyring::ScopeTag;
use super::source::Derivation;
use crate::disk::{DiskError, Files, RedbFile};
use icmc_protocol::wire;
use redb::{ReadableTable as _, TableDefinition};
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// One row under the empty key: the header.
const HEADER: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("k01-1");
/// Hash of the scope → wrapped key.
const KEYS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("k02-1");
/// Hash of an erased scope → whether its rows are swept from the store.
const ERASED: TableDefinition<'_, &[u8], bool> = TableDefinition::new("k03-1");

/// Bytes of cache: every key is held in memory anyway.
const CACHE: usize = 1024 * 1024;
const HEADER_MAX: usize = 1024;

/// What is in the clear.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) format: u8,
    pub(super) derivation: Derivation,
    pub(super) verifier: ByteArray<32>,
    pub(super) master: ByteBuf,
}

/// The whole file.
#[derive(Debug, Clone)]
pub(super) struct Contents {
    pub(super) header: Header,
    pub(super) keys: BTreeMap<ScopeTag, Vec<u8>>,
    pub(super) erased: BTreeMap<ScopeTag, bool>,
}

/// Writes a new file; durable when this returns.
pub(super) fn create(files: &Arc<dyn Files>, path: &Path, contents: &Contents) -> Result<RedbFile, DiskError> {
    let file = RedbFile::create(files, path, CACHE)?;
    file.write(|txn| {
        txn.open_table(HEADER)?.insert(&[][..], wire::encode(&contents.header).as_slice())?;
        let mut keys = txn.open_table(KEYS)?;
        for (tag, wrapped) in &contents.keys {
            keys.insert(tag.0.as_slice(), wrapped.as_slice())?;
        }
        let mut erased = txn.open_table(ERASED)?;
        for (tag, swept) in &contents.erased {
            erased.insert(tag.0.as_slice(), swept)?;
        }
        Ok(())
    })?;
    files.sync_folder(path)?;
    Ok(file)
}

/// Opens an existing file.
pub(super) fn open(files: &Arc<dyn Files>, path: &Path) -> Result<RedbFile, DiskError> {
    RedbFile::open(files, path, CACHE)
}

/// Reads everything.
pub(super) fn read(file: &RedbFile) -> Result<Contents, VaultError> {
    let mut rows = (None, Vec::new(), Vec::new());
    let txn = file.read()?;
    let result = (|| -> Result<(), redb::Error> {
        rows.0 = txn.open_table(HEADER)?.get(&[][..])?.map(|row| row.value().to_vec());
        for row in txn.open_table(KEYS)?.iter()? {
            let (tag, wrapped) = row?;
            rows.1.push((ScopeTag::from_slice(tag.value()), wrapped.value().to_vec()));
        }
        for row in txn.open_table(ERASED)?.iter()? {
            let (tag, swept) = row?;
            rows.2.push((ScopeTag::from_slice(tag.value()), swept.value()));
        }
        Ok(())
    })();
    result.map_err(DiskError::from)?;
    let header = rows.0.ok_or(VaultError::Damaged)?;
    Ok(Contents {
        header: wire::decode(&header, HEADER_MAX).map_err(|_| VaultError::Damaged)?,
        keys: whole(rows.1)?,
        erased: whole(rows.2)?,
    })
}

/// Adds wrapped keys; durable when this returns.
pub(super) fn add(file: &RedbFile, keys: &BTreeMap<ScopeTag, Vec<u8>>) -> Result<(), DiskError> {
    file.write(|txn| {
        let mut table = txn.open_table(KEYS)?;
        for (tag, wrapped) in keys {
            table.insert(tag.0.as_slice(), wrapped.as_slice())?;
        }
        Ok(())
    })
}

fn whole<T>(rows: Vec<(Option<ScopeTag>, T)>) -> Result<BTreeMap<ScopeTag, T>, VaultError> {
    rows.into_iter().map(|(tag, value)| Ok((tag.ok_or(VaultError::Damaged)?, value))).collect()
}
