//! A file of documents for another unit, made part by part; never more than one of them in memory.
//! Which parts may go is decided by `protocol::documents`, anew for every part.

use super::node::Node;
use crate::blobs::{BlobError, Blobs, manifest};
use crate::clock::SystemRng;
use crate::store::StoreError;
use icmc_protocol::carried::CarriedError;
use icmc_protocol::carried::documents::{HAVE_MAX, Packing, Part, parts_in};
use icmc_protocol::documents::{self, Carried, Coming, Have, Holding, Manifest, Plan};
use icmc_protocol::ids::UnitId;
use icmc_protocol::machine::ViewError;
use std::vec::IntoIter;

/// Why a file of documents was not made, or not made to its end.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// A sentence for the person who carries it.
    #[error(transparent)]
    Carried(#[from] CarriedError),
    /// The chunks of this node.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ViewError> for CarryError {
    fn from(error: ViewError) -> Self {
        Self::Carried(error.into())
    }
}

/// A file on its way out: [`Self::next`] gives its bytes up to its end.
#[derive(Debug)]
pub struct DocumentsOut {
    node: Node,
    to: UnitId,
    packing: Packing,
    /// The beginning, until it is given.
    first: Option<Vec<u8>>,
    waiting: IntoIter<Carried>,
    open: Option<Open>,
    ended: bool,
    /// Parts that are in it so far.
    pub parts: u32,
    /// Parts that found no room.
    pub left: u64,
    /// Parts that were not given after all: a share ended meanwhile, or they cannot be read.
    pub dropped: u32,
}

/// The document whose parts are given now.
#[derive(Debug)]
struct Open {
    carried: Carried,
    list: Manifest,
    next: u32,
}

impl Node {
    /// Begins a file of documents for a unit, of at most `most` bytes.
    ///
    /// # Errors
    /// [`CarriedError::Nothing`] if there is nothing to give and nothing to tell; others if nothing can be sealed for that unit.
    pub async fn carry_documents(&self, to: UnitId, most: u64) -> Result<DocumentsOut, CarryError> {
        let have = self.have(to).await?;
        let view = self.snapshot()?;
        let plan = documents::plan(&view, self.now(), to, parts_in(most))?;
        let told = !have.is_empty();
        let (packing, first) = Packing::begin(&view, to, self.now(), have, &mut SystemRng)?;
        let Plan { documents, left, .. } = plan;
        if documents.is_empty() && left == 0 && !told {
            return Err(CarriedError::Nothing.into());
        }
        let waiting = documents.into_iter();
        let node = self.clone();
        Ok(DocumentsOut { node, to, packing, first: Some(first), waiting, open: None, ended: false, parts: 0, left, dropped: 0 })
    }

    /// What this node has of the documents that a unit brings.
    async fn have(&self, unit: UnitId) -> Result<Vec<Have>, CarryError> {
        let coming = documents::coming(&self.snapshot()?, unit, HAVE_MAX)?;
        let mut have = Vec::new();
        for one in coming {
            let parts = match one.row.holding {
                Holding::Wanted => leading(self.blobs(), &one).await?,
                Holding::Held | Holding::Damaged | Holding::TooLarge => one.file.parts(),
            };
            if parts > 0 {
                have.push(Have { share: one.share, document: one.key.change, parts });
            }
        }
        Ok(have)
    }
}

/// How many parts of a document that is not whole are here from its first on. Never all: the last one, once more, makes it whole.
async fn leading(blobs: &Blobs, coming: &Coming) -> Result<u32, BlobError> {
    let held = blobs.held(coming.row.place).await?;
    if !held.contains(&coming.file.manifest) {
        return Ok(0);
    }
    let Ok(list) = manifest(blobs, coming.row.place, &coming.file).await else { return Ok(0) };
    let chunks = list.chunks.iter().take_while(|chunk| held.contains(chunk)).count();
    let parts = u32::try_from(chunks + 1).unwrap_or(u32::MAX);
    Ok(parts.min(coming.file.parts() - 1))
}

impl DocumentsOut {
    /// The next bytes of the file; none behind its end.
    ///
    /// # Errors
    /// [`CarryError`], and the file is of no use.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, CarryError> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        while let Some(mut open) = self.open().await {
            if let Some(part) = part(&self.node, self.to, &open).await? {
                open.next += 1;
                self.open = Some(open);
                self.parts += 1;
                return Ok(Some(self.packing.part(part, &mut SystemRng).ok_or(BlobError::Damaged)?));
            }
            self.dropped += open.carried.until - open.next;
        }
        if self.ended {
            return Ok(None);
        }
        self.ended = true;
        Ok(self.packing.end(&mut SystemRng))
    }

    /// The document that the next part is of.
    async fn open(&mut self) -> Option<Open> {
        if let Some(open) = self.open.take().filter(|open| open.next < open.carried.until) {
            return Some(open);
        }
        loop {
            let carried = self.waiting.next()?;
            match manifest(self.node.blobs(), carried.place, &carried.file).await {
                Ok(list) => return Some(Open { next: carried.from, list, carried }),
                Err(error) => {
                    tracing::warn!(%error, "a document cannot be carried: its list of chunks cannot be read");
                    self.dropped += carried.until - carried.from;
                }
            }
        }
    }
}

/// The next part of a document, if that unit may still have it and it can be read.
async fn part(node: &Node, to: UnitId, open: &Open) -> Result<Option<Part>, CarryError> {
    let Open { carried, list, next } = open;
    if !documents::may_be_carried(&node.snapshot()?, node.now(), to, carried)? {
        return Ok(None);
    }
    let chunk = match next.checked_sub(1) {
        None => Some(carried.file.manifest),
        Some(at) => list.chunks.get(at as usize).copied(),
    };
    let Some(chunk) = chunk else { return Ok(None) };
    match node.blobs().get(carried.place, chunk).await {
        Ok(sealed) if chunk.names(&sealed) => {
            Ok(Some(Part { case: carried.key.case, document: carried.key.change, chunk, sealed }))
        }
        Ok(_) | Err(BlobError::Missing) => {
            tracing::warn!("a chunk of a document cannot be carried: it is damaged or not here");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
