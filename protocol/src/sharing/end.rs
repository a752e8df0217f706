//! The ends of a share: recall, destruction of its key, receipt.
//! Erase: tombstone in the data, then the key file rewritten, then the receipt; orphans are swept at start.

use super::Taken;
use super::refusal::ShareRefusal;
use super::room;
use super::rows::{ErasureRow, InState, OfCase, OutState, ShareIn, ShareOut, of_case_key, scope};
use super::share::{Ended, Receipt};
use super::take_back;
use super::view::{incoming_of, outgoing_of};
use crate::crypto::Signed;
use crate::envelope::outbox::OutboxError;
use crate::envelope::{Kind, PAYLOAD_MAX, Received, outbox};
use crate::federation::{charter, own, restored};
use crate::ids::{CaseId, Commitment, EntryHash, ShareId, UnitId};
use crate::machine::{Notice, Scope, Table, Txn, View, ViewError, read_row};
use crate::wire;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The payload of [`Kind::Recall`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RecallPayload {
    pub(crate) share: ShareId,
    pub(crate) revision: u64,
}

/// The payload of [`Kind::Receipt`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ReceiptPayload {
    pub(crate) receipt: Signed<Receipt>,
}

/// The owner ends a share: no new versions, and the receiver is told to destroy its key.
///
/// # Errors
/// [`ShareRefusal`], and nothing is changed.
pub fn recall(txn: &mut Txn<'_>, id: ShareId) -> Result<(), ShareRefusal> {
    let mut row = txn.get::<ShareOut>(id.as_bytes())?.ok_or(ShareRefusal::NoShare)?;
    if !row.state.is_open() {
        return Err(ShareRefusal::State("over"));
    }
    row.enter(OutState::Recalled, txn.now);
    txn.put(id.as_bytes(), Scope::Case(row.case), &row);
    txn.touch(row.case);
    outbox::void_share(txn, row.to, id)?;
    match send_recall(txn, id, &row) {
        // Said once the two have been connected: the exchange of states does it.
        Err(ShareRefusal::Peer(OutboxError::Restored)) => {}
        // Who has left the federation is told nothing; the share is over here all the same.
        Err(ShareRefusal::Peer(OutboxError::NotAMember)) => {
            txn.incident(Some(row.to), "cannot be told of a recall: it is no member any more")
        }
        other => other?,
    }
    txn.notify(Notice::Share(id));
    Ok(())
}

pub(super) fn send_recall(txn: &mut Txn<'_>, id: ShareId, row: &ShareOut) -> Result<(), ShareRefusal> {
    let share = row.share.stored().map_err(|error| ViewError(error.to_string()))?;
    let payload = RecallPayload { share: id, revision: share.revision };
    outbox::queue_about(txn, row.to, Kind::Recall, wire::encode(&payload), None, Some(id))?;
    Ok(())
}

/// Takes [`Kind::Recall`] at the receiver, also for a share that has not arrived: then it never will.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn recalled(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ViewError> {
    let Ok(payload) = wire::decode::<RecallPayload>(&received.payload, PAYLOAD_MAX) else {
        return Ok(Taken::Refused("sent a recall out of form"));
    };
    let row = match txn.get::<ShareIn>(payload.share.as_bytes())? {
        Some(row) if row.from != received.from => return Ok(Taken::Refused("recalled another unit's share")),
        Some(row) => row,
        None if !room::unknown(txn, received.from)? => {
            return Ok(Taken::Refused("recalled more shares that never came than any unit gives"));
        }
        None => ShareIn::unknown(received.from, payload.revision),
    };
    if let InState::Ended(ended) = row.state {
        // Before the key is destroyed there is nothing to sign; the receipt follows by itself.
        if row.receipted {
            send_receipt(txn, payload.share, row.revision, ended)?;
        }
        return Ok(Taken::Applied);
    }
    end_here(txn, payload.share, row, Ended::Recalled)?;
    Ok(Taken::Applied)
}

/// Ends a share at the receiver: the tombstone now, the key after the commit, the receipt after that.
pub(super) fn end_here(txn: &mut Txn<'_>, id: ShareId, mut row: ShareIn, ended: Ended) -> Result<(), ViewError> {
    row.enter(InState::Ended(ended), txn.now);
    txn.put(id.as_bytes(), Scope::Master, &row);
    txn.delete(Table::SHARE_TERMS, id.as_bytes());
    outbox::void_share(txn, row.from, id)?;
    outbox::void_shown(txn)?;
    ErasureRow { scope: scope(id, &row), share: id, revision: row.revision, ended, contribution: None }.decide(txn);
    txn.notify(Notice::Inbox(id));
    if let Some(case) = row.case {
        txn.touch(case);
    }
    Ok(())
}

