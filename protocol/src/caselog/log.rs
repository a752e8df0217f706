//! All that this node holds of one case, in memory, ready to fold.
//! Not the fold itself.

use super::{Change, Entry, Handover, entry, rows};
use crate::crypto::{Signed, Verified};
use crate::ids::{CaseId, Commitment, EntryHash, UnitId};
use crate::machine::{Table, View, ViewError, read_row};
use std::collections::BTreeMap;

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
    let Some(row) = rows::case_row(view, case)? else { return Ok(None) };
    let mut log = Log { handovers: row.handovers, ..Log::new(case, row.owner) };
    each(view, Table::ENTRIES, case, |bytes| {
        let row: rows::EntryRow = read_row(bytes)?;
        let entry = row.signed.stored().map_err(|error| ViewError(error.to_string()))?;
        log.chains.entry(entry.unit).or_default().push(LogEntry::new(row.signed, entry));
        Ok(())
    })?;
    each(view, Table::CHANGES, case, |bytes| {
        let row: rows::ChangeRow = read_row(bytes)?;
        log.changes.insert(row.change.commitment(), row.change);
        Ok(())
    })?;
    Ok(Some(log))
}

fn each(
    view: &dyn View,
    table: Table,
    case: CaseId,
    mut take: impl FnMut(&[u8]) -> Result<(), ViewError>,
) -> Result<(), ViewError> {
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = view.scan(table, case.as_bytes(), after.as_deref(), PAGE)?;
        for (_, bytes) in &page {
            take(bytes)?;
        }
        match page.into_iter().last() {
            Some((key, _)) => after = Some(key),
            None => return Ok(()),
        }
    }
}
