//! The store itself: opening a data folder, snapshots, commits, erasure.
//! Order is the rule of `commit`: keys on disk first, then rows.

use super::folder::Folder;
use super::snapshot::{KEY_MAX, Snapshot, VALUE_MAX, definition};
use super::tokens::{Tokens, follow};
use super::{StoreError, migrations, record, tables};
use crate::clock::SystemRng;
use crate::disk::{DiskError, Files, RedbFile, real};
use crate::vault::{KeySource, Lookup, Vault};
use icmc_protocol::machine::{Scope, Table, Write};
use rand_core::{CryptoRng, Rng as _};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Bytes of cache of the row file.
const CACHE: usize = 32 * 1024 * 1024;

/// The rows and keys of one unit. May be used from several threads; commits come one after the other.
#[derive(Debug)]
pub struct Store {
    pub(super) file: RedbFile,
    pub(super) vault: Arc<Vault>,
    pub(super) tokens: Arc<Tokens>,
    /// Held over a commit, an erasure and a sweep: no row can come under a scope after its key is gone.
    pub(super) changing: Mutex<()>,
    /// Last, so that the lock is given up after the files are closed.
    _folder: Folder,
    /// Behind even that: gone once all of it is closed.
    open: Arc<()>,
}

impl Store {
    /// Sets up a data folder.
    ///
    /// # Errors
    /// [`StoreError`] if there is data already, another process is at it, or the disk refuses.
    pub fn create(dir: &Path, source: &KeySource, rng: &mut dyn CryptoRng) -> Result<Self, StoreError> {
        Self::create_in(&real(), dir, source, rng)
    }

    /// As [`Self::create`], among these files.
    pub(super) fn create_in(
        files: &Arc<dyn Files>,
        dir: &Path,
        source: &KeySource,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, StoreError> {
        let folder = Folder::create(dir, &**files)?;
        let vault = Vault::create_in(files, &folder.keys(), source, rng)?;
        let file = RedbFile::create(files, &folder.rows(), CACHE)?;
        file.write(|txn| {
            for table in tables::all() {
                txn.open_table(definition(table))?;
            }
            migrations::mark(txn)
        })?;
        files.sync_folder(&folder.rows()).map_err(DiskError::from)?;
        Ok(Self::assemble(file, vault, folder))
    }

    /// Unlocks a data folder and clears away what an erasure left behind.
    ///
    /// # Errors
    /// [`StoreError`] if there is none, the secret is wrong, another process is at it, or it is damaged or too new.
    pub fn open(dir: &Path, source: &KeySource) -> Result<Self, StoreError> {
        Self::open_in(&real(), dir, source)
    }

    /// As [`Self::open`], among these files.
    pub(super) fn open_in(files: &Arc<dyn Files>, dir: &Path, source: &KeySource) -> Result<Self, StoreError> {
        let folder = Folder::open(dir, &**files)?;
        let vault = Vault::open_in(files, &folder.keys(), source)?;
        let file = RedbFile::open(files, &folder.rows(), CACHE)?;
        let found = file.write(|txn| {
            let found = migrations::found(txn)?;
            if migrations::check(found).is_ok() {
                // A table that came with a later version without a change of format.
                for table in tables::all() {
                    txn.open_table(definition(table))?;
                }
            }
            Ok(found)
        })?;
        migrations::check(found)?;
        let store = Self::assemble(file, vault, folder);
        migrations::run(&store, found)?;
        store.sweep()?;
        store.tokens.build(&store.snapshot()?)?;
        Ok(store)
    }

    pub(super) fn assemble(file: RedbFile, vault: Vault, folder: Folder) -> Self {
        let mut key = [0; 32];
        SystemRng.fill_bytes(&mut key);
        let tokens = Arc::new(Tokens::new(key));
        Self { file, vault: Arc::new(vault), tokens, changing: Mutex::new(()), _folder: folder, open: Arc::default() }
    }

    /// Has no owner left once files and lock of this store are given up: dropping the last handle takes a moment.
    pub(crate) fn until_closed(&self) -> Weak<()> {
        Arc::downgrade(&self.open)
    }

    /// The rows as they stand now.
    ///
    /// # Errors
    /// [`StoreError::Disk`].
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        // First the age, then the rows: what is retired in between stays in the index for this snapshot.
        let age = self.tokens.age();
        let (vault, tokens) = (Arc::clone(&self.vault), Arc::clone(&self.tokens));
        Ok(Snapshot { txn: self.file.read()?, vault, tokens, _age: age })
    }

