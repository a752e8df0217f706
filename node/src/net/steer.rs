//! What the node asks for, carried out by the event loop: the allow-list, the federation, and all the rest of `Command`.
//! It answers at once; what takes time goes on in the swarm.

use libp2p::{Multiaddr, PeerId};
use tokio::time::Instant;

use super::{
    command::Command,
    error::NetError,
    event_loop::EventLoop,
    peers::{AllowedPeer, Standing},
};

impl EventLoop {
    pub(super) fn on_command(&mut self, command: Command) {
        // An answer that cannot be sent is one that nobody waits for any more.
        match command {
            Command::Allow(list, answer) => drop(answer.send(self.allow(list))),
            Command::AllowJoining(peer, addresses, answer) => {
                drop(answer.send(self.allow_joining(peer, addresses)));
            }
            Command::DisallowJoining(peer, answer) => {
                if self.peers.remove_joining(&peer) {
                    self.shut_out(peer);
                }
                let _ = answer.send(());
            }
            Command::SetFederation(federation, answer) => {
                self.set_federation(federation);
                let _ = answer.send(());
            }
            Command::RelayForMembers(serve, answer) => {
                self.relay_for_members(serve);
                let _ = answer.send(());
            }
            Command::UseRelays(relays, answer) => {
                self.use_relays(relays);
                let _ = answer.send(());
            }
            Command::Request { peer, protocol, bytes, answer } => self.send_request(peer, protocol, bytes, answer),
            Command::Respond { protocol, id, channel, bytes } => self.respond(protocol, id, channel, bytes),
            Command::Blame(peer, offence) => self.offended(peer, offence),
            Command::HoldOff { peer, pause, times, answer } => {
                self.hold_off(peer, pause, times);
                let _ = answer.send(());
            }
            Command::LetIn(peer, answer) => {
                self.let_in_again(peer);
                let _ = answer.send(());
            }
            Command::Publish(topic, bytes, answer) => {
                let _ = answer.send(self.publish(topic, bytes));
            }
            Command::ListenAddresses(answer) => {
                let _ = answer.send(self.swarm.listeners().cloned().collect());
            }
            Command::Connected(answer) => {
                let _ = answer.send(self.let_in.iter().copied().collect());
            }
            Command::Shutdown(_) => unreachable!("the loop ends before"),
        }
    }

    fn allow(&mut self, list: Vec<AllowedPeer>) -> Result<(), NetError> {
        let change = self.peers.set_members(list, Instant::now())?;
        for peer in change.removed {
            self.shut_out(peer);
        }
        for peer in change.renewed {
            self.let_through(peer, Standing::Member);
        }
        Ok(())
    }

    fn allow_joining(&mut self, peer: PeerId, addresses: Vec<Multiaddr>) -> Result<(), NetError> {
        if self.peers.add_joining(peer, addresses, Instant::now())? {
            self.let_through(peer, Standing::Joining);
        }
        Ok(())
    }

    pub(super) fn let_through(&mut self, peer: PeerId, standing: Standing) {
        if self.peers.cuts.is_cut(&peer, Instant::now()) {
            return;
        }
        self.swarm.behaviour_mut().allowed.allow_peer(peer);
        self.set_gossip_standing(&peer, standing);
        if !self.swarm.is_connected(&peer) {
            self.redial.at_once(peer, Instant::now());
        }
    }

    pub(super) fn shut_out(&mut self, peer: PeerId) {
        self.redial.forget(&peer);
        self.swarm.behaviour_mut().allowed.disallow_peer(peer);
    }
}
