//! Cutting a peer off for what it did, and letting it in again: by the clock, or because a person says so.
//! What counts how much is in `offences`; the event loop comes here with each single offence.

use std::time::Duration;

use libp2p::PeerId;
use tokio::time::Instant;

use super::{event::RefusedWhy, event_loop::EventLoop, offences::Offence};

impl EventLoop {
    /// Refuses a message or request and counts it against the peer.
    pub(super) fn refuse(&mut self, peer: PeerId, why: RefusedWhy) {
        self.outlet.refused(Some(peer), why);
        match why {
            RefusedWhy::TooFast | RefusedWhy::JoiningOnly => self.offended(peer, Offence::Flood),
            RefusedWhy::TooLarge => self.offended(peer, Offence::Oversize),
            RefusedWhy::NotAllowed | RefusedWhy::TooManyConnections => {}
        }
    }

    /// Counts an offence; one too many cuts the peer off.
    pub(super) fn offended(&mut self, peer: PeerId, offence: Offence) {
        let now = Instant::now();
        if self.peers.cuts.is_cut(&peer, now) {
            return;
        }
        if let Some(cut) = self.peers.offended(&peer, offence, now) {
            self.shut_out(peer);
            self.outlet.cut_off(peer, cut);
        }
    }

    pub(super) fn hold_off(&mut self, peer: PeerId, pause: Duration, times: u32) {
        self.peers.cuts.hold(peer, pause, times, Instant::now());
        self.shut_out(peer);
    }

    pub(super) fn let_in_again(&mut self, peer: PeerId) {
        self.peers.cuts.forget(&peer);
        self.open_again(peer);
    }

    /// When the next cut off peer is to be let in.
    pub(super) fn next_again(&self) -> Option<Instant> {
        self.peers.cuts.next()
    }

    pub(super) fn let_in_due(&mut self) {
        for peer in self.peers.cuts.take_due(Instant::now()) {
            self.open_again(peer);
        }
    }

    fn open_again(&mut self, peer: PeerId) {
        if let Some(standing) = self.standing(&peer) {
            self.let_through(peer, standing);
        }
    }
}
