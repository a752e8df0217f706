//! What the tests across packages share: real processes of real units, a real browser, searches for what must not be there.
//! No test is here, and nothing here is part of a node.

pub mod attacker;
pub mod browser;
pub mod demo;
pub mod documents;
pub mod figures;
pub mod impostor;
pub mod link;
pub mod namespaces;
pub mod needles;
pub mod people;
pub mod ports;
pub mod process;
pub mod shared;
pub mod sources;
pub mod units;
pub mod web;

use std::io::Write as _;

/// A line for whoever reads the tests' output, past the harness that swallows what is printed by `println!`.
pub fn say(line: &str) {
    // A closed pipe is no reason to fail.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
