//! How a case stands in the store: one row for the case, one for each entry, one for each change and way it came.
//! Entry headers are under the node master and survive an erasure; changes are under the key of the way they came.

use super::{Change, Entry, Handover};
use crate::crypto::Signed;
use crate::ids::{CaseId, Commitment, EntryHash, ShareId, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the node knows of a case without folding it. Ids only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseRow {
    /// Its owner.
    pub owner: UnitId,
    /// The newest entry of each chain held.
    pub heads: BTreeMap<UnitId, (u64, EntryHash)>,
    /// Units that signed two different entries of one number here: nothing more is taken from them.
    pub frozen_for: BTreeSet<UnitId>,
    /// The times that it changed its owner.
    #[serde(default)]
    pub handovers: Vec<Handover>,
    /// An owner handed it to two units: nothing counts here until a person has decided.
    #[serde(default)]
    pub disputed: bool,
    /// How often changes came of entries that were held before, or anything was taken away: with the heads, this tells whether
    /// anything is other than it was.
    #[serde(default)]
    pub moved: u64,
}

impl Record for CaseRow {
    const TABLE: Table = Table::CASES;
}

/// A stored entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EntryRow {
    /// As received or made.
    pub(crate) signed: Signed<Entry>,
}

impl Record for EntryRow {
    const TABLE: Table = Table::ENTRIES;
}

/// A stored change.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangeRow {
    /// The change.
    pub change: Change,
}

impl Record for ChangeRow {
    const TABLE: Table = Table::CHANGES;
}

/// The row of a case.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn case_row(view: &dyn View, case: CaseId) -> Result<Option<CaseRow>, ViewError> {
    view.get(Table::CASES, case.as_bytes())?.map(|bytes| crate::machine::read_row(&bytes)).transpose()
}

/// Notes that changes of a case were taken away, so that nobody goes on from what was read of it before.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn moved(txn: &mut Txn<'_>, case: CaseId) -> Result<(), ViewError> {
    if let Some(mut row) = case_row(txn, case)? {
        row.moved += 1;
        txn.put(case.as_bytes(), Scope::Master, &row);
    }
    Ok(())
}

/// At most `limit` cases after `after`, in the order of their ids.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn cases(view: &dyn View, after: Option<CaseId>, limit: usize) -> Result<Vec<(CaseId, CaseRow)>, ViewError> {
    let rows = view.scan(Table::CASES, &[], after.as_ref().map(|case| case.as_bytes().as_slice()), limit)?;
    rows.into_iter()
        .filter_map(|(key, bytes)| CaseId::from_slice(&key).map(|case| Ok((case, crate::machine::read_row(&bytes)?))))
        .collect()
}

pub(crate) fn entry_key(case: CaseId, unit: UnitId, seq: u64) -> Vec<u8> {
    [case.as_bytes().as_slice(), unit.as_bytes(), &seq.to_be_bytes()].concat()
}

pub(crate) fn change_key(case: CaseId, commitment: Commitment, scope: Scope) -> Vec<u8> {
    let way = match scope {
        Scope::Share(share) | Scope::ShareRevision(share, _) => share.0,
        _ => [0; ShareId::LEN],
    };
    [case.as_bytes().as_slice(), commitment.as_bytes(), &way].concat()
}

/// The commitment of a change and the way that it came, from its key.
pub(crate) fn of_change_key(key: &[u8]) -> Option<(Commitment, ShareId)> {
    let (commitment, way) = key.get(CaseId::LEN..)?.split_at_checked(Commitment::LEN)?;
    Some((Commitment::from_slice(commitment)?, ShareId::from_slice(way)?))
}
