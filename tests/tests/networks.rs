//! Real units in networks of their own: two that only a third can reach, two that get through their routers to each other, and two whose
//! cable is cut and mended. All people are invented.

use anyhow::{Context, Result, ensure};
use icmc::config::Config;
use icmc::story::{Api, until};
use icmc_tests::namespaces::Namespaces;
use icmc_tests::say;
use icmc_tests::units::{Opened, Unit, confirm, join};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use tokio::time::Instant;

/// Longest wait for something that needs a connection to die, or to come about again.
const PATIENCE: Duration = Duration::from_secs(120);

async fn started(mut unit: Unit, change: impl FnOnce(Config) -> Config) -> Result<Unit> {
    change(Config::load(&unit.dir)?).store(&unit.dir)?;
    unit.start().await?;
    unit.accounts().await?;
    Ok(unit)
}

fn case(given: &str, father: &str, village: &str) -> Value {
    json!({
        "case": { "title": "An invented case", "kind": "suspected_trafficking", "priority": "low", "source_channel": "family",
            "legal_basis": "law_enforcement_duty" },
        "persons": [{ "ref": "s",
            "person": { "sex": "male", "birth": "1984", "father": father, "citizenship": ["IN"], "home_country": "IN",
                "home_state": "IN-AS", "home_district": "IN-AS-barpeta", "home_village": village },
            "names": [{ "kind": "legal", "given": given, "family": "Islam" }],
            "roles": [{ "role": ["suspect"], "matching_basis": "law_enforcement", "matching_reason": "Named by two witnesses." }] }]
    })
}

async fn enter(api: &Api, case: Value) -> Result<String> {
    api.post("/cases", case).await?["id"].as_str().map(str::to_owned).context("no id")
}

async fn share(from: &Api, to: &Api, case: &str, note: &str) -> Result<()> {
    let request = json!({ "to": to.unit().await?, "persons": [], "sections": ["case"], "classes": ["S", "B"], "items": [],
        "rights": "read", "purpose": "investigation", "handling": "H1", "onward": "none", "days": 7, "note": note });
    from.post(&format!("/cases/{case}/shares"), request).await.map(|_| ())
}

/// The notes of all shares in the inbox that are complete.
async fn inbox(api: &Api) -> Result<Vec<String>> {
    let inbox = api.get("/inbox").await?;
    let complete = inbox.as_array().context("a list")?.iter().filter(|item| item["state"] != "arriving");
    let mut notes: Vec<String> = complete.map(|item| item["note"].as_str().unwrap_or_default().to_owned()).collect();
    notes.sort();
    Ok(notes)
}

