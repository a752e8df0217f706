//! A share is recalled, or a case handed over, while either process is killed (SIGKILL) at a random point of it.
//! Afterwards it is done at both units or can be done: never half. `ICMC_LONG=1` kills 400 times; `ICMC_SEED` repeats a run.

use anyhow::{Context, Result, ensure};
use icmc::story::{Api, until};
use icmc_node::clock::SystemRng;
use icmc_protocol::testing::rng::SeededRng;
use icmc_tests::say;
use icmc_tests::shared::{SharedCase, answer_to_offer, offered, owned_by_second, shared_case};
use icmc_tests::units::{Federation, Key};
use rand_core::Rng as _;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep};

#[tokio::test(flavor = "multi_thread")]
async fn killed_during_a_recall_or_a_hand_over_it_is_whole_or_not_begun() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let kills = if number("ICMC_LONG") == Some(1) { 400 } else { 16 };
    let seed = number("ICMC_SEED").unwrap_or_else(|| SystemRng.next_u64() % 1_000_000);
    say(&format!("{kills} kills, ICMC_SEED={seed}"));
    let begun = Instant::now();
    let mut rng = SeededRng::new(seed);
    let mut federation = Federation::three().await.unwrap();
    federation.unit_mut(Key::Kathmandu).stop().await.unwrap();
    let units = federation.access();
    let apis = [Api::sign_in(&units.shillong).await.unwrap(), Api::sign_in(&units.guwahati).await.unwrap()];
    for round in 0..kills {
        let shared = shared_case(&apis).await.unwrap();
        let kill = Kill { second: rng.next_u64().is_multiple_of(2), after: Duration::from_micros(rng.next_u64() % 80_000) };
        let done = if round % 2 == 0 {
            recalled(&mut federation, &apis, &shared, &kill).await
        } else {
            handed_over(&mut federation, &apis, &shared, &kill).await
        };
        done.with_context(|| format!("round {round}, {kill:?}")).unwrap();
    }
    say(&format!("{kills} kills during recalls and hand-overs in {} s: each is whole at both units", begun.elapsed().as_secs()));
}

/// Which process is killed, and how long after the request.
#[derive(Debug)]
struct Kill {
    second: bool,
    after: Duration,
}

/// Asks, kills one of the two meanwhile, and starts it again. Whether the request was acknowledged.
async fn killed(federation: &mut Federation, kill: &Kill, api: &Api, path: String, body: Value) -> Result<bool> {
    let api = api.clone();
    let asked =
        tokio::spawn(async move { api.ask(Method::POST, &path, Some(body)).await.map(|(status, _)| status.is_success()) });
    sleep(kill.after).await;
    let (first, second) = federation.pair_mut();
    let unit = if kill.second { second } else { first };
    unit.kill().await?;
    let acknowledged = asked.await?.unwrap_or(false);
    unit.start().await?;
    Ok(acknowledged)
}

async fn recalled(federation: &mut Federation, apis: &[Api; 2], shared: &SharedCase, kill: &Kill) -> Result<()> {
    let [owner, other] = apis;
    let path = format!("/shares/{}/recall", shared.share);
    let acknowledged = killed(federation, kill, owner, path.clone(), json!({})).await?;
    let state = share_at(owner, shared).await?["state"].clone();
    ensure!(!acknowledged || state == "recalled", "an acknowledged recall is lost: {state}");
    if state != "recalled" {
        owner.post(&path, json!({})).await?;
    }
    until("the receipt", || async { Ok((!share_at(owner, shared).await?["receipt_at"].is_null()).then_some(())) }).await?;
    let (_, left) = other.ask(Method::GET, &format!("/cases/{}", shared.case), None).await?;
    ensure!(!left.to_string().contains("An invented case"), "the receipt is there and the copy opens");
    Ok(())
}

async fn share_at(owner: &Api, shared: &SharedCase) -> Result<Value> {
    let shares = owner.get(&format!("/cases/{}/shares", shared.case)).await?;
    let of = |one: &&Value| one["id"] == shared.share.as_str();
    Ok(shares.as_array().into_iter().flatten().find(of).context("the share is not there")?.clone())
}

async fn handed_over(federation: &mut Federation, apis: &[Api; 2], shared: &SharedCase, kill: &Kill) -> Result<()> {
    let other = &apis[1];
    let case = &shared.case;
    offered(apis, shared).await?;
    let path = answer_to_offer(shared);
    let yes = json!({ "accept": true });
    let acknowledged = killed(federation, kill, other, path.clone(), yes.clone()).await?;
    let state = other.get(&format!("/cases/{case}")).await?["custody"]["transfer"]["state"].clone();
    ensure!(!acknowledged || state != "offered", "an acknowledged yes is lost");
    if state == "offered" {
        other.post(&path, yes).await?;
    }
    owned_by_second(apis, shared).await
}
