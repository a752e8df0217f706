//! Contributions: the receiver's own entries to the owner, pending there until admitted.
//! What counts is decided by the fold along the owner's spine.

use super::Taken;
use super::incoming::{in_force, terms_of};
use super::outgoing::PART;
use super::refusal::ShareRefusal;
use super::rows::{OutState, ShareIn, ShareOut, Waiting, waiting_key};
use super::share::{Handling, Onward, Rights};
use super::view::incoming_of;
use crate::caselog::{self, Author, Change, Entry, ForeignError, KIND_ENTRY, LogEntry, LogRefusal, case_row, load};
use crate::crypto::Signed;
use crate::dictionary::Dictionary;
use crate::envelope::{Kind, PAYLOAD_MAX, Received, outbox};
use crate::federation::{own, peering};
use crate::ids::{CaseId, Commitment, EntryHash, ShareId, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::time::Timestamp;
use crate::wire;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What the owner knows of another unit's entry in its case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ContributionRow {
    /// The author.
    pub from: UnitId,
    /// Under which share.
    pub share: ShareId,
    /// What the owner may do with it.
    pub handling: Handling,
    /// Whether the owner may pass it on.
    pub onward: Onward,
    /// When it came.
    pub at: Timestamp,
    /// Where it stands.
    pub state: ContributionState,
}

/// Where a contribution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContributionState {
    /// Waits for a person of the owner.
    Pending,
    /// Counts.
    Admitted,
}

impl Record for ContributionRow {
    const TABLE: Table = Table::CONTRIBUTIONS;
}

/// The payload of [`Kind::Contribution`].
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ContributionPayload {
    share: ShareId,
    revision: u64,
    handling: Handling,
    onward: Onward,
    entries: Vec<Signed<Entry>>,
    changes: Vec<Change>,
}

/// Sends the owner of a case what people here wrote in it and was not sent yet.
///
/// # Errors
/// [`ShareRefusal`] if the store or the outbox fails.
pub fn contribute(txn: &mut Txn<'_>, case: CaseId) -> Result<(), ShareRefusal> {
    let own = own::load(txn)?;
    let Some((id, mut row)) = writable(txn, case, txn.now)? else { return Ok(()) };
    let Some(log) = load(txn, case)? else { return Ok(()) };
    let Some(chain) = log.chains.get(&own.unit) else { return Ok(()) };
    let from = row.contributed;
    for entry in chain.iter().filter(|entry| entry.entry.seq >= from) {
        let changes: Vec<Change> = log.changes_of(entry).map(|(_, change)| change.clone()).collect();
        let payload = ContributionPayload {
            share: id,
            revision: row.revision,
            handling: Handling::H2,
            onward: Onward::Ask,
            entries: vec![entry.signed.clone()],
            changes,
        };
        let bytes = wire::encode(&payload);
        if bytes.len() > 4 * PART {
            return Err(ShareRefusal::TooLong("contribution"));
        }
        outbox::queue_about(txn, row.from, Kind::Contribution, bytes, Some(row.expires.since(txn.now)), Some(id))?;
        row.contributed = entry.entry.seq + 1;
    }
    txn.put(id.as_bytes(), Scope::Master, &row);
    Ok(())
}

/// The share in force that lets people here write in a case.
pub(super) fn writable(view: &dyn View, case: CaseId, now: Timestamp) -> Result<Option<(ShareId, ShareIn)>, ViewError> {
    for (id, row) in incoming_of(view, case)? {
        let may = in_force(&row, now) && terms_of(view, id)?.is_some_and(|(share, _)| share.rights == Rights::Contribute);
        if may {
            return Ok(Some((id, row)));
        }
    }
    Ok(None)
}

/// Takes [`Kind::Contribution`] at the owner.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn contribution(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ViewError> {
    let Ok(payload) = wire::decode::<ContributionPayload>(&received.payload, PAYLOAD_MAX) else {
        return Ok(Taken::Refused("sent a contribution out of form"));
    };
    if !peering::is_confirmed(txn, received.from)? {
        return Ok(Taken::Refused("sent a contribution and is not confirmed here"));
    }
    let Some(row) = txn.get::<ShareOut>(payload.share.as_bytes())?.filter(|row| row.to == received.from) else {
        return Ok(Taken::Refused("contributed under a share it was not given"));
    };
    let scope = Scope::Contribution(row.case, received.from);
    let taken = one(txn, received.from, &row, &payload)?;
    if let Some(early) = taken {
        if !early {
            return Ok(Taken::Refused("contributed what its share does not allow"));
        }
        if txn.scan(Table::WAITING, payload.share.as_bytes(), None, 1000)?.len() >= 1000 {
            return Ok(Taken::Refused("sent more contributions ahead of their predecessors than can wait"));
        }
        txn.put(&waiting_key(payload.share, received.pair_seq), scope, &Waiting { payload: received.payload.clone() });
        return Ok(Taken::Applied);
    }
    loop {
        let mut progress = false;
        for (key, waiting) in txn.list::<Waiting>(payload.share.as_bytes(), None, 1000)? {
            let Ok(payload) = wire::decode::<ContributionPayload>(&waiting.payload, PAYLOAD_MAX) else { continue };
            let taken = one(txn, received.from, &row, &payload)?;
            if taken != Some(true) {
                txn.delete(Table::WAITING, &key);
                progress = taken.is_none();
            }
        }
        if !progress {
            return Ok(Taken::Applied);
        }
    }
}