/// The receiver owns the case now: nothing more goes under this share but the files of what went along.
pub(crate) fn transferred(txn: &mut Txn<'_>, id: ShareId, gone: &BTreeSet<Commitment>) -> Result<(), ViewError> {
    let Some(mut row) = txn.get::<ShareOut>(id.as_bytes())? else { return Ok(()) };
    row.enter(OutState::Transferred, txn.now);
    row.sent.extend(gone);
    row.stale.retain(|one| !gone.contains(one));
    txn.put(id.as_bytes(), Scope::Case(row.case), &row);
    outbox::void_share(txn, row.to, id)?;
    txn.notify(Notice::Share(id));
    Ok(())
}

/// A case that this unit handed over is not its to share: what a backup brought back of its shares ends again. That of the next owner
/// ended by its own word.
pub(crate) fn end_given(txn: &mut Txn<'_>, case: CaseId, owner: UnitId) -> Result<(), ShareRefusal> {
    for (id, row) in outgoing_of(txn, case)? {
        if row.to != owner && row.state.is_open() {
            recall(txn, id)?;
        }
    }
    Ok(())
}

/// Ends what one unit gave of a case here: its keys are destroyed, the receipts follow.
pub(crate) fn end_received(txn: &mut Txn<'_>, case: CaseId, from: UnitId, ended: Ended) -> Result<(), ViewError> {
    for (id, row) in incoming_of(txn, case)? {
        if row.from == from && !matches!(row.state, InState::Ended(_)) {
            end_here(txn, id, row, ended)?;
        }
    }
    Ok(())
}

/// Whether a unit's share ended since the case was handed to us.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn is_handed(view: &dyn View, from: UnitId, id: ShareId) -> Result<bool, ViewError> {
    let row = view.get(Table::SHARES_IN, id.as_bytes())?.map(|bytes| read_row::<ShareIn>(&bytes)).transpose()?;
    Ok(row.is_some_and(|row| row.from == from && row.state == InState::Ended(Ended::Transferred)))
}

/// The share under which a case was handed to us is known again, if the backup is older than it: under it the files of the case are
/// fetched, and it ends with a receipt.
pub(crate) fn handed_again(txn: &mut Txn<'_>, id: ShareId, case: CaseId, from: UnitId) -> Result<(), ViewError> {
    if txn.get::<ShareIn>(id.as_bytes())?.is_none() {
        txn.put(id.as_bytes(), Scope::Master, &ShareIn { case: Some(case), ..ShareIn::unknown(from, 0) });
        txn.put(&of_case_key(case, id), Scope::Master, &OfCase { given: false });
    }
    Ok(())
}

/// Notes that the key of a request is to go, and has it destroyed after the commit. Its receipt is not signed here.
pub(crate) fn erase_later(txn: &mut Txn<'_>, scope: Scope, id: ShareId, ended: Ended) {
    ErasureRow { scope, share: id, revision: 0, ended, contribution: None }.decide(txn);
}

/// The same for a key that no share or request has to do with: nothing follows but its end.
pub(crate) fn erase_only(txn: &mut Txn<'_>, scope: Scope) {
    erase_later(txn, scope, ShareId([0; 16]), Ended::Expired);
}

/// Erasures that were decided and not yet carried out: what the runtime does first at start.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn pending_erasures(view: &dyn View) -> Result<Vec<Scope>, ViewError> {
    let rows = view.scan(Table::ERASURES, &[], None, 10_000)?;
    rows.iter().map(|(_, bytes)| Ok(read_row::<ErasureRow>(bytes)?.scope)).collect()
}

/// The key of a scope is destroyed: now the receipt may be signed.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn erased(txn: &mut Txn<'_>, scope: Scope) -> Result<(), ViewError> {
    let key = wire::encode(&scope);
    let Some(row) = txn.get::<ErasureRow>(&key)? else { return Ok(()) };
    // Nothing is signed for a unit that a restored node still waits for: its receipt follows once it has shown what it holds.
    if let Some(to) = row.receipt_to(txn)?
        && restored::is_locked(txn, to)?
    {
        return Ok(());
    }
    match (row.contribution, scope) {
        (Some((author, entry)), _) => sign_receipt(txn, author, row.share, row.revision, row.ended, Some(entry))?,
        (None, Scope::Request(..) | Scope::Dealing(_) | Scope::KeyShare(_)) => {}
        (None, _) => send_receipt(txn, row.share, row.revision, row.ended)?,
    }
    txn.delete(Table::ERASURES, &key);
    Ok(())
}

