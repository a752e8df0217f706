//! From a person's yes to a share to the first view of the case at that unit: real processes, real stores, loopback.
//! Not how long the share was on its way: it waits in the inbox by then.

use super::{median, tell};
use anyhow::{Context, Result};
use futures::future::try_join_all;
use icmc::story::{Api, until};
use icmc_tests::units::Federation;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

const CASES: usize = 4;
/// Entries of each case; the first two are made when it is opened.
const ENTRIES: usize = 100;

pub(super) async fn measure() -> Result<()> {
    let federation = Federation::three().await?;
    let units = federation.access();
    let owner = Api::sign_in(&units.shillong).await?;
    let receivers = [Api::sign_in(&units.guwahati).await?, Api::sign_in(&units.kathmandu).await?];
    let cases: Vec<String> = try_join_all((0..CASES).map(|_| case(&owner))).await?;
    let mut times = Vec::new();
    for case in &cases {
        for receiver in &receivers {
            times.push(first_view(&owner, receiver, case).await?);
        }
    }
    tell(&format!("yes to the first view of {ENTRIES} entries"), &median(times), "median <= 150 ms");
    Ok(())
}

async fn first_view(owner: &Api, receiver: &Api, case: &str) -> Result<Duration> {
    let request = json!({ "to": receiver.unit().await?, "persons": [], "sections": ["case", "notes"], "classes": ["S", "B", "I"],
        "items": [], "rights": "read", "purpose": "investigation", "handling": "H1", "onward": "none", "days": 7, "note": "" });
    let share = owner.post(&format!("/cases/{case}/shares"), request).await?["id"].as_str().context("no share")?.to_owned();
    until("the share to be complete", || async {
        let inbox = receiver.get("/inbox").await?;
        let whole = |one: &Value| one["id"] == share.as_str() && one["state"] != "arriving";
        Ok(inbox.as_array().into_iter().flatten().any(whole).then_some(()))
    })
    .await?;
    let begun = Instant::now();
    receiver.post(&format!("/inbox/{share}/accept"), json!({})).await?;
    let seen = receiver.get(&format!("/cases/{case}")).await?;
    let taken = begun.elapsed();
    let notes = seen["notes"].as_array().map_or(0, Vec::len);
    anyhow::ensure!(notes == ENTRIES - 2, "{notes} notes are shown");
    Ok(taken)
}

/// An invented case with that many entries.
async fn case(api: &Api) -> Result<String> {
    let new = json!({ "case": { "title": "Measured", "kind": "suspected_trafficking", "priority": "low", "source_channel": "family",
        "legal_basis": "law_enforcement_duty" }, "persons": [] });
    let case = api.post("/cases", new).await?["id"].as_str().context("no case")?.to_owned();
    for number in 0..ENTRIES - 2 {
        let note = json!({ "kind": "note", "fields": { "text": format!("Invented note {number}.") } });
        api.post(&format!("/cases/{case}/changes"), json!({ "changes": [note] })).await?;
    }
    Ok(case)
}
