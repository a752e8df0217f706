//! Takes parts of documents that a person brought in a file, each checked as if it had come over the network, and kept at once.
//! The file was opened by `protocol::carried`; a document becomes whole here by the same way as in `fetching`.

use super::carried_out::CarryError;
use super::documents::incident;
use super::fetching::{self, Fetched};
use super::node::Node;
use crate::blobs::{BlobError, manifest};
use icmc_protocol::carried::documents::Part;
use icmc_protocol::documents::{self, CHUNK, Holding, Manifest, Standing, Wanted};
use icmc_protocol::ids::{CaseId, ChunkHash, Commitment, UnitId};
use icmc_protocol::machine::Notice;
use std::collections::BTreeSet;

/// What became of the parts of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TakenParts {
    /// Kept now.
    pub new: u32,
    /// Here before.
    pub known: u32,
    /// Cannot be taken yet: a person has to accept the share first, or an earlier file has to come.
    pub later: u32,
    /// Of documents that are larger than this node takes, or not what was announced.
    pub never: u32,
    /// Under no share in force of the unit that made the file.
    pub unknown: u32,
    /// Documents that are whole now.
    pub documents: u32,
}

/// A part is not what the document names. Nothing of it was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong;

/// A file on its way in, part by part.
#[derive(Debug)]
pub struct DocumentsIn {
    node: Node,
    from: UnitId,
    open: Option<Open>,
    taken: TakenParts,
}

/// The document whose parts come now.
#[derive(Debug)]
struct Open {
    case: CaseId,
    document: Commitment,
    standing: Standing,
    held: BTreeSet<ChunkHash>,
    /// The list of chunks and which of them are not here, once the list is.
    list: Option<(Manifest, BTreeSet<ChunkHash>)>,
}

impl Open {
    fn is_of(&self, part: &Part) -> bool {
        self.case == part.case && self.document == part.document
    }

    /// Whether a chunk belongs to the document; none while the list of chunks is not here.
    fn names(&self, wanted: &Wanted, chunk: ChunkHash) -> Option<bool> {
        if chunk == wanted.file.manifest {
            return Some(true);
        }
        self.list.as_ref().map(|(list, missing)| missing.contains(&chunk) || list.chunks.contains(&chunk))
    }

    fn listed(&mut self, list: Manifest) {
        let missing = list.chunks.iter().filter(|chunk| !self.held.contains(chunk)).copied().collect();
        self.list = Some((list, missing));
    }

    fn came(&mut self, chunk: ChunkHash) {
        self.held.insert(chunk);
        if let Some((_, missing)) = &mut self.list {
            missing.remove(&chunk);
        }
    }
}

impl Node {
    /// Begins to take parts of documents from a file that `from` made.
    #[must_use]
    pub fn take_documents(&self, from: UnitId) -> DocumentsIn {
        DocumentsIn { node: self.clone(), from, open: None, taken: TakenParts::default() }
    }
}

impl DocumentsIn {
    /// Takes one part. Taking it again is harmless.
    ///
    /// # Errors
    /// [`CarryError`] if the disk refuses; what came before stays taken. Inside, [`Wrong`] about the part.
    pub async fn take(&mut self, part: Part) -> Result<Result<(), Wrong>, CarryError> {
        let mut open = match self.open.take().filter(|open| open.is_of(&part)) {
            Some(open) => open,
            None => self.open(part.case, part.document).await?,
        };
        let done = self.one(&mut open, part).await;
        self.open = Some(open);
        done
    }

    /// What became of them so far.
    #[must_use]
    pub const fn taken(&self) -> TakenParts {
        self.taken
    }