    /// How many tokens of beacons can be found by [`icmc_protocol::machine::View::heard`].
    #[must_use]
    pub fn heard_tokens(&self) -> usize {
        self.tokens.len()
    }

    /// All of these writes in one transaction, on disk when this returns; a later write of the same row wins.
    ///
    /// # Errors
    /// [`StoreError`]; then no row has changed. [`StoreError::Erased`] names the scope that lost its key before.
    pub fn commit(&self, writes: &[Write], rng: &mut dyn CryptoRng) -> Result<(), StoreError> {
        if writes.is_empty() {
            return Ok(());
        }
        self.accepts(writes)?;
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let scopes: BTreeSet<Scope> = writes.iter().filter_map(|write| Some(write.value.as_ref()?.0)).collect();
        self.vault.ensure(&scopes.into_iter().filter(|scope| *scope != Scope::Master).collect(), rng)?;
        let rows = writes
            .iter()
            .map(|write| Ok((write.table, write.key.as_slice(), self.seal(write, rng)?)))
            .collect::<Result<Vec<_>, StoreError>>()?;
        let followed = follow(writes, &self.vault, || self.snapshot())?;
        self.tokens.add(&followed.added);
        let written = self.file.write(|txn| {
            for (table, key, row) in &rows {
                let mut table = txn.open_table(definition(*table))?;
                match row {
                    Some(row) => table.insert(*key, row.as_slice())?,
                    None => table.remove(*key)?,
                };
            }
            Ok(())
        });
        match &written {
            Ok(()) => self.tokens.retire(followed.gone),
            // It may stand: what is found by the index is read before it counts, so too much does no harm.
            Err(DiskError::Uncertain) => {}
            Err(_) => self.tokens.retire(followed.added),
        }
        Ok(written?)
    }

    /// Whether [`Self::commit`] would take these writes, for as long as nothing is erased and the disk works.
    ///
    /// # Errors
    /// What is wrong with the first of them that is not.
    pub fn accepts(&self, writes: &[Write]) -> Result<(), StoreError> {
        for write in writes {
            check(write)?;
            if let Some((scope, _)) = &write.value
                && matches!(self.vault.lookup(self.vault.tag(scope)), Lookup::Erased)
            {
                return Err(StoreError::Erased(*scope));
            }
        }
        Ok(())
    }

    /// Destroys the keys of these scopes: their rows are absent from now on, in snapshots too, and go at the next sweep.
    ///
    /// # Errors
    /// [`StoreError`]; then it must be tried again.
    pub fn erase(&self, scopes: &[Scope]) -> Result<(), StoreError> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.vault.erase(scopes)?;
        self.tokens.forget(&scopes.iter().map(|scope| self.vault.tag(scope)).collect::<Vec<_>>());
        Ok(())
    }

    fn seal(&self, write: &Write, rng: &mut dyn CryptoRng) -> Result<Option<Vec<u8>>, StoreError> {
        let Some((scope, value)) = &write.value else { return Ok(None) };
        let secret = self.vault.key(scope).ok_or(StoreError::Erased(*scope))?;
        Ok(Some(record::seal_row(write.table, &write.key, self.vault.tag(scope), &secret, value, rng)))
    }
}

fn check(write: &Write) -> Result<(), StoreError> {
    let Table(name) = write.table;
    if !tables::all().any(|table| table == write.table) {
        return Err(StoreError::UnknownTable(name));
    }
    let value = write.value.as_ref().map_or(0, |(_, value)| value.len());
    if write.key.len() > KEY_MAX || value > VALUE_MAX { Err(StoreError::TooLarge(name)) } else { Ok(()) }
}
