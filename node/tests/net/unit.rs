//! A unit of the network tests and the waiting for its events.
//! Nobody in it exists.

use std::time::Duration;

use icmc_node::net::{
    AllowedPeer, Limits, Multiaddr, Net, NetConfig, NetEvent, PeerId, Protocol, RefusedWhy, Topic, VerdictHandle, start,
};
use tokio::{sync::mpsc::Receiver, time::timeout};
use zeroize::Zeroizing;

pub(crate) const FEDERATION: &str = "00ff";

pub(crate) struct Unit {
    pub(crate) net: Net,
    pub(crate) events: Receiver<NetEvent>,
}

impl Unit {
    /// A unit of invented name; the name is its secret key.
    pub(crate) async fn start(name: &str) -> Self {
        Self::start_at(name, "/ip4/127.0.0.1/tcp/0", Limits::default()).await
    }

    pub(crate) async fn start_at(name: &str, listen: &str, limits: Limits) -> Self {
        let mut secret = Zeroizing::new([7; 32]);
        secret[..name.len()].copy_from_slice(name.as_bytes());
        let listen = vec![listen.parse().expect("an address")];
        let config = NetConfig { secret, listen, limits };
        let (net, events) = start(config).await.expect("the unit starts");
        Self { net, events }
    }

    /// A unit that nobody can dial.
    pub(crate) async fn start_behind(name: &str) -> Self {
        let mut secret = Zeroizing::new([7; 32]);
        secret[..name.len()].copy_from_slice(name.as_bytes());
        let config = NetConfig { secret, listen: Vec::new(), limits: Limits::default() };
        let (net, events) = start(config).await.expect("the unit starts");
        Self { net, events }
    }

    pub(crate) fn peer(&self) -> PeerId {
        self.net.local_peer()
    }

    pub(crate) async fn address(&self) -> Multiaddr {
        self.net.listen_addresses().await.remove(0)
    }

    pub(crate) async fn entry(&self) -> AllowedPeer {
        AllowedPeer { peer: self.peer(), addresses: vec![self.address().await] }
    }

    /// As `entry`, for somebody who is not to dial this unit.
    pub(crate) fn waiting_entry(&self) -> AllowedPeer {
        AllowedPeer { peer: self.peer(), addresses: Vec::new() }
    }

    pub(crate) async fn allow(&self, peers: Vec<AllowedPeer>) {
        self.net.allow(peers).await.expect("the unit runs");
    }

    /// Passes over events until one is wanted.
    pub(crate) async fn until<T>(&mut self, wanted: impl Fn(NetEvent) -> Option<T>) -> T {
        let search = async {
            loop {
                let event = self.events.recv().await.expect("the unit runs");
                if let Some(found) = wanted(event) {
                    return found;
                }
            }
        };
        timeout(Duration::from_secs(30), search).await.expect("the event comes")
    }

    pub(crate) async fn connected(&mut self, to: PeerId) {
        self.until(|e| matches!(e, NetEvent::Connected { peer } if peer == to).then_some(())).await;
    }

    pub(crate) async fn disconnected(&mut self, from: PeerId) {
        self.until(|e| matches!(e, NetEvent::Disconnected { peer } if peer == from).then_some(())).await;
    }

    pub(crate) async fn subscribed(&mut self, to: PeerId) {
        self.until(|e| matches!(e, NetEvent::Subscribed { peer, topic: Topic::Beacons } if peer == to).then_some(())).await;
    }

    pub(crate) async fn refused(&mut self) -> (Option<PeerId>, RefusedWhy) {
        self.until(|event| match event {
            NetEvent::Refused { peer, why } => Some((peer, why)),
            NetEvent::Request { peer, .. } => panic!("a request of {peer} got through"),
            _ => None,
        })
        .await
    }

    /// Answers the next request with its own bytes turned round, and says whose it was.
    pub(crate) async fn answer(&mut self) -> (PeerId, Protocol) {
        let (peer, protocol, bytes, reply) = self
            .until(|event| match event {
                NetEvent::Request { peer, protocol, bytes, reply } => Some((peer, protocol, bytes, reply)),
                _ => None,
            })
            .await;
        let turned = bytes.into_iter().rev().collect();
        reply.answer(turned).await.expect("the unit runs");
        (peer, protocol)
    }

    pub(crate) async fn gossip(&mut self) -> (PeerId, Vec<u8>, VerdictHandle) {
        self.until(|event| match event {
            NetEvent::Gossip { peer, bytes, verdict, .. } => Some((peer, bytes, verdict)),
            _ => None,
        })
        .await
    }

    pub(crate) async fn publish(&self, bytes: &[u8]) {
        let sent = self.net.publish(Topic::Beacons, bytes.to_vec()).await;
        sent.expect("it is sent");
    }
}

pub(crate) fn framed(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("short");
    [&length.to_be_bytes(), bytes].concat()
}

/// Both dial each other at the same moment.
pub(crate) async fn introduce(alice: &mut Unit, bob: &mut Unit) {
    let (to_alice, to_bob) = (alice.entry().await, bob.entry().await);
    tokio::join!(alice.allow(vec![to_bob]), bob.allow(vec![to_alice]));
    alice.connected(bob.peer()).await;
    bob.connected(alice.peer()).await;
}
