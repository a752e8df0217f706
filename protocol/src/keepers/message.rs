//! What travels between keepers in envelopes, since it must survive a keeper that is away.
//! Not requests to blind: those wait for an answer.

use super::KeepersError;
use super::generation::{self, Steps};
use super::quota;
use super::request::Burst;
use crate::crypto::Signed;
use crate::envelope::outbox::{self, OutboxError};
use crate::envelope::{Kind, Received};
use crate::ids::UnitId;
use crate::machine::{Txn, ViewError};
use crate::sharing::Taken;
use crate::time::DAY;
use crate::wire;
use serde::{Deserialize, Serialize};

/// Most bytes of one.
const MAX: usize = 64 * 1024;
/// How long one may be on its way.
pub(super) const LIFETIME: u64 = 14 * DAY;

/// The payload of an envelope of kind `Keepers`. Never reordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// Steps of a generation.
    Generation(Steps),
    /// Two persons of a unit want more evaluations.
    Burst(Signed<Burst>),
}

/// Takes one.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn receive(txn: &mut Txn<'_>, received: &Received) -> Result<Taken, ViewError> {
    match wire::decode::<Message>(&received.payload, MAX) {
        Ok(Message::Generation(steps)) => generation::receive(txn, received.from, &steps),
        Ok(Message::Burst(signed)) => Ok(match quota::take_burst(txn, received.from, &signed)? {
            true => Taken::Applied,
            false => Taken::Refused("asked for more evaluations out of form"),
        }),
        Err(_) => Ok(Taken::Refused("sent keepers a message out of form")),
    }
}

/// Sends one.
pub(super) fn send(txn: &mut Txn<'_>, to: UnitId, message: &Message) -> Result<(), KeepersError> {
    match outbox::queue(txn, to, Kind::Keepers, wire::encode(message), Some(LIFETIME)) {
        Ok(_) => Ok(()),
        Err(OutboxError::View(error)) => Err(KeepersError::Store(error)),
        Err(_) => Err(KeepersError::Outbox),
    }
}
