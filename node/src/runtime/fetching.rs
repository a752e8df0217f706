//! One task for each member: fetches the chunks of documents that its shares brought, several at once, with growing pauses.
//! A chunk is checked before it is kept, and what is kept is never asked for again.

use super::documents::incident;
use super::node::{Node, WeakNode};
use crate::blobs::{self, BlobError, Blobs, Check, Reader, manifest};
use crate::net::Protocol;
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use icmc_protocol::documents::{self, CHUNK, Holding, Manifest, REPLY_MAX, Reply, Request, Wanted};
use icmc_protocol::ids::{ChunkHash, UnitId};
use icmc_protocol::machine::Notice;
use icmc_protocol::wire;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Chunks on their way from one unit at once. The network allows eight requests.
const IN_FLIGHT: usize = 6;
/// Chunks made durable in one go while a file is coming.
const SYNCED: usize = 64;
/// Files looked at in one go.
const FILES: usize = 16;
/// First pause after a failure; doubles up to the last. Short, since whoever is asked at once may not have heard yet of the yes to its
/// share.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LAST_PAUSE: Duration = Duration::from_secs(60);
/// How often live pages are told that more has come.
const TELL: Duration = Duration::from_millis(500);

/// What became of an attempt to fetch a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fetched {
    /// Nothing is left to do.
    Settled,
    /// To be tried again; whether anything came.
    Later(bool),
}

/// Why a chunk did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// Not now.
    Later,
    /// The peer sent other bytes.
    Wrong,
    /// Nobody wants it any more.
    Unwanted,
}

pub(super) async fn run(node: WeakNode, unit: UnitId, mut stopped: watch::Receiver<bool>) {
    let Some(bell) = node.upgrade().map(|node| node.documents.bell(unit)) else { return };
    let mut pause = FIRST_PAUSE;
    let mut again = true;
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = bell.notified() => pause = FIRST_PAUSE,
            () = tokio::time::sleep(pause), if again => pause = (pause * 2).min(LAST_PAUSE),
        }
        let Some(node) = node.upgrade() else { return };
        let left = tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            left = all(&node, unit) => left,
        };
        if left == Some(true) {
            pause = FIRST_PAUSE;
        }
        again = left.is_some();
    }
}

/// Every file that this unit is to serve, once. None if nothing is left; else whether anything came.
async fn all(node: &Node, unit: UnitId) -> Option<bool> {
    let (mut after, mut left) = (None, None);
    loop {
        if !node.members.is_connected(unit) {
            // The bell rings when it is connected.
            return None;
        }
        let Ok(Ok(files)) = node.snapshot().map(|view| documents::wanted(&view, unit, after.as_ref(), FILES)) else {
            return Some(false);
        };
        let Some(last) = files.last() else { return left };
        after = Some(last.key);
        for wanted in files {
            if let Fetched::Later(moved) = file(node, unit, &wanted).await {
                left = Some(moved || left == Some(true));
            }
        }
    }
}

async fn file(node: &Node, unit: UnitId, wanted: &Wanted) -> Fetched {
    let blobs = &node.documents.blobs;
    if wanted.file.size > blobs.max() {
        return settle(node, wanted, Holding::TooLarge).await;
    }
    let Ok(mut held) = blobs.held(wanted.place).await else { return Fetched::Later(false) };
    if !held.remove(&wanted.file.manifest)
        && let Err(failure) = chunk(node, unit, wanted, wanted.file.manifest).await
    {
        return failed(node, unit, failure, false).await;
    }
    let list = match manifest(blobs, wanted.place, &wanted.file).await {
        Ok(list) => list,
        Err(BlobError::Damaged) => return mismatch(node, unit, wanted, &[wanted.file.manifest]).await,
        Err(_) => return Fetched::Later(false),
    };
    let missing: Vec<ChunkHash> = list.chunks.iter().filter(|hash| !held.contains(hash)).copied().collect();
    let mut progress = Progress::new(node, wanted, (list.chunks.len() - missing.len()) as u64);
    // A file of which nothing is here is checked as it comes; one that was begun before, once all of it is here.
    let checking = (missing.len() == list.chunks.len()).then(|| Checking::begin(blobs, wanted));
    let mut coming = stream::iter(missing).map(|hash| chunk(node, unit, wanted, hash)).buffered(IN_FLIGHT);
    let mut moved = false;
    while let Some(came) = coming.next().await {
        let (hash, sealed) = match came {
            Ok(came) => came,
            Err(failure) => return failed(node, unit, failure, moved).await,
        };
        if let Some(checking) = &checking {
            checking.came(hash, sealed).await;
        }
        moved = true;
        progress.one();
    }
    drop(coming);
    match checking {
        Some(checking) => {
            let whole = checking.end(blobs, wanted).await;
            settled(node, unit, wanted, &list, moved, whole).await
        }
        None => complete(node, unit, wanted, &list, moved).await,
    }
}