    async fn open(&self, case: CaseId, document: Commitment) -> Result<Open, CarryError> {
        let standing = documents::standing(&self.node.snapshot()?, self.from, case, document)?;
        let mut open = Open { case, document, standing, held: BTreeSet::new(), list: None };
        let Standing::Wanted(wanted) = &open.standing else { return Ok(open) };
        let (wanted, blobs) = (wanted.clone(), self.node.blobs());
        if wanted.file.size > blobs.max() {
            fetching::settle(&self.node, &wanted, Holding::TooLarge).await;
            open.standing = Standing::Never;
            return Ok(open);
        }
        open.held = blobs.held(wanted.place).await?;
        if open.held.contains(&wanted.file.manifest) {
            match manifest(blobs, wanted.place, &wanted.file).await {
                Ok(list) => open.listed(list),
                // What this disk lost of it is taken anew.
                Err(_) => drop(open.held.remove(&wanted.file.manifest)),
            }
        }
        Ok(open)
    }

    async fn one(&mut self, open: &mut Open, part: Part) -> Result<Result<(), Wrong>, CarryError> {
        let count = match &open.standing {
            Standing::Wanted(wanted) => {
                let wanted = wanted.clone();
                return self.wanted(open, &wanted, part).await;
            }
            Standing::Held => &mut self.taken.known,
            Standing::Later => &mut self.taken.later,
            Standing::Never => &mut self.taken.never,
            Standing::Unknown => &mut self.taken.unknown,
        };
        *count += 1;
        Ok(Ok(()))
    }

    async fn wanted(&mut self, open: &mut Open, wanted: &Wanted, part: Part) -> Result<Result<(), Wrong>, CarryError> {
        let chunk = part.chunk;
        match open.names(wanted, chunk) {
            Some(true) if chunk.names(&part.sealed) => {}
            None => {
                self.taken.later += 1;
                return Ok(Ok(()));
            }
            Some(_) => {
                incident(&self.node, self.from, "made a file with bytes of a document that do not have their hash").await;
                return Ok(Err(Wrong));
            }
        }
        if open.held.contains(&chunk) {
            self.taken.known += 1;
        } else if !self.keep(open, wanted, part).await? {
            // Its share ended while the file was read.
            open.standing = Standing::Unknown;
            self.taken.unknown += 1;
            return Ok(Ok(()));
        }
        if open.list.as_ref().is_some_and(|(_, missing)| missing.is_empty()) {
            self.complete(open, wanted).await?;
        }
        Ok(Ok(()))
    }

    /// Keeps a part that has its hash; false if nobody wants it any more.
    async fn keep(&mut self, open: &mut Open, wanted: &Wanted, part: Part) -> Result<bool, CarryError> {
        let blobs = self.node.blobs();
        let still = || fetching::is_wanted(&self.node, wanted);
        match blobs.take(wanted.place, part.chunk, part.sealed.into(), still).await {
            Ok(()) => self.taken.new += 1,
            Err(BlobError::Missing) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        open.came(part.chunk);
        if part.chunk == wanted.file.manifest {
            match manifest(blobs, wanted.place, &wanted.file).await {
                Ok(list) => open.listed(list),
                Err(BlobError::Damaged) => {
                    fetching::mismatch(&self.node, self.from, wanted, &[wanted.file.manifest]).await;
                    open.standing = Standing::Never;
                    return Ok(true);
                }
                Err(error) => return Err(error.into()),
            }
            // Whoever looks at the page sees that something comes; perhaps nobody does.
            let _ = self.node.events.send(Notice::Case(wanted.key.case));
        }
        let chunks = open.held.len().saturating_sub(1) as u64;
        blobs.set_arrived(wanted.place, Some(chunks.saturating_mul(CHUNK as u64).min(wanted.file.size)));
        Ok(true)
    }

    /// All chunks of a document are here.
    async fn complete(&mut self, open: &mut Open, wanted: &Wanted) -> Result<(), CarryError> {
        let Some((list, _)) = &open.list else { return Ok(()) };
        if fetching::complete(&self.node, self.from, wanted, list, true).await == Fetched::Settled {
            let row = documents::row_at(&self.node.snapshot()?, &wanted.key)?;
            let whole = row.is_some_and(|row| row.holding == Holding::Held);
            self.taken.documents += u32::from(whole);
            open.standing = if whole { Standing::Held } else { Standing::Never };
        } else {
            // This disk lost something: the next file brings it.
            *open = self.open(wanted.key.case, wanted.key.change).await?;
        }
        Ok(())
    }
}
