//! Why what waits for a unit does not go, for people to see.
//! What goes is decided in `outbox`.

use crate::federation::{charter, peering, prekey};
use crate::ids::UnitId;
use crate::machine::{View, ViewError};
use crate::time::Timestamp;

/// Why what waits for a unit does not go now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldBack {
    /// The unit is no member any more: it is sent nothing.
    NotAMember,
    /// People here have paused the unit: all but ends waits.
    Paused,
    /// Nothing to seal to is known yet.
    NoPrekey,
    /// The newest prekey known has ended: the next contact brings a new one, and then it is sent.
    PrekeyExpired,
    /// The words have not been compared on both sides for the keys in use.
    NotConfirmed,
}

/// Why what waits for a unit does not go now, if it cannot.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn held_back(view: &dyn View, to: UnitId, now: Timestamp) -> Result<Option<HeldBack>, ViewError> {
    if charter::member(view, to)?.is_none() {
        return Ok(Some(HeldBack::NotAMember));
    }
    if peering::is_paused(view, to)? {
        return Ok(Some(HeldBack::Paused));
    }
    Ok(match prekey::newest(view, to)? {
        None => Some(HeldBack::NoPrekey),
        Some(prekey) if !prekey.is_usable(now) => Some(HeldBack::PrekeyExpired),
        Some(_) => (!peering::is_confirmed(view, to)?).then_some(HeldBack::NotConfirmed),
    })
}
