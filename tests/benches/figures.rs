//! What the system must reach, measured and printed beside its bar. Nothing is asserted here.
//! Runs the executable of the dev build, or the one that `ICMC_BIN` names.

use anyhow::{Context, Result};
use icmc::story::{Api, UnitAccess};
use icmc_tests::browser::{Driver, Options, Window};
use icmc_tests::demo::Demo;
use icmc_tests::figures::{is_measuring, tell};
use icmc_tests::people::case_with;
use icmc_tests::sources::{PACKAGES, Source, of_package};
use icmc_web_ui::paths;
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// How often an alert is waited for, and a case page asked for.
const ALERTS: usize = 50;
const CASES: usize = 200;
/// When the memory is looked at, after the start.
const SETTLED: Duration = Duration::from_secs(30);
/// Longest wait for one alert.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> Result<()> {
    if !is_measuring() {
        return Ok(());
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(measure())
}

async fn measure() -> Result<()> {
    lengths()?;
    let started = Instant::now();
    let demo = Demo::start().await?;
    tell("demo ready after", &format!("{:.1} s", started.elapsed().as_secs_f64()), "");
    tokio::time::sleep(SETTLED).await;
    tell("demo resident 30 s after start", &format!("{:.0} MiB", resident(demo.process_id()?)?), "<= 250 MiB");
    case_page(&demo.units[0]).await?;
    alerts(&demo).await?;
    demo.stop().await
}

fn lengths() -> Result<()> {
    let mut all = Vec::new();
    for package in PACKAGES {
        all.extend(of_package(package, &["rs"])?.iter().map(Source::lines));
    }
    all.sort_unstable();
    let (median, longest) = (all[all.len() / 2], all[all.len() - 1]);
    tell(
        &format!("lines of {} files", all.len()),
        &format!("median {median}, longest {longest}"),
        "median <= 120, none beyond 400",
    );
    Ok(())
}

/// Resident memory of a process in MiB.
fn resident(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
    Ok(kib / 1024.0)
}

async fn case_page(unit: &UnitAccess) -> Result<()> {
    let api = Api::sign_in(unit).await?;
    let cases = api.get("/cases?owner=own").await?;
    let case = cases["items"][0]["id"].as_str().context("no case")?.to_owned();
    let mut times = Vec::new();
    for _ in 0..CASES {
        let begun = Instant::now();
        api.get(&format!("/cases/{case}")).await?;
        times.push(begun.elapsed());
    }
    tell("case page through the API", &spread(times), "median <= 20 ms");
    Ok(())
}

/// From the moment at which Shillong's save is answered to the alert on Guwahati's page.
async fn alerts(demo: &Demo) -> Result<()> {
    let [shillong, guwahati, _] = &demo.units;
    let (shillong, there) = (Api::sign_in(shillong).await?, Api::sign_in(guwahati).await?);
    let driver = Driver::start().await?;
    let window = match &driver {
        Some(driver) => Some(Window::signed_in(driver, guwahati, Options::default()).await?),
        None => None,
    };
    let mut times = Vec::new();
    for number in 0..ALERTS {
        let known = alert_ids(&there).await?;
        let held = there.post("/cases", case_with(number, "Measured at Guwahati")).await?["number"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        if let Some(window) = &window {
            window.go(paths::alerts()).await?;
        }
        shillong.post("/cases", case_with(number, "Measured at Shillong")).await?;
        let begun = Instant::now();
        loop {
            let there_now = match &window {
                Some(window) if !held.is_empty() => window.shows(&held).await?,
                _ => alert_ids(&there).await?.iter().any(|id| !known.contains(id)),
            };
            if there_now {
                break;
            }
            if begun.elapsed() > PATIENCE {
                anyhow::bail!("no alert within {} s", PATIENCE.as_secs());
            }
        }
        times.push(begun.elapsed());
    }
    let place = if window.is_some() { "in the browser" } else { "through the API" };
    tell(&format!("saved to alert at the other unit, {place}"), &spread(times), "median <= 1 s");
    Ok(())
}

async fn alert_ids(api: &Api) -> Result<Vec<Value>> {
    Ok(api.get("/alerts").await?["alerts"].as_array().into_iter().flatten().map(|alert| alert["id"].clone()).collect())
}

fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1000.0;
    format!("median {:.1} ms, 95 of 100 within {:.1} ms, n = {}", at(50), at(95), times.len())
}
