//! The handle of a running node: steps for its people, snapshots for reading, events for live pages.
//! The thread and the tasks behind it stop when the last handle is gone or `stop` is called.

use super::blind::{self, Blinding};
use super::config::{NodeConfig, RuntimeError, StartError};
use super::dispatch::Dispatch;
use super::documents::Documents;
use super::driver::{Committed, Driver, Step, input};
use super::exchange::Exchanges;
use super::membership::Members;
use super::network::Network;
use super::{documents, joining, ticking};
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::net::Multiaddr;
use crate::store::{Snapshot, Store, StoreError};
use icmc_protocol::core::{Core, Input};
use icmc_protocol::federation::own;
use icmc_protocol::ids::UnitId;
use icmc_protocol::machine::{Notice, Txn, ViewError};
use icmc_protocol::sharing::pending_erasures;
use icmc_protocol::time::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

/// Steps that may wait for the driver.
const STEPS: usize = 1024;
/// Effects that may wait for the dispatcher.
const EFFECTS: usize = 1024;
/// Events that a slow page may lag behind.
const EVENTS: usize = 256;

/// A running node. Cheap to clone.
#[derive(Clone)]
pub struct Node {
    pub(super) steps: mpsc::Sender<Step>,
    pub(super) store: Arc<Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) events: broadcast::Sender<Notice>,
    pub(super) members: Arc<Members>,
    pub(super) documents: Arc<Documents>,
    pub(super) network: Arc<Network>,
    pub(super) blinding: Arc<Blinding>,
    pub(super) exchanges: Arc<Exchanges>,
    stopping: watch::Sender<bool>,
}

impl core::fmt::Debug for Node {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Node")
    }
}

/// What the network looks like from here.
#[derive(Debug, Clone, Default)]
pub struct NetworkStatus {
    /// Where this node listens.
    pub listen: Vec<String>,
    /// Members connected now.
    pub connected: BTreeSet<UnitId>,
}

impl Node {
    /// Opens the store and starts the node.
    ///
    /// # Errors
    /// [`StartError`], each a sentence that says what to do.
    pub async fn start(config: NodeConfig) -> Result<Self, StartError> {
        let store = Arc::new(Store::open(&config.dir, &config.key)?);
        store.sweep()?;
        let view = store.snapshot()?;
        let unfinished = pending_erasures(&view)?;
        store.erase(&unfinished)?;
        let is_set_up = own::find(&view)?.is_some();
        drop(view);
        let documents = Arc::new(Documents::new(Blobs::open(&config.dir, config.document_max)?));

        let listen: Vec<Multiaddr> =
            config.listen.iter().map(|address| address.parse()).collect::<Result<_, _>>().map_err(|_| StartError::Address)?;
        let has_network = is_set_up && !listen.is_empty();
        let network = Arc::new(Network::new(if has_network { listen } else { Vec::new() }));
        let (steps, steps_out) = mpsc::channel(STEPS);
        let (effects, effects_out) = mpsc::channel(EFFECTS);
        let (events, _) = broadcast::channel(EVENTS);
        let (stopping, stopped) = watch::channel(false);
        let driver = Driver {
            store: store.clone(),
            clock: config.clock.clone(),
            hooks: config.hooks,
            steps: steps_out,
            dispatch: effects,
        };
        std::thread::Builder::new().name("icmc-core".to_owned()).spawn(move || driver.run()).map_err(StartError::Thread)?;
        let (members, exchanges) = (Arc::default(), Arc::default());
        let blinding = Arc::default();
        let node = Self { steps, store, clock: config.clock, events, members, network, exchanges, documents, blinding, stopping };
        node.network.follow(&node).await?;
        node.members.refresh(&node).await;
        tokio::spawn(Dispatch::new(node.weak(), stopped.clone()).run(effects_out));
        if has_network {
            tokio::spawn(joining::run(node.weak(), stopped.clone()));
        }
        tokio::spawn(blind::run(node.weak(), stopped.clone()));
        tokio::spawn(documents::discard(node.weak(), stopped.clone()));
        tokio::spawn(ticking::run(node.weak(), ticking::EVERY, stopped));
        for scope in unfinished {
            node.handle(Input::Erased(scope)).await.map_err(ViewError::from)?;
        }
        node.handle(Input::Tick).await.map_err(ViewError::from)?;
        Ok(node)
    }

