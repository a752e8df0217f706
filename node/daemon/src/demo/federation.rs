//! The three units of the demo become a federation: invited, joined, approved, words confirmed on both sides.
//! Through the API, as three people with telephones would.

use crate::story::{Api, UnitAccess, Units, until};
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Founder first; Guwahati joins with its signature, Kathmandu with both.
pub(super) async fn form(units: &Units) -> Result<()> {
    let shillong = Api::sign_in(&units.shillong).await?;
    let guwahati = Api::sign_in(&units.guwahati).await?;
    let kathmandu = Api::sign_in(&units.kathmandu).await?;
    join(&shillong, &guwahati, &[]).await?;
    join(&shillong, &kathmandu, &[&guwahati]).await?;
    for (one, other) in [(&shillong, &guwahati), (&shillong, &kathmandu), (&guwahati, &kathmandu)] {
        confirm(one, other).await?;
        confirm(other, one).await?;
    }
    for (one, other) in [(&shillong, &units.guwahati), (&guwahati, &units.kathmandu), (&kathmandu, &units.shillong)] {
        confirmed(one, other).await?;
    }
    Ok(())
}

async fn join(inviter: &Api, newcomer: &Api, signers: &[&Api]) -> Result<()> {
    let identity = newcomer.get("/peers/identity").await?;
    let invitation = inviter.post("/peers/invite", json!({ "genesis_text": identity["genesis_text"] })).await?;
    newcomer.post("/peers/join", json!({ "invitation": invitation["invitation"] })).await?;
    for signer in signers {
        let proposal =
            until("the proposal", || async { Ok(list(&signer.get("/peers/proposals").await?).into_iter().next()) }).await?;
        let hash = proposal["hash"].as_str().context("a proposal without hash")?;
        signer.post(&format!("/peers/proposals/{hash}/approve"), json!({})).await?;
    }
    until("the newcomer to be a member", || async { Ok((!newcomer.get("/status").await?["federation"].is_null()).then_some(())) })
        .await
}

/// The words are the same on both sides because both sides are this process; units compare them by telephone.
async fn confirm(here: &Api, there: &Api) -> Result<()> {
    let unit = there.unit().await?;
    until("the member to be known", || async {
        let (status, _) = here.ask(reqwest::Method::POST, &format!("/peers/{unit}/confirm"), Some(json!({}))).await?;
        Ok(status.is_success().then_some(()))
    })
    .await
}

async fn confirmed(here: &Api, there: &UnitAccess) -> Result<()> {
    until("the words to be confirmed on both sides", || async {
        let peers = list(&here.get("/peers").await?);
        Ok(peers.iter().any(|peer| peer["name"] == there.name && peer["confirmed"] == json!(true)).then_some(()))
    })
    .await
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().or_else(|| value["items"].as_array()).cloned().unwrap_or_default()
}
