//! The end of one contribution: its author takes it back, or its time is over; the owner destroys it and signs a receipt.
//! What the author's own people wrote stays with the author.

use super::Taken;
use super::contribute::{ContributionPayload, contribute, contributions};
use super::contribution::{Contributed, ContributionRow, ContributionState, key};
use super::end::sign_receipt;
use super::incoming::MOST_WAITING;
use super::passed;
use super::refusal::ShareRefusal;
use super::revise::lower_again;
use super::rows::{ErasureRow, ShareIn, Waiting};
use super::share::{Ended, Receipt};
use super::view::outgoing_of;
use crate::caselog::{self, case_row, change_key, load};
use crate::crypto::Signed;
use crate::dictionary::Dictionary;
use crate::envelope::{Kind, PAYLOAD_MAX, Received, outbox};
use crate::federation::own;
use crate::ids::{CaseId, Commitment, EntryHash, ShareId, UnitId};
use crate::machine::{Notice, Scope, Table, Txn, View, ViewError, filtered, read_row};
use crate::wire;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The payload of [`Kind::ContributionRecall`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct TakeBackPayload {
    pub(super) share: ShareId,
    pub(super) case: CaseId,
    pub(super) entry: EntryHash,
}

/// Most contributions of a case that are taken back before they arrive.
const MOST_AHEAD: usize = 1_000;

/// A person of its author takes a contribution back: the owner is told to destroy it.
///
/// # Errors
/// [`ShareRefusal`], and nothing is changed.
pub fn take_back(txn: &mut Txn<'_>, case: CaseId, entry: EntryHash) -> Result<(), ShareRefusal> {
    let mut row = txn.get::<Contributed>(&key(case, entry))?.ok_or(ShareRefusal::NoShare)?;
    let (Some(share), None) = (row.share, row.taken_back) else {
        return Err(if row.share.is_none() { ShareRefusal::NoShare } else { ShareRefusal::State("taken back already") });
    };
    let owner = case_row(txn, case)?.ok_or(ShareRefusal::NoShare)?.owner;
    let given_to = txn.get::<ShareIn>(share.as_bytes())?.map_or(owner, |row| row.from);
    row.taken_back = Some(txn.now);
    txn.put(&key(case, entry), Scope::Master, &row);
    if outbox::serves(txn, given_to, share)? {
        // What waits may hold it: the same entries go again, without it.
        outbox::void_share(txn, given_to, share)?;
        if let Some(mut received) = txn.get::<ShareIn>(share.as_bytes())? {
            received.contributed = 0;
            txn.put(share.as_bytes(), Scope::Master, &received);
        }
        contribute(txn, case)?;
    }
    let payload = TakeBackPayload { share, case, entry };
    txn.touch(case);
    // Whoever it was given to tells the next owner, whom this unit may not know; and who owns the case now is told by this unit too.
    let told = tell(txn, given_to, &payload);
    if owner == given_to || owner == own::load(txn)?.unit || is_handed_on(txn, case, entry)? {
        return told;
    }
    match (told, tell(txn, owner, &payload)) {
        (Err(ShareRefusal::View(error)), _) | (_, Err(ShareRefusal::View(error))) => Err(error.into()),
        (told, again) => told.or(again),
    }
}

/// Whether it went to the next owner as this unit's own, which had come to own the case after it was contributed: it stays there.
fn is_handed_on(view: &dyn View, case: CaseId, entry: EntryHash) -> Result<bool, ViewError> {
    let own = own::load(view)?.unit;
    let until = case_row(view, case)?.map_or(0, |row| row.after_tenure(own));
    let log = load(view, case)?;
    let entry = log.as_ref().and_then(|log| log.by_hash(entry));
    Ok(entry.is_some_and(|entry| entry.entry.unit == own && entry.entry.seq < until))
}

pub(super) fn tell(txn: &mut Txn<'_>, to: UnitId, payload: &TakeBackPayload) -> Result<(), ShareRefusal> {
    outbox::queue_about(txn, to, Kind::ContributionRecall, wire::encode(payload), None, Some(payload.share))?;
    Ok(())
}

/// What this unit took back of its contributions to cases that a unit owns, or owned as they were given.
pub(crate) fn taken_back_from(view: &dyn View, unit: UnitId) -> Result<Vec<(CaseId, EntryHash, ShareId)>, ViewError> {
    let mut found = Vec::new();
    for (at, row) in filtered::<Contributed>(view, &[], |row| row.taken_back.is_some())? {
        let (Some((case, entry)), Some(share)) = (place(&at), row.share) else { continue };
        let given_to = view.get(Table::SHARES_IN, share.as_bytes())?.map(|bytes| read_row::<ShareIn>(&bytes)).transpose()?;
        if given_to.is_some_and(|row| row.from == unit) || case_row(view, case)?.is_some_and(|row| row.owner == unit) {
            found.push((case, entry, share));
        }
    }
    Ok(found)
}

/// A contribution that its author took back after the backup of this node was made: the key that the backup brought is destroyed.
pub(crate) fn taken_back_before(
    txn: &mut Txn<'_>,
    from: UnitId,
    (case, entry, share): (CaseId, EntryHash, ShareId),
) -> Result<(), ViewError> {
    match ended(txn, from, &TakeBackPayload { share, case, entry }) {
        Err(ShareRefusal::View(error)) => Err(error),
        _ => Ok(()),
    }
}

/// Takes [`Kind::ContributionRecall`] at the owner.
///
/// # Errors
/// [`ShareRefusal`] if the store or the outbox fails.
pub fn taken_back(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ShareRefusal> {
    let Ok(payload) = wire::decode::<TakeBackPayload>(&received.payload, PAYLOAD_MAX) else {
        return Ok(Taken::Refused("took back a contribution out of form"));
    };
    ended(txn, received.from, &payload)
}

/// The author of a contribution ends it, or a former owner of the case passes on that it did.
fn ended(txn: &mut Txn<'_>, from: UnitId, payload: &TakeBackPayload) -> Result<Taken, ShareRefusal> {
    let (case, entry) = (payload.case, payload.entry);
    let row = txn.get::<ContributionRow>(&key(case, entry))?;
    let author = match &row {
        Some(row) if row.from == from => from,
        None if given_to(txn, case, from)?.contains(&payload.share) => from,
        _ => match passed::author(txn, case, entry, (from, payload.share), row.as_ref())? {
            Ok(author) => author,
            Err(taken) => return Ok(taken),
        },
    };
    match row {
        None => {
            let given = given_to(txn, case, author)?;
            let taken = ahead(txn, case, entry, author, payload, &given)?;
            if taken != Taken::Applied {
                return Ok(taken);
            }
        }
        Some(row) if row.state != ContributionState::TakenBack => destroy(txn, case, entry, row, Ended::Recalled)?,
        Some(row) => {
            if txn.get::<ErasureRow>(&wire::encode(&Scope::Contributed(case, entry)))?.is_none() {
                sign_receipt(txn, author, row.share, 0, Ended::Recalled, Some(entry))?;
            }
            return Ok(Taken::Applied);
        }
    }
    // It went along with the case: whoever owned it after this unit is told.
    if let Some(next) = passed::next_owner(txn, case)?.filter(|next| ![author, from].contains(next)) {
        passed::tell_next(txn, next, (case, entry, payload.share))?;
    }
    Ok(Taken::Applied)
}

fn given_to(view: &dyn View, case: CaseId, unit: UnitId) -> Result<Vec<ShareId>, ViewError> {
    Ok(outgoing_of(view, case)?.into_iter().filter(|(_, row)| row.to == unit).map(|(id, _)| id).collect())
}

/// It overtook what it takes back: that will be taken without its values.
fn ahead(
    txn: &mut Txn<'_>,
    case: CaseId,
    entry: EntryHash,
    from: UnitId,
    payload: &TakeBackPayload,
    given: &[ShareId],
) -> Result<Taken, ShareRefusal> {
    for share in given {
        for (_, waiting) in txn.list::<Waiting>(share.as_bytes(), None, MOST_WAITING)? {
            let holds = wire::decode::<ContributionPayload>(&waiting.payload, PAYLOAD_MAX)
                .is_ok_and(|part| part.entries.iter().any(|signed| crate::caselog::hash_of(signed) == Some(entry)));
            if holds {
                // It is here and waits for its predecessor: it is destroyed once it has its place.
                return Ok(Taken::NotYet);
            }
        }
    }
    let known = contributions(txn, case)?;
    if known.iter().filter(|(_, row)| row.from == from && row.state == ContributionState::TakenBack).count() >= MOST_AHEAD {
        return Ok(Taken::Refused("took back more contributions than can be remembered"));
    }
    let row = ContributionRow { state: ContributionState::TakenBack, ..ContributionRow::new(from, payload.share, txn.now) };
    txn.put(&key(case, entry), Scope::Master, &row);
    sign_receipt(txn, from, payload.share, 0, Ended::Recalled, Some(entry))?;
    Ok(Taken::Applied)
}

/// Destroys one contribution here, and has those destroy it to whom it was passed on.
fn destroy(txn: &mut Txn<'_>, case: CaseId, entry: EntryHash, row: ContributionRow, ended: Ended) -> Result<(), ShareRefusal> {
    let log = load(txn, case)?;
    let held = log.as_ref().and_then(|log| log.by_hash(entry));
    let values: BTreeSet<Commitment> = held.map(|held| held.entry.commitments.to_vec()).unwrap_or_default().into_iter().collect();
    let mut unmoored = row.unmoored.clone();
    for change in log.iter().flat_map(|log| values.iter().filter_map(|one| log.changes.get(one))) {
        let names_person = Dictionary::builtin().kind(&change.kind).and_then(|kind| kind.person_ref.as_deref());
        unmoored.extend(names_person.filter(|field| *field == &*change.field).map(|_| change.entity));
    }
    let scope = Scope::Contributed(case, entry);
    for commitment in &values {
        txn.delete(Table::CHANGES, &change_key(case, *commitment, scope));
    }
    caselog::moved(txn, case)?;
    let (share, from) = (row.share, row.from);
    outbox::void_shown(txn)?;
    ErasureRow { scope, share, revision: 0, ended, contribution: Some((from, entry)) }.decide(txn);
    txn.put(&key(case, entry), Scope::Master, &ContributionRow { state: ContributionState::TakenBack, unmoored, ..row });
    txn.touch(case);
    for (id, given) in outgoing_of(txn, case)? {
        if given.state.is_open() && !given.sent.is_disjoint(&values) {
            match lower_again(txn, id) {
                Err(ShareRefusal::View(error)) => return Err(error.into()),
                // What cannot be lowered is ended: that is told to everybody.
                Err(_) => super::end::recall(txn, id)?,
                Ok(()) => {}
            }
        }
    }
    Ok(())
}

/// Destroys contributions whose time is over.
pub(super) fn expire(txn: &mut Txn<'_>) -> Result<(), ShareRefusal> {
    let now = txn.now;
    let over =
        |row: &ContributionRow| row.expires.is_some_and(|expires| now >= expires) && row.state != ContributionState::TakenBack;
    for (at, row) in txn.filtered::<ContributionRow>(&[], over)? {
        if let Some((case, entry)) = place(&at) {
            destroy(txn, case, entry, row, Ended::Expired)?;
        }
    }
    Ok(())
}

/// The case and the entry that a key names.
pub(super) fn place(key: &[u8]) -> Option<(CaseId, EntryHash)> {
    let (case, entry) = key.split_at_checked(CaseId::LEN)?;
    Some((CaseId::from_slice(case)?, EntryHash::from_slice(entry)?))
}

/// Takes the receipt for a contribution at its author.
pub(super) fn receipted(
    txn: &mut Txn<'_>,
    from: UnitId,
    entry: EntryHash,
    receipt: &Receipt,
    signed: &Signed<Receipt>,
) -> Result<Taken, ViewError> {
    let held = txn.get::<ShareIn>(receipt.share.as_bytes())?.filter(|_| receipt.unit == from);
    let Some((case, given_to)) = held.and_then(|row| Some((row.case?, row.from))) else {
        return Ok(Taken::Refused("sent a receipt for a contribution to another's case"));
    };
    let Some(mut row) = txn.get::<Contributed>(&key(case, entry))? else {
        return Ok(Taken::Refused("sent a receipt for a contribution that was not made"));
    };
    // The word of whoever owns the case counts; until that is known here, the word of whoever it was given to.
    if case_row(txn, case)?.is_some_and(|row| row.owner == from) || given_to == from && row.receipt.is_none() {
        row.receipt = Some(signed.clone());
        txn.put(&key(case, entry), Scope::Master, &row);
        txn.notify(Notice::Case(case));
    }
    Ok(Taken::Applied)
}
