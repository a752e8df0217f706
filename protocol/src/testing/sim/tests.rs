//! Faults planted into a running simulation: each invariant must notice its own.

use super::{Base, Plan, Sim};
use std::sync::LazyLock;

static BASE: LazyLock<Base> = LazyLock::new(Base::prepare);

#[test]
fn a_run_is_the_same_each_time() {
    let run = || format!("{:?}", Sim::new(&BASE, Plan { seed: 1, steps: 60 }).run());
    assert_eq!(run(), run());
}