/// The receipts that waited for a unit while this restored node waited for it: each key is destroyed once more, which changes nothing, and
/// its receipt signed after that.
pub(super) fn receipts_after(txn: &mut Txn<'_>, unit: UnitId) -> Result<(), ViewError> {
    for (_, row) in txn.filtered::<ErasureRow>(&[], |_| true)? {
        if row.receipt_to(txn)? == Some(unit) {
            txn.erase(row.scope);
        }
    }
    Ok(())
}

fn send_receipt(txn: &mut Txn<'_>, id: ShareId, revision: u64, ended: Ended) -> Result<(), ViewError> {
    let Some(mut row) = txn.get::<ShareIn>(id.as_bytes())? else { return Ok(()) };
    sign_receipt(txn, row.from, id, revision, ended, None)?;
    if ended == Ended::Lowered {
        row.lowered = revision.max(row.lowered);
    } else {
        row.receipted = true;
    }
    txn.put(id.as_bytes(), Scope::Master, &row);
    Ok(())
}

/// Signs that a key is destroyed, and queues that for whoever's values it sealed.
pub(super) fn sign_receipt(
    txn: &mut Txn<'_>,
    to: UnitId,
    share: ShareId,
    revision: u64,
    ended: Ended,
    entry: Option<EntryHash>,
) -> Result<(), ViewError> {
    let own = own::load(txn)?;
    let receipt = Receipt { share, revision, unit: own.unit, at: txn.now, ended, entry };
    let payload = ReceiptPayload { receipt: Signed::sign(&receipt, &own.key()) };
    match outbox::queue_about(txn, to, Kind::Receipt, wire::encode(&payload), None, Some(share)) {
        Ok(_) => {}
        Err(OutboxError::View(error)) => return Err(error),
        // It left the federation: the key is gone all the same, and nobody waits for the receipt.
        Err(_) => txn.incident(Some(to), "cannot be sent the receipt of a destroyed key"),
    }
    Ok(())
}

/// Takes [`Kind::Receipt`] at the owner.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn receipt(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ViewError> {
    let Ok(payload) = wire::decode::<ReceiptPayload>(&received.payload, PAYLOAD_MAX) else {
        return Ok(Taken::Refused("sent a receipt out of form"));
    };
    // The envelope was verified with the key in use; the receipt may have been signed before that was.
    let Some(receipt) = charter::verify_of(txn, received.from, &payload.receipt)? else {
        return Ok(Taken::Refused("sent a receipt whose signature does not hold"));
    };
    match receipted(txn, received.from, &receipt, &payload.receipt)? {
        // This node may have forgotten what it is for. Its sender shows that first, and sends it again.
        Taken::Refused(_) if restored::is_locked(txn, received.from)? => Ok(Taken::NotYet),
        taken => Ok(taken),
    }
}

fn receipted(txn: &mut Txn<'_>, from: UnitId, receipt: &Receipt, signed: &Signed<Receipt>) -> Result<Taken, ViewError> {
    let id = receipt.share;
    if let Some(entry) = receipt.entry {
        return take_back::receipted(txn, from, entry, receipt, signed);
    }
    let Some(mut row) = txn.get::<ShareOut>(id.as_bytes())?.filter(|row| row.to == from && receipt.unit == from) else {
        // It was given the share, and this node has forgotten that with the case. It may be put back to before it signed this.
        if receipt.unit == from && restored::is_share_lost(txn, from, id)? {
            return Ok(Taken::Applied);
        }
        return Ok(Taken::Refused("sent a receipt for a share it was not given"));
    };
    if receipt.ended == Ended::Lowered {
        if !row.revisions.iter().any(|one| one.lowers && one.number == receipt.revision) {
            return Ok(Taken::Refused("sent a receipt for a revision that lowered nothing"));
        }
        // Who stands at a later one has destroyed what the earlier ones took away.
        for one in row.revisions.iter_mut().filter(|one| one.awaits_receipt() && one.number <= receipt.revision) {
            one.receipt = Some(signed.clone());
        }
        txn.put(id.as_bytes(), Scope::Case(row.case), &row);
        txn.notify(Notice::Share(id));
        return Ok(Taken::Applied);
    }
    if row.state.is_open() {
        let state = match receipt.ended {
            Ended::Declined => OutState::Declined,
            Ended::Expired | Ended::Recalled | Ended::Lowered => OutState::Expired,
            Ended::Transferred => OutState::Transferred,
        };
        row.enter(state, txn.now);
    }
    if row.receipt.is_none() {
        row.receipt = Some(signed.clone());
    }
    txn.put(id.as_bytes(), Scope::Case(row.case), &row);
    txn.notify(Notice::Share(id));
    Ok(Taken::Applied)
}

/// The receipt again, for an owner who seems not to have it.
pub(super) fn receipt_again(txn: &mut Txn<'_>, id: ShareId, revision: u64, ended: Ended) -> Result<(), ViewError> {
    send_receipt(txn, id, revision, ended)
}
