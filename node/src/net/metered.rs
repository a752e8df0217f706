//! Gossip behind a meter: frames of a peer above its quota are dropped before gossipsub looks into them.
//! Who is cut off for it is decided by the event loop.

use std::{
    collections::{BTreeMap, VecDeque},
    task::{Context, Poll},
};

use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    gossipsub,
    swarm::{ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm},
};
use tokio::time::Instant;

use super::{
    gossip::Gossip,
    limits::{Bucket, Limits},
    offences::Offence,
};

/// Peers whose quotas are remembered; only those on the allow-list ever get one.
const REMEMBERED: usize = 1024;
/// Offences that wait for the event loop: it takes one after each frame, so there are never more than these.
const WAITING: usize = 256;

type Frame = THandlerOutEvent<Gossip>;

/// What it tells the event loop.
#[derive(Debug)]
pub(super) enum Event {
    /// From gossipsub.
    Gossip(gossipsub::Event),
    /// A frame of this peer was dropped.
    Offended(PeerId, Offence),
}

#[derive(Debug)]
struct Quotas {
    frames: Bucket,
    subscriptions: Bucket,
}

pub(super) struct Metered {
    gossip: Gossip,
    limits: Limits,
    peers: BTreeMap<PeerId, Quotas>,
    offended: VecDeque<(PeerId, Offence)>,
}

impl Metered {
    pub(super) fn new(gossip: Gossip, limits: Limits) -> Self {
        Self { gossip, limits, peers: BTreeMap::new(), offended: VecDeque::new() }
    }

    pub(super) fn inner(&mut self) -> &mut Gossip {
        &mut self.gossip
    }

    /// What is wrong with the frame, if anything.
    fn judge(&mut self, peer: PeerId, frame: &Frame) -> Option<Offence> {
        let Frame::Message { rpc, invalid_messages } = frame else { return None };
        let now = Instant::now();
        if self.peers.len() >= REMEMBERED && !self.peers.contains_key(&peer) {
            self.peers.pop_first();
        }
        let limits = &self.limits;
        let quotas = self.peers.entry(peer).or_insert_with(|| Quotas {
            frames: Bucket::new(limits.frames, now),
            subscriptions: Bucket::new(limits.subscriptions, now),
        });
        let many = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        if !invalid_messages.is_empty() {
            return Some(Offence::Garbage);
        }
        if !rpc.subscriptions.is_empty() && !quotas.subscriptions.take_many(many(rpc.subscriptions.len()), now) {
            return Some(Offence::Subscriptions);
        }
        let parts = 1 + many(rpc.messages.len().saturating_add(rpc.control_msgs.len()));
        (!quotas.frames.take_many(parts, now)).then_some(Offence::Flood)
    }
}

impl NetworkBehaviour for Metered {
    type ConnectionHandler = <Gossip as NetworkBehaviour>::ConnectionHandler;
    type ToSwarm = Event;

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.gossip.handle_established_inbound_connection(connection, peer, local, remote)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role: Endpoint,
        port: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.gossip.handle_established_outbound_connection(connection, peer, address, role, port)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        self.gossip.on_swarm_event(event);
    }

    fn on_connection_handler_event(&mut self, peer: PeerId, connection: ConnectionId, frame: THandlerOutEvent<Self>) {
        match self.judge(peer, &frame) {
            None => self.gossip.on_connection_handler_event(peer, connection, frame),
            Some(offence) if self.offended.len() < WAITING => self.offended.push_back((peer, offence)),
            Some(_) => {}
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<Event, THandlerInEvent<Self>>> {
        if let Some((peer, offence)) = self.offended.pop_front() {
            return Poll::Ready(ToSwarm::GenerateEvent(Event::Offended(peer, offence)));
        }
        self.gossip.poll(cx).map(|event| event.map_out(Event::Gossip))
    }
}
