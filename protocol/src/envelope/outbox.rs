//! Envelopes waiting to go: the row is written with the change, sealed anew at each attempt, deleted by the ack.
//! No sockets: `node::net` carries what `seal_row` gives.

mod answered;
mod shown;

pub use answered::{Answered, answered};
pub(crate) use shown::{void_shown, void_shown_to};

use super::body::{Body, Kind, PAYLOAD_MAX};
pub use super::held_back::{HeldBack, held_back};
use super::sealed::Sealed;
use crate::crypto::Signed;
use crate::federation::{charter, own, peering, prekey, restored};
use crate::ids::{ShareId, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::time::Timestamp;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

/// An envelope to send.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutboxRow {
    body: Signed<Body>,
    /// What it holds.
    pub kind: Kind,
    /// When it was written.
    pub created: Timestamp,
    not_after: Option<Timestamp>,
    /// The share it serves, if any.
    pub about: Option<ShareId>,
}

impl Record for OutboxRow {
    const TABLE: Table = Table::OUTBOX;
}

impl OutboxRow {
    /// Bytes that are sealed at each attempt.
    pub(crate) fn size(&self) -> usize {
        self.body.as_bytes().len()
    }

    fn brings_forward(&self, share: ShareId) -> bool {
        self.about == Some(share)
            && matches!(
                self.kind,
                Kind::Share
                    | Kind::Entries
                    | Kind::Contribution
                    | Kind::VerificationRequest
                    | Kind::VerificationReply
                    | Kind::Message
            )
    }
}

/// The last number given to an envelope for a unit.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct LastSent {
    seq: u64,
}

impl Record for LastSent {
    const TABLE: Table = Table::OWN;
}

/// Why nothing was queued.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The unit is not a member of this federation.
    #[error("that unit is not a member of the federation")]
    NotAMember,
    /// The words were not compared on both sides.
    #[error("that unit is not confirmed: compare the safety words on both sides first")]
    NotConfirmed,
    /// Larger than an envelope.
    #[error("too large for one envelope")]
    TooLarge,
    /// More than 10,000 envelopes wait for that unit.
    #[error("too many envelopes wait for that unit")]
    Full,
    /// This node was restored from a backup, and that unit has not shown yet what it holds of it.
    #[error("this node was restored from a backup: nothing can be sent to that unit before the two have been connected")]
    Restored,
    /// The store.
    #[error(transparent)]
    View(#[from] ViewError),
}

/// Most envelopes that may wait for one unit.
const MOST: usize = 10_000;
/// Beyond these, only the ends of shares, and these so many.
const MOST_ENDS: usize = 1_000;
/// No unit sends so many: a peer that shows more is not believed.
const HIGHEST_SHOWN: u64 = 1 << 48;
/// Rows read at once where the first few are enough.
const PAGE: usize = 32;
/// Rows looked at.
const ALL: usize = MOST + MOST_ENDS;

/// Queues a payload for a unit and gives its number.
///
/// # Errors
/// [`OutboxError`], and nothing is queued.
pub fn queue(txn: &mut Txn<'_>, to: UnitId, kind: Kind, payload: Vec<u8>, lifetime: Option<u64>) -> Result<u64, OutboxError> {
    queue_about(txn, to, kind, payload, lifetime, None)
}

/// As [`queue`], for an envelope that serves a share and dies with it.
///
/// # Errors
/// [`OutboxError`], and nothing is queued.
pub fn queue_about(
    txn: &mut Txn<'_>,
    to: UnitId,
    kind: Kind,
    payload: Vec<u8>,
    lifetime: Option<u64>,
    about: Option<ShareId>,
) -> Result<u64, OutboxError> {
    if payload.len() > PAYLOAD_MAX {
        return Err(OutboxError::TooLarge);
    }
    let own = own::load(txn)?;
    let charter = charter::current(txn)?.ok_or(OutboxError::NotAMember)?;
    // Whoever has left writes to nobody any more.
    if charter.member(to).is_none() || charter.member(own.unit).is_none() || to == own.unit {
        return Err(OutboxError::NotAMember);
    }
    if !kind.any_member() && !peering::is_confirmed(txn, to)? {
        return Err(OutboxError::NotConfirmed);
    }
    if restored::is_locked(txn, to)? && !(kind == Kind::WordsConfirmed && restored::has_told(txn, to)?) {
        return Err(OutboxError::Restored);
    }
    let counter = counter_key(to);
    let pair_seq = txn.get::<LastSent>(&counter)?.unwrap_or_default().seq + 1;
    if is_full(txn, to, pair_seq, if kind.is_end() { ALL } else { MOST })? {
        return Err(OutboxError::Full);
    }
    let not_after = lifetime.map(|lifetime| txn.now.plus(lifetime));
    let body = Body {
        federation: charter.federation,
        charter_epoch: charter.epoch,
        from: own.unit,
        to,
        pair_seq,
        created: txn.now,
        not_after,
        kind,
        payload,
    };
    let row = OutboxRow { body: Signed::sign(&body, &own.key()), kind, created: txn.now, not_after, about };
    txn.put(&counter, Scope::Master, &LastSent { seq: pair_seq });
    txn.put(&row_key(to, pair_seq), Scope::Master, &row);
    if kind == Kind::Standing {
        shown::note(txn, to)?;
    }
    txn.wake(to);
    Ok(pair_seq)
}

