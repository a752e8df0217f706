//! All that this node holds of one case, in memory, ready to fold.
//! Not the fold itself.

use super::opened::admits;
use super::{Change, Entry, Handover, entry, rows};
use crate::crypto::{Signed, Verified};
use crate::ids::{CaseId, Commitment, EntryHash, ShareId, UnitId};
use crate::machine::{Table, View, ViewError, read_row};
use std::collections::{BTreeMap, BTreeSet};

/// Rows read at a time.
const PAGE: usize = 512;

/// A verified entry with its hash and its bytes for passing on.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// The hash others name it by.
    pub hash: EntryHash,
    /// Its content.
    pub entry: Verified<Entry>,
    /// Its bytes as received.
    pub signed: Signed<Entry>,
}

impl LogEntry {
    /// Takes a verified entry.
    #[must_use]
    pub fn new(signed: Signed<Entry>, entry: Verified<Entry>) -> Self {
        Self { hash: entry::hash(&entry), entry, signed }
    }
}

/// Entries and open changes of a case.
#[derive(Debug, Clone)]
pub struct Log {
    /// The case.
    pub case: CaseId,
    /// Its owner.
    pub owner: UnitId,
    /// The times that it changed its owner.
    pub handovers: Vec<Handover>,
    /// Each chain in order of `seq`.
    pub chains: BTreeMap<UnitId, Vec<LogEntry>>,
    /// The changes that are open here.
    pub changes: BTreeMap<Commitment, Change>,
}

impl Log {
    /// An empty log.
    #[must_use]
    pub fn new(case: CaseId, owner: UnitId) -> Self {
        Self { case, owner, handovers: Vec::new(), chains: BTreeMap::new(), changes: BTreeMap::new() }
    }

    /// The open changes of an entry.
    pub fn changes_of<'a>(&'a self, entry: &'a LogEntry) -> impl Iterator<Item = (Commitment, &'a Change)> {
        entry.entry.commitments.iter().filter_map(|commitment| self.changes.get(commitment).map(|change| (*commitment, change)))
    }

    /// Whether an entry counts by itself: its unit owned the case when it wrote it.
    #[must_use]
    pub fn is_owners(&self, unit: UnitId, seq: u64) -> bool {
        self.tenures().any(|(owner, from, until)| owner == unit && (from..=until).contains(&seq))
    }

    /// Each owner's time on its chain: the first and the last number.
    pub(crate) fn tenures(&self) -> impl Iterator<Item = (UnitId, u64, u64)> {
        let starts = core::iter::once(0).chain(self.handovers.iter().map(|one| one.first.map_or(u64::MAX, |(seq, _)| seq)));
        let ends = self.handovers.iter().map(|one| (one.from, one.last.0)).chain([(self.owner, u64::MAX)]);
        starts.zip(ends).map(|(from, (owner, until))| (owner, from, until))
    }

    /// Who opened the case.
    #[must_use]
    pub fn founder(&self) -> UnitId {
        self.handovers.first().map_or(self.owner, |one| one.from)
    }

    /// Whether an owner let this entry of another unit count, be it here or still to come.
    pub(crate) fn is_admitted(&self, hash: EntryHash) -> bool {
        let admitting = self.changes.iter().filter(|(_, change)| admits(change) == Some(hash));
        let admitting: Vec<Commitment> = admitting.map(|(commitment, _)| *commitment).collect();
        let named = |entry: &LogEntry| admitting.iter().any(|one| entry.entry.commitments.contains(one));
        let by_owner = |entry: &LogEntry| self.is_owners(entry.entry.unit, entry.entry.seq) && named(entry);
        !admitting.is_empty() && self.chains.values().flatten().any(by_owner)
    }

    /// The changes by which units let count, once they owned the case, what they had written in it before.
    pub(crate) fn own_admissions(&self) -> impl Iterator<Item = &Change> {
        self.chains.values().flat_map(|chain| {
            let own: BTreeSet<EntryHash> = chain.iter().map(|entry| entry.hash).collect();
            let changes = chain.iter().flat_map(|entry| self.changes_of(entry)).map(|(_, change)| change);
            changes.filter(move |change| admits(change).is_some_and(|hash| own.contains(&hash)))
        })
    }

    /// The entry with this hash.
    #[must_use]
    pub fn by_hash(&self, hash: EntryHash) -> Option<&LogEntry> {
        self.chains.values().flatten().find(|entry| entry.hash == hash)
    }
}

