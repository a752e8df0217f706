//! What two units must reach between them, measured and printed beside its bar: folding, sealing, a share's first view.
//! Nothing is asserted here, and no page is asked for: that is `figures`.

#[path = "protocol/folding.rs"]
mod folding;
#[path = "protocol/sealing.rs"]
mod sealing;
#[path = "protocol/sharing.rs"]
mod sharing;

use anyhow::Result;
use icmc_tests::figures::{cpu, tell};
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

/// The middle one of `times` measurements, in milliseconds.
fn median(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    format!("median {:.2} ms, n = {}", times[(times.len() - 1) / 2].as_secs_f64() * 1000.0, times.len())
}
