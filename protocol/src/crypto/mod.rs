//! Keys without `Debug`, all labels, `Signed<T>` → `Verified<T>` (the only place that names `coset`), `seal` / `open`.
//! No primitive is written here: every one comes from a library.

mod hash;
mod keys;
pub mod labels;
mod seal;
mod signed;
#[cfg(test)]
mod tests;

pub use hash::{Hasher, derive, keyed};
pub use keys::{KeyError, NodeSecret, PrekeyPublic, PrekeySecret};
pub use seal::{SealError, open, seal};
pub use signed::{Message, Signed, SignedError, Verified};
