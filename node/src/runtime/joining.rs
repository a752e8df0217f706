//! A newcomer asks its inviter until it is a member.
//! Nothing to do for a node that is a member or was not invited.

use super::node::{Node, WeakNode};
use crate::net::{Protocol, peer_id_of};
use icmc_protocol::core::Input;
use icmc_protocol::federation::joining;
use std::time::Duration;
use tokio::sync::watch;

/// Pause between two questions.
const PAUSE: Duration = Duration::from_millis(500);

pub(super) async fn run(node: WeakNode, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
        let Some(node) = node.upgrade() else { return };
        ask(&node).await;
    }
}

async fn ask(node: &Node) -> Option<()> {
    let view = node.snapshot().ok()?;
    let plan = joining::pending(&view).ok().flatten()?;
    let request = joining::join_request(&view).ok()?;
    drop(view);
    let (net, peer) = (node.network.net()?, peer_id_of(&plan.inviter_key.0).ok()?);
    let addresses = plan.addresses.iter().filter_map(|address| address.parse().ok()).collect();
    if !net.connected().await.contains(&peer) {
        net.dial_for_join(peer, addresses).await.ok()?;
    }
    let bytes = net.request(peer, Protocol::Join, request).await.ok()?;
    node.handle(Input::JoinReply { bytes }).await.ok()?;
    Some(())
}
