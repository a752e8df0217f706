//! Contributions: the receiver's own entries to the owner, pending there until admitted.
//! What counts is decided by the fold along the owner's spine.

use super::Taken;
use super::contribution::{Contributed, ContributionRow, ContributionState, ContributionTerms, key};
use super::incoming::{MOST_WAITING, Part, in_force, terms_of};
use super::outgoing::PART;
use super::refusal::ShareRefusal;
use super::rows::{ShareIn, ShareOut, Waiting, waiting_key};
use super::share::{Handling, Onward, Rights};
use super::view::{incoming_of, outgoing_of};
use crate::caselog::{self, Author, Change, Entry, ForeignError, KIND_ENTRY, Log, LogEntry, LogRefusal, case_row, load};
use crate::crypto::Signed;
use crate::dictionary::{Dictionary, Value};
use crate::envelope::{Kind, PAYLOAD_MAX, Received, outbox};
use crate::federation::{own, restored};
use crate::ids::{CaseId, Commitment, EntityId, EntryHash, ShareId, UnitId};
use crate::machine::{Scope, Table, Txn, View, ViewError, read_row};
use crate::time::Timestamp;
use crate::wire;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Says on what terms people here contribute to a case from now on.
///
/// # Errors
/// [`ShareRefusal`], and nothing is changed.
pub fn contribution_terms(txn: &mut Txn<'_>, case: CaseId, terms: ContributionTerms) -> Result<(), ShareRefusal> {
    if terms.expires.is_some_and(|expires| expires <= txn.now) {
        return Err(ShareRefusal::Expiry);
    }
    let own = own::load(txn)?.unit;
    case_row(txn, case)?.filter(|row| row.owner != own).ok_or(LogRefusal::NoCase)?;
    txn.put(case.as_bytes(), Scope::Master, &Contributed { terms, share: None, taken_back: None, receipt: None });
    Ok(())
}

/// On what terms people here contribute to a case from now on.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn terms_of_next(view: &dyn View, case: CaseId) -> Result<ContributionTerms, ViewError> {
    let kept = view.get(Table::CONTRIBUTED, case.as_bytes())?.map(|bytes| read_row::<Contributed>(&bytes)).transpose()?;
    Ok(kept.map_or(ContributionTerms::USUAL, |usual| usual.terms))
}

/// The contributions of this unit to a case, by their entries.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn contributed(view: &dyn View, case: CaseId) -> Result<Vec<(EntryHash, Contributed)>, ViewError> {
    view.scan(Table::CONTRIBUTED, case.as_bytes(), None, 10_000)?
        .into_iter()
        .filter_map(|(key, bytes)| EntryHash::from_slice(&key[CaseId::LEN..]).map(|hash| Ok((hash, read_row(&bytes)?))))
        .collect()
}

/// The payload of [`Kind::Contribution`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ContributionPayload {
    pub(super) share: ShareId,
    pub(super) revision: u64,
    pub(super) handling: Handling,
    pub(super) onward: Onward,
    pub(super) expires: Option<Timestamp>,
    pub(super) entries: Vec<Signed<Entry>>,
    pub(super) changes: Vec<Change>,
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
    // What was written here as the owner went to the next owner as a whole.
    let from = row.contributed.max(case_row(txn, case)?.map_or(0, |row| row.after_tenure(own.unit)));
    for entry in chain.iter().filter(|entry| entry.entry.seq >= from) {
        // What was given on some terms is never given again on others.
        let made = match txn.get::<Contributed>(&key(case, entry.hash))? {
            Some(made) => made,
            None => {
                let terms = terms_of_next(txn, case)?;
                Contributed { terms, share: Some(id), taken_back: None, receipt: None }
            }
        };
        let over = made.taken_back.is_some() || made.terms.expires.is_some_and(|expires| txn.now >= expires);
        let changes: Vec<Change> = log.changes_of(entry).filter(|_| !over).map(|(_, change)| change.clone()).collect();
        txn.put(&key(case, entry.hash), Scope::Master, &made);
        let ContributionTerms { handling, onward, expires } = made.terms;
        let payload = ContributionPayload {
            share: id,
            revision: row.revision,
            handling,
            onward,
            expires,
            entries: vec![entry.signed.clone()],
            changes,
        };
        let bytes = wire::encode(&payload);
        if bytes.len() > 4 * PART {
            return Err(ShareRefusal::TooLong("contribution"));
        }
        outbox::queue_about(txn, row.from, Kind::Contribution, bytes, Some(row.expires.since(txn.now)), Some(id))?;
        row.contributed = entry.entry.seq + 1;
        txn.put(id.as_bytes(), Scope::Master, &row);
    }
    Ok(())
}

