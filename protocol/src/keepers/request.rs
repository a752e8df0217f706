//! What a unit and a keeper say to each other over `/icmc/blind/1`, and a unit's wish for more evaluations.
//! Not who may ask how often: see `quota`.

use crate::bounded::BoundedVec;
use crate::crypto::{Message, Signed};
use crate::ids::{FederationId, PersonRef, UnitId};
use crate::oprf::{Evaluation, POINTS_MAX, Point};
use crate::time::Timestamp;
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

/// Most bytes of a request.
pub const REQUEST_MAX: usize = 4 * 1024;
/// Most bytes of an answer.
pub const REPLY_MAX: usize = 4 * 1024;
/// Most evaluations of one day that two persons of a unit can ask for.
pub const BURST_MAX: u64 = 50_000;

/// A unit asks one keeper to blind what it has about one person. The points are uniform: they say nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlindRequest {
    /// In which federation.
    pub federation: FederationId,
    /// With the key of which blinding epoch.
    pub epoch: u64,
    /// Which keeper: one that is shown to another is worth nothing.
    pub keeper: UnitId,
    /// The asking unit's number of this person's request, the same at every keeper and every time.
    pub number: u64,
    /// Unlinkable to the person and to beacons.
    pub person_ref: PersonRef,
    /// At least one.
    pub points: BoundedVec<Point, POINTS_MAX>,
}

impl Message for BlindRequest {
    const KIND: MessageKind = MessageKind::BlindRequest;
    const MAX: usize = REQUEST_MAX - 512;
}

/// A keeper's answer, with the proof that it used its share for all points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlindReply {
    /// In which federation.
    pub federation: FederationId,
    /// With the key of which blinding epoch.
    pub epoch: u64,
    /// Which keeper.
    pub keeper: UnitId,
    /// The request's number.
    pub number: u64,
    /// One point for each that was asked, and the proof.
    pub evaluation: Evaluation,
}

impl Message for BlindReply {
    const KIND: MessageKind = MessageKind::BlindReply;
    const MAX: usize = REPLY_MAX - 512;
}

/// What comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlindAnswer {
    /// It was evaluated.
    Evaluated(Signed<BlindReply>),
    /// It was not.
    Refused(BlindRefusal),
}

/// Why a keeper does not answer. Numbers are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlindRefusal {
    /// The unit asked holds no share of that key.
    NotAKeeper,
    /// The key of that epoch is not in use, or not any more.
    UnknownEpoch,
    /// The asking unit has had as many evaluations as it may have.
    OverQuota {
        /// Then it may ask again.
        resets_at: Timestamp,
    },
    /// The asking unit is no member, or people there have paused it.
    NotServed,
    /// The request is not in order.
    Malformed,
}

/// Two persons of a unit want more evaluations on one day than its quota. Keepers grant it, and show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Burst {
    /// In which federation.
    pub federation: FederationId,
    /// Which unit.
    pub unit: UnitId,
    /// Days since the beginning of 1970, UTC.
    pub day: u64,
    /// How many points on that day, at most [`BURST_MAX`].
    pub points: u64,
}

impl Message for Burst {
    const KIND: MessageKind = MessageKind::Burst;
    const MAX: usize = 128;
}
