//! Reaching members that no direct connection reaches: through a member that relays (circuit v2), and from there by hole punching.
//! Who relays is said from outside. A relay sees who is connected to whom, sizes and times: Noise goes end to end through it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use libp2p::{
    Multiaddr, PeerId,
    core::{ConnectedPoint, transport::ListenerId},
    multiaddr,
    relay::{self, Status},
    swarm::ConnectionId,
};
use tokio::time::Instant;

use super::{
    event::RefusedWhy,
    event_loop::EventLoop,
    peers::{AllowedPeer, Standing},
};

/// Relays that one node uses; further ones are ignored.
const RELAYS: usize = 4;
/// Addresses of a relay that are tried.
const ADDRESSES: usize = 4;
/// After this a lost or refused reservation is asked for again.
const AGAIN: Duration = Duration::from_secs(10);
/// A circuit may last so long, then the two dial each other anew: directly, if that is possible by then.
const CIRCUIT_TIME: Duration = Duration::from_secs(60 * 60);
/// And carry so much. The library's own limits are two minutes and 128 KiB, less than one envelope.
const CIRCUIT_BYTES: u64 = 4 * 1024 * 1024 * 1024;
const CIRCUITS: usize = 256;
const CIRCUITS_PER_PEER: usize = 32;
const RESERVATIONS: usize = 512;

/// What this node knows of relays, and what goes through them.
#[derive(Debug, Default)]
pub(super) struct Relays {
    /// Members through which this node is reached and reaches others.
    known: BTreeMap<PeerId, Vec<Multiaddr>>,
    reserved: BTreeMap<PeerId, ListenerId>,
    /// When to look again for reservations that are missing.
    pub(super) look: Option<Instant>,
    circuits: BTreeSet<(PeerId, ConnectionId)>,
}

impl Relays {
    /// Where a peer may be reached through the relays.
    pub(super) fn ways_to(&self, peer: &PeerId) -> Vec<Multiaddr> {
        let through = self.known.iter().filter(|(relay, _)| *relay != peer);
        through.flat_map(|(relay, addresses)| addresses.iter().map(|address| circuit(address, relay))).collect()
    }
}

/// A server that is switched off until `Net::relay_for_members`.
pub(super) fn server(local: PeerId) -> relay::Behaviour {
    let config = relay::Config {
        max_reservations: RESERVATIONS,
        max_circuits: CIRCUITS,
        max_circuits_per_peer: CIRCUITS_PER_PEER,
        max_circuit_duration: CIRCUIT_TIME,
        max_circuit_bytes: CIRCUIT_BYTES,
        ..relay::Config::default()
    };
    let mut server = relay::Behaviour::new(local, config);
    server.set_status(Some(Status::Disable));
    server
}

/// The relay of an address that goes through one.
pub fn relay_of(address: &Multiaddr) -> Option<PeerId> {
    let mut relay = None;
    for part in address {
        match part {
            multiaddr::Protocol::P2p(peer) => relay = Some(peer),
            multiaddr::Protocol::P2pCircuit => return relay,
            _ => {}
        }
    }
    None
}

fn circuit(address: &Multiaddr, relay: &PeerId) -> Multiaddr {
    let named = address.iter().any(|part| matches!(part, multiaddr::Protocol::P2p(_)));
    let address = if named { address.clone() } else { address.clone().with(multiaddr::Protocol::P2p(*relay)) };
    address.with(multiaddr::Protocol::P2pCircuit)
}

impl EventLoop {
    /// Members may use this node as a relay from now on, or no longer.
    pub(super) fn relay_for_members(&mut self, serve: bool) {
        let status = if serve { Status::Enable } else { Status::Disable };
        // A reservation names addresses of the relay.
        let addresses: Vec<Multiaddr> = self.swarm.listeners().cloned().collect();
        for address in addresses.into_iter().filter(|_| serve) {
            self.swarm.add_external_address(address);
        }
        self.swarm.behaviour_mut().relay.set_status(Some(status));
    }

    /// The relays of this node. Reservations are made once they are connected.
    pub(super) fn use_relays(&mut self, relays: Vec<AllowedPeer>) {
        let local = *self.swarm.local_peer_id();
        let mut known: BTreeMap<PeerId, Vec<Multiaddr>> = BTreeMap::new();
        for AllowedPeer { peer, mut addresses } in relays.into_iter().filter(|relay| relay.peer != local).take(RELAYS) {
            addresses.truncate(ADDRESSES);
            known.insert(peer, addresses);
        }
        if known == self.relays.known {
            return;
        }
        let dropped: Vec<ListenerId> =
            self.relays.reserved.extract_if(.., |relay, _| !known.contains_key(relay)).map(|(_, listener)| listener).collect();
        for listener in dropped {
            self.swarm.remove_listener(listener);
        }
        self.relays.known = known;
        self.reserve();
        let now = Instant::now();
        for peer in self.peers.ids() {
            if !self.swarm.is_connected(&peer) {
                self.redial.at_once(peer, now);
            }
        }
    }

    /// Asks every connected relay for a reservation that is missing.
    pub(super) fn reserve(&mut self) {
        self.relays.look = None;
        let missing: Vec<(PeerId, Multiaddr)> = self
            .relays
            .known
            .iter()
            .filter(|(relay, _)| self.let_in.contains(relay) && !self.relays.reserved.contains_key(relay))
            .filter_map(|(relay, addresses)| Some((*relay, circuit(addresses.first()?, relay))))
            .collect();
        for (relay, address) in missing {
            match self.swarm.listen_on(address) {
                Ok(listener) => {
                    self.relays.reserved.insert(relay, listener);
                }
                Err(error) => {
                    tracing::debug!(%error, "no reservation was asked for");
                    self.look_again();
                }
            }
        }
    }

    fn look_again(&mut self) {
        self.relays.look.get_or_insert_with(|| Instant::now() + AGAIN);
    }

    pub(super) fn listener_closed(&mut self, closed: ListenerId) {
        let lost = self.relays.reserved.extract_if(.., |_, listener| *listener == closed).count();
        if lost > 0 {
            tracing::debug!("a relay's reservation ended");
            self.look_again();
        }
    }

    /// A direct connection makes those through relays superfluous.
    pub(super) fn note_connection(&mut self, peer: PeerId, id: ConnectionId, endpoint: &ConnectedPoint) {
        if endpoint.is_relayed() {
            tracing::debug!(%peer, "connected through a relay");
            self.relays.circuits.insert((peer, id));
            return;
        }
        let superfluous: Vec<_> = self.relays.circuits.extract_if(.., |(of, _)| *of == peer).collect();
        for (_, id) in superfluous {
            self.swarm.close_connection(id);
        }
    }

    pub(super) fn forget_connection(&mut self, peer: PeerId, id: ConnectionId) {
        self.relays.circuits.remove(&(peer, id));
    }

    /// Members only: whoever is joining is let in for that, and for nothing else.
    pub(super) fn on_relay(&mut self, event: relay::Event) {
        let (relay::Event::ReservationReqAccepted { src_peer_id: peer, .. }
        | relay::Event::CircuitReqAccepted { src_peer_id: peer, .. }) = event
        else {
            return;
        };
        if self.standing(&peer) != Some(Standing::Member) {
            self.outlet.refused(Some(peer), RefusedWhy::JoiningOnly);
            self.disconnect(peer);
        }
    }
}
