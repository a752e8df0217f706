//! From a saved person to the alert at another unit: five units as five processes on loopback, any two of three of them blinding, and
//! the comparison in counts that both sides conclude. Prints the figures beside their bars; asserts only that every alert comes.

use anyhow::{Context, Result};
use icmc::story::{Api, until};
use icmc_tests::figures::{is_measuring, tell};
use icmc_tests::people::case_with;
use icmc_tests::units::Federation;
use std::time::Duration;
use tokio::time::Instant;

/// How often every unit alerts every other one.
const ROUNDS: usize = 5;
/// Longest wait for one alert.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks: a look costs a millisecond or two.
const PAUSE: Duration = Duration::from_millis(4);

fn main() -> Result<()> {
    if !is_measuring() {
        return Ok(());
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(measure())
}

async fn measure() -> Result<()> {
    let begun = Instant::now();
    let federation = Federation::five().await?;
    let mut units = Vec::new();
    for unit in federation.all() {
        units.push(Api::sign_in(&unit.access()).await?);
    }
    tell("five units joined, confirmed, with a key of 2 of 3", &format!("{:.0} s", begun.elapsed().as_secs_f64()), "");
    let mut times = Vec::new();
    let mut number = 0;
    for _ in 0..ROUNDS {
        for held in 0..units.len() {
            for saved in (0..units.len()).filter(|saved| *saved != held) {
                times.push(alert(&units[held], &units[saved], number).await?);
                number += 1;
            }
        }
    }
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1000.0;
    tell(
        "saved to alert at the other of five units",
        &format!("p50 {:.0} ms, p95 {:.0} ms, p99 {:.0} ms, n = {}", at(50), at(95), at(99), times.len()),
        "p50 <= 200 ms, p99 <= 1.5 s",
    );
    Ok(())
}

/// One unit has a person; another saves the same one; the first is alerted after this time, counted from the answer to the save.
async fn alert(held: &Api, saved: &Api, number: usize) -> Result<Duration> {
    let case = held.post("/cases", case_with(number, "Measured")).await?["id"].as_str().context("no case")?.to_owned();
    // Somebody who was in the files yesterday: its beacon has gone out.
    until("the person to be announced", || async {
        let view = held.get(&format!("/cases/{case}")).await?;
        Ok((view["people"][0]["matching"] == "yes").then_some(()))
    })
    .await?;
    let before = alerts(held).await?;
    saved.post("/cases", case_with(number, "Measured")).await?;
    let begun = Instant::now();
    while alerts(held).await? == before {
        anyhow::ensure!(begun.elapsed() < PATIENCE, "no alert within {} s", PATIENCE.as_secs());
        tokio::time::sleep(PAUSE).await;
    }
    Ok(begun.elapsed())
}

async fn alerts(api: &Api) -> Result<usize> {
    Ok(api.get("/alerts").await?["alerts"].as_array().context("no alerts")?.len())
}
