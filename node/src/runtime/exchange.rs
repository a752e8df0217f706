//! What two members ask each other when they meet: charter and prekeys first, then beacons.
//! One round for each unit at a time, and no more a minute than a member may be asked; a round that finds more starts the next
//! through `Effects::sync`.

use super::node::{Node, WeakNode};
use crate::net::{Protocol, RequestError};
use icmc_protocol::core::Input;
use icmc_protocol::federation::charter_sync;
use icmc_protocol::ids::UnitId;
use icmc_protocol::matching;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Rounds with one unit follow each other at this pace, after a few at once: a round is two requests, see `Limits::exchanges`.
const PACE: Duration = Duration::from_millis(650);
const AT_ONCE: u32 = 12;
/// After gossip was lost: what else is lost in the same moment is asked for together.
const SOON: Duration = Duration::from_secs(2);
/// A round that was not answered is tried again so often, after a pause that grows by itself.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(5);
/// How often, and how long apart, a request is tried that may not be sent just now.
const KNOCKS: u32 = 20;
const KNOCK: Duration = Duration::from_millis(300);

/// Which rounds run. One entry for each member met.
#[derive(Debug, Default)]
pub(super) struct Exchanges(Mutex<BTreeMap<UnitId, State>>);

#[derive(Debug, Default)]
struct State {
    running: bool,
    again: bool,
    /// When as many rounds as may run at once may run at once again.
    full_at: Option<Instant>,
}

impl Exchanges {
    fn with<T>(&self, unit: UnitId, change: impl FnOnce(&mut State) -> T) -> T {
        // A poisoned lock would mean that a closure below panicked; they hold plain values only.
        change(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(unit).or_default())
    }

    /// False if rounds with the unit run already: then there is one more.
    fn begin(&self, unit: UnitId) -> bool {
        self.with(unit, |state| {
            state.again = state.running;
            !core::mem::replace(&mut state.running, true)
        })
    }

    /// Whether there is one more; if not, they have ended.
    fn another(&self, unit: UnitId) -> bool {
        self.with(unit, |state| {
            state.running = core::mem::take(&mut state.again);
            state.running
        })
    }

    /// How long to wait before the next round.
    fn pause(&self, unit: UnitId, now: Instant) -> Duration {
        self.with(unit, |state| {
            let full_at = state.full_at.map_or(now, |at| at.max(now)) + PACE;
            state.full_at = Some(full_at);
            full_at.duration_since(now).saturating_sub(PACE * AT_ONCE)
        })
    }
}

pub(super) fn start(node: WeakNode, unit: UnitId) {
    run(node, unit, Duration::ZERO);
}

/// Gossip that this unit passed on was lost here.
pub(super) fn start_soon(node: WeakNode, unit: UnitId) {
    run(node, unit, SOON);
}

fn run(node: WeakNode, unit: UnitId, first: Duration) {
    if !node.upgrade().is_some_and(|node| node.exchanges.begin(unit)) {
        return;
    }
    tokio::spawn(async move {
        let mut pause = first;
        let mut failed = 0;
        loop {
            sleep(pause).await;
            let Some(paced) = node.upgrade().map(|node| node.exchanges.pause(unit, Instant::now())) else { return };
            sleep(paced).await;
            let Some(node) = node.upgrade() else { return };
            failed = if round(&node, unit).await { 0 } else { failed + 1 };
            let again = node.exchanges.another(unit);
            let retry = failed > 0 && failed <= TRIES && node.members.is_connected(unit);
            let goes_on = again || (retry && node.exchanges.begin(unit));
            if !goes_on {
                return;
            }
            pause = PAUSE * failed;
        }
    });
}

/// Whether all of it was answered.
async fn round(node: &Node, unit: UnitId) -> bool {
    let charter = node.snapshot().ok().and_then(|view| charter_sync::request(&view, unit).ok().flatten());
    let charter = ask(node, unit, Protocol::Charter, charter, |bytes| Input::CharterReply { from: unit, bytes }).await;
    let beacons = node.snapshot().ok().and_then(|view| matching::request(&view).ok().flatten());
    let beacons = ask(node, unit, Protocol::Beacons, beacons, |bytes| Input::BeaconReply { from: unit, bytes }).await;
    // A prekey may have come with the charter: what waited for it can go.
    node.members.bell(unit).notify_one();
    node.documents.bell(unit).notify_one();
    charter && beacons
}

/// Asks, and takes the reply. False if it was not answered.
async fn ask(
    node: &Node,
    unit: UnitId,
    protocol: Protocol,
    request: Option<Vec<u8>>,
    reply: impl FnOnce(Vec<u8>) -> Input,
) -> bool {
    // Without a federation there is nothing to ask.
    let Some(request) = request else { return true };
    for _ in 0..KNOCKS {
        let (Some(net), Some(peer)) = (node.network.net(), node.members.peer(unit)) else { return false };
        match net.request(peer, protocol, request.clone()).await {
            Ok(bytes) => {
                if node.handle(reply(bytes)).await.is_ok_and(|committed| committed.garbage) {
                    node.blame(unit).await;
                }
                return true;
            }
            Err(RequestError::Busy) => sleep(KNOCK).await,
            Err(error) => {
                tracing::debug!(%error, unit = unit.short(), "an exchange was not answered; it is repeated on the next contact");
                return false;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_often_it_is_asked_for_one_round_runs_and_one_follows() {
        let exchanges = Exchanges::default();
        let bob = UnitId([2; 32]);
        assert!(exchanges.begin(bob));
        assert!(!exchanges.begin(bob));
        assert!(!exchanges.begin(bob));
        assert!(exchanges.begin(UnitId([3; 32])), "another unit's rounds are its own");
        assert!(exchanges.another(bob));
        assert!(!exchanges.another(bob));
        assert!(exchanges.begin(bob));
    }

    #[test]
    fn rounds_follow_each_other_at_a_pace() {
        let exchanges = Exchanges::default();
        let (bob, mut now) = (UnitId([2; 32]), Instant::now());
        for _ in 0..AT_ONCE {
            assert_eq!(exchanges.pause(bob, now), Duration::ZERO);
        }
        assert_eq!(exchanges.pause(bob, now), PACE);
        now += PACE * 100;
        assert_eq!(exchanges.pause(bob, now), Duration::ZERO);
    }
}