/// Two tasks beside a file that is coming: one opens its chunks in their order and sums them up, one makes them durable.
struct Checking {
    opened: mpsc::Sender<Bytes>,
    kept: mpsc::Sender<ChunkHash>,
    tasks: [JoinHandle<Result<(), BlobError>>; 2],
}

impl Checking {
    fn begin(blobs: &Arc<Blobs>, wanted: &Wanted) -> Self {
        let (opened, mut to_open) = mpsc::channel::<Bytes>(IN_FLIGHT);
        let (kept, mut to_keep) = mpsc::channel::<ChunkHash>(SYNCED);
        let mut check = Check::new(wanted.file.clone());
        let open = tokio::spawn(async move {
            while let Some(sealed) = to_open.recv().await {
                check.add(&sealed)?;
            }
            check.finish()
        });
        let (blobs, place) = (blobs.clone(), wanted.place);
        let keep = tokio::spawn(async move {
            let mut some = Vec::new();
            while to_keep.recv_many(&mut some, SYNCED).await > 0 {
                blobs.keep_chunks(place, &some).await?;
                some.clear();
            }
            Ok(())
        });
        Self { opened, kept, tasks: [open, keep] }
    }

    /// A task that failed takes no more; why is said at the end.
    async fn came(&self, hash: ChunkHash, sealed: Bytes) {
        let _ = self.opened.send(sealed).await;
        let _ = self.kept.send(hash).await;
    }

    /// All have come: whether they are the file that was announced, and are there for good.
    async fn end(self, blobs: &Blobs, wanted: &Wanted) -> Result<(), BlobError> {
        drop((self.opened, self.kept));
        for task in self.tasks {
            // A node that stops has checked nothing, and says nothing of the document.
            task.await.map_err(|error| blobs::failed(error.into()))??;
        }
        blobs.keep_chunks(wanted.place, &[wanted.file.manifest]).await?;
        blobs.keep_names(wanted.place).await
    }
}

/// All chunks are here: they make the file that was announced, or it will never be here.
pub(super) async fn complete(node: &Node, unit: UnitId, wanted: &Wanted, list: &Manifest, moved: bool) -> Fetched {
    let blobs = &node.documents.blobs;
    let whole = match Reader::open(blobs, wanted.place, wanted.file.clone()).await {
        Ok(reader) => futures::try_join!(reader.check(), blobs.keep(wanted.place)).map(drop),
        Err(error) => Err(error),
    };
    settled(node, unit, wanted, list, moved, whole).await
}

/// What became of checking a whole file.
async fn settled(
    node: &Node,
    unit: UnitId,
    wanted: &Wanted,
    list: &Manifest,
    moved: bool,
    whole: Result<(), BlobError>,
) -> Fetched {
    match whole {
        Ok(()) => settle(node, wanted, Holding::Held).await,
        Err(BlobError::Damaged) => mismatch(node, unit, wanted, &list.chunks).await,
        Err(_) => Fetched::Later(moved),
    }
}

