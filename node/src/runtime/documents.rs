//! Chunks of documents between units: serving them, and removing those that nothing needs any more.
//! Whether somebody may have one is decided by `protocol::documents`; fetching is in `fetching`.

use super::node::{Node, WeakNode};
use crate::blobs::{Blobs, manifest};
use icmc_protocol::documents::{self, File, REQUEST_MAX, Reply, Request};
use icmc_protocol::ids::{ChunkHash, PlaceId, UnitId};
use icmc_protocol::machine::ViewError;
use icmc_protocol::wire;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// Lists of chunks kept in memory while documents are served.
const LISTS: usize = 16;
/// Places removed at a time.
const DISCARDS: usize = 64;
/// Pause before what could not be removed is tried again.
const PAUSE: Duration = Duration::from_secs(60);

type List = Arc<BTreeSet<ChunkHash>>;

/// What the tasks around documents share.
#[derive(Debug)]
pub(super) struct Documents {
    pub(super) blobs: Arc<Blobs>,
    lists: Mutex<BTreeMap<PlaceId, List>>,
    bells: Mutex<BTreeMap<UnitId, Arc<Notify>>>,
    /// Rung when chunks may have to be removed.
    discards: Notify,
}

impl Documents {
    pub(super) fn new(blobs: Arc<Blobs>) -> Self {
        Self { blobs, lists: Mutex::default(), bells: Mutex::default(), discards: Notify::new() }
    }

    /// The bell of whoever fetches from a unit; made by the first who asks.
    pub(super) fn bell(&self, unit: UnitId) -> Arc<Notify> {
        self.bells.lock().unwrap_or_else(PoisonError::into_inner).entry(unit).or_default().clone()
    }

    /// A case has changed: there may be something to fetch or to remove.
    pub(super) fn ring(&self) {
        for bell in self.bells.lock().unwrap_or_else(PoisonError::into_inner).values() {
            bell.notify_one();
        }
        self.discards.notify_one();
    }

    /// The chunks of a document that is here.
    async fn list(&self, place: PlaceId, file: &File) -> Option<List> {
        if let Some(known) = self.lists.lock().unwrap_or_else(PoisonError::into_inner).get(&place) {
            return Some(known.clone());
        }
        let read = manifest(&self.blobs, place, file).await.ok()?;
        let list: List = Arc::new(read.chunks.iter().copied().chain([file.manifest]).collect());
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        while lists.len() >= LISTS {
            lists.pop_first();
        }
        lists.insert(place, list.clone());
        Some(list)
    }
}

/// The reply to a request of a member.
pub(super) async fn answer(node: &Node, from: UnitId, bytes: &[u8]) -> Vec<u8> {
    let Ok(request) = wire::decode::<Request>(bytes, REQUEST_MAX) else {
        incident(node, from, "asked for a chunk of a document out of form").await;
        node.blame(from).await;
        return wire::encode(&Reply::Nothing);
    };
    let chunk = chunk(node, from, &request).await;
    wire::encode(&chunk.as_deref().map_or(Reply::Nothing, Reply::Chunk))
}

async fn chunk(node: &Node, from: UnitId, request: &Request) -> Option<Vec<u8>> {
    let served = {
        let view = node.snapshot().ok()?;
        documents::serve(&view, node.now(), from, request).ok()??
    };
    let list = node.documents.list(served.place, &served.file).await?;
    if !list.contains(&request.chunk) {
        return None;
    }
    match node.documents.blobs.get(served.place, request.chunk).await {
        Ok(sealed) => Some(sealed),
        Err(error) => {
            tracing::warn!(%error, "a chunk of a document could not be served");
            None
        }
    }
}

pub(super) async fn incident(node: &Node, peer: UnitId, what: &'static str) {
    let noted = node.act(move |txn| {
        txn.incident(Some(peer), what);
        Ok::<_, ViewError>(())
    });
    if let Err(error) = noted.await {
        tracing::error!(%error, "an incident could not be noted");
    }
}

/// Removes chunks whose share has ended or whose upload was given up, at the start and whenever the bell rings.
pub(super) async fn discard(node: WeakNode, mut stopped: watch::Receiver<bool>) {
    let Some(documents) = node.upgrade().map(|node| node.documents.clone()) else { return };
    let mut again = true;
    loop {
        if again {
            let Some(node) = node.upgrade() else { return };
            again = !sweep(&node).await;
        }
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = documents.discards.notified() => again = true,
            () = documents.blobs.given_up.notified() => again = true,
            () = tokio::time::sleep(PAUSE), if again => {}
        }
    }
}

/// Says whether all of it could be done; an upload under way counts as done, since its end rings the bell.
async fn sweep(node: &Node) -> bool {
    let mut after = None;
    loop {
        let Ok(Ok(due)) = node.snapshot().map(|view| documents::discards(&view, after, DISCARDS)) else { return false };
        let Some(last) = due.last() else { return true };
        after = Some(*last);
        for place in due {
            node.documents.lists.lock().unwrap_or_else(PoisonError::into_inner).remove(&place);
            match node.documents.blobs.discard(place).await {
                Ok(false) => {}
                Ok(true) => {
                    let noted = node.act(move |txn| {
                        documents::discarded(txn, place);
                        Ok::<_, ViewError>(())
                    });
                    if noted.await.is_err() {
                        return false;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "chunks of a document could not be removed yet");
                    return false;
                }
            }
        }
    }
}
