//! The order in which entries count: the chain of each owner for its time, and each admitted entry where it was admitted.
//! No clocks decide anything.

use super::{KIND_LOG, Log, LogEntry};
use crate::dictionary::Value;
use crate::ids::EntryHash;
use std::collections::{BTreeMap, BTreeSet};

/// Entries that count, in order, and those that do not yet.
#[derive(Debug)]
pub(crate) struct Spine<'a> {
    /// In the order in which they count.
    pub(crate) placed: Vec<&'a LogEntry>,
    /// Written by others than the owner and not admitted.
    pub(crate) pending: Vec<&'a LogEntry>,
}

pub(crate) fn spine(log: &Log) -> Spine<'_> {
    let foreign: BTreeMap<EntryHash, &LogEntry> = log
        .chains
        .values()
        .flatten()
        .filter(|entry| !log.is_owners(entry.entry.unit, entry.entry.seq))
        .map(|entry| (entry.hash, entry))
        .collect();
    let mut placed = Vec::new();
    let mut admitted = BTreeSet::new();
    let owners = log.tenures().flat_map(|(owner, from, until)| {
        let chain = log.chains.get(&owner).into_iter().flatten();
        chain.filter(move |entry| (from..=until).contains(&entry.entry.seq))
    });
    for entry in owners {
        placed.push(entry);
        for hash in admits(log, entry) {
            if let Some(other) = foreign.get(&hash).filter(|_| admitted.insert(hash)) {
                placed.push(other);
            }
        }
    }
    let pending = foreign.into_iter().filter(|(hash, _)| !admitted.contains(hash)).map(|(_, entry)| entry).collect::<Vec<_>>();
    let mut pending = pending;
    pending.sort_by_key(|entry| (entry.entry.unit, entry.entry.seq));
    Spine { placed, pending }
}

/// The hashes that an owner's entry admits, in the order of their commitments.
fn admits<'a>(log: &'a Log, entry: &'a LogEntry) -> impl Iterator<Item = EntryHash> + 'a {
    log.changes_of(entry).filter(|(_, change)| &*change.kind == KIND_LOG && &*change.field == "admit").filter_map(
        |(_, change)| match &change.value {
            Value::Bytes(bytes) => EntryHash::from_slice(bytes),
            _ => None,
        },
    )
}
