//! Three units look after each other in their browsers: a change proposed, approved and seen; a pause with a share waiting meanwhile.
//! Pictures of each step are kept in the target folder, at both sizes.

use anyhow::{Context, Result, ensure};
use icmc::story::{Api, UnitAccess};
use icmc_tests::browser::{Driver, Options, Size, Window};
use icmc_tests::demo::Demo;
use icmc_web_ui::paths;
use serde_json::{Value, json};

const CONTACT: &str = "new duty desk, +91 00000 00000 (invented)";

#[tokio::test(flavor = "multi_thread")]
async fn units_look_after_each_other_in_their_browsers() {
    let Some(driver) = Driver::start().await.unwrap() else { return };
    let demo = Demo::start().await.unwrap();
    let walked = walk(&driver, &demo).await;
    demo.stop().await.unwrap();
    walked.unwrap();
}

async fn walk(driver: &Driver, demo: &Demo) -> Result<()> {
    let [shillong, guwahati, kathmandu] = &demo.units;
    let phone = Options { size: Size::Phone, ..Options::default() };
    let a = Window::signed_in(driver, shillong, Options::default()).await?;
    let b = Window::signed_in(driver, guwahati, phone).await?;
    let c = Window::signed_in(driver, kathmandu, Options::default()).await?;
    change(&a, &b, &c).await?;
    pause(&a, &b, shillong, guwahati).await?;
    look(&a, &b).await?;
    for window in [a, b, c] {
        window.close().await?;
    }
    Ok(())
}

/// Shillong says another contact of itself, Guwahati approves, Kathmandu sees it.
async fn change(a: &Window, b: &Window, c: &Window) -> Result<()> {
    b.go(paths::peers()).await?;
    c.go(paths::peers()).await?;
    c.mark().await?;
    a.go(paths::own_unit()).await?;
    a.page().fill("Duty contact", CONTACT).await?;
    a.picture("peers-1-own").await?;
    a.page().click("Propose this").await?;
    a.sees("Proposed. It holds once enough members have approved").await?;
    a.sees("This unit proposes it.").await?;
    a.picture("peers-1-proposed").await?;
    b.sees("changes what it says of itself").await?;
    b.picture("peers-1-to-approve").await?;
    b.page().click("Not now").await?;
    b.sees("Nothing was done.").await?;
    b.page().click("Approve").await?;
    b.sees("Your yes is on its way.").await?;
    c.sees_no_more("changes what it says of itself").await?;
    c.card("AHTU Shillong").says(CONTACT).await?;
    c.is_marked().await?;
    c.picture("peers-1-seen").await
}

/// Shillong pauses Guwahati, shares a case meanwhile, and goes on.
async fn pause(a: &Window, b: &Window, shillong: &UnitAccess, guwahati: &UnitAccess) -> Result<()> {
    a.go(paths::peers()).await?;
    let card = || a.card("AHTU Guwahati");
    card().says("agrees with this one").await?;
    card().says(env!("CARGO_PKG_VERSION")).await?;
    card().click("Pause").await?;
    a.sees("Paused. Only what ends something").await?;
    a.picture("peers-2-paused").await?;
    b.go(paths::inbox()).await?;
    let before = b.text().await?;
    let number = share(shillong, guwahati).await?;
    ensure!(!before.contains(&number), "{number} is in the inbox already");
    a.go(paths::peers()).await?;
    card().says("the oldest written").await?;
    a.picture("peers-2-waiting").await?;
    ensure!(!b.shows(&number).await?, "the share went to a unit that is paused");
    card().click("Go on").await?;
    a.sees("Gone on.").await?;
    b.card(&number).says("AHTU Shillong").await?;
    b.picture("peers-2-arrived").await
}

/// Shares a case that the two have not shared yet. Gives its number.
async fn share(from: &UnitAccess, to: &UnitAccess) -> Result<String> {
    let (owner, receiver) = (Api::sign_in(from).await?, Api::sign_in(to).await?);
    let cases = owner.get("/cases?owner=own").await?;
    let cases = cases["items"].as_array().context("a list")?;
    let case = cases.iter().find(|case| case["shared_with"] == 0).context("every case is shared")?;
    let id = case["id"].as_str().context("an id")?;
    let people = owner.get(&format!("/cases/{id}")).await?["people"].take();
    let person = |person: &Value| json!({ "entity": person["id"], "basis": "law_enforcement", "reason": "An invented inquiry." });
    let request = json!({
        "to": receiver.unit().await?, "persons": people.as_array().context("people")?.iter().map(person).collect::<Vec<_>>(),
        "sections": ["case", "identity", "role"], "classes": ["S", "B", "I"], "rights": "read", "purpose": "investigation",
        "handling": "H2", "onward": "none", "days": 30
    });
    owner.post(&format!("/cases/{id}/shares"), request).await?;
    case["number"].as_str().map(str::to_owned).context("a number")
}

/// The pages that are rarely needed, at both sizes.
async fn look(a: &Window, b: &Window) -> Result<()> {
    for (window, name) in [(a, "desk"), (b, "phone")] {
        window.go(paths::peers()).await?;
        window.run("document.querySelector('article .row').scrollIntoView({ block: 'center' });", Vec::new()).await?;
        window.picture(&format!("peers-3-list-{name}")).await?;
        window.card("AHTU").click("End with it").await?;
        window.sees("This is what happens if you go on").await?;
        window.picture(&format!("peers-3-end-{name}")).await?;
        window.go(paths::lost()).await?;
        window.picture(&format!("peers-3-lost-{name}")).await?;
        window.go(paths::own_unit()).await?;
        window.picture(&format!("peers-3-own-{name}")).await?;
    }
    Ok(())
}