/// What a unit is not to blame for: only this node has forgotten the share.
const LOST: &str = "contributed to a case that this node lost with its backup";

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
    let Some(row) = txn.get::<ShareOut>(payload.share.as_bytes())?.filter(|row| row.to == received.from) else {
        let lost = restored::is_share_lost(txn, received.from, payload.share)?;
        return Ok(Taken::Refused(if lost { LOST } else { "contributed under a share it was not given" }));
    };
    match one(txn, received.from, &row, &payload)? {
        Part::Taken => take_waiting(txn, received.from, payload.share, &row),
        Part::Refused(why) => Ok(Taken::Refused(why)),
        Part::Early => {
            if txn.scan(Table::WAITING, payload.share.as_bytes(), None, MOST_WAITING)?.len() >= MOST_WAITING {
                return Ok(Taken::Refused("sent more contributions ahead of their predecessors than can wait"));
            }
            let waiting = Waiting { payload: received.payload.clone() };
            txn.put(&waiting_key(payload.share, received.pair_seq), Scope::Contribution(row.case, received.from), &waiting);
            Ok(Taken::Applied)
        }
    }
}

/// Tries the waiting ones again until none fits any more.
fn take_waiting(txn: &mut Txn<'_>, from: UnitId, share: ShareId, row: &ShareOut) -> Result<Taken, ViewError> {
    loop {
        let mut progress = false;
        for (key, waiting) in txn.list::<Waiting>(share.as_bytes(), None, MOST_WAITING)? {
            let Ok(payload) = wire::decode::<ContributionPayload>(&waiting.payload, PAYLOAD_MAX) else { continue };
            match one(txn, from, row, &payload)? {
                Part::Early => continue,
                Part::Taken => progress = true,
                Part::Refused(why) => txn.incident(Some(from), why),
            }
            txn.delete(Table::WAITING, &key);
        }
        if !progress {
            return Ok(Taken::Applied);
        }
    }
}

/// Takes one contribution.
fn one(txn: &mut Txn<'_>, from: UnitId, row: &ShareOut, payload: &ContributionPayload) -> Result<Part, ViewError> {
    let own = own::load(txn)?.unit;
    let share = row.share.stored().map_err(|error| ViewError(error.to_string()))?;
    // What is contributed before the acceptance arrives shows by itself that the share was accepted.
    if !row.state.is_open() || txn.now >= share.expires || share.rights != Rights::Contribute {
        return Ok(Part::Refused("contributed what its share does not allow"));
    }
    if !only_own(payload, from) {
        return Ok(Part::Refused("contributed what is not its own to write"));
    }
    let over = over(txn, row.case, payload)?;
    let changes: Vec<Change> = payload.changes.iter().filter(|change| !over.contains(&change.commitment())).cloned().collect();
    let checked = match caselog::check(txn, row.case, own, &payload.entries, &changes) {
        Ok(checked) => checked,
        Err(ForeignError::Gap) => return Ok(Part::Early),
        Err(ForeignError::Equivocation(proof)) => return proof.keep(txn).map(|()| Part::Taken),
        Err(ForeignError::Invalid(why)) => return Ok(Part::Refused(why)),
        Err(ForeignError::View(error)) => return Err(error),
    };
    // A person admits what can be read: nothing may turn up under an entry afterwards. One that came from a former owner without its
    // values, and that nobody let count, is contributed now.
    let before = load(txn, row.case)?;
    for entry in &checked.opens_later {
        let came = txn.get::<ContributionRow>(&key(row.case, *entry))?.is_some();
        if came || before.as_ref().is_some_and(|log| log.is_admitted(*entry)) {
            return Ok(Part::Refused("opened a value of an entry that it had contributed without"));
        }
    }
    if !replaces_what_it_saw(txn, row.case, from, payload)? {
        return Ok(Part::Refused("contributed in place of what it was never shown"));
    }
    let case = row.case;
    let opened = checked.opens_later.clone();
    let new_entries = checked.write_by(txn, |entry| Scope::Contributed(case, entry)).new_entries;
    let log = load(txn, case)?;
    let opened = opened.into_iter().filter_map(|hash| log.as_ref().and_then(|log| log.by_hash(hash)).cloned());
    for entry in opened.chain(new_entries) {
        if txn.get::<ContributionRow>(&key(case, entry.hash))?.is_some() {
            continue;
        }
        let ContributionPayload { share, handling, onward, expires, .. } = *payload;
        let mut row = ContributionRow { handling, onward, expires, ..ContributionRow::new(from, share, txn.now) };
        let is_open = log.as_ref().is_some_and(|log| log.changes_of(&entry).next().is_some());
        if row.is_over(txn.now) || !is_open {
            // Nothing of it is there to be admitted: its author took it back before it came to this owner.
            row.state = ContributionState::TakenBack;
        } else if log.as_ref().is_some_and(|log| log.is_admitted(entry.hash)) {
            // Before this node was put back from a backup: that was shown already, and what it let count comes again.
            row.state = ContributionState::Admitted;
        }
        txn.put(&key(case, entry.hash), Scope::Master, &row);
    }
    Ok(Part::Taken)
}

