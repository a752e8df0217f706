//! Adds to the chain, in the transaction of what it tells of: neither is stored without the other.
//! Not for reading.

use super::actions;
use super::entry::{Entry, Event, HEAD, Head, START, hash};
use icmc_protocol::machine::{Incident, Scope, Txn, ViewError};
use icmc_protocol::wire;
use serde_bytes::ByteArray;

/// Adds one entry and gives its number.
///
/// # Errors
/// [`ViewError`] if the head cannot be read; then the action must not happen either.
pub fn append(txn: &mut Txn<'_>, event: Event) -> Result<u64, ViewError> {
    let head = txn.get::<Head>(HEAD)?.unwrap_or(Head { entries: 0, hash: ByteArray::new(START) });
    let Event { actor, action, object, reason } = event;
    let seq = head.entries + 1;
    let entry = Entry { seq, at: txn.now, actor, action: action.to_owned(), object, reason, previous: head.hash };
    txn.put(&seq.to_be_bytes(), Scope::Master, &entry);
    txn.put(HEAD, Scope::Master, &Head { entries: seq, hash: ByteArray::new(hash(&wire::encode(&entry))) });
    Ok(seq)
}

/// Adds what the machines refused from peers in one step.
///
/// # Errors
/// [`ViewError`] if the head cannot be read.
pub fn incidents(txn: &mut Txn<'_>, incidents: &[Incident]) -> Result<(), ViewError> {
    for incident in incidents {
        let event = Event::new(actions::INCIDENT).because(incident.what);
        append(
            txn,
            match incident.peer {
                Some(peer) => event.on(peer),
                None => event,
            },
        )?;
    }
    Ok(())
}
