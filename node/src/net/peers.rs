//! Who may connect, for what, and at which addresses.
//! It keeps the book only; closing connections and dialling is the event loop's.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use libp2p::{Multiaddr, PeerId};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::{
    error::NetError,
    limits::{Bucket, Limits, Quota},
    offences::{CutOff, Cuts, Offence, Tally},
    protocol::{Protocol, Topic},
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
    /// Of what it asks for.
    asked: Requests,
    /// Of what it is asked for.
    asks: Requests,
    /// Of what it wrote.
    gossip: Lane,
    /// Of what it passed on.
    forwarded: Lane,
    news: Bucket,
    offences: Tally,
}

/// A quota, and how much of it may be at work at the same time.
#[derive(Debug)]
struct Lane {
    bucket: Bucket,
    room: Arc<Semaphore>,
}

impl Lane {
    fn new(quota: Quota, at_work: usize, now: Instant) -> Self {
        Self { bucket: Bucket::new(quota, now), room: Arc::new(Semaphore::new(at_work)) }
    }

    fn admit(&mut self, now: Instant) -> Result<Place, Refused> {
        if !self.bucket.take(now) {
            return Err(Refused::Quota);
        }
        self.room.clone().try_acquire_owned().map_err(|_| Refused::NoRoom)
    }
}

/// The place of one message among those that the node works at, given back when it is dropped.
pub(super) type Place = OwnedSemaphorePermit;

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Above the quota.
    Quota,
    /// The node works at too many of this peer's already; that may be the node's own fault.
    NoRoom,
}

#[derive(Debug)]
struct Requests {
    small: Lane,
    exchanges: Lane,
    chunks: Lane,
    blinds: Lane,
}

impl Requests {
    fn new(of: impl Fn(Quota) -> Quota, limits: &Limits, now: Instant) -> Self {
        Self {
            small: Lane::new(of(limits.requests), limits.at_work, now),
            exchanges: Lane::new(of(limits.exchanges), limits.exchanges_at_work, now),
            chunks: Lane::new(of(limits.chunks), limits.at_work, now),
            blinds: Lane::new(of(limits.blinds), limits.at_work, now),
        }
    }

    fn lane(&mut self, protocol: Protocol) -> &mut Lane {
        match protocol {
            Protocol::Envelope => &mut self.small,
            Protocol::Beacons | Protocol::Charter | Protocol::Join => &mut self.exchanges,
            Protocol::Blob => &mut self.chunks,
            Protocol::Blind => &mut self.blinds,
        }
    }
}

impl Peer {
    /// Counts a request of the peer against its quota.
    pub(super) fn admit_request(&mut self, protocol: Protocol, now: Instant) -> Result<Place, Refused> {
        self.asked.lane(protocol).admit(now)
    }

    /// Counts an own request against what the peer may be asked.
    pub(super) fn may_ask(&mut self, protocol: Protocol, now: Instant) -> bool {
        self.asks.lane(protocol).bucket.take(now)
    }

    /// Counts a gossip message against the peer's quota.
    pub(super) fn admit_gossip(&mut self, topic: Topic, own: bool, now: Instant) -> Result<Place, Refused> {
        let lane = if own { &mut self.gossip } else { &mut self.forwarded };
        let place = lane.admit(now)?;
        if topic == Topic::Charter && !self.news.take(now) {
            return Err(Refused::Quota);
        }
        Ok(place)
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
    pub(super) cuts: Cuts,
}

impl Peers {
    pub(super) fn new(local: PeerId, limits: Limits) -> Self {
        Self { local, limits, book: BTreeMap::new(), cuts: Cuts::default() }
    }

    pub(super) fn find(&mut self, peer: &PeerId) -> Option<&mut Peer> {
        self.book.get_mut(peer)
    }

    /// Counts an offence; gives what follows if it was one too many.
    pub(super) fn offended(&mut self, peer: &PeerId, offence: Offence, now: Instant) -> Option<CutOff> {
        let known = self.book.get_mut(peer)?;
        if known.offences.add(offence, now) {
            return None;
        }
        let tally = std::mem::replace(&mut known.offences, Tally::new(&self.limits, now));
        Some(self.cuts.cut(*peer, &tally, &self.limits, now))
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
            asked: Requests::new(|quota| quota, &self.limits, now),
            asks: Requests::new(Quota::kept, &self.limits, now),
            gossip: Lane::new(self.limits.gossip, self.limits.at_work, now),
            forwarded: Lane::new(self.limits.forwarded, self.limits.at_work, now),
            news: Bucket::new(self.limits.news, now),
            offences: Tally::new(&self.limits, now),
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
