//! Versioning rules and message numbers.
//! A changed type is a new version of its message; numbers are never reused; a reordered field is a changed type.

mod cbor;
mod kinds;

pub use cbor::{WireError, decode, encode};
pub use kinds::MessageKind;
