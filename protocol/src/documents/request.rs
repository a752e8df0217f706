//! What is asked and answered on `/icmc/blob/1`: one sealed chunk of one document under one share.
//! One answer for "not yours" and "not there".

use super::chunk::SEALED_MAX;
use crate::ids::{ChunkHash, Commitment, ShareId};
use serde::{Deserialize, Serialize};

/// Most bytes of a request.
pub const REQUEST_MAX: usize = 256;
/// Most bytes of a reply.
pub const REPLY_MAX: usize = SEALED_MAX + 64;

/// Asks for one chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The share that lets the document go.
    pub share: ShareId,
    /// The change that holds its [`super::File`].
    pub document: Commitment,
    /// The chunk, or the list of chunks.
    pub chunk: ChunkHash,
}

/// The answer. It borrows the bytes, since copying a quarter of a megabyte for each chunk costs as much as checking it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply<'a> {
    /// Not there, or not there for whoever asks.
    Nothing,
    /// The sealed bytes.
    Chunk(#[serde(with = "serde_bytes")] &'a [u8]),
}
