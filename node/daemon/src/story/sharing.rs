//! Step 2 of the story: Guwahati shares the case, Shillong previews and accepts.
//! What Shillong stores is exactly what the preview showed.

use super::alerts::Matched;
use super::client::{items, text};
use super::{Api, Report, until};
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A case that is shared.
pub(super) struct Shared {
    pub(super) case: String,
    pub(super) share: String,
    /// The victim at Guwahati.
    pub(super) victim: String,
}

pub(super) async fn share_and_accept(shillong: &Api, guwahati: &Api, matched: &Matched, report: &mut Report) -> Result<Shared> {
    let case = guwahati.get(&format!("/cases/{}", matched.case)).await?;
    let persons: Vec<String> = items(&case["people"]).iter().map(|person| text(person, "id")).collect::<Result<_>>()?;
    let victim = person_with_role(&case, "victim").unwrap_or_default();
    let request = request(&shillong.unit().await?, &persons);
    let preview = report
        .step(
            "Guwahati sees exactly what Shillong will see",
            guwahati.post(&format!("/cases/{}/shares/preview", matched.case), request.clone()),
        )
        .await?;
    let share = report
        .step("Guwahati shares the case: identity, route and process, both persons, 30 days", async {
            text(&guwahati.post(&format!("/cases/{}/shares", matched.case), request).await?, "id")
        })
        .await?;
    let offered =
        report.step("Shillong previews it", until("the share in Shillong's inbox", || previewable(shillong, &share))).await?;
    report
        .step("Shillong's preview is Guwahati's preview", async { same(&values(case_of(&preview)), &values(case_of(&offered))) })
        .await?;
    report.step("Shillong accepts", shillong.post(&format!("/inbox/{share}/accept"), json!({}))).await?;
    report
        .step("What Shillong stores is what the preview showed", async {
            same(&values(case_of(&offered)), &values(&shillong.get(&format!("/cases/{}", matched.case)).await?))
        })
        .await?;
    report
        .step(
            "Guwahati sees that it was accepted",
            until("the share to be active", || state(guwahati, &matched.case, &share, "active")),
        )
        .await?;
    Ok(Shared { case: matched.case.clone(), share, victim })
}

pub(super) fn request(to: &str, persons: &[String]) -> Value {
    let persons: Vec<Value> = persons
        .iter()
        .map(|entity| json!({ "entity": entity, "basis": "law_enforcement", "reason": "Both units inquire into the same man." }))
        .collect();
    json!({ "to": to, "persons": persons, "sections": ["case", "identity", "role", "route", "process"], "classes": ["S", "B", "I"],
        "items": [], "rights": "contribute", "purpose": "investigation", "handling": "H1", "onward": "none", "days": 30, "note": "" })
}

/// Whether a share at its owner is in a state.
pub(super) async fn state(owner: &Api, case: &str, share: &str, expected: &str) -> Result<Option<Value>> {
    let shares = items(&owner.get(&format!("/cases/{case}/shares")).await?);
    Ok(shares
        .into_iter()
        .find(|one| one["id"] == share && one["state"].as_str().is_some_and(|state| state.eq_ignore_ascii_case(expected))))
}

/// The preview of a share in the inbox, once it is there.
pub(super) async fn previewable(api: &Api, share: &str) -> Result<Option<Value>> {
    let (status, value) = api.ask(reqwest::Method::GET, &format!("/inbox/{share}"), None).await?;
    Ok(status.is_success().then_some(value))
}

fn case_of(value: &Value) -> &Value {
    if value["case"]["people"].is_array() { &value["case"] } else { value }
}

fn person_with_role(case: &Value, role: &str) -> Option<String> {
    items(&case["people"])
        .iter()
        .find(|person| person["roles"].to_string().contains(role))
        .and_then(|person| text(person, "id").ok())
}

/// Every shown value of a case with its place, whatever view it came in.
fn values(case: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(case, &mut found);
    found
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|one| collect(one, found)),
        Value::Object(map) => {
            if let (Some(id), Some(fields)) = (map.get("id"), map.get("fields").and_then(Value::as_array)) {
                for field in fields.iter().filter(|field| field["text"].as_str().is_some_and(|text| !text.is_empty())) {
                    found.insert(format!("{} {} {} {}", map["kind"], id, field["name"], field["text"]));
                }
            }
            map.values().for_each(|one| collect(one, found));
        }
        _ => {}
    }
}

fn same(one: &BTreeSet<String>, other: &BTreeSet<String>) -> Result<()> {
    ensure!(!one.is_empty(), "nothing is shown");
    let differing = one.symmetric_difference(other).count();
    ensure!(differing == 0, "{differing} values differ");
    Ok(())
}