/// Reads a case from the store, or none if the node does not hold it.
///
/// # Errors
/// [`ViewError`] if the store fails or a row is damaged.
pub fn load(view: &dyn View, case: CaseId) -> Result<Option<Log>, ViewError> {
    load_under(view, case, |_| true)
}

/// Reads a case with those changes only that came in one of these ways; the way of what was written here is all zeros.
///
/// # Errors
/// [`ViewError`] if the store fails or a row is damaged.
pub fn load_under(view: &dyn View, case: CaseId, ways: impl Fn(ShareId) -> bool) -> Result<Option<Log>, ViewError> {
    let Some(row) = rows::case_row(view, case)? else { return Ok(None) };
    let mut log = Log { handovers: row.handovers, ..Log::new(case, row.owner) };
    each(view, Table::ENTRIES, case.as_bytes(), None, |_, bytes| log.take_entry(bytes))?;
    each(view, Table::CHANGES, case.as_bytes(), None, |key, bytes| log.take_change(key, bytes, &ways))?;
    Ok(Some(log))
}

impl Log {
    /// Reads what the store holds more: entries on top of the chains, and their changes in one of these ways.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails or a row is damaged.
    pub fn read_on(&mut self, view: &dyn View, ways: impl Fn(ShareId) -> bool) -> Result<(), ViewError> {
        let Some(row) = rows::case_row(view, self.case)? else { return Ok(()) };
        for (unit, (last, _)) in row.heads {
            let held = self.chains.get(&unit).and_then(|chain| chain.last()).map(|entry| entry.entry.seq);
            if held.is_some_and(|held| held >= last) {
                continue;
            }
            let after = held.map(|held| rows::entry_key(self.case, unit, held));
            let chain = [self.case.as_bytes().as_slice(), unit.as_bytes()].concat();
            let from = self.chains.get(&unit).map_or(0, Vec::len);
            each(view, Table::ENTRIES, &chain, after, |_, bytes| self.take_entry(bytes))?;
            let new = self.chains.get(&unit).into_iter().flatten().skip(from);
            let commitments: Vec<Commitment> = new.flat_map(|entry| entry.entry.commitments.to_vec()).collect();
            for commitment in commitments {
                let change = [self.case.as_bytes().as_slice(), commitment.as_bytes()].concat();
                each(view, Table::CHANGES, &change, None, |key, bytes| self.take_change(key, bytes, &ways))?;
            }
        }
        Ok(())
    }

    fn take_entry(&mut self, bytes: &[u8]) -> Result<(), ViewError> {
        let row: rows::EntryRow = read_row(bytes)?;
        let entry = row.signed.stored().map_err(|error| ViewError(error.to_string()))?;
        self.chains.entry(entry.unit).or_default().push(LogEntry::new(row.signed, entry));
        Ok(())
    }

    /// The commitment is taken from the key, to which the store has bound the row.
    fn take_change(&mut self, key: &[u8], bytes: &[u8], ways: impl Fn(ShareId) -> bool) -> Result<(), ViewError> {
        let (commitment, way) = rows::of_change_key(key).ok_or_else(|| ViewError("a change under a malformed key".to_owned()))?;
        if ways(way) && !self.changes.contains_key(&commitment) {
            let row: rows::ChangeRow = read_row(bytes)?;
            self.changes.insert(commitment, row.change);
        }
        Ok(())
    }
}

fn each(
    view: &dyn View,
    table: Table,
    prefix: &[u8],
    mut after: Option<Vec<u8>>,
    mut take: impl FnMut(&[u8], &[u8]) -> Result<(), ViewError>,
) -> Result<(), ViewError> {
    loop {
        let page = view.scan(table, prefix, after.as_deref(), PAGE)?;
        for (key, bytes) in &page {
            take(key, bytes)?;
        }
        match page.into_iter().nth(PAGE - 1) {
            Some((key, _)) => after = Some(key),
            None => return Ok(()),
        }
    }
}
