//! The payload of [`crate::envelope::Kind::Disclosure`]: all that its sender has said in a room, and what is given now.
//! Not what is done with it: that is `receive`.

use super::course::{End, No};
use super::given::{Given, StepYes};
use crate::bounded::BoundedVec;
use crate::crypto::{Hasher, Signed, labels};
use crate::ids::{FederationId, RoomId, SubjectId, UnitId};
use serde::{Deserialize, Serialize};

/// Most bytes of the payload.
pub(super) const MESSAGE_MAX: usize = 64 * 1024;

/// "Own" is the sender's side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::matching) struct RoomMessage {
    /// The sender's subject, as it was when the room was begun.
    pub(super) own_subject: SubjectId,
    /// The receiver's.
    pub(super) peer_subject: SubjectId,
    /// Its yeses, from the first step on.
    pub(super) yes: BoundedVec<Signed<StepYes>, 3>,
    /// Its no.
    pub(super) no: Option<No>,
    /// Its end.
    pub(super) end: Option<End>,
    /// The highest step of which it has what the receiver gave.
    pub(super) has: u8,
    /// It wants again what it lacks, being restored from a backup.
    pub(super) again: bool,
    /// What is given now, by step.
    pub(super) given: BoundedVec<Given, 3>,
}

/// The handle of the room of a pair: the same on both sides, and of no use to whoever does not know both subjects.
pub(super) fn room_id(federation: FederationId, one: (UnitId, SubjectId), other: (UnitId, SubjectId)) -> RoomId {
    let (first, second) = if one < other { (one, other) } else { (other, one) };
    let hasher = Hasher::new(labels::ROOM).part(federation.as_bytes());
    let parts = [first, second];
    let hasher = parts.iter().fold(hasher, |hasher, (unit, subject)| hasher.part(unit.as_bytes()).part(subject.as_bytes()));
    RoomId(hasher.finish())
}
