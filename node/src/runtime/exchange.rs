//! What two members ask each other when they meet: charter and prekeys first, then beacons.
//! One round for each unit at a time; a round that finds more starts the next through `Effects::sync`.

use super::node::{Node, WeakNode};
use crate::net::Protocol;
use icmc_protocol::core::Input;
use icmc_protocol::federation::charter_sync;
use icmc_protocol::ids::UnitId;
use icmc_protocol::matching;

pub(super) fn start(node: WeakNode, unit: UnitId) {
    tokio::spawn(async move {
        if let Some(node) = node.upgrade() {
            round(&node, unit).await;
        }
    });
}

async fn round(node: &Node, unit: UnitId) {
    let charter = node.snapshot().ok().and_then(|view| charter_sync::request(&view, unit).ok().flatten());
    if let Some(bytes) = ask(node, unit, Protocol::Charter, charter).await {
        let _ = node.handle(Input::CharterReply { from: unit, bytes }).await;
    }
    let beacons = node.snapshot().ok().and_then(|view| matching::request(&view).ok().flatten());
    if let Some(bytes) = ask(node, unit, Protocol::Beacons, beacons).await {
        let _ = node.handle(Input::BeaconReply { from: unit, bytes }).await;
    }
    // A prekey may have come with the charter: what waited for it can go.
    node.members.bell(unit).notify_one();
    node.documents.bell(unit).notify_one();
}

async fn ask(node: &Node, unit: UnitId, protocol: Protocol, request: Option<Vec<u8>>) -> Option<Vec<u8>> {
    let (net, peer) = (node.network.net()?, node.members.peer(unit)?);
    match net.request(peer, protocol, request?).await {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            tracing::debug!(%error, unit = unit.short(), "an exchange was not answered; it is repeated on the next contact");
            None
        }
    }
}
