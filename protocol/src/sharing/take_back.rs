//! The end of one contribution: its author takes it back, or its time is over; the owner destroys it and signs a receipt.
//! What the author's own people wrote stays with the author.

use super::Taken;
use super::contribute::{Contributed, ContributionPayload, ContributionRow, ContributionState, contribute, contributions, key};
use super::end::sign_receipt;
use super::incoming::MOST_WAITING;
use super::refusal::ShareRefusal;
use super::revise::lower_again;
use super::rows::{ErasureRow, ShareIn, Waiting};
use super::share::{Ended, Receipt};
use super::view::outgoing_of;
use crate::caselog::{case_row, change_key, load};
use crate::crypto::Signed;
use crate::envelope::{Kind, PAYLOAD_MAX, Received, outbox};
use crate::ids::{CaseId, Commitment, EntryHash, ShareId, UnitId};
use crate::machine::{Notice, Scope, Table, Txn, ViewError};
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
/// Contributions looked at in one tick.
const MOST: usize = 10_000;

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
    row.taken_back = Some(txn.now);
    txn.put(&key(case, entry), Scope::Master, &row);
    if outbox::serves(txn, owner, share)? {
        // What waits may hold it: the same entries go again, without it.
        outbox::void_share(txn, owner, share)?;
        if let Some(mut received) = txn.get::<ShareIn>(share.as_bytes())? {
            received.contributed = 0;
            txn.put(share.as_bytes(), Scope::Master, &received);
        }
        contribute(txn, case)?;
    }
    let payload = TakeBackPayload { share, case, entry };
    outbox::queue_about(txn, owner, Kind::ContributionRecall, wire::encode(&payload), None, Some(share))?;
    txn.touch(case);
    Ok(())
}

/// Takes [`Kind::ContributionRecall`] at the owner.
///
/// # Errors
/// [`ShareRefusal`] if the store or the outbox fails.
pub fn taken_back(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ShareRefusal> {
    let Ok(payload) = wire::decode::<TakeBackPayload>(&received.payload, PAYLOAD_MAX) else {
        return Ok(Taken::Refused("took back a contribution out of form"));
    };
    let (case, entry, from) = (payload.case, payload.entry, received.from);
    let given: Vec<ShareId> = outgoing_of(txn, case)?.into_iter().filter(|(_, row)| row.to == from).map(|(id, _)| id).collect();
    if !given.contains(&payload.share) {
        return Ok(Taken::Refused("took back a contribution to a share it was not given"));
    }
    let Some(row) = txn.get::<ContributionRow>(&key(case, entry))? else {
        return ahead(txn, case, entry, from, &payload, &given);
    };
    if row.from != from {
        return Ok(Taken::Refused("took back another unit's contribution"));
    }
    let scope = Scope::Contributed(case, entry);
    if row.state != ContributionState::TakenBack {
        destroy(txn, case, entry, row, Ended::Recalled)?;
    } else if txn.get::<ErasureRow>(&wire::encode(&scope))?.is_none() {
        sign_receipt(txn, from, row.share, 0, Ended::Recalled, Some(entry))?;
    }
    Ok(Taken::Applied)
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
    let scope = Scope::Contributed(case, entry);
    for commitment in &values {
        txn.delete(Table::CHANGES, &change_key(case, *commitment, scope));
    }
    let (share, from) = (row.share, row.from);
    ErasureRow { scope, share, revision: 0, ended, contribution: Some((from, entry)) }.decide(txn);
    txn.put(&key(case, entry), Scope::Master, &ContributionRow { state: ContributionState::TakenBack, ..row });
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
    for (at, row) in txn.list::<ContributionRow>(&[], None, MOST)? {
        let over = row.expires.is_some_and(|expires| txn.now >= expires) && row.state != ContributionState::TakenBack;
        let place = at
            .split_at_checked(CaseId::LEN)
            .and_then(|(case, entry)| Some((CaseId::from_slice(case)?, EntryHash::from_slice(entry)?)));
        if let Some((case, entry)) = place.filter(|_| over) {
            destroy(txn, case, entry, row, Ended::Expired)?;
        }
    }
    Ok(())
}

/// Takes the receipt for a contribution at its author.
pub(super) fn receipted(
    txn: &mut Txn<'_>,
    from: UnitId,
    entry: EntryHash,
    receipt: &Receipt,
    signed: &Signed<Receipt>,
) -> Result<Taken, ViewError> {
    let case = txn.get::<ShareIn>(receipt.share.as_bytes())?.filter(|row| row.from == from && receipt.unit == from);
    let Some(case) = case.and_then(|row| row.case) else {
        return Ok(Taken::Refused("sent a receipt for a contribution to another's case"));
    };
    let Some(mut row) = txn.get::<Contributed>(&key(case, entry))? else {
        return Ok(Taken::Refused("sent a receipt for a contribution that was not made"));
    };
    row.receipt.get_or_insert(signed.clone());
    txn.put(&key(case, entry), Scope::Master, &row);
    txn.notify(Notice::Case(case));
    Ok(Taken::Applied)
}
