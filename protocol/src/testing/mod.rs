//! Fixtures and generators for the tests of this and other packages, and whole units wired together in memory.
//! Not part of a node: the feature `testing` is off there. All units and people are invented.

#[cfg(test)]
mod attacks;
pub mod drafts;
pub mod fuzz;
#[cfg(test)]
mod hostile_vectors;
mod network;
pub mod rng;
mod say;
pub mod sim;
#[cfg(test)]
mod spoilt;
#[cfg(test)]
pub(crate) mod vectors;
pub mod world;

pub use network::Frame;
pub use say::say;
pub use world::{Unit, World};
