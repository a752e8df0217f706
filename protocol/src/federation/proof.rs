//! Proofs of misbehaviour, kept for people to see: two signed statements that no honest unit makes both.
//! Not a judgement: what follows from a proof is decided by whoever found it.

use super::rows::key;
use crate::crypto::{derive, labels};
use crate::ids::UnitId;
use crate::machine::{Record, Scope, Table, Txn};
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

/// Keeps a proof against `unit`. Finding the same two messages again changes nothing.
pub fn keep(txn: &mut Txn<'_>, unit: UnitId, kind: MessageKind, one: &[u8], other: &[u8]) {
    let hash = derive(labels::PROOF, &[one, other].concat());
    let proof = Proof { kind: kind.name().to_owned(), one: one.to_vec(), other: other.to_vec() };
    txn.put(&key(unit.as_bytes(), &hash), Scope::Master, &proof);
}
