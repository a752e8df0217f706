//! Blinding of a person's features, so that what is announced cannot be guessed offline: a threshold OPRF held by t of n keepers.
//! Not the exchange with the keepers, who may ask how often, or who the keepers are: this is arithmetic only.
//!
//! RFC 9497 VOPRF, ristretto255-SHA512, with the key shared as in TOPPSS (Jarecki, Kiayias, Krawczyk, Xu 2017): each keeper
//! answers with its share and proves it, the client interpolates in the exponent. For one keeper it is the RFC to the byte.
//! Why it looks like this: `docs/decisions/0007-threshold-oprf.md`. **Needs external review.**

mod client;
mod error;
mod exponent;
pub mod generation;
mod interpolate;
mod keeper;
mod point;
mod proof;
mod secret;
mod suite;
#[cfg(test)]
mod tests;

pub use client::{blind, combine, finish, verify};
pub use error::OprfError;
pub use exponent::Exponent;
pub use keeper::{Evaluation, evaluate};
pub use point::{KeyIndex, Point};
pub use proof::Proof;
pub use secret::{Blind, KeyShare};

/// Most points in one request.
pub const POINTS_MAX: usize = 64;
/// Most keepers that can hold shares of one key, and so the highest threshold.
pub const KEEPERS_MAX: usize = 16;
