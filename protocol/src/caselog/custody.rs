//! The chain of custody of a case: who owned it, the entry that handed it over, the entry that took it; and the proof of each.
//! Not the agreement of two units that leads there: that is `transfer`.

use super::open::case_id;
use super::receive::verified;
use super::{CaseRow, Change, Entry, KIND_LOG, Log, LogEntry, case_row};
use crate::crypto::Signed;
use crate::dictionary::Value;
use crate::ids::{CaseId, EntryHash, UnitId};
use crate::machine::{View, ViewError};
use crate::time::Timestamp;
use crate::wire;
use serde::{Deserialize, Serialize};

/// Most times that a case can change its owner.
pub const MOST_HANDOVERS: usize = 16;
/// Field of the change by which an owner hands its case over.
pub(crate) const FIELD_TRANSFER: &str = "transfer";
/// Field of the change by which the new owner takes it.
pub(crate) const FIELD_TAKEOVER: &str = "takeover";
/// Most bytes of the value of a transfer.
const VALUE_MAX: usize = 64 * 1024;

/// One change of the owner. Ids and numbers only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// Who owned it.
    pub from: UnitId,
    /// The last entry that counts by itself on that unit's chain.
    pub last: (u64, EntryHash),
    /// Who owns it since.
    pub to: UnitId,
    /// The entry that took it; none while it is on its way.
    pub first: Option<(u64, EntryHash)>,
}

/// What shows a handover to somebody who was not there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HandoverProof {
    pub(crate) last: Signed<Entry>,
    pub(crate) transfer: Change,
    pub(crate) first: Option<(Signed<Entry>, Change)>,
}

/// The value of a transfer: the new owner, and the newest entry that counts of every other chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TransferValue {
    pub(crate) to: UnitId,
    pub(crate) heads: Vec<(UnitId, u64, EntryHash)>,
}

impl TransferValue {
    /// Of a change, if it is one.
    pub(crate) fn of(change: &Change) -> Option<Self> {
        match &change.value {
            Value::Bytes(bytes) if steers(change, FIELD_TRANSFER) => wire::decode(bytes, VALUE_MAX).ok(),
            _ => None,
        }
    }
}

/// Checks a line of custody from the opening of the case to whoever owns it now; gives it.
pub(crate) fn verify(
    view: &dyn View,
    case: CaseId,
    opening: &[u8],
    owner: UnitId,
    proofs: &[HandoverProof],
) -> Result<Result<Vec<Handover>, &'static str>, ViewError> {
    if proofs.len() > MOST_HANDOVERS {
        return Ok(Err("told of more owners than a case can have"));
    }
    let (mut at, mut start, mut line) = (None, 0, Vec::new());
    for proof in proofs {
        let Ok((last, _)) = verified(view, &proof.last) else {
            return Ok(Err("handed a case over by an entry that does not verify"));
        };
        let Some(value) = TransferValue::of(&proof.transfer) else { return Ok(Err("told of a handover that is none")) };
        let from = last.entry.unit;
        let fits = last.entry.case == case
            && at.is_none_or(|at| at == from)
            && last.entry.seq >= start
            && value.to != from
            && last.entry.commitments.contains(&proof.transfer.commitment());
        if !fits {
            return Ok(Err("told of a handover that does not fit its case"));
        }
        let first = match &proof.first {
            None => None,
            Some((signed, takeover)) => {
                let Ok((first, _)) = verified(view, signed) else {
                    return Ok(Err("took a case by an entry that does not verify"));
                };
                if !takes(&first, takeover, case, value.to, last.hash) {
                    return Ok(Err("told of a takeover that does not fit its handover"));
                }
                Some((first.entry.seq, first.hash))
            }
        };
        at = Some(value.to);
        start = first.map_or(u64::MAX, |(seq, _)| seq);
        line.push(Handover { from, last: (last.entry.seq, last.hash), to: value.to, first });
    }
    let founder = line.first().map_or(owner, |one| one.from);
    if case_id(founder, opening) != case || at.unwrap_or(owner) != owner {
        return Ok(Err("sent a share of a case that another unit owns"));
    }
    Ok(Ok(line))
}

