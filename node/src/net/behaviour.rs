//! The libp2p behaviour of a node: who may connect, then ping, gossip, and one request behaviour for each protocol.
//! No QUIC, mDNS, Kademlia or UPnP: peers are named. Identify tells a peer the address that it is seen under, for hole punching,
//! and nothing of ours; nothing at all is told to strangers.

use std::time::Duration;

use libp2p::{
    allow_block_list::{self, AllowedPeers},
    connection_limits::{self, ConnectionLimits},
    dcutr, identify,
    identity::Keypair,
    memory_connection_limits, ping, relay,
    request_response::{self, ProtocolSupport},
    swarm::NetworkBehaviour,
};

use super::{
    codec::FrameCodec,
    gossip::{self, OurTopics},
    limits::Limits,
    metered::Metered,
    protocol::Protocol,
    relay::server,
};

const IDENTIFY: &str = "/icmc/1";
const PING: Duration = Duration::from_secs(15);

pub(super) type Requests = request_response::Behaviour<FrameCodec>;

/// The order of fields is the order of checks: a connection that one of the first three refuses never reaches the
/// protocols. Requests need a behaviour each, as one behaviour offers all its protocols for every request.
#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    pub(super) allowed: allow_block_list::Behaviour<AllowedPeers>,
    connections: connection_limits::Behaviour,
    memory: memory_connection_limits::Behaviour,
    ping: ping::Behaviour,
    pub(super) gossip: Metered,
    envelope: Requests,
    beacons: Requests,
    charter: Requests,
    blob: Requests,
    join: Requests,
    blind: Requests,
    identify: identify::Behaviour,
    pub(super) relay: relay::Behaviour,
    relayed: relay::client::Behaviour,
    punch: dcutr::Behaviour,
}

impl Behaviour {
    pub(super) fn new(keypair: &Keypair, limits: &Limits, topics: OurTopics, relayed: relay::client::Behaviour) -> Self {
        let peers = u32::try_from(limits.peers).unwrap_or(u32::MAX);
        let connections = ConnectionLimits::default()
            .with_max_established_per_peer(Some(limits.connections_per_peer))
            .with_max_established(Some(peers.saturating_mul(limits.connections_per_peer)))
            .with_max_pending_incoming(Some(limits.pending_connections))
            .with_max_pending_outgoing(Some(limits.pending_connections));
        let local = keypair.public().to_peer_id();
        let identify = identify::Config::new(IDENTIFY.to_owned(), keypair.public())
            .with_agent_version(String::new())
            .with_hide_listen_addrs(true)
            .with_cache_size(0);
        Self {
            allowed: allow_block_list::Behaviour::default(),
            connections: connection_limits::Behaviour::new(connections),
            memory: memory_connection_limits::Behaviour::with_max_bytes(limits.memory_bytes),
            ping: ping::Behaviour::new(ping::Config::new().with_interval(PING)),
            gossip: Metered::new(gossip::behaviour(keypair, topics), *limits),
            envelope: requests(Protocol::Envelope, limits),
            beacons: requests(Protocol::Beacons, limits),
            charter: requests(Protocol::Charter, limits),
            blob: requests(Protocol::Blob, limits),
            join: requests(Protocol::Join, limits),
            blind: requests(Protocol::Blind, limits),
            identify: identify::Behaviour::new(identify),
            relay: server(local),
            relayed,
            punch: dcutr::Behaviour::new(local),
        }
    }

    pub(super) fn requests(&mut self, protocol: Protocol) -> &mut Requests {
        match protocol {
            Protocol::Envelope => &mut self.envelope,
            Protocol::Beacons => &mut self.beacons,
            Protocol::Charter => &mut self.charter,
            Protocol::Blob => &mut self.blob,
            Protocol::Join => &mut self.join,
            Protocol::Blind => &mut self.blind,
        }
    }
}

fn requests(protocol: Protocol, limits: &Limits) -> Requests {
    let config = request_response::Config::default()
        .with_request_timeout(limits.request_timeout)
        .with_max_concurrent_streams(limits.streams);
    Requests::with_codec(FrameCodec, [(protocol, ProtocolSupport::Full)], config)
}
