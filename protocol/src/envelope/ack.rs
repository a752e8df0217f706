//! What the receiver answers: a signed ack once the body was verified, else one opaque code.
//! An ack is not a body and gets no number.

use crate::crypto::{Message, Signed};
use crate::federation::prekey::Prekey;
use crate::ids::{BodyHash, UnitId};
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

/// What became of a verified body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Done, once.
    Applied,
    /// Not due, and never will be: final.
    Refused,
}

/// Signed by the receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// The sender of the body.
    pub to: UnitId,
    /// Its number.
    pub pair_seq: u64,
    /// Hash of its payload bytes.
    pub body: BodyHash,
    /// What became of it.
    pub outcome: Outcome,
}

impl Message for Ack {
    const KIND: MessageKind = MessageKind::Ack;
    const MAX: usize = 256;
}

/// The answer to an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// Verified.
    Ack(Signed<Ack>),
    /// Sealed to a prekey that is not known here; this is the newest. The only code told apart.
    UnknownPrekey(Signed<Prekey>),
    /// Anything else: try again later.
    Failed,
}
