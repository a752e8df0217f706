//! A unit set up in the browser, from an empty folder to signing in: every page looked at, nothing secret left lying about.
//! Single answers are tried beside the pages.

use anyhow::{Context, Result, ensure};
use icmc_tests::browser::{Driver, Options, Size, Window};
use icmc_tests::needles::Needles;
use icmc_tests::process::{Output, Process, executable};
use icmc_tests::{ports, say};
use icmc_web_ui::paths;
use std::path::Path;
use std::time::Duration;
use tokio::process::Command;

const READY: Duration = Duration::from_secs(60);
const PASSPHRASE: &str = "quorn glombard by the ghat";
const ADMIN: &str = "a wimpled zorgnat of tea";
const NODAL: &str = "the skrimbled kettle sings";
const PEOPLE: [&str; 2] = ["Zorvathi Kharbuli", "Perlicia Nongrumba"];

/// A node that waits to be set up.
struct Waiting {
    process: Process,
    output: Output,
    port: u16,
    token: String,
}

impl Waiting {
    async fn start(data: &Path, options: &[&str]) -> Result<Self> {
        let (port, output) = (ports::block()?, Output::default());
        let mut command = Command::new(executable()?);
        command.args(["run", "--http", &format!("127.0.0.1:{port}"), "--data"]).arg(data).args(options);
        command.env("ICMC_LOG", "debug").env_remove("CREDENTIALS_DIRECTORY");
        let mut process = Process::start("set-up", command, &output)?;
        let said = process.says("Ctrl-C ends it", READY).await?;
        ensure!(said.contains(&format!("http://127.0.0.1:{port}/set-up")), "no address: {said}");
        let token = said.lines().rfind(|line| line.starts_with("  ")).context("no token")?.trim().to_owned();
        Ok(Self { process, output, port, token })
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// Looks at each page as it is reached.
struct Looker<'a> {
    window: &'a Window,
    size: Size,
    pages: usize,
    with_axe: bool,
}

impl Looker<'_> {
    async fn look(&mut self, page: &str) -> Result<()> {
        let (width, place) = (self.size.pixels().0, format!("set-up, {page}"));
        match self.window.axe().await? {
            Some(lines) => ensure!(lines.is_empty(), "{place} at {width} px: {}", lines.join("\n")),
            None => self.with_axe = false,
        }
        self.window.fits_in_width(&place).await?;
        self.pages += 1;
        self.window.picture(&format!("set-up-{}-{page}-{width}", self.pages)).await
    }

    /// Sends a page empty or wrong, and looks at the complaint.
    async fn is_refused(&mut self, page: &str, button: &str) -> Result<()> {
        // The browser itself would not send what is required and empty.
        self.window.run("document.querySelector('main form').noValidate = true;", Vec::new()).await?;
        self.window.page().click(button).await?;
        self.window.sees("There is a problem").await?;
        self.look(&format!("{page}-wrong")).await
    }
}

