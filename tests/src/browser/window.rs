//! A browser window with a fresh profile: goes to pages, signs in, runs scripts.
//! Filling in and clicking is in `part`, what it looks at in `seeing`.

use super::Driver;
use anyhow::{Context, Result, bail};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use icmc::story::UnitAccess;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// Longest wait for something on a page.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// Pause between two looks.
pub(super) const PAUSE: Duration = Duration::from_millis(50);

const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
];

/// The two sizes that pages are looked at in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// 360 × 740
    Phone,
    /// 1366 × 768
    Desk,
}

impl Size {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Phone, Self::Desk];

    /// Width and height in CSS pixels.
    #[must_use]
    pub const fn pixels(self) -> (u32, u32) {
        match self {
            Self::Phone => (360, 740),
            Self::Desk => (1366, 768),
        }
    }
}

/// How a window is opened.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How large.
    pub size: Size,
    /// Whether pages may run scripts.
    pub scripts: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { size: Size::Desk, scripts: true }
    }
}

/// A window at one unit's pages.
#[derive(Debug)]
pub struct Window {
    pub(super) client: Client,
    /// Who looks at it, for pictures and messages.
    pub(super) name: String,
    base: String,
    profile: TempDir,
}

impl Window {
    /// Opens one.
    ///
    /// # Errors
    /// If the browser does not start.
    pub async fn open(driver: &Driver, name: &str, address: &str, options: Options) -> Result<Self> {
        let profile = tempfile::Builder::new().prefix("icmc-browser-").tempdir()?;
        let capabilities = capabilities(profile.path().to_str().context("a plain path")?, options);
        let Value::Object(capabilities) = capabilities else { bail!("capabilities are an object") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver.address)
            .await
            .context("the browser does not start")?;
        Ok(Self { client, name: name.to_owned(), base: address.trim_end_matches('/').to_owned(), profile })
    }

    /// Opens one and signs in.
    ///
    /// # Errors
    /// If the browser does not start, or the unit refuses.
    pub async fn signed_in(driver: &Driver, unit: &UnitAccess, options: Options) -> Result<Self> {
        let window = Self::open(driver, &unit.name, &unit.address, options).await?;
        window.sign_in(&unit.nodal).await?;
        Ok(window)
    }

    /// Signs in by the form.
    ///
    /// # Errors
    /// If the unit refuses.
    pub async fn sign_in(&self, who: &(String, String)) -> Result<()> {
        self.go(icmc_web_ui::paths::sign_in()).await?;
        self.page().fill("Sign-in name", &who.0).await?;
        self.page().fill("Password", &who.1).await?;
        self.page().click("Sign in").await?;
        self.sees("Sign out").await
    }

    /// Goes to a page of the unit.
    ///
    /// # Errors
    /// If the browser fails.
    pub async fn go(&self, path: &str) -> Result<()> {
        self.client.goto(&format!("{}{path}", self.base)).await.with_context(|| format!("{} at {path}", self.name))
    }

    /// The address of the page, without the unit's own part.
    ///
    /// # Errors
    /// If the browser fails.
    pub async fn path(&self) -> Result<String> {
        let address = self.client.current_url().await?.to_string();
        Ok(address.strip_prefix(&self.base).unwrap_or(&address).to_owned())
    }

    /// The file that was downloaded under a name that begins so, moved out of the browser's folder, once it is whole.
    ///
    /// # Errors
    /// If none arrives in time.
    pub async fn downloaded(&self, begins: &str, to: &Path) -> Result<()> {
        let last = tokio::time::Instant::now() + PATIENCE;
        loop {
            let files = std::fs::read_dir(downloads(self.profile.path())).into_iter().flatten().flatten();
            let names: Vec<PathBuf> = files.map(|file| file.path()).collect();
            // Until it is whole it has another name beside its own.
            let whole = !names.iter().any(|file| file.extension().is_some_and(|end| end == "crdownload" || end == "tmp"));
            let named = |file: &&PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(begins));
            if let Some(file) = names.iter().find(named).filter(|_| whole) {
                std::fs::copy(file, to)?;
                return Ok(std::fs::remove_file(file)?);
            }
            if tokio::time::Instant::now() > last {
                bail!("{}: no file {begins}… was downloaded; the page says: {}", self.name, self.text().await?);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Runs a script in the page and gives its result.
    ///
    /// # Errors
    /// If it fails.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute(script, arguments).await?)
    }

    /// Ends the browser.
    ///
    /// # Errors
    /// If the driver fails.
    pub async fn close(self) -> Result<()> {
        Ok(self.client.clone().close().await?)
    }
}

/// Where the browser of a profile keeps what it downloads.
fn downloads(profile: &Path) -> PathBuf {
    profile.join("icmc-downloads")
}

fn capabilities(profile: &str, options: Options) -> Value {
    let (width, height) = options.size.pixels();
    let mut arguments: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
    arguments.push(format!("--user-data-dir={profile}"));
    arguments.push(format!("--window-size={width},{height}"));
    let mut chrome = json!({ "args": arguments });
    if options.size == Size::Phone {
        // A window cannot be made this narrow; the page is told that it is. Not "mobile", which would widen a page that is too wide.
        chrome["mobileEmulation"] =
            json!({ "deviceMetrics": { "width": width, "height": height, "pixelRatio": 1.0, "mobile": false, "touch": false } });
    }
    let downloads = downloads(Path::new(profile));
    chrome["prefs"] = json!({ "download.default_directory": downloads, "download.prompt_for_download": false });
    if !options.scripts {
        chrome["prefs"]["profile.managed_default_content_settings.javascript"] = json!(2);
    }
    json!({ "browserName": "chrome", "goog:chromeOptions": chrome })
}
