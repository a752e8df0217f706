//! `icmc identity`: the text that another unit needs to invite this one.
//! Nothing in it is secret.

use crate::cli::Folder;
use crate::control::{ControlReply, ControlRequest, ask};
use crate::output::say;
use anyhow::{Result, bail};

/// Prints it.
pub async fn run(folder: &Folder) -> Result<()> {
    match ask(folder, ControlRequest::Identity).await? {
        ControlReply::Identity { name, text } => {
            say(format!("{name}. Send this to the unit that is to invite it, for `icmc peers invite`:\n\n{text}\n"))
        }
        _ => bail!("the node answered something else"),
    }
}
