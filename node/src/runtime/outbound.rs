//! One task for each member: sends what its outbox holds, in order, with growing pauses.
//! The row stays until its acknowledgement is in the store, so a crash sends again and nothing counts twice.

use super::node::{Node, WeakNode};
use crate::clock::SystemRng;
use crate::net::Protocol;
use futures::future::join_all;
use icmc_protocol::core::Input;
use icmc_protocol::envelope::outbox;
use icmc_protocol::ids::UnitId;
use std::time::Duration;
use tokio::sync::watch;

/// Envelopes on their way to one unit at once.
const IN_FLIGHT: usize = 8;
/// First pause after a failure; doubles up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LAST_PAUSE: Duration = Duration::from_secs(60);

pub(super) async fn run(node: WeakNode, unit: UnitId, mut stopped: watch::Receiver<bool>) {
    let Some(bell) = node.upgrade().map(|node| node.members.bell(unit)) else { return };
    let mut pause = FIRST_PAUSE;
    let mut again = true;
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = bell.notified() => pause = FIRST_PAUSE,
            () = tokio::time::sleep(pause), if again => pause = (pause * 2).min(LAST_PAUSE),
        }
        let Some(node) = node.upgrade() else { return };
        let drained = drain(&node, unit).await;
        again = drained != Drained::Empty;
        if drained == Drained::Moving {
            pause = FIRST_PAUSE;
        }
    }
}

/// What sending came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Drained {
    /// Nothing waits that may go, or nobody is there: the bell rings when that changes.
    Empty,
    /// Something went, and something waits.
    Moving,
    /// Nothing of what waits goes.
    Stuck,
}

/// Sends until the outbox is empty or nothing moves.
async fn drain(node: &Node, unit: UnitId) -> Drained {
    let mut waits = Drained::Stuck;
    loop {
        if !node.members.is_connected(unit) {
            return Drained::Empty;
        }
        let due = match node.snapshot().map(|view| outbox::due(&view, unit, IN_FLIGHT)) {
            Ok(Ok(due)) => due,
            _ => return waits,
        };
        if due.is_empty() {
            return Drained::Empty;
        }
        let moved = join_all(due.into_iter().map(|(number, row)| send(node, unit, number, row))).await;
        if !moved.into_iter().any(|moved| moved) {
            return waits;
        }
        waits = Drained::Moving;
    }
}

/// One attempt; says whether the row is gone from the outbox.
async fn send(node: &Node, unit: UnitId, number: u64, row: outbox::OutboxRow) -> bool {
    let (Some(net), Some(peer)) = (node.network.net(), node.members.peer(unit)) else { return false };
    let sealed =
        node.snapshot().ok().and_then(|view| outbox::seal_row(&view, unit, &row, node.now(), &mut SystemRng).ok().flatten());
    let Some(sealed) = sealed else { return false };
    let bytes = match net.request(peer, Protocol::Envelope, sealed).await {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::debug!(%error, unit = unit.short(), "an envelope was not answered; it is tried again");
            return false;
        }
    };
    if node.handle(Input::Answer { to: unit, pair_seq: number, bytes }).await.is_err() {
        return false;
    }
    node.snapshot().is_ok_and(|view| outbox::is_gone(&view, unit, number).unwrap_or(false))
}
