//! `icmc demo` as a process: three units with their invented cases, on ports of their own.
//! The password of each account is read from the start page, as a newcomer would.

use crate::ports;
use crate::process::{Output, Process, executable};
use anyhow::{Context, Result, ensure};
use icmc::story::UnitAccess;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;

/// Longest wait for a demo to be ready: it enters sixty cases.
const READY: Duration = Duration::from_secs(180);

/// A running demo. Its data goes with this.
#[derive(Debug)]
pub struct Demo {
    /// The three units, Shillong first.
    pub units: [UnitAccess; 3],
    /// Port of the start page.
    pub port: u16,
    process: Process,
    data: TempDir,
}

impl Demo {
    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// If it does not get ready.
    pub async fn start() -> Result<Self> {
        let port = ports::block()?;
        let data = tempfile::Builder::new().prefix("icmc-").tempdir()?;
        let mut command = Command::new(executable()?);
        command.args(["demo", "--port", &port.to_string(), "--data"]).arg(data.path());
        let mut process = Process::start("the demo", command, &Output::default())?;
        process.says("The demo is ready", READY).await?;
        let page = reqwest::get(format!("http://127.0.0.1:{port}/")).await?.text().await?;
        let units = [unit(&page, "shillong", port + 1)?, unit(&page, "guwahati", port + 2)?, unit(&page, "kathmandu", port + 3)?];
        Ok(Self { units, port, process, data })
    }

    /// Where its data is.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// The id of its process.
    ///
    /// # Errors
    /// If it has ended.
    pub fn process_id(&self) -> Result<u32> {
        self.process.id()
    }

    /// Ends it as Ctrl-C does, which must succeed.
    ///
    /// # Errors
    /// If it does not.
    pub async fn stop(self) -> Result<()> {
        let status = self.process.stop("INT").await?;
        ensure!(status.success(), "the demo ended with {status}");
        Ok(())
    }
}

/// Names differ from unit to unit; passwords are made from its key.
fn unit(page: &str, key: &str, port: u16) -> Result<UnitAccess> {
    let account = |sign_in: &str| -> Result<(String, String)> {
        let password = format!("demo-{key}-{sign_in}-2026");
        ensure!(page.contains(&password), "the start page does not show how {sign_in} signs in at {key}");
        Ok((sign_in.to_owned(), password))
    };
    let name = ["AHTU Shillong", "AHTU Guwahati", "Maiti Sathi Kathmandu"]
        .into_iter()
        .find(|name| name.to_lowercase().contains(key))
        .context("no such unit")?;
    ensure!(page.contains(name), "the start page does not show {name}");
    Ok(UnitAccess {
        name: name.to_owned(),
        address: format!("http://127.0.0.1:{port}"),
        nodal: account("nodal")?,
        reader: account("reader")?,
    })
}
