//! The one task that owns the swarm. Everybody else talks to it by channel.
//! It never waits for storage, cryptography or the node: events are handed over or dropped.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream::FuturesUnordered};
use libp2p::{
    PeerId, Swarm, allow_block_list, connection_limits, memory_connection_limits, ping,
    request_response::{InboundRequestId, OutboundRequestId},
    swarm::{
        ConnectionDenied, DialError, ListenError, SwarmEvent,
        dial_opts::{DialOpts, PeerCondition},
    },
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};

use super::{
    backoff::Redial,
    behaviour::{Behaviour, BehaviourEvent},
    command::Command,
    event::RefusedWhy,
    gossip::{OurTopics, Waiting},
    limits::{Bucket, Limits},
    outlet::Outlet,
    peers::{Peers, Standing},
    protocol::Protocol,
    relay::Relays,
    requests::Pending,
};

pub(super) struct EventLoop {
    pub(super) swarm: Swarm<Behaviour>,
    pub(super) limits: Limits,
    pub(super) outlet: Outlet,
    commands: mpsc::Receiver<Command>,
    /// For the reply handles; weak, so that the loop ends when nobody holds it any more.
    pub(super) own_commands: mpsc::WeakSender<Command>,
    pub(super) peers: Peers,
    pub(super) redial: Redial,
    /// Peers that let us in, see `heard`.
    pub(super) let_in: BTreeSet<PeerId>,
    pub(super) pending: BTreeMap<(Protocol, OutboundRequestId), Pending>,
    /// Requests of peers whose reply is on its way.
    pub(super) answered: BTreeSet<(Protocol, InboundRequestId)>,
    pub(super) verdicts: FuturesUnordered<Waiting>,
    /// Of what is published, against what others take from one.
    pub(super) published: Bucket,
    pub(super) topics: OurTopics,
    pub(super) federation: Option<String>,
    pub(super) relays: Relays,
}

impl EventLoop {
    pub(super) fn new(
        swarm: Swarm<Behaviour>,
        topics: OurTopics,
        limits: Limits,
        outlet: Outlet,
        commands: mpsc::Receiver<Command>,
        own_commands: mpsc::WeakSender<Command>,
    ) -> Self {
        let local = *swarm.local_peer_id();
        Self {
            swarm,
            limits,
            outlet,
            commands,
            own_commands,
            peers: Peers::new(local, limits),
            redial: Redial::new(local),
            let_in: BTreeSet::new(),
            pending: BTreeMap::new(),
            answered: BTreeSet::new(),
            verdicts: FuturesUnordered::new(),
            published: Bucket::new(limits.gossip.kept(), Instant::now()),
            topics,
            federation: None,
            relays: Relays::default(),
        }
    }

    /// Runs until shutdown, or until nobody holds a `Net` or the event receiver.
    pub(super) async fn run(mut self) {
        let done: oneshot::Sender<()> = loop {
            let redial = self.redial.next();
            let look = self.relays.look;
            let again = self.next_again();
            tokio::select! {
                event = self.swarm.select_next_some() => self.on_swarm_event(event),
                command = self.commands.recv() => match command {
                    Some(Command::Shutdown(done)) => break done,
                    Some(command) => self.on_command(command),
                    None => return,
                },
                Some(judged) = self.verdicts.next(), if !self.verdicts.is_empty() => self.report(judged),
                () = sleep_until(redial.unwrap_or_else(Instant::now)), if redial.is_some() => self.dial_due(),
                () = sleep_until(look.unwrap_or_else(Instant::now)), if look.is_some() => self.reserve(),
                () = sleep_until(again.unwrap_or_else(Instant::now)), if again.is_some() => self.let_in_due(),
                () = self.outlet.room(), if self.outlet.has_waiting() => self.outlet.flush(),
                () = self.outlet.closed() => return,
            }
        };
        drop(self);
        let _ = done.send(());
    }

    pub(super) fn standing(&mut self, peer: &PeerId) -> Option<Standing> {
        self.peers.find(peer).map(|known| known.standing)
    }

    /// Something of the peer's came, were it a ping. Only that proves that it let us in: a peer that refuses us lets the
    /// handshake pass and then closes, and were the pauses to start over at every connection, we would knock five
    /// times a second.
    pub(super) fn heard(&mut self, peer: PeerId) {
        if self.swarm.is_connected(&peer) && self.let_in.insert(peer) {
            self.redial.reset(&peer);
            self.outlet.connected(peer);
            self.reserve();
        }
    }

    pub(super) fn disconnect(&mut self, peer: PeerId) {
        // The error means that there is no connection.
        let _ = self.swarm.disconnect_peer_id(peer);
    }

