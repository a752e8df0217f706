//! Has persons blinded by the keepers: a queue with a bound, 32 persons at once, no more requests to one keeper than it takes.
//! Nothing is kept here: what was not answered stands in the store and is queued again on a tick or when a keeper connects.

use super::driver::Committed;
use super::node::{Node, WeakNode};
use crate::clock::SystemRng;
use crate::net::Protocol;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use icmc_protocol::core::Input;
use icmc_protocol::federation::own;
use icmc_protocol::ids::{PersonRef, UnitId};
use icmc_protocol::keepers::{self, Asking, Told};
use icmc_protocol::machine::{ToBlind, ViewError};
use icmc_protocol::matching;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::{JoinSet, spawn_blocking};

/// Persons that wait here; the rest waits in the store.
const QUEUE: usize = 8_192;
/// Persons whose answers are on their way.
const AT_ONCE: usize = 32;
/// Requests to one keeper on their way: what the network lets through.
const IN_FLIGHT: usize = 8;

/// What waits to be blinded, and what is on its way.
#[derive(Debug, Default)]
pub(super) struct Blinding {
    queue: Mutex<Queue>,
    bell: Notify,
    keepers: Mutex<BTreeMap<UnitId, Arc<Semaphore>>>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<ToBlind>,
    /// Waiting or on their way: asking twice at once helps nobody.
    known: BTreeSet<PersonRef>,
    /// Some did not fit.
    more: bool,
}

impl Blinding {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // A poisoned lock would mean that a push or pop panicked.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, wanted: ToBlind) {
        let mut queue = self.queue();
        if queue.waiting.len() >= QUEUE {
            queue.more = true;
        } else if queue.known.insert(wanted.person_ref) {
            queue.waiting.push_back(wanted);
            drop(queue);
            self.bell.notify_one();
        }
    }

    fn pop(&self) -> Option<ToBlind> {
        self.queue().waiting.pop_front()
    }

    /// Says whether others did not fit, once everything that did is done.
    fn done(&self, person_ref: PersonRef) -> bool {
        let mut queue = self.queue();
        queue.known.remove(&person_ref);
        queue.known.is_empty() && core::mem::take(&mut queue.more)
    }

    fn turns(&self, keeper: UnitId) -> Arc<Semaphore> {
        let mut keepers = self.keepers.lock().unwrap_or_else(PoisonError::into_inner);
        keepers.entry(keeper).or_insert_with(|| Arc::new(Semaphore::new(IN_FLIGHT))).clone()
    }
}

pub(super) async fn run(node: WeakNode, mut stopped: watch::Receiver<bool>) {
    let Some(blinding) = node.upgrade().map(|node| node.blinding.clone()) else { return };
    let mut running = JoinSet::new();
    loop {
        while running.len() < AT_ONCE
            && let Some(wanted) = blinding.pop()
        {
            running.spawn(one(node.clone(), blinding.clone(), wanted));
        }
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = blinding.bell.notified() => {}
            Some(_) = running.join_next(), if !running.is_empty() => {}
        }
    }
}

async fn one(node: WeakNode, blinding: Arc<Blinding>, wanted: ToBlind) {
    let person_ref = wanted.person_ref;
    let Some(node) = node.upgrade() else { return };
    // Without enough keepers it waits in the store; a fault of the store has been told already.
    let _ = blind(&node, wanted).await;
    if blinding.done(person_ref) {
        let more = node.act(|txn| matching::resume(txn).map_err(Again::from)).await;
        if more.is_err() {
            tracing::debug!("what did not fit the queue of the blinding is asked for on the next tick");
        }
    }
}

/// Why the rest was not queued; nobody asks.
struct Again;

impl From<ViewError> for Again {
    fn from(_: ViewError) -> Self {
        Self
    }
}

impl From<super::config::RuntimeError> for Again {
    fn from(_: super::config::RuntimeError) -> Self {
        Self
    }
}

/// Asks as many keepers as are needed at once, and another for each that fails.
async fn blind(node: &Node, wanted: ToBlind) -> Option<()> {
    let person_ref = wanted.person_ref;
    let (view, now, connected) = (node.snapshot().ok()?, node.now(), node.members.connected());
    let own = own::find(&view).ok()??.unit;
    let begun = spawn_blocking(move || Asking::begin(&view, &wanted, now, |unit| connected.contains(&unit)));
    let mut asking = match begun.await.ok()? {
        Ok(asking) => asking?,
        Err(error) => {
            tracing::error!(%error, "a person cannot be blinded");
            return None;
        }
    };
    let mut on_their_way = FuturesUnordered::new();
    while asking.missing() > 0 {
        while on_their_way.len() < asking.missing()
            && let Some((keeper, request)) = asking.next_keeper()
        {
            on_their_way.push(async move { (keeper, ask(node, own, keeper, request).await) });
        }
        let (keeper, reply) = on_their_way.next().await?;
        let Some(reply) = reply else { continue };
        let taken = spawn_blocking(move || {
            let told = asking.take(keeper, &reply);
            (asking, told)
        });
        let told;
        (asking, told) = taken.await.ok()?;
        if told != Told::Good {
            node.handle(Input::KeeperTold { keeper, told }).await.ok()?;
        }
    }
    let epoch = asking.epoch();
    let ys = spawn_blocking(move || asking.finish()).await.ok()?.ok()?;
    node.handle(Input::Blinded { person_ref, epoch, ys }).await.ok().map(|_| ())
}

/// One keeper's answer; this unit's own by the same way but for the network.
async fn ask(node: &Node, own: UnitId, keeper: UnitId, request: Vec<u8>) -> Option<Vec<u8>> {
    if keeper == own {
        let committed = node.handle(Input::BlindRequest { from: own, bytes: request }).await.ok()?;
        return answer(node, committed).await;
    }
    let turns = node.blinding.turns(keeper);
    let _turn = turns.acquire().await.ok()?;
    let (net, peer) = (node.network.net()?, node.members.peer(keeper)?);
    match net.request(peer, Protocol::Blind, request).await {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            tracing::debug!(%error, unit = keeper.short(), "a keeper did not answer; another is asked");
            None
        }
    }
}

/// As a keeper: the reply of a step, computed now if it was only counted.
pub(super) async fn answer(node: &Node, committed: Committed) -> Option<Vec<u8>> {
    let Some(asked) = committed.evaluate else { return committed.reply };
    let view = node.snapshot().ok()?;
    match spawn_blocking(move || keepers::evaluate(&view, &asked, &mut SystemRng)).await.ok()? {
        Ok(reply) => reply,
        Err(error) => {
            tracing::error!(%error, "the store cannot be read");
            None
        }
    }
}
