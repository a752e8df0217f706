//! One row of the audit, the head of the chain, and how they are hashed.
//! Not the order of writing: see `append`.

use crate::accounts::AccountId;
use crate::store::tables;
use core::fmt::Display;
use icmc_protocol::crypto;
use icmc_protocol::machine::{Record, Table};
use icmc_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

/// Where the head stands. Numbers of entries begin with a zero byte, so it is never among them.
pub(super) const HEAD: &[u8] = b"head";
/// What all keys of entries begin with.
pub(super) const ENTRIES: &[u8] = &[0];
/// What the first entry names as the hash before it.
pub(super) const START: [u8; 32] = [0; 32];

const LABEL: &str = "icmc/v1/audit-entry";
/// Most bytes of an object: two ids of 32 bytes in hexadecimal, with room.
const OBJECT_MAX: usize = 160;
/// Most bytes of a reason: a code or a fixed sentence.
const REASON_MAX: usize = 160;

/// Something that happened, before it has a number.
#[derive(Debug, Clone)]
#[must_use]
pub struct Event {
    pub(super) actor: Option<AccountId>,
    pub(super) action: &'static str,
    pub(super) object: String,
    pub(super) reason: String,
}

impl Event {
    /// One of `actions`.
    pub const fn new(action: &'static str) -> Self {
        Self { actor: None, action, object: String::new(), reason: String::new() }
    }

    /// Who did it; nobody's account for the operator.
    pub fn by(mut self, actor: AccountId) -> Self {
        self.actor = Some(actor).filter(|actor| *actor != AccountId::OPERATOR);
        self
    }

    /// To what: an id in hexadecimal, or two with a slash between them. Never a name or a number that people gave.
    pub fn on(mut self, object: impl Display) -> Self {
        self.object = cut(object.to_string(), OBJECT_MAX);
        self
    }

    /// Why: a code, never free text.
    pub fn because(mut self, reason: impl Display) -> Self {
        self.reason = cut(reason.to_string(), REASON_MAX);
        self
    }
}

fn cut(mut text: String, most: usize) -> String {
    text.truncate(text.floor_char_boundary(most));
    text
}

/// Key: its number, 8 bytes big-endian, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who; nobody for what a peer, the node itself or a command at the computer did.
    pub actor: Option<AccountId>,
    /// What, one of `actions`.
    pub action: String,
    /// To what, as ids.
    pub object: String,
    /// Why, as a code.
    pub reason: String,
    /// Hash of the entry before.
    pub previous: ByteArray<32>,
}

impl Record for Entry {
    const TABLE: Table = tables::AUDIT;
}

/// How far the chain reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) entries: u64,
    pub(super) hash: ByteArray<32>,
}

impl Record for Head {
    const TABLE: Table = tables::AUDIT;
}

/// The hash of an entry as it is stored.
pub(super) fn hash(row: &[u8]) -> [u8; 32] {
    crypto::derive(LABEL, row)
}
