//! What two peers exchange when they connect: for every share between them how far it stands, so that the other sends what is missing.
//! Delivery itself is the outbox; this repairs what a restored or broken node lost.

use super::Taken;
use super::contribute::contribute;
use super::decide::accept_again;
use super::end::{end_here, receipt_again, receipts_after, send_recall};
use super::incoming::standing;
use super::offer::give_again;
use super::outgoing::{Since, present, update, update_peer};
use super::passed::tell_of_ended;
use super::refusal::ShareRefusal;
use super::revise::{anew, send_again};
use super::rows::{InState, OfCase, OutState, Revision, ShareIn, ShareOut, of_case_key};
use super::share::{Ended, Share};
use crate::caselog::case_row;
use crate::crypto::Signed;
use crate::envelope::outbox::OutboxError;
use crate::envelope::{Kind, PAYLOAD_MAX, Received, outbox};
use crate::federation::{charter, own, peering, restored};
use crate::ids::{ShareId, UnitId};
use crate::machine::{Notice, Scope, Txn, ViewError};
use crate::time::HOUR;
use crate::wire;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Most shares named in one exchange.
const MOST: usize = 5000;

/// The payload of [`Kind::ShareState`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StatePayload {
    /// Shares that the sender gave to the receiver.
    pub(super) given: Vec<Given>,
    /// Shares that the sender holds from the receiver.
    pub(super) held: Vec<Held>,
    /// The sender was put back from a backup: what it does not name it has forgotten.
    pub(super) forgetful: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Given {
    pub(super) share: ShareId,
    pub(super) awaits_reply: bool,
    pub(super) has_receipt: bool,
    /// The first entry of the receiver's chain in this case that the owner does not hold.
    pub(super) lacks: u64,
    /// The newest lower revision whose receipt it does not have.
    pub(super) lowered: Option<u64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Held {
    pub(super) share: ShareId,
    pub(super) revision: u64,
    pub(super) open: bool,
    pub(super) heads: Vec<(UnitId, u64)>,
    pub(super) changes: u32,
}

/// A restored node and a unit that has shown all bring each other up to date.
pub(crate) fn level(txn: &mut Txn<'_>, peer: UnitId) -> Result<(), ViewError> {
    receipts_after(txn, peer)?;
    if let Err(ShareRefusal::View(error)) = update_peer(txn, peer) {
        return Err(error);
    }
    for (key, row) in txn.filtered::<ShareOut>(&[], |row| row.to == peer && row.state == OutState::Recalled)? {
        if let Some(id) = ShareId::from_slice(&key).filter(|_| row.receipt.is_none())
            && let Err(ShareRefusal::View(error)) = send_recall(txn, id, &row)
        {
            return Err(error);
        }
    }
    tell_of_ended(txn, peer)?;
    restored::forgot(txn, peer);
    announce_state(txn, peer)
}

/// A share that this unit gave, as its receiver shows it to the restored node: known here again, and over if it is over there.
///
/// Terms that are not known here and were signed with a key that is past are not gone on with: whoever has a lost laptop could have
/// signed them. Such a share is recalled, and people share anew.
pub(crate) fn given_before(
    txn: &mut Txn<'_>,
    to: UnitId,
    id: ShareId,
    share: Option<&Signed<Share>>,
    active: bool,
    ended: Option<Ended>,
) -> Result<(), ViewError> {
    let own = own::load(txn)?;
    let signed = match share {
        Some(share) => charter::verify_of(txn, own.unit, share)?.map(|terms| (share, terms)),
        None => None,
    };
    let signed = signed.filter(|(_, terms)| (terms.id, terms.from, terms.to) == (id, own.unit, to));
    let is_past = |share: &Signed<Share>| share.claimed_signer() != Ok(own.public());
    let before = txn.get::<ShareOut>(id.as_bytes())?;
    let revision = |row: &ShareOut| row.share.stored().map(|terms| terms.revision).ok();
    let before_revision = before.as_ref().and_then(revision);
    let mut row = match (before, &signed) {
        (Some(row), _) if row.to != to => return Ok(()),
        (Some(row), _) => row,
        (None, Some((share, terms))) if case_row(txn, terms.case)?.is_some_and(|row| row.owner == own.unit) => {
            restored::forget_share(txn, to, id);
            txn.put(&of_case_key(terms.case, id), Scope::Master, &OfCase { given: true });
            ShareOut {
                share: (*share).clone(),
                case: terms.case,
                to,
                state: OutState::Delivered,
                history: vec![(OutState::Delivered, txn.now)],
                heads: BTreeMap::new(),
                sent: BTreeSet::new(),
                stale: BTreeSet::new(),
                reason: None,
                receipt: None,
                taken_back: BTreeSet::new(),
                revisions: Vec::new(),
                above: 0,
                reminded: 0,
            }
        }
        // Its case may still come back, and then it is shown once more. If not, nothing can be done with it here. Nor with one that is
        // over, but whoever shows it may be put back to before it was.
        (None, Some(_)) => return restored::lose_share(txn, to, id),
        (None, None) if ended.is_some() => return restored::lose_share(txn, to, id),
        (None, None) => return Ok(()),
    };
    let known = row.share.stored().map_err(|error| ViewError(error.to_string()))?.into_value();
    let is_newer = signed.as_ref().is_some_and(|(_, terms)| before_revision.is_none_or(|revision| revision < terms.revision));
    let unsure = is_newer && signed.as_ref().is_some_and(|(share, _)| is_past(share));
    if let Some((share, terms)) = signed
        && known.revision < terms.revision
    {
        let revision =
            Revision { number: terms.revision, at: txn.now, lowers: known.is_lowered_by(&terms), refused: false, receipt: None };
        row.revisions.push(revision);
        row.share = share.clone();
    }
    let state = match ended {
        Some(Ended::Recalled) => OutState::Recalled,
        Some(Ended::Expired | Ended::Lowered) => OutState::Expired,
        Some(Ended::Declined) => OutState::Declined,
        Some(Ended::Transferred) => OutState::Transferred,
        None if unsure => OutState::Recalled,
        None if active => OutState::Active,
        None if row.state == OutState::Sent => OutState::Delivered,
        None => row.state,
    };
    if row.state.is_open() && row.state != state {
        row.enter(state, txn.now);
    }
    txn.put(id.as_bytes(), Scope::Case(row.case), &row);
    txn.notify(Notice::Share(id));
    if unsure && state == OutState::Recalled {
        outbox::void_share(txn, to, id)?;
        txn.touch(row.case);
        txn.incident(Some(to), "holds a share that was signed with a past key after the backup was made: it is recalled");
    }
    Ok(())
}

/// A share that this unit was given and that ended after the backup was made: the key that the backup brought back is destroyed at once.
pub(crate) fn ended_before(txn: &mut Txn<'_>, from: UnitId, id: ShareId, ended: Ended) -> Result<(), ViewError> {
    match txn.get::<ShareIn>(id.as_bytes())? {
        Some(row) if row.from == from && !matches!(row.state, InState::Ended(_)) => end_here(txn, id, row, ended),
        _ => Ok(()),
    }
}

/// Tells a peer how the shares between the two stand here.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn announce_state(txn: &mut Txn<'_>, peer: UnitId) -> Result<(), ViewError> {
    if !peering::is_confirmed(txn, peer)? {
        return Ok(());
    }
    // Once at a time: what is given again for it is on its way.
    let forgetful = restored::is_forgetful(txn, peer)? && !outbox::has(txn, peer, Kind::ShareState)?;
    let mut payload = StatePayload { given: Vec::new(), held: Vec::new(), forgetful };
    for (key, row) in txn.filtered::<ShareOut>(&[], |row| row.to == peer)?.into_iter().take(MOST) {
        if let Some(id) = ShareId::from_slice(&key) {
            let awaits_reply = row.state.is_open() && row.state != OutState::Active;
            let lacks = case_row(txn, row.case)?.and_then(|case| case.heads.get(&peer).map(|(seq, _)| seq + 1)).unwrap_or(0);
            let lowered = row.revisions.iter().filter(|one| one.awaits_receipt()).map(|one| one.number).max();
            payload.given.push(Given { share: id, awaits_reply, has_receipt: row.receipt.is_some(), lacks, lowered });
        }
    }
    for (key, row) in txn.filtered::<ShareIn>(&[], |row| row.from == peer)?.into_iter().take(MOST) {
        let Some(share) = ShareId::from_slice(&key) else { continue };
        let (heads, changes) = match row.case {
            Some(case) => standing(txn, case, share)?,
            None => Default::default(),
        };
        payload.held.push(Held {
            share,
            revision: row.revision,
            open: !matches!(row.state, InState::Ended(_)),
            heads: heads.into_iter().collect(),
            changes,
        });
    }
    if payload.given.is_empty() && payload.held.is_empty() && !forgetful {
        return Ok(());
    }
    match outbox::queue(txn, peer, Kind::ShareState, wire::encode(&payload), Some(HOUR)) {
        Err(OutboxError::View(error)) => return Err(error),
        Ok(number) if forgetful => restored::said_forgot(txn, peer, number),
        _ => {}
    }
    Ok(())
}

