//! Two real units that never meet on the network again after they joined: everything between them goes by files.
//! What damaged files do is in the tests of `protocol::carried`.

use anyhow::{Context, Result, ensure};
use icmc::config::Config;
use icmc::story::Api;
use icmc_tests::units::{Federation, Key, Unit};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Both at work where the other does not look for them; Kathmandu is off.
async fn apart() -> Result<Federation> {
    let mut federation = Federation::three().await?;
    for key in Key::ALL {
        federation.unit_mut(key).stop().await?;
    }
    for key in [Key::Shillong, Key::Guwahati] {
        let dir = federation.unit(key).dir.clone();
        let config = Config { listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()], ..Config::load(&dir)? };
        config.store(&dir)?;
        federation.unit_mut(key).start().await?;
    }
    Ok(federation)
}

/// Makes a file at one unit and takes it at the other; gives what both said.
async fn carry(from: &Unit, to: &Unit, number: u32) -> Result<(PathBuf, String)> {
    let file = from.dir.with_extension(format!("{number}.icmc"));
    let name = file.to_str().context("a name")?;
    let unit = Api::sign_in(&to.access()).await?.unit().await?;
    from.command(&["envelopes", "export", "--to", &unit[..12], "--out", name]).await?;
    let said = to.command(&["envelopes", "import", name]).await?;
    Ok((file, said))
}

async fn share_of(api: &Api, case: &str) -> Result<Value> {
    Ok(api.get(&format!("/cases/{case}/shares")).await?[0].take())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_shared_worked_on_and_recalled_by_files() {
    let federation = apart().await.unwrap();
    story(&federation).await.unwrap();
}

async fn story(federation: &Federation) -> Result<()> {
    let (shillong, guwahati) = (federation.unit(Key::Shillong), federation.unit(Key::Guwahati));
    let (here, there) = (Api::sign_in(&guwahati.access()).await?, Api::sign_in(&shillong.access()).await?);
    let case = json!({ "case": { "title": "An invented case", "kind": "suspected_trafficking", "priority": "low",
        "source_channel": "family", "legal_basis": "law_enforcement_duty" }, "persons": [] });
    let case = here.post("/cases", case).await?["id"].as_str().context("no id")?.to_owned();
    let share = json!({ "to": there.unit().await?, "persons": [], "sections": ["case"], "classes": ["S", "B"], "items": [],
        "rights": "contribute", "purpose": "investigation", "handling": "H1", "onward": "none", "days": 7, "note": "" });
    let share = here.post(&format!("/cases/{case}/shares"), share).await?["id"].as_str().context("no id")?.to_owned();

    let (file, said) = carry(guwahati, shillong, 1).await?;
    ensure!(said.contains(" 0 already here"), "{said}");
    let name = file.to_str().context("a name")?;
    let again = shillong.command(&["envelopes", "import", name]).await?;
    ensure!(again.contains(" 0 new, ") && !again.contains(" 0 already here"), "{again}");
    let back = guwahati.command(&["envelopes", "import", name]).await.expect_err("it is not for Guwahati").to_string();
    ensure!(back.contains(name) && back.contains("for another unit"), "{back}");
    let shown = there.get(&format!("/inbox/{share}")).await?.to_string();
    ensure!(shown.contains("An invented case"), "the preview is complete");
    there.post(&format!("/inbox/{share}/accept"), json!({})).await?;
    let note = json!({ "changes": [{ "kind": "note", "fields": { "text": "Seen at the bus stand." } }] });
    there.post(&format!("/cases/{case}/changes"), note).await?;
    ensure!(share_of(&here, &case).await?["state"] == "sent", "Guwahati cannot know yet");

    carry(shillong, guwahati, 1).await?;
    ensure!(share_of(&here, &case).await?["state"] == "active", "{}", share_of(&here, &case).await?);
    let entry =
        here.get(&format!("/cases/{case}")).await?["contributions"][0]["entry"].as_str().context("no contribution")?.to_owned();
    here.post(&format!("/cases/{case}/contributions/{entry}/admit"), json!({})).await?;
    carry(guwahati, shillong, 2).await?;
    ensure!(there.get(&format!("/cases/{case}")).await?["notes"][0]["pending"] == json!(false), "the note counts");
    here.post(&format!("/shares/{share}/recall"), json!({})).await?;
    carry(guwahati, shillong, 3).await?;
    ensure!(!there.get(&format!("/cases/{case}")).await?.to_string().contains("An invented case"), "it was recalled");
    carry(shillong, guwahati, 2).await?;
    let ended = share_of(&here, &case).await?;
    ensure!(ended["state"] == "recalled" && !ended["receipt_at"].is_null(), "{ended}");

    for unit in [shillong, guwahati] {
        let peers = unit.command(&["peers", "list"]).await?;
        ensure!(!peers.contains("connected"), "they met: {peers}");
        let admin = Api::sign_in_as(&unit.access(), &unit.administrator()).await?;
        for action in ["envelopes_exported", "envelopes_imported"] {
            let found = admin.get(&format!("/audit?action={action}")).await?;
            ensure!(found["total"].as_u64().unwrap_or_default() >= 2, "{action} is in the audit of {}", unit.name);
        }
    }
    let said =
        guwahati.command(&["envelopes", "export", "--to", &there.unit().await?, "--out", name]).await.expect_err("it is there");
    ensure!(said.to_string().contains("is there already"), "{said}");
    Ok(())
}