/// Whether as many wait. They are counted only if the numbers between the first of them and the next are as many.
fn is_full(view: &dyn View, to: UnitId, next: u64, most: usize) -> Result<bool, ViewError> {
    let first = view.scan(Table::OUTBOX, to.as_bytes(), None, 1)?;
    let span = first.first().map_or(0, |(key, _)| next.saturating_sub(number_of(key)));
    Ok(usize::try_from(span).unwrap_or(usize::MAX) >= most && waiting(view, to)? >= most)
}

/// How many envelopes wait for a unit, counted up to the bound.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn waiting(view: &dyn View, to: UnitId) -> Result<usize, ViewError> {
    Ok(view.scan(Table::OUTBOX, to.as_bytes(), None, ALL)?.len())
}

/// When the oldest of them was written.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn oldest(view: &dyn View, to: UnitId) -> Result<Option<Timestamp>, ViewError> {
    let first = view.scan(Table::OUTBOX, to.as_bytes(), None, 1)?;
    first.first().map(|(_, bytes)| Ok(read_row::<OutboxRow>(bytes)?.created)).transpose()
}

/// The first envelopes that wait for a unit and may go to it now, by number.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn due(view: &dyn View, to: UnitId, limit: usize) -> Result<Vec<(u64, OutboxRow)>, ViewError> {
    let locked = restored::is_locked(view, to)?;
    if locked && !restored::has_told(view, to)? || charter::member(view, to)?.is_none() {
        return Ok(Vec::new());
    }
    let (confirmed, paused) = (peering::is_confirmed(view, to)?, peering::is_paused(view, to)?);
    let may_go = |kind: Kind| {
        (confirmed || kind.any_member()) && (!paused || kind.while_paused()) && (!locked || kind == Kind::WordsConfirmed)
    };
    let mut due = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    // Most often the first page is enough; only of a paused unit, for which all but ends waits, all are looked at.
    while due.len() < limit {
        let page = view.scan(Table::OUTBOX, to.as_bytes(), after.as_deref(), PAGE)?;
        for (key, bytes) in &page {
            let row: OutboxRow = read_row(bytes)?;
            if may_go(row.kind) && due.len() < limit {
                due.push((number_of(key), row));
            }
        }
        match page.into_iter().last() {
            Some((key, _)) => after = Some(key),
            None => break,
        }
    }
    Ok(due)
}

/// Whether anything that brings a share forward waits for a unit.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn serves(view: &dyn View, to: UnitId, share: ShareId) -> Result<bool, ViewError> {
    for (_, bytes) in view.scan(Table::OUTBOX, to.as_bytes(), None, ALL)? {
        if read_row::<OutboxRow>(&bytes)?.brings_forward(share) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Every envelope for a unit below this number has been answered.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn answered_below(view: &dyn View, to: UnitId) -> Result<u64, ViewError> {
    if let Some((key, _)) = view.scan(Table::OUTBOX, to.as_bytes(), None, 1)?.first() {
        return Ok(number_of(key));
    }
    let last = view.get(Table::OWN, &counter_key(to))?.map(|bytes| read_row::<LastSent>(&bytes)).transpose()?;
    Ok(last.unwrap_or_default().seq + 1)
}

/// Whether an envelope is no longer in the outbox.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn is_gone(view: &dyn View, to: UnitId, pair_seq: u64) -> Result<bool, ViewError> {
    Ok(view.get(Table::OUTBOX, &row_key(to, pair_seq))?.is_none())
}

