//! The part of `handle` that is about carried files: reads and writes them where the person said.
//! What is in them is the service's business.

use super::{ControlReply, peers};
use anyhow::{Context, Result, bail};
use icmc_node::access::Actor;
use icmc_node::runtime::DocumentsOut;
use icmc_node::service::{Service, ServiceError, model};
use icmc_protocol::carried::{FILE_MAX, documents};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use tokio::fs::File as Streamed;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Bytes of a file of documents read at a time.
const PIECE: usize = 256 * 1024;

pub(super) async fn export(service: &Service, operator: &Actor, typed: &str, out: &Path) -> Result<ControlReply> {
    let peer = peers::find(service, operator, typed).await?;
    free(out)?;
    let made = service.export_envelopes(operator, peer.unit).await?;
    write(out, &made.file).with_context(|| format!("{} cannot be written", out.display()))?;
    Ok(ControlReply::Carried(made.sentence()))
}

pub(super) async fn export_documents(
    service: &Service,
    operator: &Actor,
    typed: &str,
    out: &Path,
    most: u64,
) -> Result<ControlReply> {
    let peer = peers::find(service, operator, typed).await?;
    free(out)?;
    let mut made = service.export_documents(operator, peer.unit, most).await?;
    let file = create(out).with_context(|| format!("{} cannot be written", out.display()))?;
    let written = stream_out(Streamed::from_std(file), &mut made).await;
    if written.is_err() {
        // It is ours and not whole.
        let _ = fs::remove_file(out);
    }
    written.with_context(|| format!("{} cannot be written", out.display()))?;
    Ok(ControlReply::Carried(model::made(&made)))
}

async fn stream_out(mut file: Streamed, made: &mut DocumentsOut) -> Result<()> {
    while let Some(bytes) = made.next().await.map_err(ServiceError::from)? {
        file.write_all(&bytes).await?;
    }
    file.flush().await?;
    Ok(file.sync_all().await?)
}

pub(super) async fn import(service: &Service, operator: &Actor, file: &Path) -> Result<ControlReply> {
    let mut begins = Vec::new();
    let unread = || format!("{} cannot be read", file.display());
    File::open(file).and_then(|file| file.take(16).read_to_end(&mut begins)).with_context(unread)?;
    let said = if documents::begins(&begins) {
        stream_in(service, operator, file).await
    } else {
        let bytes = read(file).with_context(unread)?;
        service.import_envelopes(operator, bytes).await.map(|taken| taken.sentence()).map_err(anyhow::Error::from)
    };
    Ok(ControlReply::Carried(said.with_context(|| format!("{} was not taken", file.display()))?))
}

async fn stream_in(service: &Service, operator: &Actor, file: &Path) -> Result<String> {
    let mut bringing = service.import_documents(operator).await?;
    let (mut file, mut piece) = (Streamed::open(file).await?, vec![0; PIECE]);
    loop {
        match file.read(&mut piece).await? {
            0 => return Ok(bringing.finish().await?.sentence()),
            length => bringing.push(&piece[..length]).await?,
        }
    }
}

/// Asked for before anything is audited as exported; made for good by [`create`].
fn free(out: &Path) -> Result<()> {
    if out.exists() {
        bail!("{} is there already: name a new file", out.display());
    }
    Ok(())
}

/// One byte more than is allowed is enough to be refused.
fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(FILE_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn create(out: &Path) -> std::io::Result<File> {
    File::options().write(true).create_new(true).mode(0o600).open(out)
}

/// A new file, whole or not at all.
fn write(out: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = create(out)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        // It is ours and not whole.
        let _ = fs::remove_file(out);
    }
    written
}
