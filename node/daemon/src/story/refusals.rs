//! Step 5 of the story: what must be refused through the API, and nothing changed by it.
//! Forged and replayed envelopes are refused below the API; the tests of the protocol and of the network play those.

use super::sharing::{Shared, request};
use super::{Api, Report, Units};
use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::json;

pub(super) async fn refused(
    shillong: &mut Api,
    guwahati: &mut Api,
    units: &Units,
    shared: &Shared,
    report: &mut Report,
) -> Result<()> {
    let before = guwahati.get(&format!("/cases/{}/timeline", shared.case)).await?;
    report
        .step("A read-only account that writes is refused", async {
            let reader = Api::sign_in_as(&units.guwahati, &units.guwahati.reader).await?;
            let change = json!({ "changes": [{ "kind": "note", "fields": { "text": "not allowed" } }] });
            refuse(&reader, Method::POST, &format!("/cases/{}/changes", shared.case), Some(change), &[403, 404]).await
        })
        .await?;
    report
        .step("A token issued by another unit's node is refused", async {
            refuse(&guwahati.with_token_of(shillong), Method::GET, "/cases", None, &[401]).await
        })
        .await?;
    report
        .step("An ended session is refused", async {
            let gone = Api::sign_in(&units.guwahati).await?;
            gone.ask(Method::DELETE, "/session", None).await?;
            refuse(&gone, Method::GET, "/cases", None, &[401]).await
        })
        .await?;
    report
        .step("A share to a unit that is no confirmed peer is refused", async {
            let stranger = "00".repeat(32);
            let path = format!("/cases/{}/shares", shared.case);
            refuse(guwahati, Method::POST, &path, Some(request(&stranger, &[])), &[409, 422]).await
        })
        .await?;
    report
        .step("Nothing was changed by any of it", async {
            ensure!(guwahati.get(&format!("/cases/{}/timeline", shared.case)).await? == before, "the timeline grew");
            Ok(())
        })
        .await
}

async fn refuse(api: &Api, method: Method, path: &str, body: Option<serde_json::Value>, expected: &[u16]) -> Result<()> {
    let (status, _) = api.ask(method, path, body).await?;
    ensure!(expected.contains(&status.as_u16()), "the answer was {status}");
    Ok(())
}
