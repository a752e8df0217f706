//! The list of contents: who carries what to whom, signed, and sealed to the receiver.
//! Outside the seals only the number and the padded sizes of the items can be seen.

use crate::crypto::{Message, Signed};
use crate::envelope::Ack;
use crate::ids::{FederationId, UnitId};
use crate::time::Timestamp;
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

/// Most items of a file.
pub const ITEMS_MAX: usize = 10_000;
/// Acknowledgements in one item: they fit the largest envelope.
pub(super) const ANSWERS: usize = 2_000;

/// What one item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// Charter epochs and prekeys, as `/icmc/charter/1` answers with them.
    Charter,
    /// Acknowledgements of what the receiver sent by an earlier file.
    Answers,
    /// An envelope with its number.
    Envelope(u64),
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it is.
    pub content: Content,
    /// BLAKE3 of the sealed item.
    pub hash: ByteArray<32>,
}

/// The list of contents of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The federation.
    pub federation: FederationId,
    /// Who made the file.
    pub from: UnitId,
    /// Whom it is for.
    pub to: UnitId,
    /// When.
    pub created: Timestamp,
    /// Every envelope of the maker below this number has been answered: its acknowledgement need not be carried again.
    pub answered_below: u64,
    /// The items in their order.
    pub items: Vec<Line>,
}

impl Message for Manifest {
    const KIND: MessageKind = MessageKind::Carried;
    const MAX: usize = 1024 * 1024 - 512;
}

/// An acknowledgement with the number of the envelope that it answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CarriedAck {
    pub(super) pair_seq: u64,
    pub(super) ack: Signed<Ack>,
}
