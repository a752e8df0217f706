//! Marking the rows of a folder that was put back from a backup, before anything else is done with them.
//! No node is started: its first tick would sign.

use anyhow::Result;
use icmc_node::clock::{Clock as _, SystemClock, SystemRng};
use icmc_node::service::setup;
use icmc_node::store::Store;
use icmc_node::vault::KeySource;
use icmc_protocol::core::Core;
use std::path::Path;

/// Marks it.
///
/// # Errors
/// If a node runs on the folder, or the folder cannot be opened.
pub fn mark_restored(dir: &Path, key: &KeySource, lost: bool) -> Result<()> {
    let store = Store::open(dir, key)?;
    let view = store.snapshot()?;
    let marked = Core.act(&view, SystemClock.now(), &mut SystemRng, |txn| setup::mark_restored(txn, lost));
    let ((), effects) = marked?;
    drop(view);
    store.commit(&effects.writes, &mut SystemRng)?;
    Ok(())
}
