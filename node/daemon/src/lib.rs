//! The executable of a node as a library, so that tests and `main` share it: command line, configuration, wiring.
//! No logic of cases, and none of the protocol.

pub mod cli;
pub mod config;
pub mod control;
pub mod demo;
mod ending;
pub mod envelopes;
pub mod evaluate;
mod first_run;
pub mod identity;
pub mod init;
pub mod output;
pub mod passphrase;
pub mod peers;
pub mod restored;
pub mod run;
mod sentence;
pub mod story;
pub mod unit;
pub mod users;

pub use sentence::sentence;
