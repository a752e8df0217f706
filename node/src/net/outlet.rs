//! The event loop's end of the event channel: never waits, never loses a Connected, Disconnected, Missed or CutOff.
//! It does not decide what is reported.

use std::collections::{BTreeSet, VecDeque};

use libp2p::PeerId;
use tokio::sync::mpsc;

use super::{
    event::{NetEvent, RefusedWhy},
    offences::CutOff,
};

#[derive(Debug)]
pub(super) struct Outlet {
    channel: mpsc::Sender<NetEvent>,
    /// Connected and Disconnected that found no room; at most one for each peer, as opposites cancel out.
    waiting: VecDeque<NetEvent>,
    /// Peers of whose gossip something was dropped.
    missed: BTreeSet<PeerId>,
}

impl Outlet {
    pub(super) fn new(channel: mpsc::Sender<NetEvent>) -> Self {
        Self { channel, waiting: VecDeque::new(), missed: BTreeSet::new() }
    }

    pub(super) fn connected(&mut self, peer: PeerId) {
        self.status(peer, NetEvent::Connected { peer });
    }

    pub(super) fn disconnected(&mut self, peer: PeerId) {
        self.status(peer, NetEvent::Disconnected { peer });
    }

    pub(super) fn missed(&mut self, peer: PeerId) {
        self.missed.insert(peer);
        self.flush();
    }

    /// Each is followed by a time in which the peer cannot cause another, so few wait.
    pub(super) fn cut_off(&mut self, peer: PeerId, cut: CutOff) {
        self.waiting.push_back(NetEvent::CutOff { peer, cut });
        self.flush();
    }

    /// False if there was no room; the event and its handle are dropped then.
    pub(super) fn offer(&self, event: NetEvent) -> bool {
        self.channel.try_send(event).is_ok()
    }

    /// Only into the emptier half of the channel: refusals are the one event that strangers can cause at will.
    pub(super) fn refused(&self, peer: Option<PeerId>, why: RefusedWhy) {
        tracing::debug!(?peer, ?why, "refused");
        if self.channel.capacity() > self.channel.max_capacity() / 2 {
            self.offer(NetEvent::Refused { peer, why });
        }
    }

    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty() || !self.missed.is_empty()
    }

    /// Ready when there is room again, or nobody listens any more.
    pub(super) async fn room(&self) {
        drop(self.channel.reserve().await);
    }

    /// Ready when the receiver is gone.
    pub(super) async fn closed(&self) {
        self.channel.closed().await;
    }

    pub(super) fn flush(&mut self) {
        while let Some(event) = self.waiting.pop_front() {
            if let Err(mpsc::error::TrySendError::Full(event)) = self.channel.try_send(event) {
                self.waiting.push_front(event);
                return;
            }
        }
        while let Some(peer) = self.missed.pop_first() {
            if !self.offer(NetEvent::Missed { peer }) {
                self.missed.insert(peer);
                return;
            }
        }
    }

    fn status(&mut self, peer: PeerId, event: NetEvent) {
        let of_peer = |event: &NetEvent| matches!(event, NetEvent::Connected { peer: p } | NetEvent::Disconnected { peer: p } if *p == peer);
        if let Some(opposite) = self.waiting.iter().position(of_peer) {
            self.waiting.remove(opposite);
        } else {
            self.waiting.push_back(event);
            self.flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_status_wait_for_room_and_cancel_out() {
        let (alice, bob) = (PeerId::random(), PeerId::random());
        let (sender, mut receiver) = mpsc::channel(1);
        let mut outlet = Outlet::new(sender);
        outlet.connected(alice);
        outlet.disconnected(alice);
        outlet.connected(bob);
        outlet.connected(alice);
        assert!(matches!(receiver.try_recv(), Ok(NetEvent::Connected { peer }) if peer == alice));
        outlet.flush();
        assert!(matches!(receiver.try_recv(), Ok(NetEvent::Connected { peer }) if peer == bob));
        assert!(!outlet.has_waiting());
    }

    #[test]
    fn refusals_leave_half_of_the_room_to_others() {
        let (sender, receiver) = mpsc::channel(4);
        let outlet = Outlet::new(sender);
        for _ in 0..9 {
            outlet.refused(None, RefusedWhy::NotAllowed);
        }
        assert_eq!(receiver.len(), 2);
    }
}
