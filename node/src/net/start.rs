//! Brings the network up: key, transport, listeners, event loop.
//! Nobody may connect until `Net::allow` is called.

use std::{fmt, time::Duration};

use futures::StreamExt;
use libp2p::{
    Multiaddr, PeerId, Swarm, SwarmBuilder,
    identity::{Keypair, PublicKey, ed25519},
    noise,
    swarm::SwarmEvent,
    tcp, yamux,
};
use tokio::{sync::mpsc, time::timeout};
use zeroize::Zeroizing;

use super::{
    behaviour::Behaviour, client::Net, error::NetError, event::NetEvent, event_loop::EventLoop, gossip::OurTopics,
    limits::Limits, outlet::Outlet,
};

const IDLE: Duration = Duration::from_secs(60 * 60);
const LISTEN_TIMEOUT: Duration = Duration::from_secs(10);
const NEGOTIATING_STREAMS: usize = 64;
const YAMUX_STREAMS: usize = 256;
const COMMANDS: usize = 256;

/// What the network needs to start.
pub struct NetConfig {
    /// Secret of the node key (Ed25519).
    pub secret: Zeroizing<[u8; 32]>,
    /// TCP addresses to listen on; port 0 takes a free one.
    pub listen: Vec<Multiaddr>,
    /// Bounds.
    pub limits: Limits,
}

impl fmt::Debug for NetConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetConfig").field("listen", &self.listen).field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// Starts the network and returns when it listens. Must be called on a tokio runtime.
pub async fn start(config: NetConfig) -> Result<(Net, mpsc::Receiver<NetEvent>), NetError> {
    let NetConfig { mut secret, listen, limits } = config;
    let keypair = Keypair::ed25519_from_bytes(secret.as_mut_slice()).map_err(|_| NetError::Key)?;
    let topics = OurTopics::default();
    let mut swarm = SwarmBuilder::with_existing_identity(keypair)
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, multiplexer)
        .map_err(NetError::Noise)?
        .with_relay_client(noise::Config::new, multiplexer)
        .map_err(NetError::Noise)?
        .with_behaviour(|keypair, relayed| Behaviour::new(keypair, &limits, topics.clone(), relayed))
        .expect("it was built before")
        .with_swarm_config(|config| {
            config.with_idle_connection_timeout(IDLE).with_max_negotiating_inbound_streams(NEGOTIATING_STREAMS)
        })
        .build();
    listen_on(&mut swarm, listen).await?;

    let (events, receiver) = mpsc::channel(limits.events);
    let (sender, commands) = mpsc::channel(COMMANDS);
    let net = Net::new(*swarm.local_peer_id(), sender.clone());
    let outlet = Outlet::new(events);
    let own_commands = sender.downgrade();
    let event_loop = EventLoop::new(swarm, topics, limits, outlet, commands, own_commands);
    tokio::spawn(event_loop.run());
    Ok((net, receiver))
}

/// The libp2p id that belongs to a node key.
pub fn peer_id_of(public_key: &[u8; 32]) -> Result<PeerId, NetError> {
    let key = ed25519::PublicKey::try_from_bytes(public_key).map_err(|_| NetError::PublicKey)?;
    Ok(PublicKey::from(key).to_peer_id())
}

fn multiplexer() -> yamux::Config {
    let mut config = yamux::Config::default();
    config.set_max_num_streams(YAMUX_STREAMS);
    config
}

async fn listen_on(swarm: &mut Swarm<Behaviour>, listen: Vec<Multiaddr>) -> Result<(), NetError> {
    let mut waiting = Vec::with_capacity(listen.len());
    for address in listen {
        waiting.push(swarm.listen_on(address).map_err(NetError::Listen)?);
    }
    let up = async {
        while !waiting.is_empty() {
            match swarm.select_next_some().await {
                SwarmEvent::NewListenAddr { listener_id, .. } => {
                    waiting.retain(|waiting| *waiting != listener_id);
                }
                SwarmEvent::ListenerClosed { .. } => return Err(NetError::ListenerClosed),
                _ => {}
            }
        }
        Ok(())
    };
    timeout(LISTEN_TIMEOUT, up).await.unwrap_or(Err(NetError::ListenerClosed))
}
