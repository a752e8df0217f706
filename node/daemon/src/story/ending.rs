//! Step 4 of the story: the owner recalls, the copy cannot be opened any more, own notes stay, the receipt is there.

use super::client::items;
use super::sharing::{Shared, state};
use super::{Api, Report, until};
use anyhow::{Result, ensure};
use serde_json::{Value, json};

pub(super) async fn recall(shillong: &Api, guwahati: &Api, shared: &Shared, report: &mut Report) -> Result<()> {
    report.step("Guwahati recalls the share", guwahati.post(&format!("/shares/{}/recall", shared.share), json!({}))).await?;
    report
        .step("The receipt is at Guwahati", async {
            until("the receipt", || async {
                let share = state(guwahati, &shared.case, &shared.share, "recalled").await?;
                Ok(share.filter(|share| !share["receipt_at"].is_null()))
            })
            .await
        })
        .await?;
    report
        .step("Shillong's copy cannot be opened any more; its own notes stay", async {
            let case = shillong.get(&format!("/cases/{}", shared.case)).await?;
            let shown = case.to_string();
            for word in ["Rofiqul", "Jahanara", "Kalgachia"] {
                ensure!(!shown.contains(word), "something of the share is still shown");
            }
            ensure!(items(&case["people"]).is_empty(), "persons of the share are still shown");
            let notes: Vec<Value> = items(&case["notes"]);
            ensure!(notes.iter().any(|note| note.to_string().contains("Mawlai")), "the own note is gone");
            Ok(())
        })
        .await?;
    report
        .step("It is gone from Shillong's inbox too", async {
            let (status, _) = shillong.ask(reqwest::Method::GET, &format!("/inbox/{}", shared.share), None).await?;
            ensure!(!status.is_success(), "the preview still opens");
            Ok(())
        })
        .await
}
