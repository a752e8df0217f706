//! Adds to the chain, in the transaction of what it tells of: neither is stored without the other.
//! Not for reading.

use super::entry::{Entry, Event, HEAD, Head, START, hash};
use icmc_protocol::machine::{Scope, Txn, ViewError};
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
