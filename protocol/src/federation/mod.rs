//! Who belongs together: genesis, own keys, prekeys, invitation, safety words, charter, joining and leaving, peering.
//! Not what travels between members: that begins with `envelope`.

pub mod charter;
pub mod charter_sync;
pub mod genesis;
pub mod hello;
pub mod invitation;
pub mod joining;
pub mod leaving;
pub mod member;
pub mod news;
pub mod own;
pub mod peering;
pub mod prekey;
pub mod proof;
pub mod recovery;
pub mod restored;
mod rows;
mod secret;
pub mod setup;
mod text;
pub mod words;

#[cfg(test)]
mod tests;

pub use secret::Secret32;
pub use text::TextError;
