//! Blinding of a person's features, so that what is announced cannot be guessed offline.
//! Asynchronous in shape: a machine asks through `Effects.blind` and is answered by an input. For now only a stand-in.

mod stand_in;

pub use stand_in::{UnprotectedStandInBlinding, secret};
