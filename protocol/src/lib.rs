//! Everything two ICMC units must agree on, as pure code: no files, no sockets, no clock, no ambient randomness.
//! Modules are listed so that each uses only those above it.

pub mod ids;
pub mod time;

pub mod bounded;

pub mod wire;

pub mod crypto;

pub mod dictionary;
pub mod fingerprint;

pub mod oprf;

pub mod machine;

pub mod federation;

pub mod envelope;

pub mod caselog;

pub mod sharing;

pub mod documents;

pub mod carried;
pub mod transfer;

pub mod requests;

pub mod keepers;

pub mod matching;

pub mod standing;

pub mod core;

#[cfg(any(test, feature = "testing"))]
pub mod testing;
