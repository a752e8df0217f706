//! Envelopes: Body and its kinds, numbers, acks, outbox, the receive path.
//! Hands a verified payload back; `core` routes it. What payloads mean is not known here.

mod ack;
mod body;
mod held_back;
pub mod outbox;
pub mod owed;
mod receive;
mod sealed;

#[cfg(test)]
mod tests;

pub use ack::{Ack, Answer, Outcome};
pub use body::{Body, Kind, PAYLOAD_MAX};
pub(crate) use receive::highest_seen;
pub use receive::{Received, Receiving, acknowledge, is_seen, receive};
pub use sealed::{SEALED_MAX, Sealed};
