//! The handle by which the rest of the node uses the network.
//! Each method asks the event loop and waits for its answer only; nothing is kept here.

use std::time::Duration;

use libp2p::{Multiaddr, PeerId};
use tokio::sync::{mpsc, oneshot};

use super::{
    command::{Answer, Command},
    error::{NetError, PublishError, RequestError},
    offences::Offence,
    peers::AllowedPeer,
    protocol::{GOSSIP_CAP, Protocol, Topic},
};

/// The network of this node. Clones share it; it stops when the last clone is dropped, or at `shutdown`.
#[derive(Clone, Debug)]
pub struct Net {
    local: PeerId,
    commands: mpsc::Sender<Command>,
}

impl Net {
    pub(super) fn new(local: PeerId, commands: mpsc::Sender<Command>) -> Self {
        Self { local, commands }
    }

    /// The whole list of members. Who is no longer on it is disconnected; the others are dialled until connected.
    /// Errors: `TooManyPeers` (nothing changed), `Stopped`.
    pub async fn allow(&self, peers: Vec<AllowedPeer>) -> Result<(), NetError> {
        self.ask(|answer| Command::Allow(peers, answer)).await.unwrap_or(Err(NetError::Stopped))
    }

    /// Opens `Protocol::Join`, and nothing else, to an invited stranger until it is disallowed or becomes a member.
    /// Errors: `TooManyPeers`, `Stopped`.
    pub async fn allow_joining(&self, peer: PeerId) -> Result<(), NetError> {
        self.dial_for_join(peer, Vec::new()).await
    }

    /// As `allow_joining`, and dials the peer until connected: for the newcomer. A member stays a member.
    pub async fn dial_for_join(&self, peer: PeerId, addresses: Vec<Multiaddr>) -> Result<(), NetError> {
        self.ask(|answer| Command::AllowJoining(peer, addresses, answer)).await.unwrap_or(Err(NetError::Stopped))
    }

    /// Takes `allow_joining` or `dial_for_join` back and disconnects; does nothing to a member.
    pub async fn disallow_joining(&self, peer: PeerId) -> Result<(), NetError> {
        self.ask(|answer| Command::DisallowJoining(peer, answer)).await.ok_or(NetError::Stopped)
    }

    /// Listens to the topics of this federation and to no others. A change closes all connections, which then come
    /// back by themselves; so call it before `allow`. Errors: `FederationName`, `Stopped`.
    pub async fn set_federation(&self, federation: &str) -> Result<(), NetError> {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if !(1..=64).contains(&federation.len()) || !federation.bytes().all(digit) {
            return Err(NetError::FederationName);
        }
        let federation = federation.to_owned();
        self.ask(|answer| Command::SetFederation(federation, answer)).await.ok_or(NetError::Stopped)
    }

    /// Lets members be reached through this node, or no longer.
    pub async fn relay_for_members(&self, serve: bool) -> Result<(), NetError> {
        self.ask(|answer| Command::RelayForMembers(serve, answer)).await.ok_or(NetError::Stopped)
    }

    /// The members through which this node is to be reached, and through which it reaches those that it cannot dial. At
    /// most four are used; a relay that is not on the allow-list is never dialled.
    pub async fn use_relays(&self, relays: Vec<AllowedPeer>) -> Result<(), NetError> {
        self.ask(|answer| Command::UseRelays(relays, answer)).await.ok_or(NetError::Stopped)
    }

    /// Asks a connected peer and waits for its answer. It does not dial: who is not connected is being dialled
    /// already, and `NetEvent::Connected` says when to try again.
    pub async fn request(&self, peer: PeerId, protocol: Protocol, bytes: Vec<u8>) -> Result<Vec<u8>, RequestError> {
        if bytes.len() > protocol.request_cap() {
            return Err(RequestError::TooLarge);
        }
        let request = |answer| Command::Request { peer, protocol, bytes, answer };
        self.ask(request).await.unwrap_or(Err(RequestError::Stopped))
    }

    /// Sends to all who listen to the topic. That nobody does, or that it was sent before, is no error.
    pub async fn publish(&self, topic: Topic, bytes: Vec<u8>) -> Result<(), PublishError> {
        if bytes.len() > GOSSIP_CAP {
            return Err(PublishError::TooLarge);
        }
        self.ask(|answer| Command::Publish(topic, bytes, answer)).await.unwrap_or(Err(PublishError::Stopped))
    }

    /// Counts it against a peer that it sent bytes which no honest node sends.
    pub async fn blame(&self, peer: PeerId) {
        // A network that has stopped has nobody to cut off.
        let _ = self.commands.send(Command::Blame(peer, Offence::Garbage)).await;
    }

    /// Goes on refusing a peer that was cut off before this network began, for the `times`th time.
    pub async fn hold_off(&self, peer: PeerId, pause: Duration, times: u32) -> Result<(), NetError> {
        self.ask(|answer| Command::HoldOff { peer, pause, times, answer }).await.ok_or(NetError::Stopped)
    }

    /// Takes back that a peer was cut off, and forgets what it did.
    pub async fn let_in(&self, peer: PeerId) -> Result<(), NetError> {
        self.ask(|answer| Command::LetIn(peer, answer)).await.ok_or(NetError::Stopped)
    }

    /// This node's own id.
    pub fn local_peer(&self) -> PeerId {
        self.local
    }

    /// The addresses really listened on, ports filled in; empty once stopped.
    pub async fn listen_addresses(&self) -> Vec<Multiaddr> {
        self.ask(Command::ListenAddresses).await.unwrap_or_default()
    }

    /// The peers that are connected and let us in; empty once stopped.
    pub async fn connected(&self) -> Vec<PeerId> {
        self.ask(Command::Connected).await.unwrap_or_default()
    }

    /// Closes all connections and listeners, for all clones, and returns when that is done.
    pub async fn shutdown(self) {
        self.ask(Command::Shutdown).await;
    }

    /// None if the event loop has ended.
    async fn ask<T>(&self, command: impl FnOnce(Answer<T>) -> Command) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.commands.send(command(answer)).await.ok()?;
        tokio::select! {
            biased;
            answer = answered => answer.ok(),
            // A command that was sent while the loop ended is never taken out of the channel.
            () = self.commands.closed() => None,
        }
    }
}
