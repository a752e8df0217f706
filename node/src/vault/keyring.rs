//! The unwrapped keys in memory and their file on disk, kept equal: disk first, then memory.
//! Decides nothing about when a key is made or erased.

use super::cipher::{SecretKey, open, seal};
use super::file::{self, Contents, Header};
use super::source::{Derivation, KeySource};
use super::{VaultError, labels};
use crate::disk::{DiskError, Files, RedbFile, real};
use icmc_protocol::{crypto, machine::Scope, wire};
use rand_core::CryptoRng;
use serde_bytes::{ByteArray, ByteBuf};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use subtle::ConstantTimeEq as _;

/// The newest format of `keys.redb` that is known here.
const FORMAT: u8 = 1;

/// A scope as it stands beside a row on disk: a keyed hash, so that no id of a case or share is in the clear. Zeros: the master.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ScopeTag(pub(crate) [u8; 16]);

impl ScopeTag {
    pub(crate) const LEN: usize = 16;
    pub(crate) const MASTER: Self = Self([0; 16]);

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// What is known of a scope.
pub(crate) enum Lookup {
    /// Its key.
    Key(SecretKey),
    /// It was destroyed.
    Erased,
    /// There never was one.
    Unknown,
}

#[derive(Default)]
struct Keys {
    known: BTreeMap<ScopeTag, SecretKey>,
    /// With whether the store has no row of it any more.
    erased: BTreeMap<ScopeTag, bool>,
}

/// The keys of one data folder, unlocked. May be used from several threads.
pub struct Vault {
    path: PathBuf,
    file: RedbFile,
    wrap: SecretKey,
    rows: SecretKey,
    scope: SecretKey,
    keys: RwLock<Keys>,
    /// One change of the file at a time.
    changing: Mutex<()>,
}

impl core::fmt::Debug for Vault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// Makes `keys.redb` at this path with a fresh master.
    ///
    /// # Errors
    /// [`VaultError`] if the file exists, cannot be written, or the key file cannot be read.
    pub fn create(path: &Path, source: &KeySource, rng: &mut dyn CryptoRng) -> Result<Self, VaultError> {
        Self::create_in(&real(), path, source, rng)
    }

