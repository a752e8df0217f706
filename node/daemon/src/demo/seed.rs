//! The invented cases of the demo, entered through the API, and the shares between them.
//! The data is in `demo/cases.json`; nothing is made up here.

use crate::story::{Api, Units, until};
use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const CASES: &str = include_str!("../../demo/cases.json");

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    unit: String,
    share_with: Option<ShareWith>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize)]
struct ShareWith {
    unit: String,
    status: String,
}

/// Enters all cases, then shares some of them.
pub(super) async fn fill(units: &Units) -> Result<()> {
    let file: File = serde_json::from_str(CASES).context("the demo's cases cannot be read")?;
    let shillong = Api::sign_in(&units.shillong).await?;
    let guwahati = Api::sign_in(&units.guwahati).await?;
    let kathmandu = Api::sign_in(&units.kathmandu).await?;
    let by_key = |key: &str| match key {
        "shillong" => Ok(&shillong),
        "guwahati" => Ok(&guwahati),
        "kathmandu" => Ok(&kathmandu),
        other => anyhow::bail!("the demo has no unit {other}"),
    };
    for case in file.cases {
        let at = by_key(&case.unit)?;
        let made = at.post("/cases", new_case(case.rest)).await?;
        let id = made["id"].as_str().context("a case without id")?;
        if let Some(share) = case.share_with {
            give(at, id, by_key(&share.unit)?, &share.status).await?;
        }
    }
    Ok(())
}

/// The file keeps one role for each person; the API takes a list.
fn new_case(mut case: Map<String, Value>) -> Value {
    case.remove("ref");
    for person in case.get_mut("persons").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(person) = person.as_object_mut()
            && let Some(role) = person.remove("role")
        {
            person.insert("roles".to_owned(), json!([role]));
        }
    }
    Value::Object(case)
}

async fn give(owner: &Api, case: &str, to: &Api, status: &str) -> Result<()> {
    let persons: Vec<Value> = list(&owner.get(&format!("/cases/{case}")).await?["people"])
        .iter()
        .map(|person| json!({ "entity": person["id"], "basis": "law_enforcement", "reason": "Both units work on this case." }))
        .collect();
    let request = json!({ "to": to.unit().await?, "persons": persons, "sections": ["case", "identity", "role", "route", "process"],
        "classes": ["S", "B", "I"], "items": [], "rights": "contribute", "purpose": "referral", "handling": "H1", "onward": "none",
        "days": 90, "note": "Please see whether the family can be reached on your side." });
    let share = owner.post(&format!("/cases/{case}/shares"), request).await?;
    let share = share["id"].as_str().context("a share without id")?;
    until("a share to arrive", || async {
        let whole = |item: &Value| item["id"] == share && item["state"] != "arriving";
        Ok(list(&to.get("/inbox").await?).iter().any(whole).then_some(()))
    })
    .await?;
    match status {
        "active" => drop(to.post(&format!("/inbox/{share}/accept"), json!({})).await?),
        "declined" => {
            drop(to.post(&format!("/inbox/{share}/decline"), json!({ "reason": "Not our district; please ask Dhubri." })).await?)
        }
        _ => {}
    }
    Ok(())
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().or_else(|| value["items"].as_array()).cloned().unwrap_or_default()
}
