//! Step 3 of the story: updates and contributions travel, and a unit that was off catches up.

use super::client::{items, text};
use super::sharing::{Shared, previewable, request};
use super::{Api, Report, Switch, Units, until};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

pub(super) async fn update_arrives(shillong: &Api, guwahati: &Api, shared: &Shared, report: &mut Report) -> Result<()> {
    let before = stages(shillong, &shared.case).await?;
    report
        .step("Guwahati adds a stage entry for the victim", async {
            let fields = json!({ "person": shared.victim, "stage": "R5", "state": "planned", "target_on": "2027-01-15" });
            guwahati
                .post(
                    &format!("/cases/{}/changes", shared.case),
                    json!({ "changes": [{ "kind": "stage_entry", "fields": fields }] }),
                )
                .await
        })
        .await?;
    report
        .step("Shillong sees it", async {
            until("the stage entry at Shillong", || async { Ok((stages(shillong, &shared.case).await? > before).then_some(())) })
                .await
        })
        .await
}

pub(super) async fn contribution_is_admitted(shillong: &Api, guwahati: &Api, shared: &Shared, report: &mut Report) -> Result<()> {
    const NOTE: &str = "Our beat officer saw him at the Mawlai site last week.";
    report
        .step("Shillong contributes a note", async {
            shillong
                .post(
                    &format!("/cases/{}/changes", shared.case),
                    json!({ "changes": [{ "kind": "note", "fields": { "text": NOTE } }] }),
                )
                .await
        })
        .await?;
    let entry = report
        .step("Guwahati sees it pending", until("the contribution at Guwahati", || pending(guwahati, &shared.case)))
        .await?;
    report
        .step("Guwahati admits it and sees it", async {
            guwahati.post(&format!("/cases/{}/contributions/{entry}/admit", shared.case), json!({})).await?;
            let case = guwahati.get(&format!("/cases/{}", shared.case)).await?;
            let note = items(&case["notes"])
                .into_iter()
                .find(|note| note.to_string().contains(NOTE))
                .context("the note is not there")?;
            ensure!(note["pending"] == json!(false), "the note still counts as pending");
            Ok(())
        })
        .await?;
    report
        .step("Shillong sees that it counts", async {
            until("the admission at Shillong", || async {
                let case = shillong.get(&format!("/cases/{}", shared.case)).await?;
                Ok(items(&case["notes"])
                    .iter()
                    .any(|note| note["pending"] == json!(false) && note.to_string().contains(NOTE))
                    .then_some(()))
            })
            .await
        })
        .await
}

pub(super) async fn a_unit_that_was_off(
    guwahati: &Api,
    kathmandu: &mut Api,
    switch: &mut impl Switch,
    units: &Units,
    shared: &Shared,
    report: &mut Report,
) -> Result<()> {
    let to = kathmandu.unit().await?;
    report.step("Kathmandu is switched off", switch.off(&units.kathmandu)).await?;
    let share = report
        .step("Guwahati sends it a share", async {
            let mut request = request(&to, std::slice::from_ref(&shared.victim));
            request["rights"] = json!("read");
            request["purpose"] = json!("repatriation");
            text(&guwahati.post(&format!("/cases/{}/shares", shared.case), request).await?, "id")
        })
        .await?;
    report.step("Kathmandu comes back", switch.on(&units.kathmandu)).await?;
    *kathmandu = Api::sign_in(&units.kathmandu).await?;
    report.step("Kathmandu has it", until("the share at Kathmandu", || previewable(kathmandu, &share))).await?;
    Ok(())
}

async fn stages(api: &Api, case: &str) -> Result<usize> {
    Ok(items(&api.get(&format!("/cases/{case}")).await?["stages"]).len())
}

async fn pending(api: &Api, case: &str) -> Result<Option<String>> {
    let case = api.get(&format!("/cases/{case}")).await?;
    let open = |one: &Value| one["state"].as_str().is_some_and(|state| state.eq_ignore_ascii_case("pending"));
    items(&case["contributions"]).iter().find(|one| open(one)).map(|one| text(one, "entry")).transpose()
}