    /// As [`Self::create`], among these files.
    pub(crate) fn create_in(
        files: &Arc<dyn Files>,
        path: &Path,
        source: &KeySource,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, VaultError> {
        let derivation = Derivation::new(source, rng);
        let outer = derivation.key(source)?;
        let master = SecretKey::random(rng);
        let header = Header {
            format: FORMAT,
            derivation,
            verifier: ByteArray::new(*outer.derive(labels::VERIFIER).bytes()),
            master: ByteBuf::from(seal(&outer.derive(labels::WRAP), labels::WRAPPED_MASTER, master.bytes(), rng)),
        };
        let file = file::create(files, path, &Contents { header, keys: BTreeMap::new(), erased: BTreeMap::new() })?;
        Ok(Self::unlocked(path, file, &master, Keys::default()))
    }

    /// Unlocks `keys.redb` at this path.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`] and its like if the secret does not fit; others if the file is damaged or too new.
    pub fn open(path: &Path, source: &KeySource) -> Result<Self, VaultError> {
        Self::open_in(&real(), path, source)
    }

    /// As [`Self::open`], among these files.
    pub(crate) fn open_in(files: &Arc<dyn Files>, path: &Path, source: &KeySource) -> Result<Self, VaultError> {
        let file = file::open(files, path)?;
        let Contents { header, keys, erased } = file::read(&file)?;
        if header.format > FORMAT {
            return Err(VaultError::TooNew { found: header.format, known: FORMAT });
        }
        let outer = header.derivation.key(source)?;
        if !bool::from(outer.derive(labels::VERIFIER).bytes().ct_eq(&*header.verifier)) {
            return Err(header.derivation.refusal());
        }
        let master = open(&outer.derive(labels::WRAP), labels::WRAPPED_MASTER, &header.master)
            .and_then(|bytes| SecretKey::from_slice(&bytes))
            .ok_or(VaultError::Damaged)?;
        let vault = Self::unlocked(path, file, &master, Keys { known: BTreeMap::new(), erased });
        let known: Option<_> = keys
            .into_iter()
            .map(|(tag, wrapped)| {
                open(&vault.wrap, &wrap_aad(tag), &wrapped).and_then(|bytes| Some((tag, SecretKey::from_slice(&bytes)?)))
            })
            .collect();
        vault.keys.write().unwrap_or_else(PoisonError::into_inner).known = known.ok_or(VaultError::Damaged)?;
        Ok(vault)
    }

    /// The key of a scope; none if it was never made or is erased.
    #[must_use]
    pub fn key(&self, scope: &Scope) -> Option<SecretKey> {
        match self.lookup(self.tag(scope)) {
            Lookup::Key(key) => Some(key),
            Lookup::Erased | Lookup::Unknown => None,
        }
    }

    /// Makes the keys that are missing; they are on disk when this returns.
    ///
    /// # Errors
    /// [`VaultError::Erased`] if one of the scopes was erased (then no key is made), or the disk's.
    pub fn ensure(&self, scopes: &BTreeSet<Scope>, rng: &mut dyn CryptoRng) -> Result<(), VaultError> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut missing = BTreeMap::new();
        for scope in scopes {
            let tag = self.tag(scope);
            match self.lookup(tag) {
                Lookup::Key(_) => {}
                Lookup::Erased => return Err(VaultError::Erased(*scope)),
                Lookup::Unknown => {
                    missing.insert(tag, SecretKey::random(rng));
                }
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let wrapped = missing.iter().map(|(tag, key)| (*tag, seal(&self.wrap, &wrap_aad(*tag), key.bytes(), rng))).collect();
        file::add(&self.file, &wrapped)?;
        self.keys.write().unwrap_or_else(PoisonError::into_inner).known.append(&mut missing);
        Ok(())
    }

    /// Destroys keys: `keys.redb` is written anew without them. When this returns nothing under these scopes can be opened.
    ///
    /// A scope that never had a key is marked too. Doing it twice is the same as once.
    ///
    /// # Errors
    /// [`VaultError::MasterScope`], or the disk's; then it must be tried again.
    pub fn erase(&self, scopes: &[Scope]) -> Result<(), VaultError> {
        if scopes.contains(&Scope::Master) {
            return Err(VaultError::MasterScope);
        }
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut erased = self.keys.read().unwrap_or_else(PoisonError::into_inner).erased.clone();
        let tags: BTreeSet<_> = scopes.iter().map(|scope| self.tag(scope)).filter(|tag| !erased.contains_key(tag)).collect();
        if tags.is_empty() {
            return Ok(());
        }
        erased.extend(tags.iter().map(|tag| (*tag, false)));
        self.rewrite(&tags, erased)
    }

    /// The keyed hash that stands for a scope on disk.
    pub(crate) fn tag(&self, scope: &Scope) -> ScopeTag {
        if *scope == Scope::Master {
            return ScopeTag::MASTER;
        }
        let hash = crypto::keyed(labels::SCOPE, self.scope.bytes(), &wire::encode(scope));
        ScopeTag::from_slice(&hash[..ScopeTag::LEN]).expect("a hash is longer than a tag")
    }

    pub(crate) fn lookup(&self, tag: ScopeTag) -> Lookup {
        if tag == ScopeTag::MASTER {
            return Lookup::Key(self.rows.clone());
        }
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        match keys.known.get(&tag) {
            Some(key) => Lookup::Key(key.clone()),
            None if keys.erased.contains_key(&tag) => Lookup::Erased,
            None => Lookup::Unknown,
        }
    }

    /// Whether the store may still have rows of erased scopes.
    pub(crate) fn needs_sweep(&self) -> bool {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).erased.values().any(|swept| !swept)
    }

    /// The store has no row of an erased scope any more, and rows of no other scopes than `seen`. Gives the number of keys dropped.
    pub(crate) fn swept(&self, seen: &BTreeSet<ScopeTag>) -> Result<usize, VaultError> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let (orphans, erased) = {
            let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
            let orphans: BTreeSet<_> = keys.known.keys().filter(|tag| !seen.contains(tag)).copied().collect();
            (orphans, keys.erased.keys().map(|tag| (*tag, true)).collect())
        };
        self.rewrite(&orphans, erased)?;
        Ok(orphans.len())
    }

    /// A new file without these keys in the old one's place: a row deleted by redb would stay in a free page.
    fn rewrite(&self, without: &BTreeSet<ScopeTag>, erased: BTreeMap<ScopeTag, bool>) -> Result<(), VaultError> {
        let mut contents = file::read(&self.file)?;
        contents.keys.retain(|tag, _| !without.contains(tag));
        contents.erased = erased;
        let beside = self.path.with_extension("redb.new");
        // Left over if the computer stopped in the middle of an earlier rewrite.
        let files = Arc::clone(self.file.files());
        files.discard(&beside).map_err(DiskError::from)?;
        drop(file::create(&files, &beside, &contents)?);
        self.file.replace(&beside)?;
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.known.retain(|tag, _| !without.contains(tag));
        keys.erased = contents.erased;
        Ok(())
    }

    fn unlocked(path: &Path, file: RedbFile, master: &SecretKey, keys: Keys) -> Self {
        Self {
            path: path.to_owned(),
            file,
            wrap: master.derive(labels::WRAP),
            rows: master.derive(labels::ROWS),
            scope: master.derive(labels::SCOPE),
            keys: RwLock::new(keys),
            changing: Mutex::new(()),
        }
    }
}

fn wrap_aad(tag: ScopeTag) -> Vec<u8> {
    [labels::WRAPPED_KEY, &tag.0].concat()
}