    fn dial_due(&mut self) {
        let now = Instant::now();
        for peer in self.redial.take_due(now) {
            let Some(known) = self.peers.find(&peer) else { continue };
            let mut addresses = known.addresses.clone();
            // Directly first; a relay is asked once that has failed.
            if addresses.is_empty() || self.redial.has_failed(&peer) {
                addresses.extend(self.relays.ways_to(&peer));
            }
            if addresses.is_empty() {
                continue;
            }
            // A port of its own: were both sides to dial from their listening ports at the same moment, TCP would make
            // one connection of it in which both believe to be the dialler.
            let dial = DialOpts::peer_id(peer)
                .condition(PeerCondition::DisconnectedAndNotDialing)
                .addresses(addresses)
                .allocate_new_port()
                .build();
            match self.swarm.dial(dial) {
                Ok(()) | Err(DialError::DialPeerConditionFalse(_)) => {}
                Err(_) => self.redial.later(peer, now),
            }
        }
    }

    fn on_swarm_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::Behaviour(event) => self.on_behaviour_event(event),
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.redial.hold(&peer_id);
                self.note_connection(peer_id, connection_id, &endpoint);
                match self.standing(&peer_id) {
                    Some(standing) => self.set_gossip_standing(&peer_id, standing),
                    None => self.disconnect(peer_id),
                }
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, num_established, .. } => {
                self.forget_connection(peer_id, connection_id);
                if num_established > 0 {
                    return;
                }
                if self.let_in.remove(&peer_id) {
                    self.outlet.disconnected(peer_id);
                }
                self.redial_known(peer_id);
            }
            SwarmEvent::OutgoingConnectionError { peer_id: Some(peer), .. } if !self.swarm.is_connected(&peer) => {
                self.redial_known(peer)
            }
            SwarmEvent::IncomingConnectionError { peer_id, error: ListenError::Denied { cause }, .. } => {
                if let Some(why) = why_denied(&cause) {
                    self.outlet.refused(peer_id, why);
                }
            }
            SwarmEvent::ListenerClosed { listener_id, .. } => self.listener_closed(listener_id),
            _ => {}
        }
    }

    fn on_behaviour_event(&mut self, event: BehaviourEvent) {
        match event {
            BehaviourEvent::Ping(event) => self.on_ping(event),
            BehaviourEvent::Gossip(event) => self.on_gossip(event),
            BehaviourEvent::Envelope(event) => self.on_request_event(Protocol::Envelope, event),
            BehaviourEvent::Beacons(event) => self.on_request_event(Protocol::Beacons, event),
            BehaviourEvent::Charter(event) => self.on_request_event(Protocol::Charter, event),
            BehaviourEvent::Blob(event) => self.on_request_event(Protocol::Blob, event),
            BehaviourEvent::Join(event) => self.on_request_event(Protocol::Join, event),
            BehaviourEvent::Blind(event) => self.on_request_event(Protocol::Blind, event),
            BehaviourEvent::Relay(event) => self.on_relay(event),
            BehaviourEvent::Identify(_) | BehaviourEvent::Relayed(_) => {}
            BehaviourEvent::Punch(event) => {
                let punched = event.result.is_ok();
                tracing::debug!(peer = %event.remote_peer_id, punched, "a direct connection was tried beside a relayed one");
            }
            BehaviourEvent::Allowed(never) | BehaviourEvent::Connections(never) | BehaviourEvent::Memory(never) => match never {},
        }
    }

    fn on_ping(&mut self, event: ping::Event) {
        match event.result {
            Ok(_) => self.heard(event.peer),
            Err(ping::Failure::Unsupported) => {}
            // On a dead line not even the protocol is agreed on, which is no `Timeout` to the library but `Other`.
            Err(ping::Failure::Timeout | ping::Failure::Other { .. }) => {
                self.swarm.close_connection(event.connection);
            }
        }
    }

    fn redial_known(&mut self, peer: PeerId) {
        if self.peers.find(&peer).is_some() && !self.peers.cuts.is_cut(&peer, Instant::now()) {
            self.redial.later(peer, Instant::now());
        }
    }
}

fn why_denied(cause: &ConnectionDenied) -> Option<RefusedWhy> {
    if cause.downcast_ref::<allow_block_list::NotAllowed>().is_some() {
        return Some(RefusedWhy::NotAllowed);
    }
    let full = cause.downcast_ref::<connection_limits::Exceeded>().is_some();
    let memory = cause.downcast_ref::<memory_connection_limits::MemoryUsageLimitExceeded>();
    (full || memory.is_some()).then_some(RefusedWhy::TooManyConnections)
}