async fn eventually<T, F: Future<Output = Result<Option<T>>>>(what: &str, mut look: impl FnMut() -> F) -> Result<T> {
    let last = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        ensure!(Instant::now() < last, "waited {} s for {what}", PATIENCE.as_secs());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_units_behind_walls_meet_through_a_third() {
    let Some(mut networks) = Namespaces::make(3).unwrap() else { return };
    networks.cable(0, 2).unwrap();
    networks.cable(1, 2).unwrap();
    assert!(!networks.reaches(0, 1).unwrap() && !networks.reaches(1, 0).unwrap() && networks.reaches(0, 2).unwrap());
    relayed(&networks).await.unwrap();
}

/// A relay, and two units that know of it.
async fn three(networks: &Namespaces, root: &Path) -> Result<[Unit; 3]> {
    let relay = Unit::init_at(networks.place(2), root, "Relay", "RE", true).await?;
    let relay = started(relay, |config| Config { relay: true, ..config }).await?;
    let relays = vec![Api::sign_in(&relay.access()).await?.unit().await?];
    let through = |config| Config { relays: relays.clone(), ..config };
    let one = Unit::init_at(networks.place(0), root, "AHTU Shillong", "SH", false).await?;
    let one = started(one, through).await?;
    let other = Unit::init_at(networks.place(1), root, "AHTU Guwahati", "GU", false).await?;
    let other = started(other, through).await?;
    join(&relay, &one, &[]).await?;
    join(&relay, &other, &[&one]).await?;
    Ok([relay, one, other])
}

async fn relayed(networks: &Namespaces) -> Result<()> {
    let root = tempfile::tempdir()?;
    let [mut relay, one, other] = three(networks, root.path()).await?;
    let began = Instant::now();
    confirm(&one, &other).await?;
    say(&format!("two units met through a relay and compared words in {:.1} s", began.elapsed().as_secs_f32()));

    let (here, there) = (Api::sign_in(&one.access()).await?, Api::sign_in(&other.access()).await?);
    let held = enter(&here, case("Md. Rofiqul", "Abdul Karim", "Kalgachia")).await?;
    enter(&there, case("Mohammad Rafiqul", "Abdul Kareem", "Kalgachhia")).await?;
    for api in [&here, &there] {
        until("an alert", || async {
            Ok((api.get("/alerts").await?["alerts"].as_array().is_some_and(|all| !all.is_empty())).then_some(()))
        })
        .await?;
    }
    share(&here, &there, &held, "through the relay").await?;
    until("the share", || async { Ok((inbox(&there).await? == ["through the relay"]).then_some(())) }).await?;

    relay.stop().await?;
    let words = ["Rofiqul", "Kalgachia", "An invented case", "through the relay"];
    let said = relay.output.bytes();
    let rows = Opened::of(&relay)?.rows()?;
    ensure!(!rows.is_empty() && !said.is_empty(), "there is something to search");
    for word in words {
        let holds = |bytes: &[u8]| bytes.windows(word.len()).any(|part| part == word.as_bytes());
        ensure!(!holds(&said), "the relay said {word:?}");
        ensure!(!rows.iter().any(|row| holds(&row.value)), "the relay stores {word:?}");
    }
    ensure!(String::from_utf8_lossy(&one.output.bytes()).contains("connected through a relay"), "it was the relay's doing");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_units_behind_home_routers_get_through_to_each_other_and_need_the_relay_no_more() {
    let Some(mut networks) = Namespaces::make(5).unwrap() else { return };
    if !networks.router(0, 3, 2).unwrap() || !networks.router(1, 4, 2).unwrap() {
        return;
    }
    punched(&networks).await.unwrap();
}

async fn punched(networks: &Namespaces) -> Result<()> {
    let root = tempfile::tempdir()?;
    let [mut relay, one, other] = three(networks, root.path()).await?;
    let began = Instant::now();
    eventually("a hole in both routers", || async {
        let through = |unit: &Unit| String::from_utf8_lossy(&unit.output.bytes()).contains("punched=true");
        Ok((through(&one) && through(&other)).then_some(()))
    })
    .await?;
    say(&format!("two units got through their routers to each other in {:.1} s", began.elapsed().as_secs_f32()));
    relay.stop().await?;
    confirm(&one, &other).await?;
    let (here, there) = (Api::sign_in(&one.access()).await?, Api::sign_in(&other.access()).await?);
    let held = enter(&here, case("Md. Rofiqul", "Abdul Karim", "Kalgachia")).await?;
    share(&here, &there, &held, "through the routers").await?;
    eventually("the share", || async { Ok((inbox(&there).await? == ["through the routers"]).then_some(())) }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_cable_loses_nothing_and_doubles_nothing() {
    let Some(mut networks) = Namespaces::make(2).unwrap() else { return };
    let cable = networks.cable(0, 1).unwrap();
    let root = tempfile::tempdir().unwrap();
    let one = Unit::init_at(networks.place(0), root.path(), "AHTU Shillong", "SH", true).await.unwrap();
    let one = started(one, |config| config).await.unwrap();
    let other = Unit::init_at(networks.place(1), root.path(), "AHTU Guwahati", "GU", false).await.unwrap();
    let other = started(other, |config| config).await.unwrap();
    join(&one, &other, &[]).await.unwrap();
    confirm(&one, &other).await.unwrap();
    partitioned(&one, &other, &cable).await.unwrap();
}

async fn partitioned(one: &Unit, other: &Unit, cable: &icmc_tests::namespaces::Cable) -> Result<()> {
    let (here, there) = (Api::sign_in(&one.access()).await?, Api::sign_in(&other.access()).await?);
    let held = enter(&here, case("Md. Rofiqul", "Abdul Karim", "Kalgachia")).await?;
    let mut sent = Vec::new();
    for round in ["a short cut", "a long cut"] {
        cable.cut()?;
        for number in 1..=5 {
            let note = format!("{round} {number}");
            share(&here, &there, &held, &note).await?;
            sent.push(note);
        }
        if round == "a long cut" {
            eventually("both sides to know that they are apart", || async {
                let apart = |told: String| !told.contains("  connected");
                Ok((apart(one.command(&["peers", "list"]).await?) && apart(other.command(&["peers", "list"]).await?))
                    .then_some(()))
            })
            .await?;
        }
        ensure!(inbox(&there).await?.len() == sent.len() - 5, "nothing passes a cut cable");
        cable.mend()?;
        let began = Instant::now();
        let mut expected = sent.clone();
        expected.sort();
        eventually("all shares", || async {
            let arrived = inbox(&there).await?;
            ensure!(arrived.len() <= expected.len(), "{} shares arrived, {} were sent", arrived.len(), expected.len());
            Ok((arrived == expected).then_some(()))
        })
        .await?;
        say(&format!("{round}: five shares there {:.1} s after it was mended", began.elapsed().as_secs_f32()));
    }
    eventually("the outbox to be empty", || async {
        Ok((!one.command(&["peers", "list"]).await?.contains(" waiting")).then_some(()))
    })
    .await?;
    ensure!(inbox(&there).await?.len() == sent.len(), "nothing came twice");
    for unit in [one, other] {
        let admin = Api::sign_in_as(&unit.access(), &unit.administrator()).await?;
        let incidents = admin.get("/audit?action=incident").await?;
        ensure!(incidents["total"] == json!(0), "{}: {incidents}", unit.name);
    }
    Ok(())
}
