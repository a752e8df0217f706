//! A case that two units work on, made through their APIs.
//! Of no person: what is in it is the tests' business.

use anyhow::{Context, Result, ensure};
use icmc::story::{Api, until};
use serde_json::{Value, json};

/// What both units name.
#[derive(Debug, Clone)]
pub struct SharedCase {
    /// The case.
    pub case: String,
    /// The share that the second unit accepted.
    pub share: String,
}

/// A case of the first unit in which the second may write.
///
/// # Errors
/// If one of the two refuses, or the share does not arrive.
pub async fn shared_case([owner, other]: &[Api; 2]) -> Result<SharedCase> {
    let new = json!({ "case": { "title": "An invented case", "kind": "suspected_trafficking", "priority": "low",
        "source_channel": "family", "legal_basis": "law_enforcement_duty" }, "persons": [] });
    let case = owner.post("/cases", new).await?["id"].as_str().context("no case")?.to_owned();
    let request = json!({ "to": other.unit().await?, "persons": [], "sections": ["case", "notes"], "classes": ["S", "B", "I"],
        "items": [], "rights": "contribute", "purpose": "investigation", "handling": "H1", "onward": "none", "days": 7, "note": "" });
    let share = owner.post(&format!("/cases/{case}/shares"), request).await?["id"].as_str().context("no share")?.to_owned();
    until("the share to be complete", || async {
        let inbox = other.get("/inbox").await?;
        let whole = |one: &Value| one["id"] == share.as_str() && one["state"] != "arriving";
        Ok(inbox.as_array().into_iter().flatten().any(whole).then_some(()))
    })
    .await?;
    other.post(&format!("/inbox/{share}/accept"), json!({})).await?;
    until("the yes at the owner", || async {
        let shares = owner.get(&format!("/cases/{case}/shares")).await?;
        Ok((shares[0]["state"] == "active").then_some(()))
    })
    .await?;
    Ok(SharedCase { case, share })
}

/// The first unit offers it to the second, where the offer arrives.
///
/// # Errors
/// If the first refuses, or the offer does not arrive.
pub async fn offered([owner, other]: &[Api; 2], shared: &SharedCase) -> Result<()> {
    let case = &shared.case;
    owner.post(&format!("/cases/{case}/transfer"), json!({ "to": other.unit().await?, "persons": [] })).await?;
    until("the offer", || async {
        let case = other.get(&format!("/cases/{case}")).await?;
        Ok((case["custody"]["transfer"]["state"] == "offered").then_some(()))
    })
    .await
}

/// Where the second unit answers.
#[must_use]
pub fn answer_to_offer(shared: &SharedCase) -> String {
    format!("/cases/{}/transfer/answer", shared.case)
}

/// Waits until it is the second unit's, at both; after one handing over.
///
/// # Errors
/// If it does not get there in time.
pub async fn owned_by_second(apis: &[Api; 2], shared: &SharedCase) -> Result<()> {
    let to = apis[1].unit().await?;
    until("the case to be the other unit's, at both", || async {
        for api in apis {
            let (status, seen) = api.ask(reqwest::Method::GET, &format!("/cases/{}", shared.case), None).await?;
            if !status.is_success() || seen["summary"]["owner"]["id"] != to.as_str() {
                return Ok(None);
            }
            let tenures = seen["custody"]["tenures"].as_array().map_or(0, Vec::len);
            ensure!(tenures == 2, "{tenures} owners at {}", api.name);
        }
        Ok(Some(()))
    })
    .await
}

/// Adds a note to it.
///
/// # Errors
/// If the unit refuses.
pub async fn note(api: &Api, shared: &SharedCase, text: &str) -> Result<()> {
    let change = json!({ "changes": [{ "kind": "note", "fields": { "text": text } }] });
    api.post(&format!("/cases/{}/changes", shared.case), change).await.map(drop)
}

/// Waits until a unit shows a note of it.
///
/// # Errors
/// If it does not in time.
pub async fn arrived(api: &Api, shared: &SharedCase, text: &str) -> Result<()> {
    until("the note at the other unit", || async {
        let case: Value = api.get(&format!("/cases/{}", shared.case)).await?;
        Ok(case["notes"].to_string().contains(text).then_some(()))
    })
    .await
}
