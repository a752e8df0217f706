//! The receive path of `protocol.md` ("Receiving"), step by step, closed on failure.
//! Two calls: `receive` checks and hands the payload back, `acknowledge` marks it seen with what became of it.

use super::ack::{Ack, Answer, Outcome};
use super::body::{self, Body, Kind};
use super::outbox::row_key;
use super::owed;
use super::sealed::Sealed;
use crate::crypto::Signed;
use crate::federation::own::{self, Own};
use crate::federation::{charter, prekey, restored};
use crate::ids::{BodyHash, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::time::MINUTE;
use crate::wire;
use serde::{Deserialize, Serialize};

/// Numbers this far below the highest are no longer taken, this far above are not yet taken.
const WINDOW: u64 = 4096;
/// How far a sender's clock may be ahead, in milliseconds.
const AHEAD: u64 = 10 * MINUTE;

/// A verified payload for `core` to route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The sender.
    pub from: UnitId,
    /// Its number.
    pub pair_seq: u64,
    /// What the payload is.
    pub kind: Kind,
    /// Canonical CBOR of the kind's type.
    pub payload: Vec<u8>,
    hash: BodyHash,
    /// It came in a file, and so does its acknowledgement.
    carried: bool,
}

#[cfg(test)]
impl Received {
    /// As if it had come in an envelope, for the tests of the machines below.
    pub(crate) fn by_hand(from: UnitId, pair_seq: u64, kind: Kind, payload: Vec<u8>) -> Self {
        Self { from, pair_seq, kind, payload, hash: BodyHash([0; 32]), carried: false }
    }
}

/// What the receive path came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receiving {
    /// New and verified: apply, then [`acknowledge`].
    New(Received),
    /// Nothing changes; this is the answer.
    Answer(Vec<u8>),
}

/// A number seen, with the ack that was given.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SeenRow {
    body: BodyHash,
    ack: Signed<Ack>,
}

impl Record for SeenRow {
    const TABLE: Table = Table::SEEN;
}

/// The highest number seen from a unit.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct HighestSeen {
    seq: u64,
}

impl Record for HighestSeen {
    const TABLE: Table = Table::OWN;
}

/// Checks an envelope. `transport` is the unit at the other end of the connection; none for a file that a person imports.
///
/// # Errors
/// [`ViewError`] if the store fails; whatever is wrong with the envelope is an answer.
pub fn receive(txn: &mut Txn<'_>, transport: Option<UnitId>, bytes: &[u8]) -> Result<Receiving, ViewError> {
    let failed = || Ok(Receiving::Answer(wire::encode(&Answer::Failed)));
    let refuse = |txn: &mut Txn<'_>, what: &'static str| {
        txn.incident(transport, what);
        failed()
    };
    let garbage = |txn: &mut Txn<'_>, what: &'static str| {
        txn.garbage(transport, what);
        failed()
    };
    let Ok(sealed) = Sealed::decode(bytes) else {
        return garbage(txn, "sent an envelope out of form");
    };
    let Some(secret) = prekey::secret(txn, sealed.prekey())? else {
        let own = own::load(txn)?;
        return Ok(Receiving::Answer(match prekey::newest_signed(txn, own.unit)? {
            Some((_, newest)) => wire::encode(&Answer::UnknownPrekey(newest)),
            None => wire::encode(&Answer::Failed),
        }));
    };
    let Ok(inside) = sealed.open(&secret) else {
        return garbage(txn, "sent an envelope that does not open");
    };
    let signed = Signed::<Body>::from_bytes(inside);
    let Ok(claimed) = signed.claimed_signer() else {
        return garbage(txn, "sent an envelope whose inside is out of form");
    };
    let Ok(body) = signed.verify(&claimed) else {
        return garbage(txn, "sent an envelope whose signature does not hold");
    };
    let own = own::load(txn)?;
    let Some(charter) = charter::current(txn)? else {
        return refuse(txn, "sent an envelope to a unit without a federation");
    };
    let member = charter::member(txn, body.from)?.filter(|member| member.present_key() == Some(claimed));
    if body.federation != charter.federation || member.is_none() {
        return refuse(txn, "sent an envelope signed by no member of this federation");
    }
    if body.to != own.unit {
        return refuse(txn, "sent an envelope that is for another unit");
    }
    if transport.is_some_and(|transport| transport != body.from) {
        return refuse(txn, "sent an envelope that another unit signed");
    }
    if body.charter_epoch > charter.epoch {
        txn.sync(body.from);
        return failed();
    }
    let highest = txn.get::<HighestSeen>(&highest_key(body.from))?.unwrap_or_default().seq;
    if let Some(seen) = txn.get::<SeenRow>(&row_key(body.from, body.pair_seq))? {
        if seen.body == body::hash(&body) {
            let given = seen.ack.stored().map_err(|error| ViewError(error.to_string()))?;
            // The first ack may have been signed with a node key that is past.
            let ack = ack(&own, body.from, body.pair_seq, seen.body, given.outcome);
            if transport.is_none() {
                owed::keep(txn, body.from, body.pair_seq, &ack)?;
            }
            return Ok(Receiving::Answer(wire::encode(&Answer::Ack(ack))));
        }
        if body.kind == Kind::Void {
            // Given up by its sender, who never heard that it had come. Nothing is undone; the sender may forget it.
            let ack = ack(&own, body.from, body.pair_seq, body::hash(&body), Outcome::Applied);
            if transport.is_none() {
                owed::keep(txn, body.from, body.pair_seq, &ack)?;
            }
            return Ok(Receiving::Answer(wire::encode(&Answer::Ack(ack))));
        }
        return refuse(txn, "sent two different envelopes of one number");
    }
    if body.pair_seq.saturating_add(WINDOW) <= highest {
        // Nobody can tell any more whether it came before. Final, so that its sender does not try for ever.
        txn.incident(transport, "sent an envelope whose number is long past");
        return Ok(Receiving::Answer(sign(&own, body.from, body.pair_seq, body::hash(&body), Outcome::Refused)));
    }
    // A restored node has forgotten how far the numbers of others had come.
    if body.pair_seq > highest.saturating_add(WINDOW) && !restored::is_locked(txn, body.from)? {
        return refuse(txn, "sent an envelope whose number is far ahead");
    }
    if body.created > txn.now.plus(AHEAD) {
        return refuse(txn, "sent an envelope from the future: its clock is ahead");
    }
    let hash = body::hash(&body);
    let past = body.not_after.is_some_and(|not_after| txn.now > not_after);
    let body = body.into_value();
    let carried = transport.is_none();
    let received = Received { from: body.from, pair_seq: body.pair_seq, kind: body.kind, payload: body.payload, hash, carried };
    if past {
        txn.incident(Some(received.from), "sent an envelope past its time");
        let answer = acknowledge(txn, &received, Outcome::Refused)?;
        return Ok(Receiving::Answer(answer));
    }
    Ok(Receiving::New(received))
}

