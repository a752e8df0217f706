//! The labels of keys at rest. They never leave this computer, so they are not among those of the protocol.
//! A label is never reused for another purpose.

/// Wrapping key from the Argon2id output.
pub(super) const PASSPHRASE: &str = "icmc/v1/vault/passphrase";
/// Wrapping key from a key file.
pub(super) const KEY_FILE: &str = "icmc/v1/vault/key-file";
/// What is stored to tell a wrong passphrase from a damaged file.
pub(super) const VERIFIER: &str = "icmc/v1/vault/verifier";
/// From the master: wraps scope keys.
pub(super) const WRAP: &str = "icmc/v1/vault/wrap";
/// From the master: seals rows of the master scope.
pub(super) const ROWS: &str = "icmc/v1/vault/rows";
/// From the master: hashes scopes, so that no id of a case or share stands beside its rows.
pub(super) const SCOPE: &str = "icmc/v1/vault/scope";
/// Associated data of the wrapped master.
pub(super) const WRAPPED_MASTER: &[u8] = b"icmc/v1/wrapped-master";
/// Associated data of a wrapped scope key, before the scope's hash.
pub(super) const WRAPPED_KEY: &[u8] = b"icmc/v1/wrapped-key";
