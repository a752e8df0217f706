//! The order in which entries count: the owner's chain, and each admitted entry where it was admitted.
//! No clocks decide anything.

use super::opened::{Changes, Opened};
use super::{Log, LogEntry};
use crate::ids::{EntryHash, UnitId};
use std::collections::{BTreeMap, BTreeSet};

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
    pub(super) fn place<'a>(&mut self, log: &'a Log, changes: &Changes<'a>) -> Vec<Opened<'a>> {
        for (unit, chain) in log.chains.iter().filter(|(unit, _)| **unit != log.owner) {
            let taken = self.taken.insert(*unit, chain.len()).unwrap_or(0);
            self.waiting.extend(chain.iter().enumerate().skip(taken).map(|(at, entry)| (entry.hash, (*unit, at))));
        }
        let mut placed = Vec::new();
        let chain = log.chains.get(&log.owner).map_or(&[][..], Vec::as_slice);
        let taken = self.taken.insert(log.owner, chain.len()).unwrap_or(0);
        for entry in chain.iter().skip(taken) {
            let opened = changes.open(entry);
            let admitted: Vec<EntryHash> = opened.admits().collect();
            placed.push(opened);
            for hash in admitted {
                match self.waiting.remove(&hash).and_then(|at| entry_at(log, at)) {
                    Some(other) => placed.push(changes.open(other)),
                    None => drop(self.named.insert(hash)),
                }
            }
        }
        placed
    }

    /// What is here and does not count yet, by unit and number.
    pub(super) fn pending<'a>(&self, log: &'a Log, changes: &Changes<'a>) -> Vec<Opened<'a>> {
        let places: BTreeSet<_> = self.waiting.values().copied().collect();
        places.into_iter().filter_map(|at| entry_at(log, at)).map(|entry| changes.open(entry)).collect()
    }
}

fn entry_at(log: &Log, (unit, at): (UnitId, usize)) -> Option<&LogEntry> {
    log.chains.get(&unit)?.get(at)
}
