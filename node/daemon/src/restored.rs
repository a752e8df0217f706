//! `icmc mark-restored`: tells a node that its folder was put back from a backup.
//! Not the restoring itself.

use crate::cli::Folder;
use crate::config::Config;
use crate::output::say;
use crate::{passphrase, unit};
use anyhow::Result;

/// Marks it. The node must not run, and must not have run since the folder was put back.
pub fn run(folder: &Folder, lost: bool) -> Result<()> {
    Config::load(&folder.data)?;
    let key = passphrase::open(folder)?;
    unit::mark_restored(&folder.data, &key, lost)?;
    if lost {
        return say(
            "Marked. This node is on no network before it has a new key: give it one with `icmc peers recover`, or under\n\
             \"A laptop was lost\" in the browser, by the recovery key on paper.",
        );
    }
    say(
        "Marked. This node signs nothing for another unit, and shows nothing that came from it, until the two have been connected:\n\
         run it with `icmc run`; `icmc peers list` shows for whom it waits.",
    )
}