/// Whether this entry takes the case from the entry `last`.
pub(crate) fn takes(first: &LogEntry, takeover: &Change, case: CaseId, to: UnitId, last: EntryHash) -> bool {
    first.entry.case == case
        && first.entry.unit == to
        && first.entry.base == Some(last)
        && first.entry.commitments.contains(&takeover.commitment())
        && steers(takeover, FIELD_TAKEOVER)
        && takeover.value == Value::Bytes(last.0.to_vec())
}

/// The proofs of the line that is held here; shorter if something of it is not open here.
pub(crate) fn proofs(log: &Log) -> Vec<HandoverProof> {
    let found = |at: (u64, EntryHash), field: &str| {
        let entry = log.by_hash(at.1)?;
        let change = log.changes_of(entry).find(|(_, change)| steers(change, field))?.1;
        Some((entry.signed.clone(), change.clone()))
    };
    let proof = |handover: &Handover| {
        let (last, transfer) = found(handover.last, FIELD_TRANSFER)?;
        let first = match handover.first {
            Some(first) => Some(found(first, FIELD_TAKEOVER)?),
            None => None,
        };
        Some(HandoverProof { last, transfer, first })
    };
    log.handovers.iter().map_while(proof).collect()
}

/// Whether a change steers the log in this way.
pub(crate) fn steers(change: &Change, field: &str) -> bool {
    &*change.kind == KIND_LOG && &*change.field == field
}

impl CaseRow {
    /// A case of this owner, nothing of it held yet.
    #[must_use]
    pub fn new(owner: UnitId) -> Self {
        Self {
            owner,
            heads: std::collections::BTreeMap::new(),
            frozen_for: std::collections::BTreeSet::new(),
            handovers: Vec::new(),
            disputed: false,
            moved: 0,
        }
    }

    /// Who opened the case.
    #[must_use]
    pub fn founder(&self) -> UnitId {
        self.handovers.first().map_or(self.owner, |one| one.from)
    }

    /// Whether nothing may be written until a person has decided which of two histories holds.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        self.disputed || self.frozen_for.contains(&self.owner)
    }

    /// The first entry of a unit that it did not write as the owner: what it may contribute to whoever owns the case now.
    #[must_use]
    pub fn after_tenure(&self, unit: UnitId) -> u64 {
        self.handovers.iter().filter(|one| one.from == unit).map(|one| one.last.0 + 1).max().unwrap_or(0)
    }
}

/// One owner's time, for people to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenure {
    /// The owner.
    pub unit: UnitId,
    /// The entry that opened or took the case, and its time by its author's word.
    pub from: Option<(EntryHash, Option<Timestamp>)>,
    /// The entry that handed it over.
    pub until: Option<(EntryHash, Option<Timestamp>)>,
}

/// Who owned a case from when to when, the first owner first. None if the case is not held here.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn custody(view: &dyn View, case: CaseId) -> Result<Option<Vec<Tenure>>, ViewError> {
    let (Some(row), Some(log)) = (case_row(view, case)?, super::load(view, case)?) else { return Ok(None) };
    let at = |hash: EntryHash| {
        let entry = log.by_hash(hash)?;
        log.changes_of(entry).find_map(|(_, change)| match (&*change.field, &change.value) {
            ("at", Value::Int(at)) if &*change.kind == super::KIND_ENTRY => u64::try_from(*at).ok().map(Timestamp),
            _ => None,
        })
    };
    let dated = |hash: EntryHash| (hash, at(hash));
    let opened = log.chains.get(&row.founder()).and_then(|chain| chain.first()).map(|entry| entry.hash);
    let mut tenures = vec![Tenure { unit: row.founder(), from: opened.map(dated), until: None }];
    for handover in &row.handovers {
        if let Some(before) = tenures.last_mut() {
            before.until = Some(dated(handover.last.1));
        }
        tenures.push(Tenure { unit: handover.to, from: handover.first.map(|(_, hash)| dated(hash)), until: None });
    }
    Ok(Some(tenures))
}

/// The entry and change by which a unit took a case, checked; gives number and hash.
pub(crate) fn taken_by(
    view: &dyn View,
    signed: &Signed<Entry>,
    takeover: &Change,
    handover: &Handover,
    case: CaseId,
) -> Option<(u64, EntryHash)> {
    let (first, _) = verified(view, signed).ok()?;
    takes(&first, takeover, case, handover.to, handover.last.1).then_some((first.entry.seq, first.hash))
}
