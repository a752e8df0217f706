//! Step 1 of the story: entering a person alerts the unit that holds the same one, and nobody else.
//! And the question that follows an alert.

use super::client::{items, text};
use super::{Api, Report, people, until};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// What came of the suspect.
pub(super) struct Matched {
    /// Guwahati's case.
    pub(super) case: String,
    /// The alert at Shillong.
    pub(super) at_shillong: String,
    /// The alert at Guwahati.
    pub(super) at_guwahati: String,
}

pub(super) async fn suspect(shillong: &Api, guwahati: &Api, kathmandu: &Api, report: &mut Report) -> Result<Matched> {
    let case = report.step("Guwahati holds the suspect's case", guwahati_case(guwahati)).await?;
    let before = [ids(shillong).await?, ids(guwahati).await?, ids(kathmandu).await?];
    let entered = report
        .step("Shillong enters a case with the same man, spelled otherwise", async {
            text(&shillong.post("/cases", people::shillong_case()).await?, "id")
        })
        .await?;
    let at_shillong = report.step("Shillong is alerted: exact", exact(shillong, &before[0])).await?;
    let at_guwahati = report.step("Guwahati is alerted: exact", exact(guwahati, &before[1])).await?;
    report
        .step("The alert names Shillong's own case and nothing of the other side", async {
            let alert = at_shillong.to_string();
            ensure!(alert.contains(&entered), "the alert does not lead to the case that was entered");
            for word in ["Rofiqul", "Karim\"", "Kalgachia"] {
                ensure!(!alert.contains(word), "the alert shows something that only Guwahati knows");
            }
            Ok(())
        })
        .await?;
    report
        .step("Kathmandu shows nothing", async {
            ensure!(ids(kathmandu).await? == before[2], "Kathmandu has a new alert");
            Ok(())
        })
        .await?;
    Ok(Matched { case, at_shillong: text(&at_shillong, "id")?, at_guwahati: text(&at_guwahati, "id")? })
}

pub(super) async fn victim_in_two_scripts(shillong: &Api, kathmandu: &Api, report: &mut Report) -> Result<()> {
    let before = [ids(kathmandu).await?, ids(shillong).await?];
    report
        .step("Kathmandu enters a girl in Devanagari, Shillong in Latin letters", async {
            kathmandu.post("/cases", people::kathmandu_victim()).await?;
            shillong.post("/cases", people::shillong_victim()).await
        })
        .await?;
    report.step("Kathmandu is alerted", new_alert(kathmandu, &before[0])).await?;
    report.step("Shillong is alerted", new_alert(shillong, &before[1])).await?;
    Ok(())
}

pub(super) async fn ask_and_answer(shillong: &Api, guwahati: &Api, matched: &Matched, report: &mut Report) -> Result<()> {
    report.step("Shillong asks Guwahati", shillong.post(&format!("/alerts/{}/ask", matched.at_shillong), json!({}))).await?;
    report
        .step("Guwahati sees the question", async {
            until("the question at Guwahati", || contact(guwahati, &matched.at_guwahati, "asked_by_peer")).await
        })
        .await?;
    report
        .step("Guwahati answers yes", async {
            guwahati.post(&format!("/alerts/{}/answer", matched.at_guwahati), json!({ "answer": "yes" })).await?;
            until("the answer at Shillong", || contact(shillong, &matched.at_shillong, "yes")).await
        })
        .await
}

async fn guwahati_case(guwahati: &Api) -> Result<String> {
    let found = guwahati.post("/cases/search", json!({ "text": "Rofiqul Islam" })).await?;
    if let Some(hit) = items(&found).first() {
        return text(&hit["case"], "id");
    }
    text(&guwahati.post("/cases", people::guwahati_case()).await?, "id")
}

async fn ids(api: &Api) -> Result<Vec<String>> {
    items(&api.get("/alerts").await?).iter().map(|alert| text(alert, "id")).collect()
}

async fn new_alert(api: &Api, before: &[String]) -> Result<Value> {
    until("an alert", || async {
        let alerts = items(&api.get("/alerts").await?);
        Ok(alerts.into_iter().find(|alert| alert["id"].as_str().is_some_and(|id| !before.iter().any(|known| known == id))))
    })
    .await
}

/// Both hold a suspect, so neither is alerted before the two have compared: then both have the same class.
async fn exact(api: &Api, before: &[String]) -> Result<Value> {
    let alert = new_alert(api, before).await?;
    let class = alert["class"].as_str().context("the alert has no class")?;
    ensure!(class == "exact" && alert["confirmed"] == "yes", "the class is {class}, confirmed: {}", alert["confirmed"]);
    Ok(alert)
}

async fn contact(api: &Api, alert: &str, expected: &str) -> Result<Option<()>> {
    let alerts = items(&api.get("/alerts").await?);
    let one = alerts.iter().find(|one| one["id"] == alert);
    Ok(one.filter(|one| one["contact"].to_string().contains(expected)).map(|_| ()))
}
