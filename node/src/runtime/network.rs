//! The network of a running node under its present node key: begun anew when that key changes, since members know it by the key.
//! Not what goes over it.

use super::inbound;
use super::node::Node;
use crate::net::{self, Limits, Multiaddr, Net, NetError, peer_id_of};
use icmc_protocol::federation::{own, restored};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

/// The network, if this node has one.
#[derive(Debug, Default)]
pub(super) struct Network {
    listen: Vec<Multiaddr>,
    net: RwLock<Option<Net>>,
    relays: AtomicBool,
    /// Taken while it begins anew: two changes at once are two beginnings, one after the other.
    renewing: tokio::sync::Mutex<()>,
}

impl Network {
    /// One that will listen there; nowhere means no network.
    pub(super) fn new(listen: Vec<Multiaddr>) -> Self {
        Self { listen, ..Self::default() }
    }

    /// The network now. None without one, and for a moment while it begins anew.
    pub(super) fn net(&self) -> Option<Net> {
        // A poisoned lock would mean that a clone panicked.
        self.net.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, net: Option<Net>) {
        *self.net.write().unwrap_or_else(PoisonError::into_inner) = net;
    }

    /// Whether members may be relayed from now on.
    pub(super) async fn serve(&self, relays: bool) {
        self.relays.store(relays, Ordering::Relaxed);
        if let Some(net) = self.net() {
            // A network that has stopped relays nothing.
            let _ = net.relay_for_members(relays).await;
        }
    }

    /// Starts the network, unless the node keeps off it for now, or starts it anew if the node key is not the one it runs under.
    ///
    /// # Errors
    /// [`NetError`] if it cannot listen; it is tried again with the next call.
    pub(super) async fn follow(&self, node: &Node) -> Result<(), NetError> {
        let _renewing = self.renewing.lock().await;
        let Ok(view) = node.snapshot() else { return Ok(()) };
        let Ok(Some(own)) = own::find(&view) else { return Ok(()) };
        let keeps_off = restored::keeps_off(&view);
        drop(view);
        if keeps_off.unwrap_or(true) {
            tracing::warn!("on no network: the key of this node may be in foreign hands, and it has no new one yet");
            return Ok(());
        }
        let runs = self.net();
        if self.listen.is_empty() || runs.as_ref().map(Net::local_peer) == Some(peer_id_of(&own.public().0)?) {
            return Ok(());
        }
        if let Some(before) = runs {
            tracing::info!("the node key changed: the network begins anew under it");
            self.set(None);
            before.shutdown().await;
            node.members.all_gone();
        }
        let config = net::NetConfig { secret: own.key().seed(), listen: self.listen.clone(), limits: Limits::default() };
        let (net, events) = net::start(config).await?;
        if self.relays.load(Ordering::Relaxed) {
            let _ = net.relay_for_members(true).await;
        }
        super::cut_off::hold_off(node, &net).await;
        self.set(Some(net));
        tokio::spawn(inbound::run(node.weak(), events, node.stopped()));
        Ok(())
    }
}
