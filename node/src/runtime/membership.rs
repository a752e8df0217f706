//! Who the members are on the network: libp2p ids to units, the allow-list, who is connected.
//! Read from the charter again whenever it changes.

use super::node::Node;
use crate::net::{AllowedPeer, Multiaddr, PeerId, peer_id_of, relay_of};
use icmc_protocol::federation::{charter, joining, own};
use icmc_protocol::ids::{NodeKey, UnitId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, RwLock};
use tokio::sync::Notify;

#[derive(Debug, Default)]
struct Known {
    units: BTreeMap<PeerId, UnitId>,
    peers: BTreeMap<UnitId, PeerId>,
    joining: BTreeMap<PeerId, NodeKey>,
    keys: BTreeMap<PeerId, NodeKey>,
    connected: BTreeSet<UnitId>,
    wake: BTreeMap<UnitId, Arc<Notify>>,
    relays: Vec<String>,
}

/// The members as the network knows them.
#[derive(Debug, Default)]
pub(super) struct Members(RwLock<Known>);

impl Members {
    fn with<T>(&self, read: impl FnOnce(&mut Known) -> T) -> T {
        // A poisoned lock would mean that a closure below panicked; they hold plain maps only.
        read(&mut self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    pub(super) fn unit(&self, peer: &PeerId) -> Option<UnitId> {
        self.with(|known| known.units.get(peer).copied())
    }

    pub(super) fn peer(&self, unit: UnitId) -> Option<PeerId> {
        self.with(|known| known.peers.get(&unit).copied())
    }

    /// The node key at the other end of a join request: a newcomer's, or a new member's that missed its reply.
    pub(super) fn joining_key(&self, peer: &PeerId) -> Option<NodeKey> {
        self.with(|known| known.joining.get(peer).or_else(|| known.keys.get(peer)).copied())
    }

    pub(super) fn connected(&self) -> BTreeSet<UnitId> {
        self.with(|known| known.connected.clone())
    }

    /// A member is connected, under this id.
    pub(super) fn arrived(&self, unit: UnitId, peer: PeerId) {
        self.with(|known| {
            known.peers.insert(unit, peer);
            known.connected.insert(unit);
        });
    }

    /// An id is not connected any more.
    pub(super) fn left(&self, unit: UnitId, peer: PeerId) {
        self.with(|known| {
            if known.peers.get(&unit) == Some(&peer) {
                known.connected.remove(&unit);
            }
        });
    }

    /// Nobody is connected any more.
    pub(super) fn all_gone(&self) {
        self.with(|known| known.connected.clear());
    }

    pub(super) fn is_connected(&self, unit: UnitId) -> bool {
        self.with(|known| known.connected.contains(&unit))
    }

    /// The bell of a unit's sender; made by the first who asks.
    pub(super) fn bell(&self, unit: UnitId) -> Arc<Notify> {
        self.with(|known| known.wake.entry(unit).or_default().clone())
    }

    /// The members that relay for this node, by the beginnings of their ids.
    pub(super) fn set_relays(&self, relays: Vec<String>) {
        self.with(|known| known.relays = relays);
    }

    fn is_relay(&self, unit: UnitId) -> bool {
        self.with(|known| known.relays.iter().any(|named| !named.is_empty() && unit.to_string().starts_with(named.as_str())))
    }

    /// All other members.
    pub(super) fn all(&self) -> Vec<UnitId> {
        self.with(|known| known.peers.keys().copied().collect())
    }

    /// Reads charter and open invitations, and tells the network.
    pub(super) async fn refresh(&self, node: &Node) {
        let Some(net) = node.network.net() else { return };
        let Ok(view) = node.snapshot() else { return };
        let (Ok(Some(own)), Ok(charter)) = (own::find(&view), charter::current(&view)) else { return };
        let expected = joining::expected_keys(&view, node.now()).unwrap_or_default();
        let to_come = joining::keys_to_come(&view).unwrap_or_default();
        drop(view);
        let own_addresses = charter.as_ref().and_then(|charter| charter.member(own.unit)).map(|member| member.addresses.to_vec());
        let in_charter: BTreeSet<PeerId> = own_addresses.iter().flatten().filter_map(|address| relay_in(address)).collect();
        let mut relays = Vec::new();
        let mut allowed = Vec::new();
        let mut units = BTreeMap::new();
        let mut peers = BTreeMap::new();
        let mut keys = BTreeMap::new();
        for member in charter.iter().flat_map(|charter| charter.members.iter()).filter(|member| member.unit != own.unit) {
            let Some(key) = member.present_key() else { continue };
            let Ok(peer) = peer_id_of(&key.0) else { continue };
            keys.insert(peer, key);
            let addresses: Vec<Multiaddr> = member.addresses.iter().filter_map(|address| address.parse().ok()).collect();
            if self.is_relay(member.unit) || in_charter.contains(&peer) {
                let direct = addresses.iter().filter(|address| relay_of(address).is_none()).cloned().collect();
                relays.push(AllowedPeer { peer, addresses: direct });
            }
            allowed.push(AllowedPeer { peer, addresses });
            units.insert(peer, member.unit);
            peers.insert(member.unit, peer);
        }
        // Whoever signed for a member's new key may miss the news that it passed: it lets that member in under either.
        for (unit, key) in to_come {
            let (Ok(peer), Some(member)) = (peer_id_of(&key.0), charter.as_ref().and_then(|charter| charter.member(unit))) else {
                continue;
            };
            if unit != own.unit && !units.contains_key(&peer) {
                let addresses = member.addresses.iter().filter_map(|address| address.parse().ok()).collect();
                allowed.push(AllowedPeer { peer, addresses });
                units.insert(peer, unit);
            }
        }
        let newcomers: BTreeMap<PeerId, NodeKey> = expected
            .into_iter()
            .filter_map(|key| peer_id_of(&key.0).ok().map(|peer| (peer, key)))
            .filter(|(peer, _)| !units.contains_key(peer))
            .collect();
        let gone: Vec<PeerId> = self.with(|known| {
            let gone = known.joining.keys().filter(|peer| !newcomers.contains_key(peer)).copied().collect();
            for (unit, peer) in &mut peers {
                // A member that is here under the key that it will have stays where it is.
                match known.peers.get(unit).filter(|_| known.connected.contains(unit)) {
                    Some(here) if units.get(here) == Some(unit) => *peer = *here,
                    _ => {}
                }
            }
            known.connected.retain(|unit| peers.contains_key(unit) && known.peers.get(unit) == peers.get(unit));
            known.peers = peers;
            known.units = units;
            known.keys = keys;
            known.joining.clone_from(&newcomers);
            gone
        });
        if let Some(charter) = &charter {
            let federation = charter.federation.to_string();
            if net.set_federation(&federation).await.is_err() {
                return;
            }
        }
        let _ = net.allow(allowed).await;
        let _ = net.use_relays(relays).await;
        for peer in newcomers.keys() {
            let _ = net.allow_joining(*peer).await;
        }
        for peer in gone.iter().filter(|peer| self.unit(peer).is_none()) {
            let _ = net.disallow_joining(*peer).await;
        }
    }
}

/// The relay that an own address in the charter goes through.
fn relay_in(address: &str) -> Option<PeerId> {
    relay_of(&address.parse().ok()?)
}
