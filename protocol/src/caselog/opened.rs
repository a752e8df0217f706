//! Entries with their open changes, found fast enough for a whole log.
//! Not the order in which they count: that is `spine`.

use super::{Change, KIND_LOG, Log, LogEntry};
use crate::dictionary::Value;
use crate::ids::{Commitment, EntryHash};

/// The open changes of a log by their commitment.
#[derive(Debug)]
pub(super) enum Changes<'a> {
    /// For a few: as they are kept.
    Few(&'a Log),
    /// For all: most of what an entry holds is padding, so that a miss must be as fast as a hit.
    All(Index<'a>),
}

impl<'a> Changes<'a> {
    pub(super) fn all(log: &'a Log) -> Self {
        Self::All(Index::of(log))
    }

    pub(super) fn get(&self, commitment: &Commitment) -> Option<&'a Change> {
        match self {
            Self::Few(log) => log.changes.get(commitment),
            Self::All(index) => index.get(commitment),
        }
    }

    pub(super) fn open(&self, entry: &'a LogEntry) -> Opened<'a> {
        let found = |commitment: &Commitment| self.get(commitment).map(|change| (*commitment, change));
        Opened { entry, changes: entry.entry.commitments.iter().filter_map(found).collect() }
    }
}

/// Commitments are spread evenly, so their first bits lead to about one of them; where somebody made many with the same
/// bits, those are searched by halves.
#[derive(Debug)]
pub(super) struct Index<'a> {
    /// With their first bytes beside them, which tell most of them apart.
    sorted: Vec<(u64, &'a Commitment, &'a Change)>,
    /// For each value of the first bits, and one more: how many commitments are below.
    below: Vec<u32>,
    bits: u32,
}

impl<'a> Index<'a> {
    fn of(log: &'a Log) -> Self {
        let sorted: Vec<_> = log.changes.iter().map(|(commitment, change)| (begins(commitment), commitment, change)).collect();
        let bits = sorted.len().max(1).ilog2().min(24) + 1;
        let mut below = vec![0; (1 << bits) + 1];
        for (begins, ..) in &sorted {
            below[slot(*begins, bits) + 1] += 1;
        }
        for at in 1..below.len() {
            below[at] += below[at - 1];
        }
        Self { sorted, below, bits }
    }

    fn get(&self, commitment: &Commitment) -> Option<&'a Change> {
        let wanted = (begins(commitment), commitment);
        let at = slot(wanted.0, self.bits);
        let near = self.sorted.get(self.below[at] as usize..self.below[at + 1] as usize)?;
        near.binary_search_by_key(&wanted, |(begins, one, _)| (*begins, *one)).ok().map(|at| near[at].2)
    }
}

/// The first eight bytes, in the order of the whole.
fn begins(commitment: &Commitment) -> u64 {
    commitment.0.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

fn slot(begins: u64, bits: u32) -> usize {
    (begins >> (64 - bits)) as usize
}

/// An entry with its open changes, in the order of their commitments.
#[derive(Debug)]
pub(super) struct Opened<'a> {
    pub(super) entry: &'a LogEntry,
    pub(super) changes: Vec<(Commitment, &'a Change)>,
}

impl Opened<'_> {
    /// The hashes that an owner's entry admits.
    pub(super) fn admits(&self) -> impl Iterator<Item = EntryHash> + '_ {
        self.changes.iter().filter_map(|(_, change)| admits(change))
    }
}

/// The hash that a change admits, if it stands in an owner's entry.
pub(super) fn admits(change: &Change) -> Option<EntryHash> {
    match &change.value {
        Value::Bytes(bytes) if &*change.kind == KIND_LOG && &*change.field == "admit" => EntryHash::from_slice(bytes),
        _ => None,
    }
}
