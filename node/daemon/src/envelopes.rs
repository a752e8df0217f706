//! `icmc envelopes`: carries envelopes and documents to another unit in files, and takes its file.
//! Not how that is done: see `control`.

use crate::cli::{EnvelopesCommand, Folder};
use crate::control::{ControlReply, ControlRequest, ask};
use crate::output::say;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// Carries the command out.
pub async fn run(folder: &Folder, command: EnvelopesCommand) -> Result<()> {
    let request = match command {
        EnvelopesCommand::Export { to, out, documents: false, .. } => {
            ControlRequest::ExportEnvelopes { unit: to, out: in_full(&out)? }
        }
        EnvelopesCommand::Export { to, out, documents: true, most } => {
            ControlRequest::ExportDocuments { unit: to, out: in_full(&out)?, most: most * 1024 * 1024 }
        }
        EnvelopesCommand::Import { file } => ControlRequest::ImportEnvelopes { file: in_full(&file)? },
    };
    match ask(folder, request).await? {
        ControlReply::Carried(sentence) => say(sentence),
        _ => bail!("the node answered something else"),
    }
}

/// The running node may have been started in another folder.
fn in_full(file: &Path) -> Result<PathBuf> {
    std::path::absolute(file).with_context(|| format!("{} is no name of a file", file.display()))
}
