//! Who may connect, for what, and at which addresses.
//! It keeps the book only; closing connections and dialling is the event loop's.

use std::collections::{BTreeMap, BTreeSet};

use libp2p::{Multiaddr, PeerId};
use tokio::time::Instant;

use super::{
    error::NetError,
    event::RefusedWhy,
    limits::{Bucket, Limits},
    protocol::Protocol,
};

/// Addresses kept for one peer; further ones are ignored.
const ADDRESSES: usize = 8;

/// A member of the federation and where it may be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedPeer {
    /// Its libp2p id.
    pub peer: PeerId,
    /// Where to dial it, at most eight; none if it always dials us.
    pub addresses: Vec<Multiaddr>,
}

/// How far a peer is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Member,
    /// Only `Protocol::Join`, no gossip.
    Joining,
}

impl Standing {
    pub(super) fn may_use(self, protocol: Protocol) -> bool {
        self == Self::Member || protocol == Protocol::Join
    }
}

#[derive(Debug)]
pub(super) struct Peer {
    pub(super) standing: Standing,
    pub(super) addresses: Vec<Multiaddr>,
    requests: Bucket,
    chunks: Bucket,
    blinds: Bucket,
    gossip: Bucket,
}

impl Peer {
    /// Counts a request against the peer's quota.
    pub(super) fn admit_request(&mut self, protocol: Protocol, now: Instant) -> Result<(), RefusedWhy> {
        if !self.standing.may_use(protocol) {
            return Err(RefusedWhy::JoiningOnly);
        }
        let bucket = match protocol {
            Protocol::Blob => &mut self.chunks,
            Protocol::Blind => &mut self.blinds,
            _ => &mut self.requests,
        };
        bucket.take(now).then_some(()).ok_or(RefusedWhy::TooFast)
    }

    /// Counts a gossip message against the peer's quota.
    pub(super) fn admit_gossip(&mut self, now: Instant) -> Result<(), RefusedWhy> {
        if self.standing != Standing::Member {
            return Err(RefusedWhy::JoiningOnly);
        }
        self.gossip.take(now).then_some(()).ok_or(RefusedWhy::TooFast)
    }
}

/// What a new allow-list changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// New, or a member from now on, or at new addresses.
    pub(super) renewed: Vec<PeerId>,
    pub(super) removed: Vec<PeerId>,
}

#[derive(Debug)]
pub(super) struct Peers {
    local: PeerId,
    limits: Limits,
    book: BTreeMap<PeerId, Peer>,
}

impl Peers {
    pub(super) fn new(local: PeerId, limits: Limits) -> Self {
        Self { local, limits, book: BTreeMap::new() }
    }

    pub(super) fn find(&mut self, peer: &PeerId) -> Option<&mut Peer> {
        self.book.get_mut(peer)
    }

    /// All that are let in.
    pub(super) fn ids(&self) -> Vec<PeerId> {
        self.book.keys().copied().collect()
    }

    /// Replaces all members; those who are joining stay unless the list names them.
    pub(super) fn set_members(&mut self, list: Vec<AllowedPeer>, now: Instant) -> Result<Change, NetError> {
        let named: BTreeSet<PeerId> = list.iter().map(|allowed| allowed.peer).collect();
        let kept = |peer: &Peer| peer.standing == Standing::Joining;
        let joining = self.book.iter().filter(|(id, p)| kept(p) && !named.contains(id));
        if named.len() + joining.count() > self.limits.peers {
            return Err(NetError::TooManyPeers);
        }
        let gone = self.book.extract_if(.., |id, peer| !kept(peer) && !named.contains(id));
        let removed = gone.map(|(id, _)| id).collect();
        let mut renewed = Vec::new();
        for AllowedPeer { peer, addresses } in list {
            if self.insert(peer, Standing::Member, addresses, now) {
                renewed.push(peer);
            }
        }
        Ok(Change { renewed, removed })
    }

    /// Lets an invited stranger in for joining. True if that is news; a member stays a member.
    pub(super) fn add_joining(&mut self, peer: PeerId, addresses: Vec<Multiaddr>, now: Instant) -> Result<bool, NetError> {
        match self.book.get(&peer) {
            Some(known) if known.standing == Standing::Member => Ok(false),
            // To allow again without addresses does not take back those given for dialling.
            Some(_) if addresses.is_empty() => Ok(false),
            None if self.book.len() >= self.limits.peers => Err(NetError::TooManyPeers),
            _ => Ok(self.insert(peer, Standing::Joining, addresses, now)),
        }
    }

    /// True if the peer was joining and is now unknown.
    pub(super) fn remove_joining(&mut self, peer: &PeerId) -> bool {
        let joining = |known: &Peer| known.standing == Standing::Joining;
        self.book.get(peer).is_some_and(joining) && self.book.remove(peer).is_some()
    }

    fn insert(&mut self, id: PeerId, standing: Standing, mut addresses: Vec<Multiaddr>, now: Instant) -> bool {
        addresses.truncate(ADDRESSES);
        if id == self.local {
            return false;
        }
        if let Some(known) = self.book.get_mut(&id) {
            let changed = known.standing != standing || known.addresses != addresses;
            known.standing = standing;
            known.addresses = addresses;
            return changed;
        }
        let peer = Peer {
            standing,
            addresses,
            requests: Bucket::new(self.limits.requests, now),
            chunks: Bucket::new(self.limits.chunks, now),
            blinds: Bucket::new(self.limits.blinds, now),
            gossip: Bucket::new(self.limits.gossip, now),
        };
        self.book.insert(id, peer);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(peer: PeerId) -> AllowedPeer {
        AllowedPeer { peer, addresses: Vec::new() }
    }

    #[test]
    fn a_new_list_removes_members_but_not_those_joining() {
        let (alice, bob, eve) = (PeerId::random(), PeerId::random(), PeerId::random());
        let now = Instant::now();
        let mut peers = Peers::new(alice, Limits::default());
        peers.set_members(vec![allowed(alice), allowed(bob)], now).unwrap();
        assert!(peers.find(&alice).is_none(), "never oneself");
        assert!(peers.add_joining(eve, Vec::new(), now).unwrap());
        let change = peers.set_members(Vec::new(), now).unwrap();
        assert_eq!((change.renewed, change.removed), (vec![], vec![bob]));
        assert!(!peers.find(&eve).unwrap().standing.may_use(Protocol::Envelope));

        let change = peers.set_members(vec![allowed(eve)], now).unwrap();
        assert_eq!((change.renewed, change.removed), (vec![eve], vec![]));
        assert!(peers.find(&eve).unwrap().standing.may_use(Protocol::Envelope));
        assert!(!peers.remove_joining(&eve), "a member by now");
    }

    #[test]
    fn the_book_is_bounded() {
        let now = Instant::now();
        let limits = Limits { peers: 2, ..Limits::default() };
        let mut peers = Peers::new(PeerId::random(), limits);
        let three = || (0..3).map(|_| allowed(PeerId::random())).collect();
        assert!(peers.set_members(three(), now).is_err());
        for _ in 0..2 {
            peers.add_joining(PeerId::random(), Vec::new(), now).unwrap();
        }
        assert!(peers.add_joining(PeerId::random(), Vec::new(), now).is_err());
        assert!(peers.set_members(vec![allowed(PeerId::random())], now).is_err());
    }
}