/// The values of entries that their author took back, or whose time is over: only the headers are taken.
fn over(txn: &Txn<'_>, case: CaseId, payload: &ContributionPayload) -> Result<BTreeSet<Commitment>, ViewError> {
    let mut over = BTreeSet::new();
    let past = payload.expires.is_some_and(|expires| txn.now >= expires);
    for signed in &payload.entries {
        let (Some(hash), Ok(entry)) = (caselog::hash_of(signed), signed.stored()) else { continue };
        if past || is_over(txn, case, hash, txn.now)? {
            over.extend(entry.commitments.iter().copied());
        }
    }
    Ok(over)
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

/// A contributor replaces only what it had open: what was sent to it under any share of the case, and its own. What a former owner may
/// have shown it, this one cannot know; nor what this node had shown it before it was put back from a backup.
fn replaces_what_it_saw(view: &dyn View, case: CaseId, from: UnitId, payload: &ContributionPayload) -> Result<bool, ViewError> {
    let mut unseen: BTreeSet<Commitment> = payload.changes.iter().flat_map(|change| change.replaces.iter().copied()).collect();
    for (_, share) in outgoing_of(view, case)?.into_iter().filter(|(_, share)| share.to == from) {
        unseen.retain(|one| !share.sent.contains(one) && !share.taken_back.contains(one));
    }
    let Some(log) = load(view, case)?.filter(|_| !unseen.is_empty()) else { return Ok(unseen.is_empty()) };
    for entry in log.chains.get(&from).into_iter().flatten() {
        unseen.retain(|one| !entry.entry.commitments.contains(one));
    }
    let put_back = restored::put_back(view)?;
    if !log.handovers.is_empty() || put_back.is_some() {
        let (own, since) = (own::load(view)?.unit, put_back.unwrap_or(Timestamp(0)));
        let contributed = contributions(view, case)?.into_iter().filter(|(_, row)| row.at > since);
        let contributed: BTreeSet<EntryHash> = contributed.map(|(entry, _)| entry).collect();
        let is_known = |entry: &&LogEntry| match entry.entry.unit == own {
            true => written_at(&log, entry).is_some_and(|at| at > since),
            false => contributed.contains(&entry.hash),
        };
        let known = log.chains.values().flatten().filter(is_known).flat_map(|entry| entry.entry.commitments.to_vec());
        let known: BTreeSet<Commitment> = known.collect();
        unseen.retain(|one| known.contains(one));
    }
    Ok(unseen.is_empty())
}

/// When an entry was written, by its author's word.
fn written_at(log: &Log, entry: &LogEntry) -> Option<Timestamp> {
    log.changes_of(entry).find_map(|(_, change)| match (&*change.kind, &*change.field, &change.value) {
        (KIND_ENTRY, "at", Value::Int(at)) => u64::try_from(*at).ok().map(Timestamp),
        _ => None,
    })
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
    if row.is_over(txn.now) {
        return Err(ShareRefusal::State("taken back by its author"));
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
pub(crate) fn withheld_from(view: &dyn View, case: CaseId, to: UnitId, now: Timestamp) -> Result<BTreeSet<EntryHash>, ViewError> {
    if case_row(view, case)?.is_none() {
        return Ok(BTreeSet::new());
    }
    Ok(contributions(view, case)?
        .into_iter()
        .filter(|(_, row)| row.from != to && (!row.passes_to(to) || row.is_over(now)))
        .map(|(hash, _)| hash)
        .collect())
}

/// Entities of which a destroyed contribution may have said whom they concern.
pub(crate) fn unmoored(view: &dyn View, case: CaseId) -> Result<BTreeSet<EntityId>, ViewError> {
    Ok(contributions(view, case)?.into_iter().flat_map(|(_, row)| row.unmoored).collect())
}

/// Whether a contribution was taken back, or its time is over: its values are not taken again.
pub(crate) fn is_over(view: &dyn View, case: CaseId, entry: EntryHash, now: Timestamp) -> Result<bool, ViewError> {
    let row = view.get(Table::CONTRIBUTIONS, &key(case, entry))?.map(|bytes| read_row::<ContributionRow>(&bytes)).transpose()?;
    Ok(row.is_some_and(|row| row.is_over(now)))
}
