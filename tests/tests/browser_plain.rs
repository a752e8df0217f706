//! Pages without scripts, and without a mouse.
//! One unit of its own, with one case that is entered on the way.

use anyhow::{Result, ensure};
use icmc_tests::browser::{Driver, Options, Window};
use icmc_tests::units::Unit;
use icmc_web_ui::paths;
use serde_json::json;

async fn unit(root: &std::path::Path) -> Result<Unit> {
    let mut unit = Unit::init(root, "A plain unit", "PL", true).await?;
    unit.start().await?;
    unit.accounts().await?;
    Ok(unit)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_without_scripts() {
    let Some(driver) = Driver::start().await.unwrap() else { return };
    let root = tempfile::tempdir().unwrap();
    let unit = unit(root.path()).await.unwrap();
    let options = Options { scripts: false, ..Options::default() };
    let window = Window::signed_in(&driver, &unit.access(), options).await.unwrap();
    journey(&window).await.unwrap();
    window.close().await.unwrap();
}

async fn journey(window: &Window) -> Result<()> {
    // The list of alerts has a link to look again where no script does it: shown, so no script runs.
    window.go(paths::alerts()).await?;
    window.sees("Look again").await?;

    window.page().click("New").await?;
    window.page().fill("Name", "Rilin Invented").await?;
    window.page().click("Search").await?;
    window.sees("Nobody found").await?;
    window.page().click("None of these: create").await?;
    window.page().click("Save the case").await?;
    window.sees("There is a problem").await?;
    let case = window.group("Case");
    case.fill("Title", "A case without scripts").await?;
    case.fill("Kind of case", "Suspected trafficking").await?;
    case.fill("How it came to the unit", "Family").await?;
    case.fill("Legal basis", "Duty of law enforcement").await?;
    window.page().click("Save the case").await?;
    window.sees("The case is saved.").await?;
    window.sees("Rilin Invented").await?;

    window.page().click("Add a note").await?;
    window.page().fill("Text", "Written without a script.").await?;
    window.page().click("Save").await?;
    window.sees("Written without a script.").await?;

    window.go(paths::search()).await?;
    window.page().fill("Number, name, phone or identity paper", "Rileen").await?;
    window.page().click("Search").await?;
    window.page().click("Open PL-").await?;
    window.sees("A case without scripts").await?;
    window.page().click("Sign out").await?;
    window.sees("You are signed out.").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_reaches_the_content_first_and_signs_in() {
    let Some(driver) = Driver::start().await.unwrap() else { return };
    let root = tempfile::tempdir().unwrap();
    let unit = unit(root.path()).await.unwrap();
    let access = unit.access();
    let window = Window::open(&driver, &access.name, &access.address, Options::default()).await.unwrap();
    keyboard(&window, &access.nodal).await.unwrap();
    window.close().await.unwrap();
}

async fn keyboard(window: &Window, who: &(String, String)) -> Result<()> {
    window.go(paths::sign_in()).await?;
    window.press_until("Sign-in name").await?;
    window.type_there(&who.0).await?;
    window.press_until("Password").await?;
    window.type_there(&who.1).await?;
    window.press_enter().await?;
    window.sees("Sign out").await?;

    window.go(paths::cases()).await?;
    window.press_tab().await?;
    ensure!(window.focus().await? == "Skip to the content", "the first stop is {}", window.focus().await?);
    window.press_enter().await?;
    ensure!(
        window.run("return document.activeElement.id;", Vec::new()).await? == json!("main"),
        "the link does not lead to the content"
    );

    window.go(paths::today()).await?;
    window.press_until("New case").await?;
    let outlined = "const style = getComputedStyle(document.activeElement); return style.outlineStyle !== 'none' || style.boxShadow !== 'none';";
    ensure!(window.run(outlined, Vec::new()).await? == json!(true), "nobody sees where the focus is");
    window.press_enter().await?;
    window.sees("New case: search first").await
}
