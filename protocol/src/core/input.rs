//! Everything that can reach a node from outside its people.
//! Bytes are as received; nothing is trusted before a machine has checked it.

use crate::carried::Item;
use crate::ids::{NodeKey, PersonRef, UnitId};
use crate::keepers::Told;
use crate::machine::Scope;

/// An input of [`super::Core::handle`].
#[derive(Clone)]
pub enum Input {
    /// An envelope. `transport` is the member at the other end; none for a file that a person imports.
    Envelope {
        /// Who brought it.
        transport: Option<UnitId>,
        /// `Sealed`.
        bytes: Vec<u8>,
    },
    /// The answer to an envelope of ours.
    Answer {
        /// The receiver.
        to: UnitId,
        /// Its number.
        pair_seq: u64,
        /// `Answer`.
        bytes: Vec<u8>,
    },
    /// A request on `/icmc/charter/1`.
    CharterRequest {
        /// The member who asks.
        from: UnitId,
        /// The request.
        bytes: Vec<u8>,
    },
    /// The reply to a request of ours on `/icmc/charter/1`.
    CharterReply {
        /// The member who was asked.
        from: UnitId,
        /// The reply.
        bytes: Vec<u8>,
    },
    /// A request on `/icmc/beacons/2`.
    BeaconRequest {
        /// The member who asks.
        from: UnitId,
        /// The request.
        bytes: Vec<u8>,
    },
    /// The reply to a request of ours on `/icmc/beacons/2`.
    BeaconReply {
        /// The member who was asked.
        from: UnitId,
        /// The reply.
        bytes: Vec<u8>,
    },
    /// A request on `/icmc/join/1`.
    JoinRequest {
        /// The node key at the other end: a newcomer is no member yet.
        key: NodeKey,
        /// The request.
        bytes: Vec<u8>,
    },
    /// The reply to our own wish to join.
    JoinReply {
        /// The reply.
        bytes: Vec<u8>,
    },
    /// A beacon heard by gossip.
    BeaconGossip {
        /// `Signed<Beacon>`.
        bytes: Vec<u8>,
    },
    /// A charter epoch announced by gossip.
    CharterGossip {
        /// Who passed it on.
        from: UnitId,
        /// The announcement.
        bytes: Vec<u8>,
    },
    /// A request on `/icmc/blind/1`; also this unit's own, if it keeps the key.
    BlindRequest {
        /// Who asks.
        from: UnitId,
        /// The request.
        bytes: Vec<u8>,
    },
    /// What a keeper's answer to a request of ours turned out to be.
    KeeperTold {
        /// The keeper.
        keeper: UnitId,
        /// What it was.
        told: Told,
    },
    /// Blinded inputs.
    Blinded {
        /// The request's reference.
        person_ref: PersonRef,
        /// The epoch of the key.
        epoch: u64,
        /// One y for each input.
        ys: Vec<[u8; 64]>,
    },
    /// The key of a scope was destroyed.
    Erased(Scope),
    /// A member was connected.
    Connected(UnitId),
    /// Time has passed.
    Tick,
}

impl Input {
    /// An item of a file that `from` made. Its envelopes name no transport: a person brought them.
    #[must_use]
    pub fn carried(from: UnitId, item: Item) -> Self {
        match item {
            Item::Charter(bytes) => Self::CharterReply { from, bytes },
            Item::Answer { pair_seq, bytes } => Self::Answer { to: from, pair_seq, bytes },
            Item::Envelope { bytes, .. } => Self::Envelope { transport: None, bytes },
        }
    }
}

impl core::fmt::Debug for Input {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Envelope { .. } => "Envelope",
            Self::Answer { .. } => "Answer",
            Self::CharterRequest { .. } => "CharterRequest",
            Self::CharterReply { .. } => "CharterReply",
            Self::BeaconRequest { .. } => "BeaconRequest",
            Self::BeaconReply { .. } => "BeaconReply",
            Self::JoinRequest { .. } => "JoinRequest",
            Self::JoinReply { .. } => "JoinReply",
            Self::BeaconGossip { .. } => "BeaconGossip",
            Self::CharterGossip { .. } => "CharterGossip",
            Self::BlindRequest { .. } => "BlindRequest",
            Self::KeeperTold { .. } => "KeeperTold",
            Self::Blinded { .. } => "Blinded",
            Self::Erased(_) => "Erased",
            Self::Connected(_) => "Connected",
            Self::Tick => "Tick",
        })
    }
}
