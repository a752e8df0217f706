//! Fixtures and generators for the tests of this and other packages.
//! Not part of a node: the feature `testing` is off there.

pub mod rng;