    /// One atomic step for a person here, with all that follows from it. Returns after the durable commit.
    ///
    /// # Errors
    /// What `work` refused, or [`RuntimeError`]; then nothing has happened.
    pub async fn act<T, E>(&self, work: impl FnOnce(&mut Txn<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<ViewError> + From<RuntimeError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let step: Step = Box::new(move |core: Core, view, now, rng| match core.act(view, now, rng, work) {
            Ok((value, effects)) => {
                let finish = move |committed: Result<Committed, RuntimeError>| {
                    // Whoever asked may have gone; what was decided is durable all the same.
                    let _ = answer.send(committed.map(|_| value).map_err(E::from));
                };
                (Some(effects), Box::new(finish))
            }
            Err(refused) => {
                let finish = move |_: Result<Committed, RuntimeError>| {
                    let _ = answer.send(Err(refused));
                };
                (None, Box::new(finish))
            }
        });
        self.steps.send(step).await.map_err(|_| RuntimeError::Stopped)?;
        answered.await.map_err(|_| RuntimeError::Stopped)?
    }

    /// One step for an input from outside.
    pub(super) async fn handle(&self, from_outside: Input) -> Result<Committed, RuntimeError> {
        let (answer, answered) = oneshot::channel();
        let finish = Box::new(move |committed| {
            let _ = answer.send(committed);
        });
        self.steps.send(input(from_outside, finish)).await.map_err(|_| RuntimeError::Stopped)?;
        answered.await.map_err(|_| RuntimeError::Stopped)?
    }

    /// The store as it stands now.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.store.snapshot()
    }

    /// The node's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The chunks of documents.
    #[must_use]
    pub fn blobs(&self) -> &Arc<Blobs> {
        &self.documents.blobs
    }

    /// What happens, as ids.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Notice> {
        self.events.subscribe()
    }

    /// What the network looks like from here.
    pub async fn network(&self) -> NetworkStatus {
        let Some(net) = self.network.net() else { return NetworkStatus::default() };
        let listen = net.listen_addresses().await.iter().map(ToString::to_string).collect();
        NetworkStatus { listen, connected: self.members.connected() }
    }

    /// Whether members are reached through this node, and through which members it is reached itself, by the beginnings of
    /// their ids. Those that the own charter addresses name are used in any case.
    pub async fn set_relaying(&self, serve: bool, through: Vec<String>) {
        self.members.set_relays(through);
        self.network.serve(serve).await;
        self.members.refresh(self).await;
    }

    /// Reads members and open invitations again, after an invitation was given.
    pub async fn refresh_members(&self) {
        self.members.refresh(self).await;
    }

    /// Runs the network under the present node key, and lets the present members in.
    pub(super) async fn follow_key(&self) {
        let before = self.network.net().map(|net| net.local_peer());
        if let Err(error) = self.network.follow(self).await {
            tracing::warn!(%error, "the network could not begin anew under the new node key; it is tried again");
        }
        if self.network.net().map(|net| net.local_peer()) != before {
            self.members.refresh(self).await;
        }
    }

    /// Stops network and tasks, and waits until the store is closed: until the last handle elsewhere is gone.
    /// Gives up waiting after ten seconds.
    pub async fn stop(self) {
        let _ = self.stopping.send(true);
        let (store, net) = (self.store.until_closed(), self.network.net());
        drop(self);
        if let Some(net) = net {
            net.shutdown().await;
        }
        for _ in 0..1000 {
            if store.strong_count() == 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        tracing::warn!("the store is still in use by a request that has not ended");
    }

    /// Turns true when the node stops.
    pub(super) fn stopped(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    pub(super) fn weak(&self) -> WeakNode {
        WeakNode {
            steps: self.steps.downgrade(),
            store: Arc::downgrade(&self.store),
            clock: self.clock.clone(),
            events: self.events.clone(),
            members: self.members.clone(),
            documents: self.documents.clone(),
            network: self.network.clone(),
            blinding: self.blinding.clone(),
            exchanges: self.exchanges.clone(),
            stopping: self.stopping.clone(),
        }
    }
}

/// What the tasks hold: it does not keep the node alive.
#[derive(Clone)]
pub(super) struct WeakNode {
    steps: mpsc::WeakSender<Step>,
    store: std::sync::Weak<Store>,
    clock: Arc<dyn Clock>,
    events: broadcast::Sender<Notice>,
    members: Arc<Members>,
    documents: Arc<Documents>,
    network: Arc<Network>,
    blinding: Arc<Blinding>,
    exchanges: Arc<Exchanges>,
    stopping: watch::Sender<bool>,
}

impl WeakNode {
    /// The node, if it still runs.
    pub(super) fn upgrade(&self) -> Option<Node> {
        Some(Node {
            steps: self.steps.upgrade()?,
            store: self.store.upgrade()?,
            clock: self.clock.clone(),
            events: self.events.clone(),
            members: self.members.clone(),
            documents: self.documents.clone(),
            network: self.network.clone(),
            blinding: self.blinding.clone(),
            exchanges: self.exchanges.clone(),
            stopping: self.stopping.clone(),
        })
    }
}
