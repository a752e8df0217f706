//! The store against real files: what comes back, what must not, what is left after a failure.
//! Power cuts are simulated: see `power_cut`.

mod disk_full;
mod erasure;
mod first_format;
mod folder;
mod power_cut;
mod rows;

use super::*;
use crate::clock::SystemRng;
use crate::vault::{KeySource, create_key_file};
use icmc_protocol::ids::{CaseId, ShareId};
use icmc_protocol::machine::{Scope, Table, Write};
use std::path::PathBuf;
use tempfile::TempDir;

/// A data folder with its key file beside it.
struct Unit {
    base: TempDir,
    source: KeySource,
}

impl Unit {
    fn new() -> Self {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("key");
        create_key_file(&path, &mut SystemRng).unwrap();
        Self { base, source: KeySource::KeyFile(path) }
    }

    fn dir(&self) -> PathBuf {
        self.base.path().join("data")
    }

    fn create(&self) -> Store {
        Store::create(&self.dir(), &self.source, &mut SystemRng).unwrap()
    }

    fn open(&self) -> Store {
        Store::open(&self.dir(), &self.source).unwrap()
    }
}

fn case() -> Scope {
    Scope::Case(CaseId::random(&mut SystemRng))
}

fn share() -> Scope {
    Scope::Share(ShareId::random(&mut SystemRng))
}

fn put(table: Table, key: &[u8], scope: Scope, value: &[u8]) -> Write {
    Write { table, key: key.to_vec(), value: Some((scope, value.to_vec())) }
}

fn delete(table: Table, key: &[u8]) -> Write {
    Write { table, key: key.to_vec(), value: None }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
