//! What people and peers did here, as a chain of rows in which each names the hash of the one before.
//! Ids and fixed words only: no data of a person. Who may read it is `service::audit`'s business.
//!
//! A change, a removal or a reordering is found by `verify`. Whoever can write the store can also make the whole chain anew;
//! against that, heads will be countersigned by other units.

pub mod actions;
mod append;
mod entry;
mod heard;
mod incidents;
mod list;
mod verify;

#[cfg(test)]
mod tests;

pub use append::append;
pub use entry::{Entry, Event};
pub use heard::heard;
pub use incidents::incidents;
pub use list::{Filter, Found, list};
pub use verify::{Verified, verify};
