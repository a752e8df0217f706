//! Proofs of misbehaviour, kept for people to see: two signed statements that no honest unit makes both.
//! Not a judgement: what follows from a proof is decided by whoever found it.

use super::rows::key;
use crate::crypto::{derive, labels};
use crate::ids::UnitId;
use crate::machine::{Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

/// Two signed messages of one unit that exclude each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Name of the message kind of both.
    pub kind: String,
    /// One signed message, whole.
    #[serde(with = "serde_bytes")]
    pub one: Vec<u8>,
    /// The other.
    #[serde(with = "serde_bytes")]
    pub other: Vec<u8>,
}

impl Record for Proof {
    const TABLE: Table = Table::PROOFS;
}

/// Most proofs kept against one unit: a hundredth one proves no more than these.
const MOST: usize = 64;

/// What is kept against `unit`, each under its hash.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn against(view: &dyn View, unit: UnitId) -> Result<Vec<([u8; 32], Proof)>, ViewError> {
    let rows = view.scan(Table::PROOFS, unit.as_bytes(), None, MOST)?;
    let read = |(key, bytes): (Vec<u8>, Vec<u8>)| {
        let hash = key.get(UnitId::LEN..).and_then(|rest| rest.try_into().ok());
        Ok((hash.ok_or_else(|| ViewError("the key of a proof".to_owned()))?, read_row(&bytes)?))
    };
    rows.into_iter().map(read).collect()
}

/// Keeps a proof against `unit`. Finding the same two messages again changes nothing, nor does one beyond the first 64.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn keep(txn: &mut Txn<'_>, unit: UnitId, kind: MessageKind, one: &[u8], other: &[u8]) -> Result<(), ViewError> {
    if txn.scan(Table::PROOFS, unit.as_bytes(), None, MOST)?.len() >= MOST {
        return Ok(());
    }
    let hash = derive(labels::PROOF, &[one, other].concat());
    let proof = Proof { kind: kind.name().to_owned(), one: one.to_vec(), other: other.to_vec() };
    txn.put(&key(unit.as_bytes(), &hash), Scope::Master, &proof);
    Ok(())
}
