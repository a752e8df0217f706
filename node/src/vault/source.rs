//! From what a person types, or a key file holds, to the key-encryption key.
//! Not for sign-in passwords: those have their own Argon2id parameters.

use super::cipher::SecretKey;
use super::{VaultError, labels};
use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use rand_core::CryptoRng;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What unlocks a data folder.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// Typed by a person, through Argon2id.
    Passphrase(SecretString),
    /// A file of 32 random bytes in hexadecimal: for tests and the demo, where nobody types.
    KeyFile(PathBuf),
}

/// How the key-encryption key of this folder is made; stored in the clear beside the wrapped master.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Derivation {
    /// Argon2id version 0x13 (RFC 9106).
    Argon2id {
        salt: ByteArray<16>,
        /// KiB.
        memory: u32,
        passes: u32,
        lanes: u32,
    },
    /// A labelled hash of the file's 32 bytes.
    KeyFile,
}

/// 256 MiB, in KiB.
const MEMORY: u32 = 256 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// A tampered file must not be able to ask for more than this.
const MEMORY_MAX: u32 = 4 * MEMORY;
const PASSES_MAX: u32 = 16;
const LANES_MAX: u32 = 8;

impl Derivation {
    /// For a new folder.
    pub(super) fn new(source: &KeySource, rng: &mut dyn CryptoRng) -> Self {
        match source {
            KeySource::Passphrase(_) => {
                let mut salt = [0; 16];
                rng.fill_bytes(&mut salt);
                Self::Argon2id { salt: ByteArray::new(salt), memory: MEMORY, passes: PASSES, lanes: LANES }
            }
            KeySource::KeyFile(_) => Self::KeyFile,
        }
    }

    /// The key-encryption key. Takes most of a second for a passphrase.
    pub(super) fn key(&self, source: &KeySource) -> Result<SecretKey, VaultError> {
        match (self, source) {
            (Self::Argon2id { salt, memory, passes, lanes }, KeySource::Passphrase(passphrase)) => {
                if *memory > MEMORY_MAX || *passes > PASSES_MAX || *lanes > LANES_MAX {
                    return Err(VaultError::Damaged);
                }
                let params = Params::new(*memory, *passes, *lanes, Some(32)).map_err(|_| VaultError::Damaged)?;
                let mut out = Zeroizing::new([0; 32]);
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                    .hash_password_into(passphrase.expose_secret().as_bytes(), salt.as_slice(), &mut *out)
                    .map_err(|_| VaultError::Memory)?;
                Ok(SecretKey::from_slice(&*out).expect("32 bytes were asked for").derive(labels::PASSPHRASE))
            }
            (Self::KeyFile, KeySource::KeyFile(path)) => Ok(read_key_file(path)?.derive(labels::KEY_FILE)),
            (Self::Argon2id { .. }, KeySource::KeyFile(_)) => Err(VaultError::OtherSource { expected: "a passphrase" }),
            (Self::KeyFile, KeySource::Passphrase(_)) => Err(VaultError::OtherSource { expected: "a key file" }),
        }
    }

    /// What to say when the verifier does not fit.
    pub(super) const fn refusal(&self) -> VaultError {
        match self {
            Self::Argon2id { .. } => VaultError::WrongPassphrase,
            Self::KeyFile => VaultError::WrongKeyFile,
        }
    }
}

fn read_key_file(path: &Path) -> Result<SecretKey, VaultError> {
    let mut text = Zeroizing::new(String::new());
    File::open(path)
        .and_then(|file| file.take(128).read_to_string(&mut text))
        .map_err(|source| VaultError::KeyFile { path: path.to_owned(), source })?;
    HEXLOWER_PERMISSIVE
        .decode(text.trim().as_bytes())
        .ok()
        .and_then(|bytes| SecretKey::from_slice(&Zeroizing::new(bytes)))
        .ok_or_else(|| VaultError::KeyFileContent { path: path.to_owned() })
}

/// Writes a fresh key file, readable by its owner only.
///
/// # Errors
/// [`VaultError::KeyFile`] if the file exists already or cannot be written.
pub fn create_key_file(path: &Path, rng: &mut dyn CryptoRng) -> Result<(), VaultError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let text = Zeroizing::new(HEXLOWER.encode(SecretKey::random(rng).bytes()));
    options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .map_err(|source| VaultError::KeyFile { path: path.to_owned(), source })
}
