//! A commit is whole or not there: a disk that fills up at any point of it leaves all as it was, and the store goes on later.
//! The disk is a real file below a backend that stops taking bytes.

use super::super::folder::Folder;
use super::*;
use crate::disk::files::{Files, Wipe, real};
use crate::disk::{DiskError, RedbFile};
use crate::vault::Vault;
use icmc_protocol::machine::View;
use redb::backends::FileBackend;
use redb::{Database, DatabaseError, StorageBackend};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Which of the coming writes fail, counted from now.
#[derive(Debug, Clone, Default)]
struct Space(Arc<Mutex<Range<u64>>>);

impl Space {
    fn take(&self) -> io::Result<()> {
        let mut failing = self.0.lock().unwrap();
        let fails = failing.contains(&0);
        *failing = failing.start.saturating_sub(1)..failing.end.saturating_sub(1);
        if fails { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn set(&self, failing: Range<u64>) {
        *self.0.lock().unwrap() = failing;
    }
}

#[derive(Debug)]
struct FillingDisk {
    file: FileBackend,
    space: Space,
}

impl StorageBackend for FillingDisk {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.space.take()?;
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.space.take()?;
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.space.take()?;
        self.file.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }
}

/// The system's files, with a disk below the rows that fills up.
#[derive(Debug)]
struct Filling(Arc<dyn Files>, Space);

impl Files for Filling {
    fn exists(&self, path: &Path) -> bool {
        self.0.exists(path)
    }

    fn create(&self, path: &Path) -> io::Result<()> {
        self.0.create(path)
    }

    fn database(&self, path: &Path, _: usize, _: bool) -> Result<Database, DatabaseError> {
        let file = FileBackend::new(File::options().read(true).write(true).open(path)?)?;
        Database::builder().create_with_backend(FillingDisk { file, space: self.1.clone() })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<Wipe> {
        self.0.rename(from, to)
    }

    fn discard(&self, path: &Path) -> io::Result<()> {
        self.0.discard(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.0.sync_folder(path)
    }
}

fn on_filling_disk(unit: &Unit) -> (Store, Space) {
    let space = Space::default();
    let folder = Folder::open(&unit.dir(), &*real()).unwrap();
    let vault = Vault::open(&folder.keys(), &unit.source).unwrap();
    let files: Arc<dyn Files> = Arc::new(Filling(real(), space.clone()));
    let file = RedbFile::open(&files, &folder.rows(), 1024 * 1024).unwrap();
    (Store::assemble(file, vault, folder), space)
}

/// Commits with failures of the given length at every place, until it gets through; gives the number of failed commits.
fn fail_everywhere(length: u64, may_be_uncertain: bool) -> usize {
    let unit = Unit::new();
    let scope = case();
    drop(unit.create());
    let (store, space) = on_filling_disk(&unit);
    // Big enough to make the file grow.
    let new =
        [put(Table::CASES, b"a", scope, b"new"), put(Table::OUTBOX, b"b", scope, &vec![1; 300_000]), delete(Table::ALERTS, b"a")];
    let old = [put(Table::CASES, b"a", scope, b"old"), delete(Table::OUTBOX, b"b"), put(Table::ALERTS, b"a", scope, b"old")];
    let rows = || {
        let rows = store.snapshot().unwrap();
        let keys = [(Table::CASES, b"a"), (Table::OUTBOX, b"b"), (Table::ALERTS, b"a")];
        keys.map(|(table, key)| View::get(&rows, table, key).unwrap())
    };
    store.commit(&old, &mut SystemRng).unwrap();
    let before = rows();
    store.commit(&new, &mut SystemRng).unwrap();
    let after = rows();
    let mut failures = 0;
    for start in 0.. {
        store.commit(&old, &mut SystemRng).unwrap();
        space.set(start..start + length);
        let result = store.commit(&new, &mut SystemRng);
        let untouched = space.0.lock().unwrap().end >= length;
        space.set(0..0);
        match result {
            Ok(()) => assert_eq!(rows(), after, "start {start}"),
            Err(StoreError::Disk(DiskError::Full)) => assert_eq!(rows(), before, "start {start}"),
            Err(StoreError::Disk(DiskError::Uncertain)) if may_be_uncertain => {
                assert!([&before, &after].contains(&&rows()), "start {start}")
            }
            Err(error) => panic!("start {start}: {error}"),
        }
        failures += usize::from(result.is_err());
        if untouched {
            assert!(result.is_ok());
            break;
        }
    }
    drop(store);
    let store = unit.open();
    assert_eq!(View::get(&store.snapshot().unwrap(), Table::CASES, b"a"), Ok(Some(b"new".to_vec())));
    failures
}

#[test]
fn a_write_that_fails_anywhere_leaves_all_as_it_was_and_the_store_goes_on() {
    let failures = fail_everywhere(1, false);
    assert!(failures > 3, "only {failures} places to fail at");
}

#[test]
fn a_disk_that_stays_full_for_long_leaves_old_or_new_and_never_a_mixture() {
    let failures = fail_everywhere(1_000_000, true);
    assert!(failures > 3, "only {failures} places to fail at");
}

#[test]
fn what_the_store_does_not_know_is_refused_before_anything_is_written() {
    let unit = Unit::new();
    let store = unit.create();
    let good = put(Table::CASES, b"a", Scope::Master, b"x");
    let unknown = store.commit(&[good.clone(), put(Table("zzz"), b"a", Scope::Master, b"x")], &mut SystemRng);
    assert!(matches!(unknown, Err(StoreError::UnknownTable("zzz"))));
    for large in [
        put(Table::CASES, b"b", Scope::Master, &vec![0; snapshot::VALUE_MAX + 1]),
        put(Table::CASES, &[0; snapshot::KEY_MAX + 1], Scope::Master, b""),
    ] {
        assert!(matches!(store.commit(&[good.clone(), large], &mut SystemRng), Err(StoreError::TooLarge("p10-1"))));
    }
    assert_eq!(View::get(&store.snapshot().unwrap(), Table::CASES, b"a"), Ok(None));
}
