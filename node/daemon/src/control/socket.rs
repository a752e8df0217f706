//! The node's end of the socket: `control.sock` in the data folder, for the folder's owner only.
//! One request at a time; what it means is in `handle`.

use super::{ControlReply, ControlRequest, handle};
use anyhow::{Context, Result, bail};
use icmc_node::service::Service;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Most bytes of a request.
pub(super) const REQUEST_MAX: u64 = 64 * 1024;
/// Most bytes of a reply: all accounts, or all units of a federation.
pub(super) const REPLY_MAX: u64 = 512 * 1024;
/// A command that says nothing for so long is forgotten.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the socket of a data folder is.
pub(super) fn path(dir: &Path) -> PathBuf {
    dir.join("control.sock")
}

/// The open socket of a running node.
#[derive(Debug)]
pub struct Control {
    path: PathBuf,
    task: JoinHandle<()>,
}

impl Control {
    /// Listens. The caller holds the folder's lock, so a socket that is there already was left behind by a node that broke.
    pub fn start(dir: &Path, service: Service) -> Result<Self> {
        let path = path(dir);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("the old socket {} cannot be removed", path.display()));
            }
            _ => {}
        }
        let listener = UnixListener::bind(&path).with_context(|| {
            format!("the socket {} cannot be made: choose a data folder with a shorter path, on a local disk", path.display())
        })?;
        fs::set_permissions(&path, Permissions::from_mode(0o600)).context("the socket cannot be closed to others")?;
        let task = tokio::spawn(serve(listener, service));
        Ok(Self { path, task })
    }

    /// Closes it.
    pub async fn stop(self) {
        self.task.abort();
        // Aborted is what it is meant to be.
        let _ = self.task.await;
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(%error, "the socket was gone already");
        }
    }
}

async fn serve(listener: UnixListener, service: Service) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                if let Err(error) = answer(stream, &service).await {
                    tracing::debug!(%error, "a command went away before it had its answer");
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a command could not be heard");
                tokio::time::sleep(PATIENCE).await;
            }
        }
    }
}

async fn answer(mut stream: UnixStream, service: &Service) -> Result<()> {
    let request = timeout(PATIENCE, read::<ControlRequest>(&mut stream, REQUEST_MAX)).await.context("nothing was asked")?;
    let reply = match request {
        Ok(request) => handle(service, request).await,
        Err(_) => ControlReply::Refused("this node runs another version of icmc: stop it and start it again".to_owned()),
    };
    timeout(PATIENCE, write(&mut stream, &reply, REPLY_MAX)).await.context("the answer was not taken")?
}

/// One line of JSON.
pub(super) async fn read<T: DeserializeOwned>(stream: &mut UnixStream, most: u64) -> Result<T> {
    let mut line = Vec::new();
    BufReader::new(stream.take(most)).read_until(b'\n', &mut line).await.context("the socket broke")?;
    if line.pop() != Some(b'\n') {
        bail!("the line is too long, or was cut");
    }
    serde_json::from_slice(&line).context("the line is not as expected")
}

/// One line of JSON.
pub(super) async fn write<T: Serialize>(stream: &mut UnixStream, value: &T, most: u64) -> Result<()> {
    let mut line = serde_json::to_vec(value).context("the line cannot be written")?;
    line.push(b'\n');
    if line.len() as u64 > most {
        bail!("what was typed is too long");
    }
    stream.write_all(&line).await.context("the socket broke")
}