/// From the door to the sign-in page. Gives the recovery key.
async fn walk(waiting: &Waiting, window: &Window, size: Size, backup: &Path, asks_passphrase: bool) -> Result<String> {
    let mut looker = Looker { window, size, pages: 0, with_axe: true };
    let page = window.page();
    window.go("/").await?;
    window.sees("Set up a new unit").await?;
    looker.look("door").await?;
    page.fill("Token", "AAAAA-AAAAA").await?;
    looker.is_refused("door", "Begin").await?;
    page.fill("Token", &waiting.token).await?;
    page.click("Begin").await?;

    window.sees("Page 1 of 7").await?;
    looker.look("language").await?;
    page.click("Continue").await?;

    window.sees("Page 2 of 7").await?;
    looker.is_refused("unit", "Continue").await?;
    page.fill("Name of the unit", "AHTU Testpur").await?;
    page.fill("Duty contact", "Duty officer, +91 364 000 0101").await?;
    page.fill("State or province", "Meghalaya").await?;
    page.fill("District", "East Khasi Hills").await?;
    looker.look("unit").await?;
    page.click("Continue").await?;

    window.sees("Page 3 of 7").await?;
    looker.is_refused("people", "Continue").await?;
    for (who, name, password) in [("administrator", PEOPLE[0], ADMIN), ("nodal officer", PEOPLE[1], NODAL)] {
        page.fill(&format!("Name of the {who}"), name).await?;
        page.fill(&format!("Password of the {who}"), password).await?;
        page.fill(&format!("Password of the {who}, once more"), password).await?;
    }
    looker.look("people").await?;
    page.click("Continue").await?;

    window.sees("Page 4 of 7").await?;
    if asks_passphrase {
        looker.is_refused("key", "Show the recovery key").await?;
        page.fill("Passphrase of the node", PASSPHRASE).await?;
        page.fill("Passphrase of the node, once more", PASSPHRASE).await?;
    }
    looker.look("key").await?;
    page.click("Show the recovery key").await?;
    window.sees("Recovery key of AHTU Testpur").await?;
    looker.look("recovery").await?;
    let shown = window.text().await?;
    let key =
        shown.split("icmc-recovery-1:").nth(1).and_then(|rest| rest.split_whitespace().next()).context("no recovery key")?;
    page.click("It is on paper: go on").await?;
    window.sees("Page 4 of 7").await?;
    looker.is_refused("paper", "Continue").await?;
    let asked = window.text().await?;
    for part in asked.split("Group ").skip(1).filter(|part| part.contains("of the recovery key")) {
        let number: usize = part.split(' ').next().unwrap_or_default().parse()?;
        let group = key.split('-').nth(number - 1).context("no such group")?;
        page.fill(&format!("Group {number} of the recovery key"), group).await?;
    }
    page.tick("The recovery key is on paper").await?;
    page.click("Continue").await?;

    window.sees("Page 5 of 7").await?;
    page.fill("Folder for backups", "/nowhere/at/all").await?;
    looker.is_refused("backup", "Continue").await?;
    page.fill("Folder for backups", backup.to_str().context("a plain path")?).await?;
    page.click("Back").await?;
    window.sees("was checked").await?;
    looker.look("key-checked").await?;
    page.click("Continue").await?;
    looker.look("backup").await?;
    page.click("Continue").await?;

    window.sees("Page 6 of 7").await?;
    window.sees("icmc-unit-1:").await?;
    let drawn = window.run("return document.querySelector('img.qr').naturalWidth;", Vec::new()).await?;
    ensure!(drawn.as_u64() > Some(100), "the QR code is not shown: {drawn}");
    page.fill("Address of this computer", &format!("127.0.0.1:{}", waiting.port + 1)).await?;
    looker.look("federation").await?;
    page.click("Continue").await?;

    window.sees("Page 7 of 7").await?;
    looker.look("summary").await?;
    page.click("Start").await?;
    window.sees("The unit is set up.").await?;
    looker.look("sign-in").await?;
    if !looker.with_axe {
        say("ICMC_AXE names no axe-core file, so only widths were looked at; `tests/run` installs it");
    }
    say(&format!("{} states of the set-up were looked at", looker.pages));
    Ok(key.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_is_set_up_in_the_browser_and_signed_in_to() {
    let Some(driver) = Driver::start().await.unwrap() else { return };
    let root = tempfile::tempdir().unwrap();
    let (data, backup) = (root.path().join("data"), root.path().join("backup"));
    std::fs::create_dir(&backup).unwrap();
    let mut waiting = Waiting::start(&data, &[]).await.unwrap();
    let window = Window::open(&driver, "set-up", &waiting.address(), Options::default()).await.unwrap();
    let key = walk(&waiting, &window, Size::Desk, &backup, true).await.unwrap();
    waiting.process.says("ICMC is running at ", READY).await.unwrap();
    window.sign_in(&("nodal".to_owned(), NODAL.to_owned())).await.unwrap();
    window.sees(PEOPLE[1]).await.unwrap();
    for path in [paths::set_up(), "/set-up/key", paths::set_up_picture()] {
        let gone = reqwest::get(format!("{}{path}", waiting.address())).await.unwrap();
        assert_eq!(gone.status().as_u16(), 404, "{path} is still there");
    }
    window.close().await.unwrap();

    // A second set-up there is refused: the folder opens with its passphrase only.
    let mut again = Command::new(executable().unwrap());
    again.args(["run", "--data"]).arg(&data).stdin(std::process::Stdio::null()).env_remove("CREDENTIALS_DIRECTORY");
    let again = again.output().await.unwrap();
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("no passphrase"), "{again:?}");
    assert!(waiting.process.stop("TERM").await.unwrap().success());

    let said = waiting.output.bytes();
    assert_eq!(String::from_utf8_lossy(&said).matches(&waiting.token).count(), 1, "the token is shown once and not logged");
    let groups: Vec<&str> = key.split('-').filter(|group| group.len() == 4).collect();
    let pairs: Vec<String> = groups.chunks_exact(2).map(|pair| pair.concat()).chain([key.clone()]).collect();
    let secret: Vec<&str> =
        [PASSPHRASE, ADMIN, NODAL].into_iter().chain(PEOPLE).chain(pairs.iter().map(String::as_str)).collect();
    let needles = Needles::new(&secret).unwrap();
    assert_eq!(needles.search("what the node said", &said), []);
    assert_eq!(needles.search_files(root.path()).unwrap(), []);
    let config = std::fs::read_to_string(data.join("config.toml")).unwrap();
    assert!(config.contains(backup.to_str().unwrap()) && config.contains("language = \"en\""), "{config}");
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 2, "nothing is left beside the data folder");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_set_up_leaves_nothing_and_begins_anew_on_a_telephone() {
    let Some(driver) = Driver::start().await.unwrap() else { return };
    let root = tempfile::tempdir().unwrap();
    let (data, backup) = (root.path().join("data"), root.path().join("backup"));
    std::fs::create_dir(&backup).unwrap();
    let key_file = root.path().join("key");
    let options = ["--key-file", key_file.to_str().unwrap()];
    let first = Waiting::start(&data, &options).await.unwrap();
    let size = Options { size: Size::Phone, ..Options::default() };
    let window = Window::open(&driver, "interrupted", &first.address(), size).await.unwrap();
    window.go("/").await.unwrap();
    window.page().fill("Token", &first.token).await.unwrap();
    window.page().click("Begin").await.unwrap();
    window.page().click("Continue").await.unwrap();
    window.sees("Page 2 of 7").await.unwrap();
    first.process.kill().await.unwrap();
    window.close().await.unwrap();
    assert!(!data.exists() && !key_file.exists());

    let mut second = Waiting::start(&data, &options).await.unwrap();
    assert_ne!(first.token, second.token);
    let window = Window::open(&driver, "anew", &second.address(), size).await.unwrap();
    walk(&second, &window, Size::Phone, &backup, false).await.unwrap();
    second.process.says("ICMC is running at ", READY).await.unwrap();
    window.sign_in(&("admin".to_owned(), ADMIN.to_owned())).await.unwrap();
    window.close().await.unwrap();
    assert!(second.process.stop("INT").await.unwrap().success());
    assert!(key_file.exists());
}
