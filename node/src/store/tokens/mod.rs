//! Which rows are to be found by a token, in memory: built at start from the rows, and never behind what a snapshot shows.
//! Decides nothing: whoever acts on what is found reads the row (`docs/decisions/0014-heard-tokens-in-memory.md`).

mod build;
mod shared;

#[cfg(test)]
mod tests;

pub(super) use build::follow;
pub(super) use shared::{Age, Tokens};