/// Marks a body seen and gives the signed answer, in the same step as what it caused.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn acknowledge(txn: &mut Txn<'_>, received: &Received, outcome: Outcome) -> Result<Vec<u8>, ViewError> {
    let own = own::load(txn)?;
    let ack = ack(&own, received.from, received.pair_seq, received.hash, outcome);
    txn.put(&row_key(received.from, received.pair_seq), Scope::Master, &SeenRow { body: received.hash, ack: ack.clone() });
    if received.carried {
        owed::keep(txn, received.from, received.pair_seq, &ack)?;
    }
    let key = highest_key(received.from);
    let highest = txn.get::<HighestSeen>(&key)?.unwrap_or_default().seq;
    if received.pair_seq > highest {
        // Nothing above the highest was ever kept, however far the number jumps.
        let kept = highest.saturating_sub(WINDOW)..=highest;
        for gone in kept.take_while(|one| one.saturating_add(WINDOW) < received.pair_seq) {
            txn.delete(Table::SEEN, &row_key(received.from, gone));
        }
        txn.put(&key, Scope::Master, &HighestSeen { seq: received.pair_seq });
    }
    Ok(wire::encode(&Answer::Ack(ack)))
}

/// The highest number seen from a unit.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn highest_seen(view: &dyn View, from: UnitId) -> Result<u64, ViewError> {
    let bytes = view.get(Table::OWN, &highest_key(from))?;
    Ok(bytes.map(|bytes| read_row::<HighestSeen>(&bytes)).transpose()?.unwrap_or_default().seq)
}

/// Whether an envelope of this number was taken or refused already.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn is_seen(view: &dyn View, from: UnitId, pair_seq: u64) -> Result<bool, ViewError> {
    Ok(view.get(Table::SEEN, &row_key(from, pair_seq))?.is_some())
}

fn ack(own: &Own, to: UnitId, pair_seq: u64, body: BodyHash, outcome: Outcome) -> Signed<Ack> {
    Signed::sign(&Ack { to, pair_seq, body, outcome }, &own.key())
}

fn sign(own: &Own, to: UnitId, pair_seq: u64, body: BodyHash, outcome: Outcome) -> Vec<u8> {
    wire::encode(&Answer::Ack(ack(own, to, pair_seq, body, outcome)))
}

fn highest_key(from: UnitId) -> Vec<u8> {
    [b"seen/".as_slice(), from.as_bytes()].concat()
}
