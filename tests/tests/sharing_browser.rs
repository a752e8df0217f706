//! The share form through the pages of the demo, without scripts where somebody types: consent missing, recorded, decided by two
//! persons, sent to two units; then less of it, and the value is gone where it had been. Pictures are kept in the target folder.

use anyhow::{Context, Result, ensure};
use icmc::story::{Api, until};
use icmc_tests::browser::{Driver, Options, Window};
use icmc_tests::demo::Demo;
use icmc_web_ui::paths;
use serde_json::json;

/// Invented people: one stays shared, the other is taken out again.
const STAYS: &str = "Rupsana";
const GOES: &str = "Dipendra";
/// A case that Shillong has had before.
const KNOWN: &str = "An invented girl of that name";

#[tokio::test(flavor = "multi_thread")]
async fn a_share_is_blocked_made_good_sent_and_lowered() {
    let Some(driver) = Driver::start().await.unwrap() else { return };
    let demo = Demo::start().await.unwrap();
    let walked = walk(&driver, &demo).await;
    demo.stop().await.unwrap();
    walked.unwrap();
}

async fn walk(driver: &Driver, demo: &Demo) -> Result<()> {
    let [shillong, guwahati, _] = &demo.units;
    let officer = ("officer".to_owned(), guwahati.nodal.1.replace("nodal", "officer"));
    let case = enter(&Api::sign_in_as(guwahati, &officer).await?).await?;
    known(&Api::sign_in(shillong).await?).await?;
    let plain = Options { scripts: false, ..Options::default() };
    let desk = Window::signed_in(driver, guwahati, plain).await?;
    let copy = Window::signed_in(driver, shillong, Options::default()).await?;
    fill_in(&desk, &case).await?;
    make_good(&desk, &officer).await?;
    send(&desk).await?;
    accept(&copy).await?;
    lower(&desk, &case).await?;
    gone(&desk, &copy, &case).await?;
    desk.close().await?;
    copy.close().await
}

async fn known(api: &Api) -> Result<()> {
    let new = json!({
        "case": { "title": KNOWN, "kind": "missing_person", "status": "open", "priority": "high", "opened_on": "2026-09-14",
                  "source_channel": "family", "legal_basis": "consent" },
        "persons": [{ "ref": "a", "person": { "sex": "female" }, "names": [{ "kind": "legal", "given": STAYS, "family": "Inventedson" }],
                      "roles": [{ "role": ["possible_victim"] }] }]
    });
    api.post("/cases", new).await.map(|_| ())
}

async fn enter(api: &Api) -> Result<String> {
    let person = |reference: &str, given: &str, phone: &str| {
        json!({ "ref": reference, "person": { "sex": "female" }, "names": [{ "kind": "legal", "given": given, "family": "Inventedson" }],
                "phones": [{ "number": phone, "safe_to_contact": false }], "roles": [{ "role": ["possible_victim"] }] })
    };
    let new = json!({
        "case": { "title": "Two people and an invented agent", "kind": "suspected_trafficking", "status": "open", "priority": "high",
                  "opened_on": "2026-09-14", "source_channel": "family", "legal_basis": "consent" },
        "persons": [person("a", STAYS, "+91 50011 20416"), person("b", GOES, "+91 50011 20417")],
        "notes": [{ "person": "a", "text": "She wants to be called in the evening." }]
    });
    let made = api.post("/cases", new).await?;
    made["id"].as_str().map(str::to_owned).context("no id")
}

/// All steps up to the check, with two receivers.
async fn fill_in(desk: &Window, case: &str) -> Result<()> {
    desk.go(&paths::share(case)).await?;
    desk.page().tick("AHTU Shillong").await?;
    desk.page().tick("Maiti Sathi Kathmandu").await?;
    desk.page().tick("Referral").await?;
    desk.picture("share-1-whom").await?;
    desk.page().click("Go on: what").await?;
    for person in [STAYS, GOES] {
        desk.group(person).fill("Ground", "Consent of the person").await?;
    }
    desk.picture("share-2-what").await?;
    desk.page().click("Go on: terms").await?;
    desk.page().tick("30 days").await?;
    desk.page().fill("A word to the other unit", "Please call before anybody goes there.").await?;
    desk.picture("share-3-terms").await?;
    // Back and forth loses nothing.
    desk.page().click("Back").await?;
    desk.page().click("Go on: terms").await?;
    desk.page().click("Go on: check").await?;
    desk.sees("Nothing can be sent like this").await?;
    ensure!(!desk.shows("Seal and send").await?, "it can be sent without consent");
    desk.picture("share-4-blocked").await
}

