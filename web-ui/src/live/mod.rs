//! Live updates: what kind of thing changed, its id, and two counts. Never a name, never a value.
//! A page fetches what it shows as always, so without updates nothing is missing but haste.

mod reach;
mod stream;

pub use stream::{Seen, events};
