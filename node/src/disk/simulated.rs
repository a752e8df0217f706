//! Files in memory whose power is cut: each 512-byte sector that was not synced survives or not, names in the order they were made.
//! For tests only; reading is always exact until the cut.

use super::files::{Files, Wipe};
use rand_core::CryptoRng;
use redb::{Database, DatabaseError, StorageBackend};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

/// What a disk writes whole.
const SECTOR: u64 = 512;

#[derive(Debug, Clone)]
enum Pending {
    Length(u64),
    Bytes(u64, Vec<u8>),
}

#[derive(Debug, Clone, Default)]
struct Inode {
    durable: Vec<u8>,
    now: Vec<u8>,
    pending: Vec<Pending>,
}

#[derive(Debug, Clone)]
enum Renamed {
    Made(PathBuf, usize),
    Moved(PathBuf, PathBuf),
    Removed(PathBuf),
}

#[derive(Debug, Clone, Default)]
struct State {
    inodes: Vec<Inode>,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    pending_names: Vec<Renamed>,
    /// Operations until the power goes; none is never.
    left: Option<u64>,
}

/// A disk. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub(crate) struct SimulatedDisk(Arc<Mutex<State>>);

impl SimulatedDisk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// The power goes in the middle of this operation, counted from now.
    pub(crate) fn cut_after(&self, operations: u64) {
        self.lock().left = Some(operations);
    }

    /// Whether the power is off.
    pub(crate) fn is_off(&self) -> bool {
        self.lock().left == Some(0)
    }

    /// What is found when the power is back.
    pub(crate) fn after_cut(&self, rng: &mut dyn CryptoRng) -> Self {
        let state = self.lock();
        let inodes = state.inodes.iter().map(|inode| survivor(inode, rng)).collect();
        let mut names = state.durable_names.clone();
        let kept = if state.pending_names.is_empty() { 0 } else { rng.next_u64() as usize % (state.pending_names.len() + 1) };
        state.pending_names[..kept].iter().for_each(|one| rename(&mut names, one));
        Self(Arc::new(Mutex::new(State { inodes, durable_names: names.clone(), names, ..State::default() })))
    }

    /// A disk of its own with all that is on this one, synced or not.
    pub(crate) fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.lock().clone())))
    }

    fn named(&self, change: Renamed) {
        let mut state = self.lock();
        rename(&mut state.names, &change);
        state.pending_names.push(change);
    }
}

impl State {
    /// One more operation; it is begun, and not finished, when the power goes.
    fn step(&mut self) -> io::Result<()> {
        match &mut self.left {
            None => Ok(()),
            Some(left) => {
                *left = left.saturating_sub(1);
                if *left == 0 { Err(io::Error::other("the power is off")) } else { Ok(()) }
            }
        }
    }
}

fn rename(names: &mut BTreeMap<PathBuf, usize>, change: &Renamed) {
    match change {
        Renamed::Made(path, inode) => drop(names.insert(path.clone(), *inode)),
        Renamed::Removed(path) => drop(names.remove(path)),
        Renamed::Moved(from, to) => {
            if let Some(inode) = names.remove(from) {
                names.insert(to.clone(), inode);
            }
        }
    }
}

fn survivor(inode: &Inode, rng: &mut dyn CryptoRng) -> Inode {
    let mut durable = inode.durable.clone();
    for pending in &inode.pending {
        match pending {
            Pending::Length(length) if rng.next_u32().is_multiple_of(2) => durable.resize(usize::try_from(*length).unwrap(), 0),
            Pending::Length(_) => {}
            Pending::Bytes(at, bytes) => {
                let end = at + bytes.len() as u64;
                let mut from = *at;
                while from < end {
                    let to = (from / SECTOR * SECTOR + SECTOR).min(end);
                    let (first, last) = (usize::try_from(from).unwrap(), usize::try_from(to).unwrap());
                    let skipped = usize::try_from(from - at).unwrap();
                    // What lies behind a length that was lost is lost with it.
                    if rng.next_u32().is_multiple_of(2) && last <= durable.len() {
                        durable[first..last].copy_from_slice(&bytes[skipped..skipped + last - first]);
                    }
                    from = to;
                }
            }
        }
    }
    Inode { now: durable.clone(), durable, pending: Vec::new() }
}

#[derive(Debug)]
struct Open(SimulatedDisk, usize);

impl Open {
    fn change<T>(&self, work: impl FnOnce(&mut Inode) -> T) -> io::Result<T> {
        let mut state = self.0.lock();
        if state.left == Some(0) {
            return Err(io::Error::other("the power is off"));
        }
        let done = work(&mut state.inodes[self.1]);
        state.step()?;
        Ok(done)
    }
}

impl StorageBackend for Open {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().inodes[self.1].now.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.0.lock();
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        let found = state.inodes[self.1].now.get(from..from + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(found);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.change(|inode| {
            inode.now.resize(usize::try_from(length).unwrap(), 0);
            inode.pending.push(Pending::Length(length));
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        // Cut in the middle: nothing is promised, so nothing moves.
        self.change(|_| ())?;
        let mut state = self.0.lock();
        let inode = &mut state.inodes[self.1];
        for pending in core::mem::take(&mut inode.pending) {
            match pending {
                Pending::Length(length) => inode.durable.resize(usize::try_from(length).unwrap(), 0),
                Pending::Bytes(at, bytes) => {
                    let at = usize::try_from(at).unwrap();
                    inode.durable[at..at + bytes.len()].copy_from_slice(&bytes);
                }
            }
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        self.change(|inode| {
            inode.now[from..from + data.len()].copy_from_slice(data);
            inode.pending.push(Pending::Bytes(offset, data.to_vec()));
        })
    }
}

impl Files for SimulatedDisk {
    fn exists(&self, path: &Path) -> bool {
        self.lock().names.contains_key(path)
    }

    fn create(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.step()?;
        if state.names.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        state.inodes.push(Inode::default());
        let made = Renamed::Made(path.to_owned(), state.inodes.len() - 1);
        drop(state);
        self.named(made);
        Ok(())
    }

    fn database(&self, path: &Path, cache: usize, new: bool) -> Result<Database, DatabaseError> {
        let inode = *self.lock().names.get(path).ok_or(io::Error::from(io::ErrorKind::NotFound))?;
        let file = Open(self.clone(), inode);
        if !new && file.len()? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Database::builder().set_cache_size(cache).create_with_backend(file)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<Wipe> {
        self.lock().step()?;
        let old = self.lock().names.get(to).map(|inode| Open(self.clone(), *inode));
        self.named(Renamed::Moved(from.to_owned(), to.to_owned()));
        Ok(Box::new(move || old.as_ref().map_or(Ok(()), wipe)))
    }

    fn discard(&self, path: &Path) -> io::Result<()> {
        let Some(inode) = self.lock().names.get(path).copied() else { return Ok(()) };
        wipe(&Open(self.clone(), inode))?;
        self.lock().step()?;
        self.named(Renamed::Removed(path.to_owned()));
        Ok(())
    }

    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.step()?;
        state.pending_names.clear();
        state.durable_names = state.names.clone();
        Ok(())
    }
}

fn wipe(file: &Open) -> io::Result<()> {
    let length = usize::try_from(file.len()?).map_err(io::Error::other)?;
    file.write(0, &vec![0; length])?;
    file.sync_data()
}
