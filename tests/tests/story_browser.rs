//! The story through the pages of the demo, in real browser windows: what people see, and that it comes without loading again.
//! Pictures of each step are kept in the target folder.

use anyhow::{Context, Result, ensure};
use icmc::story::Api;
use icmc_tests::browser::{Driver, Options, Window};
use icmc_tests::demo::Demo;
use icmc_web_ui::paths;
use serde_json::json;
use std::collections::BTreeSet;

/// The windows of the story.
struct Desks {
    /// Shillong's alerts, and later its copy of the case.
    shillong: Window,
    /// Where Shillong's officer types.
    entering: Window,
    guwahati: Window,
    kathmandu: Window,
}

/// What a preview says of the share itself.
const TERMS: [&str; 9] =
    ["What for", "What may be done", "Handling", "Passing on", "Ends", "Named", "Sections", "Word with it", "Not shared"];

#[tokio::test(flavor = "multi_thread")]
async fn the_story_through_the_pages() {
    let Some(driver) = Driver::start().await.unwrap() else { return };
    let demo = Demo::start().await.unwrap();
    let played = play(&driver, &demo).await;
    demo.stop().await.unwrap();
    played.unwrap();
}

async fn play(driver: &Driver, demo: &Demo) -> Result<()> {
    let [shillong, guwahati, kathmandu] = &demo.units;
    let held = Api::sign_in(guwahati).await?.post("/cases/search", json!({ "text": "Rofiqul Islam" })).await?;
    let held = held[0]["case"]["number"].as_str().context("Guwahati has no case of the suspect")?.to_owned();
    let open = |unit| Window::signed_in(driver, unit, Options::default());
    let desks = Desks {
        shillong: open(shillong).await?,
        entering: open(shillong).await?,
        guwahati: open(guwahati).await?,
        kathmandu: open(kathmandu).await?,
    };
    let entered = alert(&desks, &held).await?;
    ask(&desks, &entered, &held).await?;
    let sent = share(&desks, &held).await?;
    accept(&desks, &held, &sent).await?;
    update(&desks).await?;
    contribute(&desks).await?;
    recall(&desks).await?;
    for window in [desks.shillong, desks.entering, desks.guwahati, desks.kathmandu] {
        window.close().await?;
    }
    Ok(())
}

/// Step 1. Gives the number of the case that Shillong enters.
async fn alert(desks: &Desks, held: &str) -> Result<String> {
    for window in [&desks.shillong, &desks.guwahati, &desks.kathmandu] {
        window.go(paths::alerts()).await?;
        window.mark().await?;
    }
    ensure!(!desks.guwahati.shows(held).await?, "there is an alert about {held} already");
    let nothing_new = desks.kathmandu.text().await?;

    let desk = &desks.entering;
    desk.go(paths::new_case()).await?;
    desk.page().fill("Name", "Mohammad Rafiqul Islam").await?;
    desk.page().click("Search").await?;
    desk.sees("Nobody found").await?;
    desk.picture("1-search-first").await?;
    desk.page().click("Create as suspect").await?;
    let case = desk.group("Case");
    case.fill("Title", "Two girls missing from a school near Shillong").await?;
    case.fill("Kind of case", "Suspected trafficking").await?;
    case.fill("How it came to the unit", "Family").await?;
    case.fill("Legal basis", "Duty of law enforcement").await?;
    let suspect = desk.group("Suspect 1");
    for (label, value) in [
        ("Given name", "Mohammad Rafiqul"),
        ("Family name", "Islam"),
        ("Sex", "Male"),
        ("Age stated", "40"),
        ("Father", "Abdul Kareem"),
        ("Home: country", "India"),
        ("Home: state or province", "Assam"),
        ("Home: district", "Barpeta"),
        ("Home: village or town", "Kalgachhia"),
        ("Ground for matching", "Law enforcement"),
        ("Reason for matching", "Named as suspect in the report of this case."),
    ] {
        suspect.fill(label, value).await?;
    }
    desk.picture("1-new-case").await?;
    desk.page().click("Save the case").await?;
    desk.sees("The case is saved.").await?;
    let heading = desk.run("return document.querySelector('h1').innerText;", Vec::new()).await?;
    let entered = heading.as_str().and_then(|text| text.split(' ').next()).context("no number")?.to_owned();

    desks.shillong.card(&entered).says("Exact match with AHTU Guwahati").await?;
    desks.guwahati.card(held).says("Exact match with AHTU Shillong").await?;
    desks.shillong.is_marked().await?;
    desks.guwahati.is_marked().await?;
    desks.shillong.picture("1-alert-shillong").await?;
    desks.guwahati.picture("1-alert-guwahati").await?;
    for word in ["Rofiqul", "Kalgachia", "1984"] {
        ensure!(!desks.shillong.shows(word).await?, "Shillong sees {word}, which only Guwahati knows");
    }
    ensure!(desks.kathmandu.text().await? == nothing_new, "Kathmandu shows something new");
    desks.kathmandu.is_marked().await?;
    Ok(entered)
}

