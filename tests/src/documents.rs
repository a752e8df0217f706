//! Documents as the tests and figures use them: a case with one, shared, and what each side says of it.
//! Contents are invented: bytes that repeat nothing.

use anyhow::{Context, Result, ensure};
use icmc::story::{Api, until};
use serde_json::{Value, json};

/// Bytes of this length that repeat nothing and differ by seed.
#[must_use]
pub fn contents(length: usize, seed: u64) -> Vec<u8> {
    use icmc_protocol::testing::rng::SeededRng;
    let mut bytes = vec![0; length];
    rand_core::Rng::fill_bytes(&mut SeededRng::new(seed), &mut bytes);
    bytes
}

/// Enters a case without people.
///
/// # Errors
/// If the unit refuses.
pub async fn case(api: &Api) -> Result<String> {
    let new = json!({ "case": { "title": "Papers", "kind": "suspected_trafficking", "priority": "low", "source_channel": "family",
        "legal_basis": "law_enforcement_duty" }, "persons": [] });
    Ok(api.post("/cases", new).await?["id"].as_str().context("no case")?.to_owned())
}

/// Uploads a document into a case and gives its id.
///
/// # Errors
/// If the unit refuses.
pub async fn upload(api: &Api, case: &str, doc_type: &str, name: &str, bytes: Vec<u8>) -> Result<String> {
    let fields =
        [("title", "Invented paper"), ("doc_type", doc_type), ("restricted", if doc_type == "medical" { "yes" } else { "no" })];
    let (status, value) = api.upload(&format!("/cases/{case}/documents"), &fields, name, bytes).await?;
    ensure!(status.is_success(), "{} refused a document: {status} {value}", api.name);
    Ok(value["id"].as_str().context("no document")?.to_owned())
}

/// Shares the case with a unit, which accepts; gives the share.
///
/// # Errors
/// If a unit refuses, or the share does not arrive.
pub async fn share(from: &Api, to: &Api, case: &str) -> Result<String> {
    let request = json!({ "to": to.unit().await?, "persons": [], "sections": ["case", "documents"], "classes": ["S", "B", "I"], "items": [],
        "rights": "contribute", "purpose": "investigation", "handling": "H1", "onward": "none", "days": 7, "note": "" });
    let share = from.post(&format!("/cases/{case}/shares"), request).await?["id"].as_str().context("no share")?.to_owned();
    until("the share to arrive", || async {
        Ok(to.ask(reqwest::Method::GET, &format!("/inbox/{share}"), None).await?.0.is_success().then_some(()))
    })
    .await?;
    to.post(&format!("/inbox/{share}/accept"), json!({})).await?;
    Ok(share)
}

/// What a unit says of the file of a document; null if it does not know it.
///
/// # Errors
/// If the unit does not answer.
pub async fn file(api: &Api, case: &str, document: &str) -> Result<Value> {
    let (_, documents) = api.ask(reqwest::Method::GET, &format!("/cases/{case}/documents"), None).await?;
    let found =
        documents.as_array().into_iter().flatten().find(|one| one["entity"]["id"] == document).map(|one| one["file"].clone());
    Ok(found.unwrap_or(Value::Null))
}
