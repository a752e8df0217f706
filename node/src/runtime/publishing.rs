//! Gossip of this node on its way out, no faster than other members take it from one.
//! Nothing here is relied on: what does not go is fetched by those who lack it.

use super::node::WeakNode;
use crate::net::{PublishError, Topic};
use icmc_protocol::machine::Gossip;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Messages that may wait: what a large import announces at once.
const WAITING: usize = 16 * 1024;
/// Pause when the quota is used up.
const PAUSE: Duration = Duration::from_millis(100);

/// Where to leave a message.
#[derive(Debug, Clone)]
pub(super) struct Publisher(mpsc::Sender<Gossip>);

impl Publisher {
    /// Starts the task.
    pub(super) fn start(node: WeakNode, stopped: watch::Receiver<bool>) -> Self {
        let (messages, waiting) = mpsc::channel(WAITING);
        tokio::spawn(run(node, waiting, stopped));
        Self(messages)
    }

    /// Never waits.
    pub(super) fn publish(&self, message: Gossip) {
        if self.0.try_send(message).is_err() {
            tracing::debug!("a message was not published: too many wait");
        }
    }
}

async fn run(node: WeakNode, mut waiting: mpsc::Receiver<Gossip>, mut stopped: watch::Receiver<bool>) {
    loop {
        let next = tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            next = waiting.recv() => next,
        };
        let Some(message) = next else { return };
        let (topic, bytes) = match message {
            Gossip::Beacon(bytes) => (Topic::Beacons, bytes),
            Gossip::Charter(bytes) => (Topic::Charter, bytes),
        };
        loop {
            let Some(node) = node.upgrade() else { return };
            let Some(net) = node.network.net() else { break };
            drop(node);
            match net.publish(topic, bytes.clone()).await {
                Err(PublishError::TooFast) => tokio::time::sleep(PAUSE).await,
                Ok(()) => break,
                Err(error) => {
                    tracing::debug!(%error, "a message was not published");
                    break;
                }
            }
        }
    }
}