/// Step 2, the question.
async fn ask(desks: &Desks, entered: &str, held: &str) -> Result<()> {
    desks.shillong.card(entered).click("Ask them").await?;
    desks.shillong.sees("Asked. The answer shows here when it comes.").await?;
    desks.shillong.mark().await?;
    desks.guwahati.card(held).says("The other unit asks for contact.").await?;
    desks.guwahati.is_marked().await?;
    desks.guwahati.picture("2-asked").await?;
    desks.guwahati.card(held).click("Yes").await?;
    desks.shillong.card(entered).says("Contact agreed: call each other.").await?;
    desks.shillong.is_marked().await?;
    desks.shillong.picture("2-answered").await?;
    let desk = &desks.entering;
    desk.go(paths::digest()).await?;
    desk.sees(&format!("Exact match with AHTU Guwahati, case {entered}")).await?;
    desk.picture("2-digest").await?;
    for name in ["Rafiqul", "Rofiqul"] {
        ensure!(!desk.shows(name).await?, "the page to print names {name}");
    }
    desk.go(paths::alerts()).await?;
    desk.card(entered).click("Disclosure room").await?;
    desk.sees("It is your turn: yes or no to the next step.").await?;
    desk.picture("2-room").await
}

/// Step 2, the share. Gives what the check page shows.
async fn share(desks: &Desks, held: &str) -> Result<BTreeSet<String>> {
    let desk = &desks.guwahati;
    desk.card(held).click("Share the case").await?;
    desk.page().tick("AHTU Shillong").await?;
    desk.page().tick("Investigation").await?;
    desk.picture("2-share-with-whom").await?;
    desk.page().click("Go on: what").await?;
    for person in ["Jahanara", "Md. Rofiqul"] {
        let named = desk.group(person);
        named.fill("Ground", "Duty of law enforcement").await?;
        named.fill("Why", "Both units inquire into the same man.").await?;
    }
    desk.picture("2-share-what").await?;
    desk.page().click("Go on: terms").await?;
    desk.page().tick("30 days").await?;
    desk.page().tick("May read and contribute").await?;
    desk.picture("2-share-terms").await?;
    desk.page().click("Go on: check").await?;
    desk.sees("Exactly what AHTU Shillong will see").await?;
    let shown = pairs(desk, "[role=region]").await?;
    ensure!(shown.iter().any(|pair| pair.contains("Rofiqul")), "the check page shows no name");
    desk.picture("2-share-check").await?;
    desks.shillong.go(paths::inbox()).await?;
    desks.shillong.mark().await?;
    desk.page().click("Seal and send").await?;
    desk.sees("Sealed and sent.").await?;
    desk.mark().await?;
    Ok(shown)
}

