//! Tells the machines every few seconds that time passes, whatever became of the last time.
//! What follows from time passing is the machines' business.

use super::exchange;
use super::node::WeakNode;
use icmc_protocol::core::Input;
use std::time::Duration;
use tokio::sync::watch;

/// How often.
pub(super) const EVERY: Duration = Duration::from_secs(10);
/// After so many ticks, an hour, connected members compare charter and beacons again: gossip alone loses silently.
const TICKS_BETWEEN_EXCHANGES: u64 = 360;

/// Until the node stops.
pub(super) async fn run(node: WeakNode, every: Duration, mut stopped: watch::Receiver<bool>) {
    let mut interval = tokio::time::interval(every);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for tick in 1_u64.. {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            _ = interval.tick() => {}
        }
        let Some(running) = node.upgrade() else { return };
        // A full disk is emptied, a step that broke may not break again: expiry and rotation must not wait for a restart.
        if let Err(error) = running.handle(Input::Tick).await {
            tracing::error!(%error, "what time asks for could not be done; it is tried again soon");
        }
        running.follow_key().await;
        if tick.is_multiple_of(TICKS_BETWEEN_EXCHANGES) {
            for unit in running.members.connected() {
                exchange::start(node.clone(), unit);
            }
        }
    }
}

#[cfg(test)]
mod tests;