/// What came does not open or does not make the announced file: either this disk lost something, or it was sealed so.
pub(super) async fn mismatch(node: &Node, unit: UnitId, wanted: &Wanted, chunks: &[ChunkHash]) -> Fetched {
    let blobs = &node.documents.blobs;
    let mut ours = false;
    for hash in chunks {
        match blobs.get(wanted.place, *hash).await {
            Ok(sealed) if hash.names(&sealed) => {}
            Ok(_) => {
                ours = true;
                if let Err(error) = blobs.drop_chunk(wanted.place, *hash).await {
                    tracing::warn!(%error, "a damaged chunk could not be removed");
                }
            }
            Err(_) => ours = true,
        }
    }
    if ours {
        return Fetched::Later(false);
    }
    incident(node, unit, "served a document that is not the one it announced").await;
    settle(node, wanted, Holding::Damaged).await
}

pub(super) async fn settle(node: &Node, wanted: &Wanted, holding: Holding) -> Fetched {
    let key = wanted.key;
    let settled = node.act(move |txn| documents::finished(txn, &key, holding)).await;
    node.documents.blobs.set_arrived(wanted.place, None);
    if settled.is_ok() { Fetched::Settled } else { Fetched::Later(false) }
}

async fn failed(node: &Node, unit: UnitId, failure: Failure, moved: bool) -> Fetched {
    match failure {
        Failure::Later => Fetched::Later(moved),
        Failure::Unwanted => Fetched::Settled,
        Failure::Wrong => {
            incident(node, unit, "sent bytes of a document that do not have their hash").await;
            Fetched::Later(false)
        }
    }
}

/// Asks for one chunk and keeps it. Gives its name and its sealed bytes.
async fn chunk(node: &Node, unit: UnitId, wanted: &Wanted, hash: ChunkHash) -> Result<(ChunkHash, Bytes), Failure> {
    let (Some(net), Some(peer)) = (node.network.net(), node.members.peer(unit)) else { return Err(Failure::Later) };
    let request = Request { share: wanted.share, document: wanted.key.change, chunk: hash };
    let bytes = net.request(peer, Protocol::Blob, wire::encode(&request)).await.map_err(|error| {
        tracing::debug!(%error, unit = unit.short(), "a chunk of a document was not answered; it is asked for again");
        Failure::Later
    })?;
    let bytes = Bytes::from(bytes);
    let sealed = match wire::decode(&bytes, REPLY_MAX) {
        Ok(Reply::Chunk(sealed)) => bytes.slice_ref(sealed),
        Ok(Reply::Nothing) => return Err(Failure::Later),
        Err(_) => return Err(Failure::Wrong),
    };
    let still = || is_wanted(node, wanted);
    let kept = node.documents.blobs.take(wanted.place, hash, sealed.clone(), still).await;
    kept.map(|()| (hash, sealed)).map_err(|error| match error {
        BlobError::Damaged => Failure::Wrong,
        BlobError::Missing => Failure::Unwanted,
        other => {
            tracing::warn!(error = %other, "a chunk of a document could not be kept; it is asked for again");
            Failure::Later
        }
    })
}

/// Whether chunks of a file still have their place here.
pub(super) fn is_wanted(node: &Node, wanted: &Wanted) -> bool {
    let row = node.snapshot().ok().and_then(|view| documents::row_at(&view, &wanted.key).ok().flatten());
    row.is_some_and(|row| row.place == wanted.place)
}

/// How much of a file is here, for whoever looks at its page.
struct Progress<'a> {
    node: &'a Node,
    wanted: &'a Wanted,
    chunks: u64,
    told: Instant,
}

impl<'a> Progress<'a> {
    fn new(node: &'a Node, wanted: &'a Wanted, chunks: u64) -> Self {
        let progress = Self { node, wanted, chunks, told: Instant::now() };
        progress.tell();
        progress
    }

    fn one(&mut self) {
        self.chunks += 1;
        let bytes = self.chunks.saturating_mul(CHUNK as u64).min(self.wanted.file.size);
        self.node.documents.blobs.set_arrived(self.wanted.place, Some(bytes));
        if self.told.elapsed() >= TELL {
            self.told = Instant::now();
            self.tell();
        }
    }

    fn tell(&self) {
        // Nobody may be looking.
        let _ = self.node.events.send(Notice::Case(self.wanted.key.case));
    }
}