/// Takes one contribution: none if it was taken, some(true) if it came early, some(false) if it is refused.
fn one(txn: &mut Txn<'_>, from: UnitId, row: &ShareOut, payload: &ContributionPayload) -> Result<Option<bool>, ViewError> {
    let share = row.share.stored().map_err(|error| ViewError(error.to_string()))?;
    let allowed = row.state == OutState::Active && txn.now < share.expires && share.rights == Rights::Contribute;
    if !allowed || !only_own(payload, from) || !replaces_what_it_saw(txn, row, from, payload)? {
        return Ok(Some(false));
    }
    let owner = own::load(txn)?.unit;
    let scope = Scope::Contribution(row.case, from);
    let foreign = match caselog::receive(txn, row.case, owner, &payload.entries, &payload.changes, scope) {
        Ok(foreign) => foreign,
        Err(ForeignError::Gap) => return Ok(Some(true)),
        Err(ForeignError::Equivocation(_)) => return Ok(None),
        Err(ForeignError::Invalid(what)) => {
            txn.incident(Some(from), what);
            return Ok(Some(false));
        }
        Err(ForeignError::View(error)) => return Err(error),
    };
    for entry in foreign.new_entries {
        let row = ContributionRow {
            from,
            share: payload.share,
            handling: payload.handling,
            onward: payload.onward,
            at: txn.now,
            state: ContributionState::Pending,
        };
        txn.put(&key(entry.entry.case, entry.hash), Scope::Master, &row);
    }
    Ok(None)
}

/// Only the sender's own entries; only changes of kinds that people write.
fn only_own(payload: &ContributionPayload, from: UnitId) -> bool {
    let dictionary = Dictionary::builtin();
    let own = payload.entries.iter().all(|signed| signed.stored().is_ok_and(|entry| entry.unit == from));
    own && payload
        .changes
        .iter()
        .all(|change| &*change.kind == KIND_ENTRY || dictionary.kind(&change.kind).is_none_or(|kind| !kind.structural))
}

/// A contributor replaces only what it had open: what was sent to it, and its own.
fn replaces_what_it_saw(txn: &Txn<'_>, row: &ShareOut, from: UnitId, payload: &ContributionPayload) -> Result<bool, ViewError> {
    let replaced: BTreeSet<Commitment> = payload.changes.iter().flat_map(|change| change.replaces.to_vec()).collect();
    let unseen: Vec<&Commitment> = replaced.iter().filter(|one| !row.sent.contains(one)).collect();
    if unseen.is_empty() {
        return Ok(true);
    }
    let log = load(txn, row.case)?;
    let own: BTreeSet<Commitment> = log
        .iter()
        .filter_map(|log| log.chains.get(&from))
        .flatten()
        .flat_map(|entry: &LogEntry| entry.entry.commitments.to_vec())
        .collect();
    Ok(unseen.iter().all(|one| own.contains(one)))
}

/// A person of the owner lets a contribution count.
///
/// # Errors
/// [`ShareRefusal`], and nothing is changed.
pub fn admit(txn: &mut Txn<'_>, case: CaseId, entry: EntryHash, author: &Author) -> Result<(), ShareRefusal> {
    let mut row = txn.get::<ContributionRow>(&key(case, entry))?.ok_or(LogRefusal::NoCase)?;
    if row.state == ContributionState::Admitted {
        return Ok(());
    }
    caselog::admit(txn, case, entry, author)?;
    row.state = ContributionState::Admitted;
    txn.put(&key(case, entry), Scope::Master, &row);
    Ok(())
}

/// The contributions to a case, with the hash of their entries.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn contributions(view: &dyn View, case: CaseId) -> Result<Vec<(EntryHash, ContributionRow)>, ViewError> {
    view.scan(Table::CONTRIBUTIONS, case.as_bytes(), None, 10_000)?
        .into_iter()
        .filter_map(|(key, bytes)| EntryHash::from_slice(&key[CaseId::LEN..]).map(|hash| Ok((hash, read_row(&bytes)?))))
        .collect()
}

/// Entries of third units that their authors do not let pass to `to`.
pub(super) fn withheld_from(view: &dyn View, case: CaseId, to: UnitId) -> Result<BTreeSet<EntryHash>, ViewError> {
    if case_row(view, case)?.is_none() {
        return Ok(BTreeSet::new());
    }
    Ok(contributions(view, case)?
        .into_iter()
        .filter(|(_, row)| row.from != to && row.onward != Onward::Allowed)
        .map(|(hash, _)| hash)
        .collect())
}

fn key(case: CaseId, entry: EntryHash) -> Vec<u8> {
    [case.as_bytes().as_slice(), entry.as_bytes()].concat()
}
