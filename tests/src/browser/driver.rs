//! The driver process that windows are opened through.
//! One for each test; it ends with the test.

use crate::process::{Output, Process};
use crate::say;
use anyhow::{Context, Result, bail};
use std::time::Duration;
use tokio::process::Command;

const READY: Duration = Duration::from_secs(30);
/// What the driver says when it is ready, before its port.
const STARTED: &str = "was started successfully on port ";

/// A running driver.
#[derive(Debug)]
pub struct Driver {
    pub(super) address: String,
    _process: Process,
}

impl Driver {
    /// Starts one; none, with a line that says so, if there is no driver and none is required.
    ///
    /// # Errors
    /// If it is required and missing, or does not start.
    pub async fn start() -> Result<Option<Self>> {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0");
        let mut process = match Process::start("chromedriver", command, &Output::default()) {
            Ok(process) => process,
            Err(error) if std::env::var_os("ICMC_BROWSER").is_some_and(|wish| wish == "required") => {
                return Err(error.context("the browser tests are required; `tests/run` installs what they need"));
            }
            Err(_) => {
                say("skipped: chromedriver is not installed, so nothing was tried in a browser; `tests/run` installs it");
                return Ok(None);
            }
        };
        let said = process.says(STARTED, READY).await?;
        let digits: String = said.split(STARTED).nth(1).context("no port")?.chars().take_while(char::is_ascii_digit).collect();
        if digits.is_empty() {
            bail!("the driver said no port: {said}");
        }
        Ok(Some(Self { address: format!("http://127.0.0.1:{digits}"), _process: process }))
    }
}