/// Takes [`Kind::ShareState`] and queues what the peer lacks.
///
/// # Errors
/// [`ShareRefusal`] if the store or the outbox fails.
pub fn state(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ShareRefusal> {
    let Ok(payload) = wire::decode::<StatePayload>(&received.payload, PAYLOAD_MAX) else {
        return Ok(Taken::Refused("sent the state of its shares out of form"));
    };
    for held in &payload.held {
        let Some(mut row) = txn.get::<ShareOut>(held.share.as_bytes())?.filter(|row| row.to == received.from && held.open) else {
            continue;
        };
        if row.state == OutState::Recalled {
            send_recall(txn, held.share, &row)?;
        }
        let waited = outbox::serves(txn, received.from, held.share)?;
        if waited {
            if !payload.forgetful {
                continue;
            }
            // What waits for it builds on what it has forgotten.
            outbox::void_share(txn, received.from, held.share)?;
        }
        let revision = row.share.stored().map_err(|error| ViewError(error.to_string()))?.revision;
        if held.revision > revision && held.revision > row.above {
            // Signed before this node was put back to an older state: what comes next goes above it.
            row.above = held.revision;
            txn.put(held.share.as_bytes(), Scope::Case(row.case), &row);
            txn.incident(Some(received.from), "holds a revision of a share that this node does not remember");
        }
        if held.revision < revision && row.state.is_open() {
            send_again(txn, row, held.revision)?;
            continue;
        }
        // Known again from its receiver alone: of what was on its way to it nothing is left.
        if row.state.is_open() && row.state != OutState::Active && row.heads.is_empty() && held.changes == 0 {
            anew(txn, held.share)?;
            continue;
        }
        // What waited was on its way to the first look at it.
        if waited && row.state.is_open() && row.state != OutState::Active {
            give_again(txn, held.share)?;
            continue;
        }
        let Some((_, disclosure)) = present(txn, &row, txn.now)? else { continue };
        // That a value is no longer current brings neither an entry nor a value: that it was forgotten does not show.
        let untold = payload.forgetful && (waited || !row.stale.is_empty());
        let behind =
            row.heads.iter().any(|(unit, sent)| held.heads.iter().find(|(at, _)| at == unit).is_none_or(|(_, seq)| seq < sent));
        if untold || behind || usize::try_from(held.changes).unwrap_or(0) < disclosure.changes.len() {
            update(txn, held.share, Since::Beginning)?;
        }
    }
    // Unless it is still on its way.
    let named: BTreeSet<ShareId> = payload.held.iter().map(|held| held.share).collect();
    let forgotten = |(key, row): (Vec<u8>, ShareOut)| {
        let id = ShareId::from_slice(&key).filter(|id| row.to == received.from && row.state.is_open() && !named.contains(id))?;
        (row.state != OutState::Sent).then_some(id)
    };
    if payload.forgetful && named.len() < MOST {
        for id in
            txn.filtered::<ShareOut>(&[], |row| row.to == received.from)?.into_iter().filter_map(forgotten).collect::<Vec<_>>()
        {
            // What waits for it builds on what it has forgotten.
            outbox::void_share(txn, received.from, id)?;
            give_again(txn, id)?;
        }
    }
    for given in payload.given {
        let Some(mut row) = txn.get::<ShareIn>(given.share.as_bytes())?.filter(|row| row.from == received.from) else { continue };
        match row.state {
            InState::Ended(ended) if row.receipted && !given.has_receipt => receipt_again(txn, given.share, row.revision, ended)?,
            InState::Active if given.awaits_reply => accept_again(txn, given.share, &row)?,
            _ => {}
        }
        if given.lowered.is_some_and(|number| number > 0 && number <= row.lowered) && !matches!(row.state, InState::Ended(_)) {
            receipt_again(txn, given.share, row.lowered, Ended::Lowered)?;
            row = txn.get::<ShareIn>(given.share.as_bytes())?.unwrap_or(row);
        }
        let Some(case) = row.case.filter(|_| row.state == InState::Active) else { continue };
        if given.lacks < row.contributed && !outbox::serves(txn, received.from, given.share)? {
            row.contributed = given.lacks;
            txn.put(given.share.as_bytes(), Scope::Master, &row);
        }
        // What could not be queued as it was written, too: the words were not compared yet, or the node had been put back.
        contribute(txn, case)?;
    }
    Ok(Taken::Applied)
}
