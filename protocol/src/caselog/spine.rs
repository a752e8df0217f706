//! The order in which entries count: the owner's chain, and each admitted entry where it was admitted.
//! No clocks decide anything.

use super::{Change, KIND_LOG, Log, LogEntry};
use crate::dictionary::Value;
use crate::ids::{Commitment, EntryHash, UnitId};
use std::collections::{BTreeMap, BTreeSet};

/// An entry with its open changes, in the order of their commitments.
#[derive(Debug)]
pub(super) struct Opened<'a> {
    pub(super) entry: &'a LogEntry,
    pub(super) changes: Vec<(Commitment, &'a Change)>,
}

impl<'a> Opened<'a> {
    pub(super) fn of(log: &'a Log, entry: &'a LogEntry) -> Self {
        Self { entry, changes: log.changes_of(entry).collect() }
    }

    /// The hashes that an owner's entry admits.
    fn admits(&self) -> impl Iterator<Item = EntryHash> + '_ {
        let admitting = self.changes.iter().filter(|(_, change)| &*change.kind == KIND_LOG && &*change.field == "admit");
        admitting.filter_map(|(_, change)| match &change.value {
            Value::Bytes(bytes) => EntryHash::from_slice(bytes),
            _ => None,
        })
    }
}

/// How far the entries of a log are in order, so that those on top can be added.
#[derive(Debug, Clone, Default)]
pub(super) struct Spine {
    /// How many entries of each chain were taken.
    taken: BTreeMap<UnitId, usize>,
    /// Taken from others than the owner, and not admitted: whose, and where in that chain.
    waiting: BTreeMap<EntryHash, (UnitId, usize)>,
    /// Admitted before they were here, or more than once.
    named: BTreeSet<EntryHash>,
}

impl Spine {
    /// The entries that are new since the last time; none if the log is not the same one with more on top.
    pub(super) fn new_entries<'a>(&self, log: &'a Log) -> Option<Vec<&'a LogEntry>> {
        let mut new = Vec::new();
        for (unit, taken) in &self.taken {
            new.extend(log.chains.get(unit)?.get(*taken..)?);
        }
        new.extend(log.chains.iter().filter(|(unit, _)| !self.taken.contains_key(unit)).flat_map(|(_, chain)| chain));
        // One that was admitted before it came belongs in the middle.
        new.iter().all(|entry| !self.named.contains(&entry.hash)).then_some(new)
    }

    /// Takes all that is new, and gives what counts from now on, in its order.
    pub(super) fn place<'a>(&mut self, log: &'a Log) -> Vec<Opened<'a>> {
        for (unit, chain) in log.chains.iter().filter(|(unit, _)| **unit != log.owner) {
            let taken = self.taken.insert(*unit, chain.len()).unwrap_or(0);
            self.waiting.extend(chain.iter().enumerate().skip(taken).map(|(at, entry)| (entry.hash, (*unit, at))));
        }
        let mut placed = Vec::new();
        let chain = log.chains.get(&log.owner).map_or(&[][..], Vec::as_slice);
        let taken = self.taken.insert(log.owner, chain.len()).unwrap_or(0);
        for entry in chain.iter().skip(taken) {
            let opened = Opened::of(log, entry);
            let admitted: Vec<EntryHash> = opened.admits().collect();
            placed.push(opened);
            for hash in admitted {
                match self.waiting.remove(&hash).and_then(|at| entry_at(log, at)) {
                    Some(other) => placed.push(Opened::of(log, other)),
                    None => drop(self.named.insert(hash)),
                }
            }
        }
        placed
    }

    /// What is here and does not count yet, by unit and number.
    pub(super) fn pending<'a>(&self, log: &'a Log) -> Vec<Opened<'a>> {
        let places: BTreeSet<_> = self.waiting.values().copied().collect();
        places.into_iter().filter_map(|at| entry_at(log, at)).map(|entry| Opened::of(log, entry)).collect()
    }
}

fn entry_at(log: &Log, (unit, at): (UnitId, usize)) -> Option<&LogEntry> {
    log.chains.get(&unit)?.get(at)
}
