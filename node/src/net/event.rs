//! What the network tells the node, and the handles by which the node answers.
//! No meaning is given to bytes here, and Debug shows their length only.

use std::fmt;

use libp2p::{
    PeerId,
    request_response::{InboundRequestId, ResponseChannel},
};
use tokio::sync::{mpsc, oneshot};

use super::{
    command::Command,
    error::NetError,
    offences::CutOff,
    peers::Place,
    protocol::{Protocol, Topic},
};

/// Something happened. Connected and Disconnected of one peer alternate and are never lost; most others are dropped
/// when the node does not keep up (the peer asks again, gossip is caught up).
pub enum NetEvent {
    /// Both sides let each other in. Comes before anything else of this peer's.
    Connected {
        /// The peer.
        peer: PeerId,
    },
    /// The last connection is gone. Dialling again has begun if the peer is still allowed.
    Disconnected {
        /// The peer.
        peer: PeerId,
    },
    /// The peer listens to one of our topics, so what is published reaches it.
    Subscribed {
        /// The peer.
        peer: PeerId,
        /// What it listens to.
        topic: Topic,
    },
    /// A request to be answered within `Limits::request_timeout`.
    Request {
        /// Who asks, proven by the connection.
        peer: PeerId,
        /// Which protocol.
        protocol: Protocol,
        /// At most `Protocol::request_cap` bytes.
        bytes: Vec<u8>,
        /// By which to answer; dropped, the peer sees a failure at once.
        reply: ReplyHandle,
    },
    /// A gossip message, not passed on before the verdict.
    Gossip {
        /// Who passed it to us; not who wrote it.
        peer: PeerId,
        /// On which topic.
        topic: Topic,
        /// At most `GOSSIP_CAP` bytes.
        bytes: Vec<u8>,
        /// By which to judge it; dropped or later than five seconds is Ignore.
        verdict: VerdictHandle,
    },
    /// Gossip of this peer's was dropped; what is lost is to be asked for soon. At most one for each peer waits.
    Missed {
        /// Who passed it to us.
        peer: PeerId,
    },
    /// A peer was cut off for what it did: it is disconnected and refused for a while. Never lost.
    CutOff {
        /// Who.
        peer: PeerId,
        /// For what, and for how long.
        cut: CutOff,
    },
    /// Somebody was refused. Left out when the node does not keep up, so that strangers cannot crowd out others.
    Refused {
        /// Who, where the connection got far enough to prove it.
        peer: Option<PeerId>,
        /// Why.
        why: RefusedWhy,
    },
}

/// Why a connection or message was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefusedWhy {
    /// Not on the allow-list.
    NotAllowed,
    /// Allowed for joining only, and asked for something else.
    JoiningOnly,
    /// Too many connections, or too little memory.
    TooManyConnections,
    /// Above its quota of requests or gossip.
    TooFast,
    /// A frame or message above the cap.
    TooLarge,
}

/// Judgement on a gossip message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Valid: pass it on.
    Accept,
    /// Of no use, but no fault of the peer who passed it: not passed on.
    Ignore,
    /// Invalid: not passed on.
    Reject,
}

/// The way to answer one request.
pub struct ReplyHandle {
    pub(super) protocol: Protocol,
    pub(super) id: InboundRequestId,
    pub(super) channel: ResponseChannel<Vec<u8>>,
    pub(super) commands: mpsc::WeakSender<Command>,
    /// Held until it is answered or dropped.
    pub(super) _place: Place,
}

impl ReplyHandle {
    /// Answers. An answer above the protocol's cap is an error here and a failure for the peer; one that comes too
    /// late is dropped in silence.
    pub async fn answer(self, bytes: Vec<u8>) -> Result<(), NetError> {
        if bytes.len() > self.protocol.response_cap() {
            return Err(NetError::AnswerTooLarge);
        }
        let commands = self.commands.upgrade().ok_or(NetError::Stopped)?;
        let respond = Command::Respond { protocol: self.protocol, id: self.id, channel: self.channel, bytes };
        commands.send(respond).await.map_err(|_| NetError::Stopped)
    }
}

impl fmt::Debug for ReplyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplyHandle").field("protocol", &self.protocol).finish_non_exhaustive()
    }
}

/// The way to judge one gossip message. Dropping it is `Verdict::Ignore`.
#[derive(Debug)]
pub struct VerdictHandle {
    pub(super) verdict: oneshot::Sender<Verdict>,
    /// Held until it is given or dropped.
    pub(super) _place: Place,
}

impl VerdictHandle {
    /// Gives the verdict.
    pub fn give(self, verdict: Verdict) {
        // The event loop waits no longer if it stopped or the five seconds are over; then there is nobody to tell.
        let _ = self.verdict.send(verdict);
    }
}

impl fmt::Debug for NetEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected { peer } => write!(f, "Connected({peer})"),
            Self::Disconnected { peer } => write!(f, "Disconnected({peer})"),
            Self::Subscribed { peer, topic } => write!(f, "Subscribed({peer}, {topic:?})"),
            Self::Request { peer, protocol, bytes, .. } => write!(f, "Request({peer}, {protocol:?}, {} bytes)", bytes.len()),
            Self::Gossip { peer, topic, bytes, .. } => write!(f, "Gossip({peer}, {topic:?}, {} bytes)", bytes.len()),
            Self::Missed { peer } => write!(f, "Missed({peer})"),
            Self::CutOff { peer, cut } => write!(f, "CutOff({peer}, {cut:?})"),
            Self::Refused { peer, why } => write!(f, "Refused({peer:?}, {why:?})"),
        }
    }
}
