//! The part of `handle` that is about files of envelopes: reads and writes them where the person said.
//! What is in them is the service's business.

use super::{ControlReply, peers};
use anyhow::{Context, Result, bail};
use icmc_node::access::Actor;
use icmc_node::service::Service;
use icmc_protocol::carried::FILE_MAX;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

pub(super) async fn export(service: &Service, operator: &Actor, typed: &str, out: &Path) -> Result<ControlReply> {
    let peer = peers::find(service, operator, typed).await?;
    // Asked for before anything is audited as exported; made for good below.
    if out.exists() {
        bail!("{} is there already: name a new file", out.display());
    }
    let made = service.export_envelopes(operator, peer.unit).await?;
    write(out, &made.file).with_context(|| format!("{} cannot be written", out.display()))?;
    Ok(ControlReply::Carried(made.sentence()))
}

pub(super) async fn import(service: &Service, operator: &Actor, file: &Path) -> Result<ControlReply> {
    let bytes = read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let taken = service.import_envelopes(operator, bytes).await;
    Ok(ControlReply::Carried(taken.with_context(|| format!("{} was not taken", file.display()))?.sentence()))
}

/// One byte more than is allowed is enough to be refused.
fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(FILE_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A new file, whole or not at all.
fn write(out: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(out)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        // It is ours and not whole.
        let _ = fs::remove_file(out);
    }
    written
}
