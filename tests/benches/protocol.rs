//! What two units must reach between them, measured and printed beside its bar: folding, sealing, a share's first view.
//! Nothing is asserted here, and no page is asked for: that is `figures`.

#[path = "protocol/folding.rs"]
mod folding;
#[path = "protocol/sealing.rs"]
mod sealing;
#[path = "protocol/sharing.rs"]
mod sharing;

use anyhow::Result;
use icmc_tests::figures::{cpu, is_measuring, tell};
use std::time::Duration;

fn main() -> Result<()> {
    if !is_measuring() {
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
