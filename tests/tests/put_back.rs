//! A unit's folder is put back from a copy that is older than what it has done since, as after a broken disk; real processes.
//! It comes back by what the other unit holds: what it wrote is there again, what was recalled meanwhile is gone, nothing is twice.

use anyhow::{Context, Result, ensure};
use icmc::story::{Api, until};
use icmc_tests::shared::{answer_to_offer, arrived, note, offered, owned_by_second, shared_case};
use icmc_tests::units::{Federation, Key};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_put_back_from_an_old_copy_catches_up_and_signs_nothing_twice() {
    let mut federation = Federation::three().await.unwrap();
    story(&mut federation).await.unwrap();
}

async fn story(federation: &mut Federation) -> Result<()> {
    federation.unit_mut(Key::Kathmandu).stop().await?;
    let units = federation.access();
    let apis = [Api::sign_in(&units.shillong).await?, Api::sign_in(&units.guwahati).await?];
    let [owner, other] = &apis;
    let (kept, ended, taken) = (shared_case(&apis).await?, shared_case(&apis).await?, shared_case(&apis).await?);
    note(owner, &taken, "[note of the first owner]").await?;
    note(other, &kept, "[note before]").await?;
    arrived(owner, &kept, "[note before]").await?;

    let guwahati = federation.unit_mut(Key::Guwahati);
    guwahati.stop().await?;
    let copy = guwahati.copied("copy")?;
    guwahati.start().await?;

    note(other, &kept, "[note after]").await?;
    arrived(owner, &kept, "[note after]").await?;
    owner.post(&format!("/shares/{}/recall", ended.share), json!({})).await?;
    until("the receipt", || async {
        let shares = owner.get(&format!("/cases/{}/shares", ended.case)).await?;
        Ok((!shares[0]["receipt_at"].is_null()).then_some(()))
    })
    .await?;

    offered(&apis, &taken).await?;
    other.post(&answer_to_offer(&taken), json!({ "accept": true })).await?;
    owned_by_second(&apis, &taken).await?;

    let guwahati = federation.unit_mut(Key::Guwahati);
    guwahati.kill().await?;
    guwahati.put_back(&copy, false).await?;
    guwahati.start().await?;

    let other = Api::sign_in(&units.guwahati).await?;
    until("the unit to be waited for no more", || async {
        let locked = other.get("/peers").await?.as_array().context("no list of peers")?.iter().any(|peer| {
            // Kathmandu is away, and stays locked.
            peer["connected"] == json!(true) && peer["locked"] == json!(true)
        });
        let met = other.get("/peers").await?.as_array().into_iter().flatten().any(|peer| peer["connected"] == json!(true));
        Ok((met && !locked).then_some(()))
    })
    .await?;
    arrived(&other, &kept, "[note after]").await?;
    until("what was recalled to be gone", || async {
        let (status, left) = other.ask(reqwest::Method::GET, &format!("/cases/{}", ended.case), None).await?;
        Ok((!status.is_success() || !left.to_string().contains("An invented case")).then_some(()))
    })
    .await?;

    // The one that is away is given up, and the unit works again.
    for peer in other.get("/peers").await?.as_array().context("no list of peers")? {
        if peer["locked"] == json!(true) {
            let unit = peer["unit"].as_str().context("a peer without its unit")?;
            let admin = Api::sign_in_as(&units.guwahati, &federation.unit(Key::Guwahati).administrator()).await?;
            admin.post(&format!("/peers/{unit}/release"), json!({})).await?;
        }
    }
    // What it had taken over since was given to it again. Nobody is left who could hold the entry that took it.
    let apis = [Api::sign_in(&units.shillong).await?, Api::sign_in(&units.guwahati).await?];
    owned_by_second(&apis, &taken).await?;
    arrived(&other, &taken, "[note of the first owner]").await?;
    note(&other, &taken, "[note of the second owner]").await?;
    note(&other, &kept, "[note later]").await?;
    arrived(owner, &kept, "[note later]").await?;
    for api in [owner, &other] {
        let case = api.get(&format!("/cases/{}", kept.case)).await?;
        let notes: Vec<String> = case["notes"].as_array().into_iter().flatten().map(Value::to_string).collect();
        for text in ["[note before]", "[note after]", "[note later]"] {
            ensure!(notes.iter().filter(|note| note.contains(text)).count() == 1, "{text} at {}: {notes:?}", api.name);
        }
        for peer in api.get("/peers").await?.as_array().context("no list of peers")? {
            ensure!(peer["proofs"] == json!([]), "{} signed one number twice: {}", peer["name"], peer["proofs"]);
        }
    }
    Ok(())
}