async fn accept(desks: &Desks, held: &str, sent: &BTreeSet<String>) -> Result<()> {
    let desk = &desks.shillong;
    desk.card(held).says("AHTU Guwahati").await?;
    desk.is_marked().await?;
    desk.picture("2-inbox").await?;
    desk.card(held).click("Look at it").await?;
    desk.sees("You see what this unit would keep if you accept").await?;
    ensure!(pairs(desk, "main").await? == *sent, "the preview is not what the check page showed");
    desk.picture("2-preview").await?;
    desk.page().click("Accept").await?;
    desk.sees("Accepted. The case is among yours now.").await?;
    let held = pairs(desk, "main").await?;
    // The terms of a share stand on its preview; the case says them in other words.
    let is_term = |pair: &&String| TERMS.iter().any(|term| pair.starts_with(&format!("{term}: ")));
    let missing: Vec<_> = sent.difference(&held).filter(|pair| !is_term(pair)).collect();
    ensure!(missing.is_empty(), "the copy is not what the preview showed: {missing:?}");
    desk.picture("2-accepted").await?;
    desk.mark().await?;
    desks.guwahati.card("AHTU Shillong").says("Accepted").await?;
    desks.guwahati.is_marked().await
}

/// Step 3, an update of the owner.
async fn update(desks: &Desks) -> Result<()> {
    let desk = &desks.guwahati;
    desk.page().click("Add a stage").await?;
    desk.page().fill("Person", "Jahanara Parbin").await?;
    desk.page().fill("Stage", "R5 Re-integration").await?;
    desk.page().fill("State", "Planned").await?;
    desk.page().fill("Note", "Her aunt in Sorbhog was reached by telephone.").await?;
    desk.page().click("Save").await?;
    desk.sees("Saved.").await?;
    desks.shillong.sees("Her aunt in Sorbhog was reached by telephone.").await?;
    desks.shillong.is_marked().await?;
    desks.shillong.picture("3-update").await?;
    desk.mark().await
}

/// Step 3, a contribution of the receiver.
async fn contribute(desks: &Desks) -> Result<()> {
    let desk = &desks.shillong;
    desk.page().click("Add a note").await?;
    desk.page().fill("Text", "Our beat officer saw him at the Mawlai site last week.").await?;
    desk.page().click("Save").await?;
    desk.sees("Our beat officer saw him at the Mawlai site last week.").await?;
    desk.sees("proposed, not admitted yet").await?;
    desk.mark().await?;
    desks.guwahati.sees("waits for your yes").await?;
    desks.guwahati.is_marked().await?;
    desks.guwahati.picture("3-contribution").await?;
    desks.guwahati.page().click("Admit").await?;
    desks.guwahati.sees("Admitted: it counts now").await?;
    desks.guwahati.mark().await?;
    desk.sees_no_more("proposed, not admitted yet").await?;
    desk.is_marked().await?;
    desk.picture("3-admitted").await
}

/// Step 4.
async fn recall(desks: &Desks) -> Result<()> {
    let desk = &desks.guwahati;
    desk.card("AHTU Shillong").click("End access").await?;
    desk.picture("4-recall").await?;
    desk.card("AHTU Shillong").click("Recall this share").await?;
    desk.sees("Recalled. The receipt shows here").await?;
    desk.card("AHTU Shillong").says("signed on").await?;
    desk.picture("4-receipt").await?;
    let copy = &desks.shillong;
    copy.sees("The copy here cannot be opened any more").await?;
    copy.is_marked().await?;
    copy.sees_no_more("Rofiqul").await?;
    copy.sees_no_more("Jahanara").await?;
    ensure!(copy.shows("Mawlai site").await?, "Shillong's own note is gone");
    copy.picture("4-ended").await
}

/// Labels and values that a part of the page shows.
async fn pairs(window: &Window, part: &str) -> Result<BTreeSet<String>> {
    const SCRIPT: &str = "return [...document.querySelector(arguments[0]).querySelectorAll('dl.pairs dt')]
        .map((t) => t.textContent.trim() + ': ' + t.nextElementSibling.textContent.trim());";
    let found = window.run(SCRIPT, vec![json!(part)]).await?;
    found.as_array().context("a list")?.iter().map(|pair| pair.as_str().map(str::to_owned).context("a text")).collect()
}
