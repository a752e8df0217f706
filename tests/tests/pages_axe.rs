//! Every page at two widths: axe-core finds nothing, nothing lies outside a narrow screen; full, empty and wrong.
//! What the pages say is not looked at here.

use anyhow::{Context, Result};
use icmc::story::{Api, UnitAccess};
use icmc_tests::browser::{Driver, Options, Size, Window};
use icmc_tests::demo::Demo;
use icmc_tests::say;
use icmc_tests::units::Unit;
use icmc_web_ui::paths;

/// What was found wrong.
#[derive(Default)]
struct Findings {
    lines: Vec<String>,
    pages: usize,
    without_axe: bool,
}

impl Findings {
    async fn look(&mut self, window: &Window, page: &str, size: Size) -> Result<()> {
        self.pages += 1;
        let place = format!("{page} at {} px", size.pixels().0);
        match window.axe().await.with_context(|| place.clone())? {
            Some(lines) => self.lines.extend(lines.into_iter().map(|line| format!("{place}: {line}"))),
            None => self.without_axe = true,
        }
        if let Err(wide) = window.fits_in_width(&place).await {
            self.lines.push(wide.to_string());
        }
        Ok(())
    }

    fn judge(self) {
        if self.without_axe {
            say("ICMC_AXE names no axe-core file, so only widths were looked at; `tests/run` installs it");
        }
        say(&format!("{} pages were looked at", self.pages));
        assert!(self.pages > 0 && self.lines.is_empty(), "{}", self.lines.join("\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_demo_is_accessible_and_fits() {
    let Some(driver) = Driver::start().await.unwrap() else { return };
    let demo = Demo::start().await.unwrap();
    let addresses = addresses(&demo.units[0]).await.unwrap();
    let mut findings = Findings::default();
    for size in Size::ALL {
        full(&driver, &demo, &addresses, size, &mut findings).await.unwrap();
    }
    demo.stop().await.unwrap();
    findings.judge();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_an_empty_unit_is_accessible_and_fits() {
    let Some(driver) = Driver::start().await.unwrap() else { return };
    let root = tempfile::tempdir().unwrap();
    let mut unit = Unit::init(root.path(), "An empty unit", "EM", true).await.unwrap();
    unit.start().await.unwrap();
    unit.accounts().await.unwrap();
    let mut findings = Findings::default();
    for size in Size::ALL {
        let window = Window::signed_in(&driver, &unit.access(), Options { size, ..Options::default() }).await.unwrap();
        for path in fixed() {
            window.go(path).await.unwrap();
            findings.look(&window, &format!("empty {path}"), size).await.unwrap();
        }
        window.close().await.unwrap();
    }
    unit.stop().await.unwrap();
    findings.judge();
}

/// Pages that need no id.
fn fixed() -> Vec<&'static str> {
    vec![
        paths::today(),
        paths::cases(),
        paths::search(),
        paths::new_case(),
        paths::shares(),
        paths::inbox(),
        paths::requests(),
        paths::directory(),
        paths::resources(),
        paths::alerts(),
        paths::digest(),
        paths::peers(),
        paths::own_unit(),
        paths::lost(),
        paths::audit(),
        paths::password(),
        paths::more(),
        paths::help(),
    ]
}

/// Pages about something: an own case with people, a received one, one waiting in the inbox, another unit.
async fn addresses(unit: &UnitAccess) -> Result<Vec<String>> {
    let api = Api::sign_in(unit).await?;
    let id = |value: &serde_json::Value| value["id"].as_str().map(str::to_owned).context("no id");
    let cases = api.get("/cases?owner=own").await?;
    let cases = cases["items"].as_array().context("a list")?.clone();
    let shared = cases.iter().find(|case| case["shared_with"] != 0).context("no shared case")?;
    let received = api.get("/cases?owner=received").await?;
    let own = id(shared)?;
    let case = api.get(&format!("/cases/{own}")).await?;
    let person = id(&case["people"][0])?;
    let peer = api.get("/peers").await?[0]["unit"].as_str().context("no peer")?.to_owned();
    let mut addresses = vec![
        paths::case(&own),
        paths::print_case(&own),
        paths::same(&own),
        format!("{}?said=saved", paths::same(&own)),
        paths::edit(&own, "case", &own),
        paths::edit(&own, "person", &person),
        paths::add(&own, "note"),
        paths::add(&own, "stage_entry"),
        paths::add_for(&own, "person_phone", &person),
        paths::case_step(&own, "team"),
        paths::share(&own),
        paths::words(&peer),
        paths::peer_step(&peer, "end"),
        paths::carry(&peer),
        format!("{}?stage=R1", paths::cases()),
        "/there-is-no-such-page".to_owned(),
        paths::case("00"),
        paths::ask(&own, &person),
    ];
    let given = api.get(&format!("/cases/{own}/shares")).await?;
    let given = given.as_array().context("a list")?.iter().find(|share| share["open"] == true).context("no open share")?.clone();
    addresses.extend([paths::who(&own), paths::given(id(&given)?), paths::revise(id(&given)?)]);
    if let Some(case) = received["items"].as_array().and_then(|cases| cases.first()) {
        addresses.push(paths::case(id(case)?));
    }
    let alerts = api.get("/alerts").await?;
    for alert in alerts["alerts"].as_array().context("a list")?.iter().take(2) {
        addresses.push(paths::room(id(alert)?));
    }
    let inbox = api.get("/inbox").await?;
    for item in inbox.as_array().context("a list")?.iter().filter(|item| item["waiting"] == true).take(1) {
        addresses.push(paths::preview(id(item)?));
    }
    Ok(addresses)
}

async fn full(driver: &Driver, demo: &Demo, addresses: &[String], size: Size, findings: &mut Findings) -> Result<()> {
    let unit = &demo.units[0];
    let options = Options { size, ..Options::default() };
    let start = Window::open(driver, "start page", &format!("http://127.0.0.1:{}", demo.port), options).await?;
    start.go("/").await?;
    findings.look(&start, "the demo's start page", size).await?;
    start.close().await?;

    let window = Window::open(driver, &unit.name, &unit.address, options).await?;
    window.go(paths::sign_in()).await?;
    findings.look(&window, "sign in", size).await?;
    window.page().fill("Sign-in name", "nobody").await?;
    window.page().fill("Password", "wrong").await?;
    window.page().click("Sign in").await?;
    window.sees("There is a problem").await?;
    findings.look(&window, "sign in, wrong", size).await?;
    window.sign_in(&unit.nodal).await?;
    for path in fixed().into_iter().map(str::to_owned).chain(addresses.iter().cloned()) {
        window.go(&path).await?;
        findings.look(&window, &path, size).await?;
    }
    let share = addresses.iter().find(|address| address.ends_with("/share")).context("no share page")?;
    forms(&window, findings, size, share).await?;
    window.close().await?;

    let window = Window::open(driver, &unit.name, &unit.address, options).await?;
    window.sign_in(&("admin".to_owned(), unit.nodal.1.replace("nodal", "admin"))).await?;
    for path in [paths::accounts(), paths::peers(), paths::audit(), paths::today()] {
        window.go(path).await?;
        findings.look(&window, &format!("administrator {path}"), size).await?;
    }
    window.close().await
}

/// Pages that come as the answer to a form.
async fn forms(window: &Window, findings: &mut Findings, size: Size, share: &str) -> Result<()> {
    window.go(paths::search()).await?;
    window.page().fill("Number, name, phone or identity paper", "Salma Khatun").await?;
    window.page().click("Search").await?;
    findings.look(window, "search, found", size).await?;

    window.go(paths::new_case()).await?;
    window.page().fill("Name", "Nobody Whatsoever").await?;
    window.page().click("Search").await?;
    findings.look(window, "new case, searched", size).await?;
    window.page().fill("Name", "Salma Khatun").await?;
    window.page().click("Search").await?;
    findings.look(window, "new case, somebody found", size).await?;
    window.page().click("None of these: create").await?;
    window.page().click("Add another suspect").await?;
    window.page().click("Add a leg of the route").await?;
    findings.look(window, "new case, form", size).await?;
    window.page().click("Save the case").await?;
    window.sees("There is a problem").await?;
    findings.look(window, "new case, wrong", size).await?;

    window.go(share).await?;
    window.page().click("Go on: what").await?;
    window.sees("There is a problem").await?;
    findings.look(window, "share, wrong", size).await?;
    window.page().tick("AHTU Guwahati").await?;
    window.page().tick("Referral").await?;
    window.page().click("Go on: what").await?;
    findings.look(window, "share, what", size).await?;
    window.page().click("Go on: terms").await?;
    findings.look(window, "share, terms", size).await?;
    window.page().click("Go on: check").await?;
    window.sees("Exactly what").await?;
    findings.look(window, "share, check", size).await?;

    window.page().click("Back").await?;
    window.sees("Until when").await?;
    window.page().click("Back").await?;
    window.sees("Who is named").await?;
    window.page().fill("Ground", "Consent of the person").await?;
    window.page().click("Go on: terms").await?;
    window.page().click("Go on: check").await?;
    window.sees("Nothing can be sent like this").await?;
    findings.look(window, "share, consent missing", size).await?;
    window.page().click("Record consent").await?;
    window.page().click("Save the consent and check again").await?;
    window.sees("There is a problem").await?;
    findings.look(window, "share, consent", size).await?;
    window.page().click("Leave it").await?;
    window.page().click("Decide in its place").await?;
    findings.look(window, "share, two persons", size).await
}
