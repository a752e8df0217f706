//! The laptop of a node is lost: the backup on another computer, the recovery key from its paper, the members' yes, the words again.
//! Three people at their browsers, real processes; what came of it is read at every unit.

use anyhow::{Context, Result, ensure};
use icmc::story::{Api, until};
use icmc_tests::browser::{Driver, Options, Size, Window};
use icmc_tests::shared::{arrived, note, shared_case};
use icmc_tests::units::{Federation, Key, Unit};
use icmc_web_ui::paths;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_that_lost_its_laptop_goes_on_with_its_backup_and_its_paper() {
    let Some(driver) = Driver::start().await.unwrap() else { return };
    let mut federation = Federation::three().await.unwrap();
    story(&driver, &mut federation).await.unwrap();
}

async fn story(driver: &Driver, federation: &mut Federation) -> Result<()> {
    let units = federation.access();
    let apis = [Api::sign_in(&units.guwahati).await?, Api::sign_in(&units.shillong).await?];
    let kept = shared_case(&apis).await?;
    note(&apis[0], &kept, "[note before]").await?;
    arrived(&apis[1], &kept, "[note before]").await?;

    let guwahati = federation.unit_mut(Key::Guwahati);
    guwahati.stop().await?;
    let backup = guwahati.copied("backup")?;
    guwahati.start().await?;
    let apis = [Api::sign_in(&units.guwahati).await?, Api::sign_in(&units.shillong).await?];
    note(&apis[0], &kept, "[note after]").await?;
    arrived(&apis[1], &kept, "[note after]").await?;
    let late = shared_case(&apis).await?;

    // Its backup comes on another computer, which meets nobody before it has a new key, though the others run.
    let guwahati = federation.unit_mut(Key::Guwahati);
    guwahati.kill().await?;
    guwahati.put_back(&backup, true).await?;
    guwahati.start().await?;
    let (window, text) = recover(driver, federation.unit(Key::Guwahati)).await?;
    walk(driver, federation, window, &text).await?;
    let shillong = Api::sign_in(&units.shillong).await?;

    let here = Api::sign_in(&units.guwahati).await?;
    arrived(&here, &kept, "[note after]").await?;
    note(&here, &kept, "[note later]").await?;
    arrived(&shillong, &kept, "[note later]").await?;
    until("what only the lost laptop shared to be recalled", || async {
        let (status, left) = shillong.ask(reqwest::Method::GET, &format!("/cases/{}", late.case), None).await?;
        Ok((!status.is_success() || !left.to_string().contains("An invented case")).then_some(()))
    })
    .await?;
    for api in [&here, &shillong] {
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

/// The unit that lost its laptop gives its node a new key; what it has to tell the others.
async fn recover(driver: &Driver, unit: &Unit) -> Result<(Window, String)> {
    let g = Window::signed_in(driver, &unit.access(), Options::default()).await?;
    g.go(paths::peers()).await?;
    g.sees("This node is on no network").await?;
    g.picture("lost-1-kept-off").await?;
    g.go(paths::lost()).await?;
    g.picture("lost-1-steps").await?;
    g.page().fill("Recovery key", "abandon ability able about").await?;
    g.page().click("Replace the key now").await?;
    g.sees("recovery key").await?;
    g.picture("lost-1-wrong").await?;
    g.page().fill("Recovery key", &unit.paper).await?;
    g.page().click("Replace the key now").await?;
    g.sees("This node has a new key").await?;
    g.picture("lost-2-new-key").await?;
    let text = g.run("return document.querySelector('.bar .code').textContent;", Vec::new()).await?;
    let text = text.as_str().context("no text to give on")?.trim().to_owned();
    ensure!(!g.text().await?.contains(&unit.paper), "the recovery key is shown");
    g.go(paths::peers()).await?;
    g.sees("This node was restored from a backup").await?;
    ensure!(!g.text().await?.contains("This node is on no network"), "it has its new key");
    g.picture("lost-2-peers").await?;
    Ok((g, text))
}

/// What the three people do then.
async fn walk(driver: &Driver, federation: &Federation, g: Window, text: &str) -> Result<()> {
    let units = federation.access();
    let s = Window::signed_in(driver, &units.shillong, Options { size: Size::Phone, ..Options::default() }).await?;
    let k = Window::signed_in(driver, &units.kathmandu, Options::default()).await?;

    s.go(paths::lost()).await?;
    s.page().fill("The text of the other unit", text).await?;
    s.page().click("Propose its new key").await?;
    s.sees("Proposed.").await?;
    k.go(paths::peers()).await?;
    k.picture("lost-3-to-approve").await?;
    k.page().click("Approve").await?;
    k.sees("Your yes is on its way.").await?;

    for (other, name) in [(&s, "AHTU Shillong"), (&k, "Partner Kathmandu")] {
        g.go(paths::peers()).await?;
        g.card(name).says("and the safety words were compared").await?;
        compare(&g, name, other).await?;
    }
    g.picture("lost-4-compared").await?;
    for (window, name) in [(&g, "AHTU Shillong"), (&g, "Partner Kathmandu"), (&s, "AHTU Guwahati"), (&k, "AHTU Guwahati")] {
        window.go(paths::peers()).await?;
        window.card(name).says("The words were compared on both sides").await?;
    }
    g.sees_no_more("This node was restored from a backup").await?;
    g.picture("lost-5-again").await?;
    s.picture("lost-5-other").await?;
    for window in [g, s, k] {
        window.close().await?;
    }
    Ok(())
}

/// The two read the words to each other by telephone.
async fn compare(here: &Window, there_name: &str, there: &Window) -> Result<()> {
    there.go(paths::peers()).await?;
    // It hears of the new key at the next contact.
    there.card("AHTU Guwahati").says("Connected").await?;
    let mut read = Vec::new();
    for (window, other) in [(here, there_name), (there, "AHTU Guwahati")] {
        window.card(other).click("Safety words").await?;
        window.sees("Read the words to each other").await?;
        let words = window.run("return document.querySelector('ol.words').innerText;", Vec::new()).await?;
        read.push(words.as_str().context("no words")?.to_owned());
        window.page().click("The words are the same").await?;
        window.sees("Other units").await?;
    }
    ensure!(read[0] == read[1], "they read different words: {read:?}");
    Ok(())
}