/// Seals a row to the receiver's newest prekey, for one attempt. None while no prekey of it is known that may be used.
///
/// What was signed before this unit changed its node key is signed again: the content, by which an envelope is known, stays.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn seal_row(
    view: &dyn View,
    to: UnitId,
    row: &OutboxRow,
    now: Timestamp,
    rng: &mut dyn CryptoRng,
) -> Result<Option<Vec<u8>>, ViewError> {
    let Some(prekey) = prekey::newest(view, to)?.filter(|prekey| prekey.is_usable(now)) else { return Ok(None) };
    let own = own::load(view)?;
    let damaged = |error: crate::crypto::SignedError| ViewError(error.to_string());
    let inside = if row.body.claimed_signer().map_err(damaged)? == own.public() {
        row.body.clone()
    } else {
        Signed::sign(&*row.body.stored().map_err(damaged)?, &own.key())
    };
    Ok(Sealed::seal(inside.as_bytes(), prekey.number, &prekey.key, rng).ok())
}

/// Turns what is past its time into a void of the same number, so that no number is missing at the receiver.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn expire(txn: &mut Txn<'_>, to: UnitId) -> Result<(), ViewError> {
    for (key, row) in txn.list::<OutboxRow>(to.as_bytes(), None, ALL)? {
        if row.not_after.is_none_or(|not_after| txn.now <= not_after) {
            continue;
        }
        void(txn, to, &key, &row)?;
    }
    Ok(())
}

/// Turns what waits under a share into voids: after a recall nothing of it leaves any more.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn void_share(txn: &mut Txn<'_>, to: UnitId, share: ShareId) -> Result<(), ViewError> {
    for (key, row) in txn.list::<OutboxRow>(to.as_bytes(), None, ALL)? {
        if row.brings_forward(share) {
            void(txn, to, &key, &row)?;
        }
    }
    Ok(())
}

fn void(txn: &mut Txn<'_>, to: UnitId, key: &[u8], row: &OutboxRow) -> Result<(), ViewError> {
    if restored::is_locked(txn, to)? {
        // Nothing is signed for it. Above the numbers that it shows a hole is no harm.
        txn.delete(Table::OUTBOX, key);
        return Ok(());
    }
    let own = own::load(txn)?;
    let body = row.body.stored().map_err(|error| ViewError(error.to_string()))?.into_value();
    let void = Body { kind: Kind::Void, payload: Vec::new(), created: txn.now, not_after: None, ..body };
    let body = Signed::sign(&void, &own.key());
    txn.put(key, Scope::Master, &OutboxRow { body, kind: Kind::Void, created: txn.now, not_after: None, about: None });
    txn.wake(to);
    Ok(())
}

/// A unit has seen envelopes of ours up to this number: go on above it. What waits under these numbers it has seen, in this form or
/// another; what it lacks of it the exchange of states brings.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn raise(txn: &mut Txn<'_>, to: UnitId, seen: u64) -> Result<(), ViewError> {
    let counter = counter_key(to);
    let last = txn.get::<LastSent>(&counter)?.unwrap_or_default();
    let seq = last.seq.max(seen.min(HIGHEST_SHOWN));
    txn.put(&counter, Scope::Master, &LastSent { seq });
    for (key, _) in View::scan(txn, Table::OUTBOX, to.as_bytes(), None, ALL)? {
        if number_of(&key) <= seen {
            txn.delete(Table::OUTBOX, &key);
        }
    }
    Ok(())
}

/// Whether an envelope of this kind waits for a unit.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn has(view: &dyn View, to: UnitId, kind: Kind) -> Result<bool, ViewError> {
    for (_, bytes) in view.scan(Table::OUTBOX, to.as_bytes(), None, ALL)? {
        if read_row::<OutboxRow>(&bytes)?.kind == kind {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn row_key(unit: UnitId, pair_seq: u64) -> Vec<u8> {
    [unit.as_bytes().as_slice(), &pair_seq.to_be_bytes()].concat()
}

pub(super) fn number_of(key: &[u8]) -> u64 {
    key.last_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

fn counter_key(to: UnitId) -> Vec<u8> {
    [b"sent/".as_slice(), to.as_bytes()].concat()
}
