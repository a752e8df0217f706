//! What two units must reach between them, measured and printed beside its bar: folding, sealing, a share's first view.
//! Nothing is asserted here, and no page is asked for: that is `figures`.

#[path = "protocol/folding.rs"]
mod folding;
#[path = "protocol/sealing.rs"]
mod sealing;
#[path = "protocol/sharing.rs"]
mod sharing;

use anyhow::Result;
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

fn main() -> Result<()> {
    // Cargo passes `--bench`; a bare `cargo test` of all targets does not, and then nothing is measured.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    folding::measure()?;
    sealing::measure()?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(sharing::measure())
}

/// The processor time that this thread spends on a piece of work, and what it gives.
fn cpu<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
    };
    let begun = now();
    let done = work();
    (now().saturating_sub(begun), done)
}

/// The middle one of `times` measurements, in milliseconds.
fn median(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    format!("median {:.2} ms, n = {}", times[(times.len() - 1) / 2].as_secs_f64() * 1000.0, times.len())
}

#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
fn tell(what: &str, found: &str, bar: &str) {
    println!("{what:<50} {found:<55} {bar}");
}
