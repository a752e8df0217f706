//! One unit: its folder, key file, ports, accounts and, while it runs, its process.
//! Everything goes through the executable, as a person at a terminal would have it.

use crate::figures::is_measuring;
use crate::process::{Output, Process, executable};
use crate::{ports, units::commands};
use anyhow::{Context, Result, ensure};
use icmc::story::{Api, UnitAccess};
use reqwest::Method;
use serde_json::json;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::process::Command;

/// Longest wait for a node to be ready.
const READY: Duration = Duration::from_secs(60);

/// Where a unit lives: this computer itself, or a network of its own on it.
#[derive(Debug, Clone)]
pub struct Place {
    /// The network namespace, if it has one.
    pub namespace: Option<String>,
    /// Where other units reach it.
    pub addresses: Vec<Ipv4Addr>,
    /// Where this computer reaches its pages.
    pub pages: Ipv4Addr,
    /// Behind a link: the others are told the port [`Unit::outside`], and not the one that it listens on.
    pub behind: bool,
}

impl Default for Place {
    fn default() -> Self {
        Self { namespace: None, addresses: vec![Ipv4Addr::LOCALHOST], pages: Ipv4Addr::LOCALHOST, behind: false }
    }
}

/// One unit of the tests. Its people are invented.
#[derive(Debug)]
pub struct Unit {
    /// Its name.
    pub name: String,
    /// Its data folder.
    pub dir: PathBuf,
    /// What opens it.
    pub key_file: PathBuf,
    /// Port of its pages.
    pub http: u16,
    /// Port of its network.
    pub net: u16,
    /// The recovery key, as on its paper.
    pub paper: String,
    /// Everything that its processes and commands said.
    pub output: Output,
    place: Place,
    admin: (String, String),
    nodal: (String, String),
    reader: (String, String),
    process: Option<Process>,
}

impl Unit {
    /// Sets it up below `root` with `icmc init`, as the founder of a federation or to be invited.
    ///
    /// # Errors
    /// If `icmc init` fails.
    pub async fn init(root: &Path, name: &str, prefix: &str, founder: bool) -> Result<Self> {
        Self::init_at(Place::default(), root, name, prefix, founder).await
    }

    /// The same at a place of its own.
    ///
    /// # Errors
    /// If `icmc init` fails.
    pub async fn init_at(place: Place, root: &Path, name: &str, prefix: &str, founder: bool) -> Result<Self> {
        let port = ports::block()?;
        let account = |sign_in: &str| (sign_in.to_owned(), String::new());
        let mut unit = Self {
            name: name.to_owned(),
            dir: root.join(prefix),
            key_file: root.join(prefix).with_extension("key"),
            http: port,
            net: port + 1,
            paper: String::new(),
            output: Output::default(),
            place,
            admin: account("admin"),
            nodal: account("nodal"),
            reader: account("reader"),
            process: None,
        };
        let http = format!("{}:{}", unit.place.pages, unit.http);
        let told = if unit.place.behind { unit.outside() } else { unit.net };
        let on = |port: u16| unit.place.addresses.iter().map(move |ip| format!("/ip4/{ip}/tcp/{port}")).collect();
        let (addresses, listen): (Vec<String>, Vec<String>) = (on(told), on(unit.net));
        let mut args = vec![
            "init",
            if founder { "--found" } else { "--name" },
            name,
            "--prefix",
            prefix,
            "--duty-contact",
            "Duty officer, +91 000 000 0000",
            "--jurisdiction",
            "An invented district",
            "--http",
            &http,
        ];
        args.extend(addresses.iter().flat_map(|address| ["--address", address.as_str()]));
        args.extend(listen.iter().flat_map(|address| ["--listen", address.as_str()]));
        let told = unit.command(&args).await?;
        unit.admin.1 = commands::password(&told, "admin")?;
        unit.nodal.1 = commands::password(&told, "nodal")?;
        unit.paper = commands::recovery(&told)?;
        Ok(unit)
    }

    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// If it does not get ready.
    pub async fn start(&mut self) -> Result<()> {
        ensure!(self.process.is_none(), "{} is running", self.name);
        let mut process = Process::start(&self.name, self.prepared(&["run"])?, &self.output)?;
        process.says("ICMC is running at ", READY).await?;
        self.process = Some(process);
        Ok(())
    }

