//! How the benches measure and print.
//! Not what they measure.

use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// The processor time that this thread spends on a piece of work, and what it gives.
pub fn cpu<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
    };
    let begun = now();
    let done = work();
    (now().saturating_sub(begun), done)
}

/// Whether this process is to measure. Cargo passes `--bench`; a bare `cargo test` of all targets does not, and then nothing is measured.
#[must_use]
pub fn is_measuring() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// A figure, beside the bar that it is to meet.
#[expect(clippy::print_stdout, reason = "printing is what benches are for")]
pub fn tell(what: &str, found: &str, bar: &str) {
    println!("{what:<55} {found:<55} {bar}");
}
