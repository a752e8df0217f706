//! What is in a file of documents: who made it for whom and what the maker has, then parts, then the end. Each is sealed by itself.
//! The name of the file, which only maker and receiver know, stands in every one of them: nobody else can add a part or swap two.

use crate::bounded::BoundedVec;
use crate::crypto::Message;
use crate::documents::Have;
use crate::ids::{CaseId, ChunkHash, Commitment, FederationId, UnitId};
use crate::time::Timestamp;
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

/// Most parts of one file, so that it stays below [`super::FILE_MAX`]; the rest goes with the next.
pub const PARTS_MAX: u32 = 16_000;
/// Most documents of which a file says how much its maker has.
pub const HAVE_MAX: usize = 8_192;
/// The format is part of it.
pub const BEGINNING: &[u8; 16] = b"ICMC documents 1";

/// The first item, signed by the maker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The federation.
    pub federation: FederationId,
    /// Who made the file.
    pub from: UnitId,
    /// Whom it is for.
    pub to: UnitId,
    /// When.
    pub created: Timestamp,
    /// The file's name, random.
    pub file: ByteArray<16>,
    /// What the maker has of the documents that the receiver brings it.
    pub have: BoundedVec<Have, HAVE_MAX>,
}

impl Message for Header {
    const KIND: MessageKind = MessageKind::CarriedDocuments;
    const MAX: usize = 1024 * 1024 - 512;
}

/// Every later item.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    /// The name of the file that it belongs to.
    pub(crate) file: ByteArray<16>,
    /// Its place in it, from 0.
    pub(crate) number: u32,
    /// A part; none at the end.
    pub(crate) part: Option<Part>,
}

/// One part of one document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The case.
    pub case: CaseId,
    /// The change that holds its file.
    pub document: Commitment,
    /// The chunk, or the list of chunks.
    pub chunk: ChunkHash,
    /// The sealed bytes, as `/icmc/blob/1` gives them.
    #[serde(with = "serde_bytes")]
    pub sealed: Vec<u8>,
}

impl core::fmt::Debug for Part {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Part({} bytes)", self.sealed.len())
    }
}
