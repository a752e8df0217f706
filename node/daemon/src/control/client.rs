//! A command's end: asks the running node through its socket; if none runs, opens the folder and does it here.
//! The socket is open to the folder's owner only, so no passphrase is asked for it.

use super::socket::{self, REPLY_MAX, REQUEST_MAX};
use super::{ControlReply, ControlRequest, handle};
use crate::cli::Folder;
use crate::config::Config;
use crate::{passphrase, unit};
use anyhow::{Context, Result, bail};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;
use tokio::net::UnixStream;
use tokio::time::timeout;

/// The longest that a running node may take; safety words are the slowest, some seconds on an old computer.
const PATIENCE: Duration = Duration::from_secs(60);
/// The same where a file of gigabytes may be written or read, on a slow stick.
const LONG_PATIENCE: Duration = Duration::from_secs(4 * 60 * 60);

/// Has it done. A refusal comes back as an error.
pub async fn ask(folder: &Folder, request: ControlRequest) -> Result<ControlReply> {
    // First, so that a folder without a node is told from a node that does not run.
    Config::load(&folder.data)?;
    let reply = match connect(&folder.data).await? {
        Some(mut stream) => over(&mut stream, &request).await?,
        None => here(folder, request).await?,
    };
    match reply {
        ControlReply::Refused(sentence) => bail!("{sentence}"),
        reply => Ok(reply),
    }
}

/// The running node's socket, if one runs. A socket that nobody answers was left behind; the next `run` replaces it.
async fn connect(dir: &Path) -> Result<Option<UnixStream>> {
    match UnixStream::connect(socket::path(dir)).await {
        Ok(stream) => Ok(Some(stream)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => Ok(None),
        Err(error) => Err(error).context("the running node cannot be reached"),
    }
}

async fn over(stream: &mut UnixStream, request: &ControlRequest) -> Result<ControlReply> {
    let asked = async {
        socket::write(stream, request, REQUEST_MAX).await?;
        socket::read(stream, REPLY_MAX).await
    };
    let long = matches!(request, ControlRequest::ExportDocuments { .. } | ControlRequest::ImportEnvelopes { .. });
    let patience = if long { LONG_PATIENCE } else { PATIENCE };
    timeout(patience, asked).await.context("the running node does not answer")?.context("the running node gave no answer")
}

/// Without network and pages: what has to travel waits for `run`.
async fn here(folder: &Folder, request: ControlRequest) -> Result<ControlReply> {
    let key = passphrase::open(folder)?;
    let unit = unit::open(&folder.data, &key).await?;
    let reply = handle(&unit, request).await;
    unit::close(unit, &folder.data).await;
    Ok(reply)
}
