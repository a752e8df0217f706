//! What goes out under a share after it was made: its first parts, and updates while it is active.
//! What may go is decided by `caselog::disclose` alone.

use super::contribute::{unmoored, withheld_from};
use super::refusal::ShareRefusal;
use super::revise::lower_again;
use super::rows::{OfCase, OutState, ShareOut};
use super::share::Share;
use crate::caselog::{Allowed, Change, Disclosure, Entry, disclose, fold, load};
use crate::crypto::Signed;
use crate::envelope::{Kind, outbox};
use crate::ids::{CaseId, Commitment, ShareId, UnitId};
use crate::machine::{Notice, Scope, Txn, View, ViewError};
use crate::time::Timestamp;
use crate::wire;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The payload of [`Kind::Entries`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct EntriesPayload {
    pub(super) share: Option<ShareId>,
    pub(super) revision: u64,
    /// The heads that earlier parts brought: this one waits until they are there.
    pub(super) after: BTreeMap<UnitId, u64>,
    pub(super) entries: Vec<Signed<Entry>>,
    pub(super) changes: Vec<Change>,
    pub(super) stale: Vec<Commitment>,
}

/// Most bytes of one part, so that it fits an envelope of 256 KiB.
pub(crate) const PART: usize = 200 * 1024;

pub(super) fn allowed_of(view: &dyn View, share: &Share, now: Timestamp) -> Result<Allowed, ViewError> {
    Ok(Allowed {
        to: share.to,
        persons: share.persons.iter().map(|person| person.entity).collect(),
        sections: share.sections.iter().map(|section| section.to_string()).collect(),
        classes: share.classes.iter().copied().collect(),
        items: share.items.iter().copied().collect(),
        withheld: withheld_from(view, share.case, share.to, now)?,
        unmoored: unmoored(view, share.case)?,
    })
}

/// Brings every active share of a case up to date.
///
/// # Errors
/// [`ShareRefusal`] if the store or the outbox fails.
pub fn fan_out(txn: &mut Txn<'_>, case: CaseId) -> Result<(), ShareRefusal> {
    let given: Vec<ShareId> = txn
        .list::<OfCase>(case.as_bytes(), None, 1000)?
        .into_iter()
        .filter(|(_, row)| row.given)
        .filter_map(|(key, _)| ShareId::from_slice(&key[CaseId::LEN..]))
        .collect();
    update_all(txn, given)
}

/// Brings every active share with one peer up to date, after it could not be reached or was not confirmed.
///
/// # Errors
/// [`ShareRefusal`] if the store or the outbox fails.
pub fn update_peer(txn: &mut Txn<'_>, peer: UnitId) -> Result<(), ShareRefusal> {
    let active: Vec<ShareId> = txn
        .filtered::<ShareOut>(&[], |row| row.to == peer && row.state == OutState::Active)?
        .into_iter()
        .filter_map(|(key, _)| ShareId::from_slice(&key))
        .collect();
    update_all(txn, active)
}

/// A peer that cannot be served now does not keep the others from being served.
fn update_all(txn: &mut Txn<'_>, shares: Vec<ShareId>) -> Result<(), ShareRefusal> {
    let mut outcome = Ok(());
    for id in shares {
        match update(txn, id, Since::Sent) {
            Err(ShareRefusal::View(error)) => return Err(error.into()),
            Err(refusal) => outcome = Err(refusal),
            Ok(()) => {}
        }
    }
    outcome
}

/// From where on a share is brought up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    /// From what was sent.
    Sent,
    /// From the beginning: the receiver says that it lacks something.
    Beginning,
}

/// What an active share shows now, and the share; none if it is not in force.
pub(super) fn present(view: &dyn View, row: &ShareOut, now: Timestamp) -> Result<Option<(Share, Disclosure)>, ViewError> {
    let share = row.share.stored().map_err(|error| ViewError(error.to_string()))?.into_value();
    if row.state != OutState::Active || now >= share.expires {
        return Ok(None);
    }
    let Some(log) = load(view, share.case)? else { return Ok(None) };
    let disclosure = disclose(&log, &fold(&log), &allowed_of(view, &share, now)?, &row.sent);
    Ok(Some((share, disclosure)))
}

/// Sends what an active share lacks.
pub(super) fn update(txn: &mut Txn<'_>, id: ShareId, since: Since) -> Result<(), ShareRefusal> {
    let Some(mut row) = txn.get::<ShareOut>(id.as_bytes())? else { return Ok(()) };
    let Some((share, disclosure)) = present(txn, &row, txn.now)? else { return Ok(()) };
    if stands_again(txn, &share, &row, &disclosure)? {
        // Envelopes may change places: only a new number takes back that it is no longer current.
        match lower_again(txn, id) {
            Err(ShareRefusal::TooManyRevisions) => {}
            done => return done,
        }
    }
    if send_disclosure(txn, &share, &mut row, disclosure, since)? {
        txn.put(id.as_bytes(), Scope::Case(share.case), &row);
    }
    Ok(())
}

