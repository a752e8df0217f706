//! The order in which entries count: the chain of each owner for its time, and each admitted entry where it was admitted.
//! No clocks decide anything.

use super::opened::{Changes, Opened};
use super::{Handover, Log, LogEntry};
use crate::ids::{EntryHash, UnitId};
use std::collections::{BTreeMap, BTreeSet};

/// How far the entries of a log are in order, so that those on top can be added.
#[derive(Debug, Clone, Default)]
pub(super) struct Spine {
    /// The times that the case had changed its owner.
    handovers: Vec<Handover>,
    /// The newest owner's time of which an entry was taken.
    last_tenure: Option<usize>,
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
        if self.handovers != log.handovers {
            return None;
        }
        let mut new = Vec::new();
        for (unit, taken) in &self.taken {
            new.extend(log.chains.get(unit)?.get(*taken..)?);
        }
        new.extend(log.chains.iter().filter(|(unit, _)| !self.taken.contains_key(unit)).flat_map(|(_, chain)| chain));
        // One that was admitted before it came, or was written in the time of a former owner, belongs in the middle.
        let on_top = |entry: &LogEntry| {
            !self.named.contains(&entry.hash)
                && tenure_of(log, entry).is_none_or(|at| self.last_tenure.is_none_or(|last| last <= at))
        };
        new.iter().all(|entry| on_top(entry)).then_some(new)
    }

    /// Takes all that is new, and gives what counts from now on, in its order.
    pub(super) fn place<'a>(&mut self, log: &'a Log, changes: &Changes<'a>) -> Vec<Opened<'a>> {
        self.handovers.clone_from(&log.handovers);
        let mut owners: Vec<(usize, &LogEntry)> = Vec::new();
        for (unit, chain) in &log.chains {
            let taken = self.taken.insert(*unit, chain.len()).unwrap_or(0);
            for (at, entry) in chain.iter().enumerate().skip(taken) {
                match tenure_of(log, entry) {
                    Some(tenure) => owners.push((tenure, entry)),
                    None => drop(self.waiting.insert(entry.hash, (*unit, at))),
                }
            }
        }
        // The sort is stable: within one owner's time its chain is in order.
        owners.sort_by_key(|(tenure, _)| *tenure);
        self.last_tenure = owners.last().map(|(tenure, _)| *tenure).max(self.last_tenure);
        let mut placed = Vec::new();
        for (_, entry) in owners {
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

/// Which owner's time an entry is of, counted from the first; none if its unit did not own the case when it wrote it.
fn tenure_of(log: &Log, entry: &LogEntry) -> Option<usize> {
    let (unit, seq) = (entry.entry.unit, entry.entry.seq);
    log.tenures().position(|(owner, from, until)| owner == unit && (from..=until).contains(&seq))
}

fn entry_at(log: &Log, (unit, at): (UnitId, usize)) -> Option<&LogEntry> {
    log.chains.get(&unit)?.get(at)
}
