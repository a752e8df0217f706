//! Pages of the audit, newest first.
//! Not the check of the chain: see `verify`.

use super::entry::{ENTRIES, Entry, HEAD, Head};
use crate::accounts::AccountId;
use crate::rows::{row, rows};
use icmc_protocol::machine::{View, ViewError};
use serde::Deserialize;

/// A filtered list looks back this many entries; `verify` and an unfiltered list see all.
const LOOK_BACK: u64 = 100_000;
const BATCH: usize = 1_000;

/// What to show; nothing set means everything.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Filter {
    /// By this account only.
    pub actor: Option<AccountId>,
    /// Of this name only.
    pub action: Option<String>,
    /// Of objects that hold this id.
    pub object: Option<String>,
}

impl Filter {
    fn is_empty(&self) -> bool {
        self.actor.is_none() && self.action.is_none() && self.object.is_none()
    }

    fn takes(&self, entry: &Entry) -> bool {
        self.actor.is_none_or(|actor| entry.actor == Some(actor))
            && self.action.as_ref().is_none_or(|action| entry.action == *action)
            && self.object.as_ref().is_none_or(|object| entry.object.contains(object.as_str()))
    }
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// How many there are on all pages.
    pub total: u64,
}

/// The entries of one page, which is counted from 1.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn list(view: &dyn View, filter: &Filter, page: u32, per_page: u32) -> Result<Found, ViewError> {
    let newest = row::<Head>(view, HEAD)?.map_or(0, |head| head.entries);
    let skip = u64::from(page.saturating_sub(1)) * u64::from(per_page);
    let (total, wanted) = if filter.is_empty() {
        let top = newest.saturating_sub(skip);
        let bottom = top.saturating_sub(u64::from(per_page));
        (newest, (bottom + 1..=top).rev().collect())
    } else {
        let hits = matching(view, filter, newest)?;
        let wanted: Vec<u64> =
            hits.iter().rev().skip(usize::try_from(skip).unwrap_or(usize::MAX)).take(per_page as usize).copied().collect();
        (hits.len() as u64, wanted)
    };
    let mut entries = Vec::with_capacity(wanted.len());
    for seq in wanted {
        entries.extend(row::<Entry>(view, &seq.to_be_bytes())?);
    }
    Ok(Found { entries, total })
}

/// Numbers of the entries that fit, oldest first.
fn matching(view: &dyn View, filter: &Filter, newest: u64) -> Result<Vec<u64>, ViewError> {
    let mut after = newest.saturating_sub(LOOK_BACK).to_be_bytes().to_vec();
    let mut hits = Vec::new();
    loop {
        let batch = rows::<Entry>(view, ENTRIES, Some(&after), BATCH)?;
        let Some((last, _)) = batch.last() else { return Ok(hits) };
        after.clone_from(last);
        hits.extend(batch.iter().filter(|(_, entry)| filter.takes(entry)).map(|(_, entry)| entry.seq));
    }
}