/// Whether anything that was said to be no longer current stands again, and would be shown.
fn stands_again(view: &dyn View, share: &Share, row: &ShareOut, disclosure: &Disclosure) -> Result<bool, ViewError> {
    let told: BTreeSet<&Commitment> = disclosure.stale.iter().collect();
    let other: BTreeSet<&Commitment> = row.stale.iter().filter(|one| !told.contains(one)).collect();
    if other.is_empty() {
        return Ok(false);
    }
    let Some(log) = load(view, share.case)? else { return Ok(false) };
    let folded = fold(&log);
    let mut versions = folded.entities.values().flat_map(|entity| entity.fields.values()).flat_map(|field| &field.versions);
    Ok(versions.any(|version| other.contains(&version.commitment)))
}

/// Queues what was not sent yet, in parts; says whether there was anything.
pub(super) fn send_disclosure(
    txn: &mut Txn<'_>,
    share: &Share,
    row: &mut ShareOut,
    disclosure: Disclosure,
    since: Since,
) -> Result<bool, ShareRefusal> {
    let again = since == Since::Beginning;
    let mut parts = Parts::new(share, if again { BTreeMap::new() } else { row.heads.clone() });
    for signed in disclosure.entries {
        let entry = signed.stored().map_err(|error| ViewError(error.to_string()))?;
        if again || row.heads.get(&entry.unit).is_none_or(|sent| *sent < entry.seq) {
            row.heads.insert(entry.unit, entry.seq);
            parts.entry(signed, entry.unit, entry.seq);
        }
    }
    for change in disclosure.changes {
        if row.sent.insert(change.commitment()) || again {
            parts.change(change);
        }
    }
    let stale: Vec<Commitment> = disclosure.stale.into_iter().filter(|one| row.stale.insert(*one) || again).collect();
    let parts = parts.finish(stale);
    let any = !parts.is_empty();
    for part in parts {
        let lifetime = Some(share.expires.since(txn.now));
        outbox::queue_about(txn, share.to, Kind::Entries, wire::encode(&part), lifetime, Some(share.id))?;
    }
    Ok(any)
}

/// Cuts a disclosure into payloads.
struct Parts {
    done: Vec<EntriesPayload>,
    open: EntriesPayload,
    size: usize,
    /// The heads with all entries given so far.
    heads: BTreeMap<UnitId, u64>,
}

impl Parts {
    fn new(share: &Share, heads: BTreeMap<UnitId, u64>) -> Self {
        let open =
            EntriesPayload { share: Some(share.id), revision: share.revision, after: heads.clone(), ..EntriesPayload::default() };
        Self { done: Vec::new(), open, size: 0, heads }
    }

    fn room(&mut self, bytes: usize) {
        if self.size + bytes > PART && self.size > 0 {
            let (share, revision, after) = (self.open.share, self.open.revision, self.heads.clone());
            let next = EntriesPayload { share, revision, after, ..EntriesPayload::default() };
            self.done.push(core::mem::replace(&mut self.open, next));
            self.size = 0;
        }
        self.size += bytes;
    }

    fn entry(&mut self, signed: Signed<Entry>, unit: UnitId, seq: u64) {
        self.room(signed.as_bytes().len() + 8);
        self.open.entries.push(signed);
        self.heads.insert(unit, seq);
    }

    fn change(&mut self, change: Change) {
        self.room(wire::encode(&change).len() + 8);
        self.open.changes.push(change);
    }

    fn finish(mut self, stale: Vec<Commitment>) -> Vec<EntriesPayload> {
        self.open.stale = stale;
        if !self.open.entries.is_empty() || !self.open.changes.is_empty() || !self.open.stale.is_empty() {
            self.done.push(self.open);
        }
        self.done
    }
}

/// The other node has taken, or refused for good, an envelope that serves a share.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn answered(txn: &mut Txn<'_>, kind: Kind, share: ShareId, applied: bool) -> Result<(), ViewError> {
    let Some(mut row) = txn.get::<ShareOut>(share.as_bytes())? else { return Ok(()) };
    match (kind, applied, row.state) {
        (Kind::Share, true, OutState::Sent) => row.enter(OutState::Delivered, txn.now),
        (Kind::Share, false, state) if state.is_open() => {
            if row.state == OutState::Sent || row.revisions.is_empty() {
                row.enter(OutState::Refused, txn.now);
                outbox::void_share(txn, row.to, share)?;
            } else {
                // It still holds the revision before, so the share stays open and can be recalled.
                if let Some(last) = row.revisions.last_mut() {
                    last.refused = true;
                }
                txn.incident(Some(row.to), "refused a later revision of a share; it may hold the one before");
            }
        }
        _ => return Ok(()),
    }
    txn.put(share.as_bytes(), Scope::Case(row.case), &row);
    txn.notify(Notice::Share(share));
    Ok(())
}
