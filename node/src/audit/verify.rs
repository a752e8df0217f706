//! Walks the whole chain and says where it first fails.
//! Takes about a second for 100,000 entries: over a snapshot, never inside a step.

use super::entry::{ENTRIES, Entry, HEAD, Head, START, hash};
use crate::rows::{read, row};
use icmc_protocol::machine::{Record as _, View};

/// What the walk found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    /// Every entry is as it was written.
    Whole {
        /// How many there are.
        entries: u64,
    },
    /// Something was changed, removed, added or moved.
    Broken {
        /// At this number, 0 for the head; everything before it is as it was written.
        at: u64,
    },
}

/// Checks every entry against the one before it, and the last against the head. A row that does not open is a break like any other.
#[must_use]
pub fn verify(view: &dyn View) -> Verified {
    let Ok(head) = row::<Head>(view, HEAD) else { return Verified::Broken { at: 0 } };
    let entries = head.map_or(0, |head| head.entries);
    let mut previous = START;
    for seq in 1..=entries {
        let Some(bytes) = view.get(Entry::TABLE, &seq.to_be_bytes()).ok().flatten() else { return Verified::Broken { at: seq } };
        match read::<Entry>(&bytes) {
            Ok(entry) if entry.seq == seq && entry.previous.as_slice() == previous => previous = hash(&bytes),
            // The hash fits neither this entry nor the one before, so that one is suspect too.
            Ok(entry) if entry.seq == seq => return Verified::Broken { at: (seq - 1).max(1) },
            _ => return Verified::Broken { at: seq },
        }
    }
    if head.is_some_and(|head| head.hash.as_slice() != previous) {
        return Verified::Broken { at: entries.max(1) };
    }
    match view.scan(Entry::TABLE, ENTRIES, Some(&entries.to_be_bytes()), 1) {
        Ok(surplus) if surplus.is_empty() => Verified::Whole { entries },
        _ => Verified::Broken { at: entries + 1 },
    }
}
