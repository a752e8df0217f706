//! One process with all that it says: waits for a line, ends it in the orderly way, or kills it.
//! Knows nothing of units; a process that is forgotten is killed.

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::timeout;

/// Longest wait for a process to end.
const ENDING: Duration = Duration::from_secs(20);

/// Everything that one or several processes wrote to standard output and standard error.
#[derive(Debug, Clone)]
pub struct Output(Arc<watch::Sender<Vec<u8>>>);

impl Default for Output {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Vec::new())))
    }
}

impl Output {
    /// So far.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.0.borrow().clone()
    }

    fn add(&self, bytes: &[u8]) {
        self.0.send_modify(|all| all.extend_from_slice(bytes));
    }
}

/// A running process.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    output: Output,
    /// Where its own part of the output begins.
    from: usize,
}

impl Process {
    /// Starts it.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(name: &str, mut command: Command, output: &Output) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("{name} cannot be started"))?;
        let from = output.0.borrow().len();
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(listen(stdout, output.clone()));
        }
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(listen(stderr, output.clone()));
        }
        Ok(Self { name: name.to_owned(), child, output: output.clone(), from })
    }

    /// Its id.
    ///
    /// # Errors
    /// If it has ended.
    pub fn id(&self) -> Result<u32> {
        self.child.id().with_context(|| format!("{} has ended", self.name))
    }

    /// Waits until it has said `what`, and gives all that it said so far.
    ///
    /// # Errors
    /// If it ends before, or does not say it in time.
    pub async fn says(&mut self, what: &str, patience: Duration) -> Result<String> {
        let mut heard = self.output.0.subscribe();
        let from = self.from;
        let said = heard.wait_for(|all| text(all, from).contains(what));
        let said = tokio::select! {
            said = timeout(patience, said) => said,
            status = self.child.wait() => {
                bail!("{} ended ({}) before it said {what:?}; it said: {}", self.name, status?, text(&self.output.bytes(), from))
            }
        };
        match said {
            Ok(all) => Ok(text(&all?, from)),
            Err(_) => bail!(
                "{} did not say {what:?} within {} s; it said: {}",
                self.name,
                patience.as_secs(),
                text(&self.output.bytes(), from)
            ),
        }
    }

    /// Asks it to end, by `TERM` or, as Ctrl-C does, by `INT`, and waits.
    ///
    /// # Errors
    /// If it does not end in time.
    pub async fn stop(mut self, signal: &str) -> Result<ExitStatus> {
        let id = self.id()?;
        let asked = Command::new("sh").args(["-c", &format!("kill -{signal} {id}")]).status().await?;
        if !asked.success() {
            bail!("{} could not be asked to end", self.name);
        }
        let ended = timeout(ENDING, self.child.wait()).await;
        Ok(ended.with_context(|| format!("{} did not end within {} s", self.name, ENDING.as_secs()))??)
    }

    /// Kills it (SIGKILL) and waits until it is gone.
    ///
    /// # Errors
    /// If it cannot be killed.
    pub async fn kill(mut self) -> Result<()> {
        self.child.kill().await.with_context(|| format!("{} cannot be killed", self.name))
    }
}

fn text(all: &[u8], from: usize) -> String {
    String::from_utf8_lossy(&all[from..]).into_owned()
}

async fn listen(mut from: impl AsyncRead + Unpin, output: Output) {
    let mut part = vec![0; 8192];
    while let Ok(read @ 1..) = from.read(&mut part).await {
        output.add(&part[..read]);
    }
}

/// The executable under test: `ICMC_BIN`, else the one that the workspace's build left beside this test program.
///
/// # Errors
/// If it was not built.
pub fn executable() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("ICMC_BIN") {
        return Ok(named.into());
    }
    let file = build_folder()?.join("icmc");
    if !file.exists() {
        bail!("{} is not there: run `cargo build --workspace` first, or `tests/run`", file.display());
    }
    Ok(file)
}

/// A folder for what tests leave for people to look at, where cargo keeps such files: `tmp` in the target folder.
///
/// # Errors
/// If it cannot be made.
pub fn folder_for(what: &str) -> Result<PathBuf> {
    let folder = build_folder()?.parent().context("the build folder is in no target folder")?.join("tmp").join(what);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Where the build left the executables: above the folder `deps` with this test program.
fn build_folder() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    Ok(own.parent().and_then(|deps| deps.parent()).context("this program is in no build folder")?.to_owned())
}