/// One consent is recorded, in the place of the other two persons decide.
async fn make_good(desk: &Window, officer: &(String, String)) -> Result<()> {
    desk.card(STAYS).click("Record consent").await?;
    desk.page().fill("Given by", "The person").await?;
    desk.page().fill("How it was given", "By thumb print").await?;
    desk.picture("share-5-consent").await?;
    desk.page().click("Save the consent and check again").await?;
    desk.sees("There is a problem").await?;
    ensure!(!desk.shows(&format!("{STAYS} Inventedson: consent does not cover")).await?, "the consent does not cover the share");
    desk.card(GOES).click("Decide in its place").await?;
    desk.page().fill("Ground in place of consent", "Court order").await?;
    desk.page().fill("Law or order", "Order 12 of an invented court").await?;
    desk.page().fill("Sign-in name of the second person", &officer.0).await?;
    desk.page().fill("Password of the second person", "not the right one").await?;
    desk.page().click("Both agree").await?;
    desk.sees("There is a problem").await?;
    desk.page().fill("Password of the second person", &officer.1).await?;
    desk.picture("share-6-override").await?;
    desk.page().click("Both agree").await
}

async fn send(desk: &Window) -> Result<()> {
    desk.sees("Exactly what AHTU Shillong, Maiti Sathi Kathmandu").await?;
    for shown in [STAYS, GOES, "She wants to be called in the evening."] {
        ensure!(desk.shows(shown).await?, "the check page does not show {shown}");
    }
    desk.picture("share-7-check").await?;
    desk.page().click("Seal and send").await?;
    desk.sees("Sealed and sent.").await
}

async fn accept(copy: &Window) -> Result<()> {
    copy.go(paths::inbox()).await?;
    copy.card("Please call before anybody goes there.").click("Look at it").await?;
    copy.sees(GOES).await?;
    copy.page().click("Ask back before you answer").await?;
    copy.page().fill("Message to AHTU Guwahati", "Which evening suits her?").await?;
    copy.page().click("Send the message").await?;
    copy.sees("Your message is on its way.").await?;
    copy.go(paths::inbox()).await?;
    copy.card("Please call before anybody goes there.").click("Look at it").await?;
    // A case of their own with somebody of that name is proposed; nothing is merged.
    copy.sees("You may know somebody here.").await?;
    copy.page().click("Accept and link with a case of yours").await?;
    copy.page().tick(KNOWN).await?;
    copy.picture("share-11-link").await?;
    copy.page().click("Accept and link").await?;
    copy.sees("Linked. Both cases show it; neither was changed.").await?;
    copy.sees(GOES).await?;
    copy.sees("Not shared with this unit: Route").await?;
    copy.picture("share-12-accepted").await?;
    contribute(copy).await?;
    copy.mark().await
}

/// Something written at the receiver, and taken back.
async fn contribute(copy: &Window) -> Result<()> {
    copy.page().click("Add a note").await?;
    copy.page().fill("Text", "Our constable knows the house.").await?;
    copy.page().click("Save").await?;
    copy.sees("What this unit contributed").await?;
    copy.sees("Note: Text").await?;
    copy.page().click("Take it back").await?;
    copy.page().click("Take the contribution back").await?;
    copy.sees("Taken back. The receipt shows here").await?;
    copy.sees("destroyed there, signed").await?;
    copy.picture("share-13-taken-back").await
}

/// Other terms: one of the two is not named any more.
async fn lower(desk: &Window, case: &str) -> Result<()> {
    desk.go(&paths::who(case)).await?;
    desk.sees("Maiti Sathi Kathmandu").await?;
    desk.sees("A ground in place of the consent").await?;
    desk.picture("share-8-who").await?;
    desk.page().click("AHTU Shillong").await?;
    desk.page().click("Change: more, less or longer").await?;
    desk.page().click("Go on: what").await?;
    desk.group(GOES).fill("Ground", "Not named").await?;
    desk.page().click("Go on: terms").await?;
    desk.page().click("Go on: check").await?;
    desk.sees("Taken away from AHTU Shillong").await?;
    desk.sees(&format!("Given name: {GOES}")).await?;
    desk.picture("share-9-lower").await?;
    desk.page().click("Seal and send").await?;
    desk.sees("The new terms hold once the other unit has them.").await
}

/// The receiver's page loses it by itself; the owner sees the receipt.
async fn gone(desk: &Window, copy: &Window, case: &str) -> Result<()> {
    copy.sees_no_more(GOES).await?;
    copy.is_marked().await?;
    ensure!(copy.shows(STAYS).await?, "what was not taken away is gone too");
    let share = desk.path().await?;
    until("the receipt of the lower revision", || async {
        desk.go(&share).await?;
        Ok(desk.shows("destroyed there, signed").await?.then_some(()))
    })
    .await?;
    desk.picture("share-10-receipt").await?;
    desk.go(&paths::case(case)).await?;
    desk.sees(GOES).await
}
