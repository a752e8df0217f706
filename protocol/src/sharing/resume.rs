//! What two peers exchange when they connect: for every share between them how far it stands, so that the other sends what is missing.
//! Delivery itself is the outbox; this repairs what a restored or broken node lost.

use super::Taken;
use super::contribute::contribute;
use super::decide::accept_again;
use super::end::{receipt_again, send_recall};
use super::incoming::standing;
use super::outgoing::{Since, present, update};
use super::refusal::ShareRefusal;
use super::revise::send_again;
use super::rows::{InState, OutState, ShareIn, ShareOut};
use super::share::Ended;
use crate::caselog::case_row;
use crate::envelope::outbox::OutboxError;
use crate::envelope::{Kind, PAYLOAD_MAX, Received, outbox};
use crate::federation::peering;
use crate::ids::{ShareId, UnitId};
use crate::machine::{Scope, Txn, ViewError};
use crate::time::HOUR;
use crate::wire;
use serde::{Deserialize, Serialize};

/// Most shares named in one exchange.
const MOST: usize = 5000;

/// The payload of [`Kind::ShareState`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StatePayload {
    /// Shares that the sender gave to the receiver.
    pub(super) given: Vec<Given>,
    /// Shares that the sender holds from the receiver.
    pub(super) held: Vec<Held>,
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

/// Tells a peer how the shares between the two stand here.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn announce_state(txn: &mut Txn<'_>, peer: UnitId) -> Result<(), ViewError> {
    if !peering::is_confirmed(txn, peer)? {
        return Ok(());
    }
    let mut payload = StatePayload { given: Vec::new(), held: Vec::new() };
    for (key, row) in txn.list::<ShareOut>(&[], None, MOST)? {
        if let Some(id) = ShareId::from_slice(&key).filter(|_| row.to == peer) {
            let awaits_reply = row.state.is_open() && row.state != OutState::Active;
            let lacks = case_row(txn, row.case)?.and_then(|case| case.heads.get(&peer).map(|(seq, _)| seq + 1)).unwrap_or(0);
            let lowered = row.revisions.iter().filter(|one| one.awaits_receipt()).map(|one| one.number).max();
            payload.given.push(Given { share: id, awaits_reply, has_receipt: row.receipt.is_some(), lacks, lowered });
        }
    }
    for (key, row) in txn.list::<ShareIn>(&[], None, MOST)? {
        let Some(share) = ShareId::from_slice(&key).filter(|_| row.from == peer) else { continue };
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
    if payload.given.is_empty() && payload.held.is_empty() {
        return Ok(());
    }
    match outbox::queue(txn, peer, Kind::ShareState, wire::encode(&payload), Some(HOUR)) {
        Err(OutboxError::View(error)) => Err(error),
        _ => Ok(()),
    }
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
        if outbox::serves(txn, received.from, held.share)? {
            continue;
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
        let Some((_, disclosure)) = present(txn, &row, txn.now)? else { continue };
        let behind =
            row.heads.iter().any(|(unit, sent)| held.heads.iter().find(|(at, _)| at == unit).is_none_or(|(_, seq)| seq < sent));
        if behind || usize::try_from(held.changes).unwrap_or(0) < disclosure.changes.len() {
            update(txn, held.share, Since::Beginning)?;
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
        let Some(case) = row.case.filter(|_| row.state == InState::Active && given.lacks < row.contributed) else { continue };
        if !outbox::serves(txn, received.from, given.share)? {
            row.contributed = given.lacks;
            txn.put(given.share.as_bytes(), Scope::Master, &row);
            contribute(txn, case)?;
        }
    }
    Ok(Taken::Applied)
}
