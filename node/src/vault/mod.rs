//! Passphrase → key-encryption key → node master → keys of cases, shares and contributions, in `keys.redb`; erasure.
//! Not for rows: `store` seals those with the keys from here.

mod cipher;
mod error;
mod file;
mod keyring;
mod labels;
mod source;

#[cfg(test)]
mod tests;

pub(crate) use cipher::{NONCE_LEN, SecretKey, TAG_LEN, open, seal};
pub use error::VaultError;
pub use keyring::Vault;
pub(crate) use keyring::{Lookup, ScopeTag};
pub use source::{KeySource, create_key_file};
