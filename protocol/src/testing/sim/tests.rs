//! Faults planted into a running simulation: each invariant must notice its own.

use super::{Plan, Sim, federation};
use std::sync::LazyLock;
use crate::testing::World;

static BASE: LazyLock<World> = LazyLock::new(federation);

#[test]
fn a_run_is_the_same_each_time() {
    let run = || format!("{:?}", Sim::new(&BASE, Plan { seed: 1, steps: 60 }).run());
    assert_eq!(run(), run());
}
