//! A peer that writes whatever bytes it likes on three of our protocols.
//! It keeps no rule of ours; what is tested is the other side.

use std::{io, time::Duration};

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, StreamExt};
use icmc_node::net::Protocol;
use libp2p::{
    Multiaddr, PeerId, Swarm, SwarmBuilder,
    identity::Keypair,
    noise,
    request_response::{self, Codec, Message, ProtocolSupport},
    swarm::{NetworkBehaviour, SwarmEvent},
    tcp, yamux,
};
use tokio::time::timeout;

/// Raw bytes in both directions, without a frame.
#[derive(Clone, Copy, Default)]
struct Raw {
    never_reads: bool,
}

impl Codec for Raw {
    type Protocol = &'static str;
    type Request = Vec<u8>;
    type Response = Vec<u8>;

    async fn read_request<T>(&mut self, _: &&'static str, _: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        Err(io::ErrorKind::Unsupported.into())
    }

    async fn read_response<T>(&mut self, _: &&'static str, io: &mut T) -> io::Result<Vec<u8>>
    where
        T: AsyncRead + Unpin + Send,
    {
        if self.never_reads {
            return futures::future::pending().await;
        }
        let mut bytes = Vec::new();
        io.read_to_end(&mut bytes).await?;
        Ok(bytes)
    }

    async fn write_request<T>(&mut self, _: &&'static str, io: &mut T, request: Vec<u8>) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        io.write_all(&request).await
    }

    async fn write_response<T>(&mut self, _: &&'static str, _: &mut T, _: Vec<u8>) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[derive(NetworkBehaviour)]
struct Behaviour {
    envelope: request_response::Behaviour<Raw>,
    beacons: request_response::Behaviour<Raw>,
    join: request_response::Behaviour<Raw>,
}

pub(crate) struct Hostile {
    swarm: Swarm<Behaviour>,
    target: PeerId,
    address: Multiaddr,
    /// Whether the last `ask` saw a connection open.
    pub(crate) opened: bool,
    /// Whether the last `ask` saw a connection close.
    pub(crate) closed: bool,
}

impl Hostile {
    pub(crate) fn new(target: PeerId, address: Multiaddr) -> Self {
        Self::with(Raw::default(), target, address)
    }

    pub(crate) fn that_never_reads(target: PeerId, address: Multiaddr) -> Self {
        Self::with(Raw { never_reads: true }, target, address)
    }

    fn with(raw: Raw, target: PeerId, address: Multiaddr) -> Self {
        let one = |protocol| one(raw, protocol);
        let behaviour =
            Behaviour { envelope: one(Protocol::Envelope), beacons: one(Protocol::Beacons), join: one(Protocol::Join) };
        let swarm = SwarmBuilder::with_existing_identity(Keypair::generate_ed25519())
            .with_tokio()
            .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
            .expect("noise is set up")
            .with_behaviour(|_| behaviour)
            .expect("it was built before")
            .with_swarm_config(|c| c.with_idle_connection_timeout(Duration::from_secs(60)))
            .build();
        Self { swarm, target, address, opened: false, closed: false }
    }

    pub(crate) fn peer(&self) -> PeerId {
        *self.swarm.local_peer_id()
    }

    /// Writes the bytes as they are, and waits for nothing.
    pub(crate) fn send(&mut self, protocol: Protocol, bytes: Vec<u8>) {
        let (target, addresses) = (self.target, vec![self.address.clone()]);
        let behaviour = self.swarm.behaviour_mut();
        let requests = match protocol {
            Protocol::Join => &mut behaviour.join,
            Protocol::Beacons => &mut behaviour.beacons,
            _ => &mut behaviour.envelope,
        };
        requests.send_request_with_addresses(&target, bytes, addresses);
    }

    /// Lets the network work for a while.
    pub(crate) async fn turn(&mut self, length: Duration) {
        let work = async { while self.swarm.next().await.is_some() {} };
        // It never ends by itself.
        let _ = timeout(length, work).await;
    }

    /// Writes the bytes as they are and returns what came back, empty if the stream was closed without a word.
    pub(crate) async fn ask(&mut self, protocol: Protocol, bytes: Vec<u8>) -> Option<Vec<u8>> {
        self.send(protocol, bytes);
        (self.opened, self.closed) = (false, false);
        let answer = async {
            loop {
                match self.swarm.select_next_some().await {
                    SwarmEvent::ConnectionEstablished { .. } => self.opened = true,
                    SwarmEvent::ConnectionClosed { .. } => self.closed = true,
                    SwarmEvent::Behaviour(BehaviourEvent::Envelope(event) | BehaviourEvent::Join(event)) => match event {
                        request_response::Event::Message { message: Message::Response { response, .. }, .. } => {
                            return Some(response);
                        }
                        request_response::Event::OutboundFailure { .. } => return None,
                        _ => {}
                    },
                    _ => {}
                }
            }
        };
        timeout(Duration::from_secs(20), answer).await.expect("the request ends")
    }
}

fn one(raw: Raw, protocol: Protocol) -> request_response::Behaviour<Raw> {
    let protocols = [(protocol.name(), ProtocolSupport::Outbound)];
    request_response::Behaviour::with_codec(raw, protocols, request_response::Config::default())
}
