//! What two peers exchange when they connect: for every share between them how far it stands, so that the other sends what is missing.
//! Delivery itself is the outbox; this repairs what a restored or broken node lost.

use super::Taken;
use super::decide::accept_again;
use super::end::{receipt_again, send_recall};
use super::incoming::standing;
use super::outgoing::{forget_sent, update};
use super::refusal::ShareRefusal;
use super::rows::{InState, OutState, ShareIn, ShareOut};
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
struct StatePayload {
    /// Shares that the sender gave to the receiver.
    given: Vec<Given>,
    /// Shares that the sender holds from the receiver.
    held: Vec<Held>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Given {
    share: ShareId,
    awaits_reply: bool,
    has_receipt: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Held {
    share: ShareId,
    open: bool,
    heads: Vec<(UnitId, u64)>,
    changes: u32,
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
            payload.given.push(Given { share: id, awaits_reply, has_receipt: row.receipt.is_some() });
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
        let Some(mut row) = txn.get::<ShareOut>(held.share.as_bytes())?.filter(|row| row.to == received.from) else { continue };
        if row.state == OutState::Recalled && held.open {
            send_recall(txn, held.share, &row)?;
        }
        let behind = row.heads.iter().any(|(unit, sent)| held.heads.iter().find(|(at, _)| at == unit).is_none_or(|(_, seq)| seq < sent))
            || usize::try_from(held.changes).unwrap_or(0) < row.sent.len();
        let waits = outbox::due(txn, received.from, 1)?.iter().any(|(_, row)| row.about == Some(held.share));
        if row.state == OutState::Active && held.open && behind && !waits {
            forget_sent(&mut row);
            txn.put(held.share.as_bytes(), Scope::Case(row.case), &row);
            update(txn, held.share)?;
        }
    }
    for given in payload.given {
        let Some(row) = txn.get::<ShareIn>(given.share.as_bytes())?.filter(|row| row.from == received.from) else { continue };
        match row.state {
            InState::Ended(ended) if row.receipted && !given.has_receipt => receipt_again(txn, given.share, ended)?,
            InState::Active if given.awaits_reply => accept_again(txn, given.share, &row)?,
            _ => {}
        }
    }
    Ok(Taken::Applied)
}
