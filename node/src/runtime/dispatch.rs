//! What is done after a commit: wake senders, publish, ask for blinding, tell live pages.
//! It never waits for the driver, since the driver may wait for it.

use super::node::{Node, WeakNode};
use super::publishing::Publisher;
use super::{exchange, fetching, outbound};
use icmc_protocol::ids::UnitId;
use icmc_protocol::machine::Effects;
use std::collections::BTreeSet;
use tokio::sync::{mpsc, watch};

/// The task's state.
pub(super) struct Dispatch {
    node: WeakNode,
    senders: BTreeSet<UnitId>,
    publisher: Publisher,
    stopped: watch::Receiver<bool>,
}

impl Dispatch {
    pub(super) fn new(node: WeakNode, stopped: watch::Receiver<bool>) -> Self {
        let publisher = Publisher::start(node.clone(), stopped.clone());
        Self { node, senders: BTreeSet::new(), publisher, stopped }
    }

    pub(super) async fn run(mut self, mut effects: mpsc::Receiver<Effects>) {
        if let Some(node) = self.node.upgrade() {
            self.senders_for(&node);
        }
        loop {
            let next = tokio::select! {
                _ = self.stopped.wait_for(|stopped| *stopped) => return,
                next = effects.recv() => next,
            };
            let (Some(effects), Some(node)) = (next, self.node.upgrade()) else { return };
            self.apply(&node, effects).await;
        }
    }

    async fn apply(&mut self, node: &Node, effects: Effects) {
        if effects.charter_changed {
            node.follow_key().await;
            node.members.refresh(node).await;
            self.senders_for(node);
        }
        for unit in effects.wake {
            node.members.bell(unit).notify_one();
        }
        if !effects.touched.is_empty() {
            node.documents.ring();
        }
        effects.gossip.into_iter().for_each(|message| self.publisher.publish(message));
        for wanted in effects.blind {
            node.blinding.push(wanted);
        }
        for unit in effects.sync {
            exchange::start(self.node.clone(), unit);
        }
        for notice in effects.notices {
            // Nobody may be looking.
            let _ = node.events.send(notice);
        }
    }

    fn senders_for(&mut self, node: &Node) {
        for unit in node.members.all() {
            if self.senders.insert(unit) {
                tokio::spawn(outbound::run(self.node.clone(), unit, self.stopped.clone()));
                tokio::spawn(fetching::run(self.node.clone(), unit, self.stopped.clone()));
            }
        }
    }
}