    /// Ends it in the orderly way, which must succeed.
    ///
    /// # Errors
    /// If it does not, or ends with an error.
    pub async fn stop(&mut self) -> Result<()> {
        let process = self.process.take().with_context(|| format!("{} does not run", self.name))?;
        let status = process.stop("TERM").await?;
        ensure!(status.success(), "{} ended with {status}", self.name);
        Ok(())
    }

    /// Kills it, as a power cut would.
    ///
    /// # Errors
    /// If it does not run.
    pub async fn kill(&mut self) -> Result<()> {
        self.process.take().with_context(|| format!("{} does not run", self.name))?.kill().await
    }

    /// Copies its folder, as a backup would. It must not run.
    ///
    /// # Errors
    /// If it cannot be copied.
    pub fn copied(&self, name: &str) -> Result<PathBuf> {
        ensure!(self.process.is_none(), "{} is running", self.name);
        let copy = self.dir.with_extension(name);
        copy_folder(&self.dir, &copy)?;
        Ok(copy)
    }

    /// Puts a copy in the place of its folder and marks it as restored, and its key as lost if it is. It must not run.
    ///
    /// # Errors
    /// If that fails.
    pub async fn put_back(&self, copy: &Path, lost: bool) -> Result<()> {
        ensure!(self.process.is_none(), "{} is running", self.name);
        std::fs::remove_dir_all(&self.dir)?;
        std::fs::rename(copy, &self.dir)?;
        let lost = lost.then_some("--lost");
        self.command(&["mark-restored"].into_iter().chain(lost).collect::<Vec<_>>()).await.map(drop)
    }

    /// First sign-ins: the nodal officer and the administrator choose their passwords, and a read-only account is added. The unit must run.
    ///
    /// # Errors
    /// If the unit refuses.
    pub async fn accounts(&mut self) -> Result<()> {
        let told = self.command(&["users", "add", "reader", "--name", "Front desk", "--role", "read-only"]).await?;
        self.reader.1 = commands::password_line(&told)?;
        let access = self.access();
        for who in [&mut self.admin, &mut self.nodal, &mut self.reader] {
            let chosen = format!("a long enough password for {}", who.0);
            let api = Api::sign_in_as(&access, who).await?;
            let body = json!({ "current": who.1, "new": chosen });
            let (status, answer) = api.ask(Method::POST, "/me/password", Some(body)).await?;
            ensure!(status.is_success(), "{} could not choose a password: {status} {answer}", who.0);
            who.1 = chosen;
        }
        Ok(())
    }

    /// Runs `icmc ARGS` on its folder and gives what it printed.
    ///
    /// # Errors
    /// If it fails; with what it complained about.
    pub async fn command(&self, args: &[&str]) -> Result<String> {
        let done = self.prepared(args)?.output().await?;
        let (out, complaint) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        ensure!(done.status.success(), "{}: icmc {} failed ({}): {complaint}", self.name, args[0], done.status);
        Ok(out.into_owned())
    }

    /// How to reach it and who signs in there.
    #[must_use]
    pub fn access(&self) -> UnitAccess {
        UnitAccess {
            name: self.name.clone(),
            address: format!("http://{}:{}", self.place.pages, self.http),
            nodal: self.nodal.clone(),
            reader: self.reader.clone(),
        }
    }

    /// The administrator's sign-in name and password.
    #[must_use]
    pub fn administrator(&self) -> (String, String) {
        self.admin.clone()
    }

    /// The port of a link in front of its network.
    #[must_use]
    pub const fn outside(&self) -> u16 {
        self.net + 1
    }

    /// The id of its process.
    ///
    /// # Errors
    /// If it does not run.
    pub fn process_id(&self) -> Result<u32> {
        self.process.as_ref().with_context(|| format!("{} does not run", self.name))?.id()
    }

    fn prepared(&self, args: &[&str]) -> Result<Command> {
        let mut command = match &self.place.namespace {
            Some(namespace) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", namespace]).arg(executable()?);
                command
            }
            None => Command::new(executable()?),
        };
        command.args(args).arg("--data").arg(&self.dir).arg("--key-file").arg(&self.key_file);
        // All that the libraries would ever log is searched, not only what is logged by default. What is measured logs as it ships.
        command.env("ICMC_LOG", if is_measuring() { "warn" } else { "debug" }).kill_on_drop(true);
        Ok(command)
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_folder(&path, &target)?;
        } else if entry.file_type()?.is_file() {
            std::fs::copy(&path, &target)?;
        }
    }
    Ok(())
}
