//! How documents stand in the store: one row for each file and way it came, one for each thing to do about chunks.
//! Ids only, under the node master: they outlive the keys, so that the chunks can be found and removed.

use crate::ids::{CaseId, Commitment, PlaceId, ShareId, UnitId};
use crate::machine::{Record, Table};
use serde::{Deserialize, Serialize};

/// Which file: the change that holds it, and the share it came under (none: written here, or contributed to a case of ours).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DocumentKey {
    /// The case.
    pub case: CaseId,
    /// The change.
    pub change: Commitment,
    /// The share.
    pub way: Option<ShareId>,
}

impl DocumentKey {
    const LEN: usize = CaseId::LEN + Commitment::LEN + ShareId::LEN;

    pub(super) fn bytes(&self) -> Vec<u8> {
        let way = self.way.map_or([0; ShareId::LEN], |share| share.0);
        [self.case.as_bytes().as_slice(), self.change.as_bytes(), &way].concat()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != Self::LEN {
            return None;
        }
        let (case, rest) = bytes.split_at(CaseId::LEN);
        let (change, way) = rest.split_at(Commitment::LEN);
        let way = ShareId::from_slice(way)?;
        Some(Self {
            case: CaseId::from_slice(case)?,
            change: Commitment::from_slice(change)?,
            way: (way.0 != [0; ShareId::LEN]).then_some(way),
        })
    }
}

/// How far the chunks of a file are here: `Wanted → Held`, or one of the two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holding {
    /// Not all of them.
    Wanted,
    /// All of them, and they make the file that was announced.
    Held,
    /// They do not make the file that was announced.
    Damaged,
    /// More than this node takes.
    TooLarge,
}

/// A file of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRow {
    /// Where its chunks are.
    pub place: PlaceId,
    /// Who serves them and under which share; none for what was uploaded here.
    pub from: Option<(UnitId, ShareId)>,
    /// How far they are here.
    pub holding: Holding,
}

impl Record for DocumentRow {
    const TABLE: Table = Table::DOCUMENTS;
}

/// Something to do: chunks to fetch from a unit, or chunks to remove.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct WorkRow {
    /// Nothing needs to be said beyond the key.
    pub(super) due: bool,
}

impl Record for WorkRow {
    const TABLE: Table = Table::DOCUMENT_WORK;
}

const FETCH: u8 = b'f';
const DISCARD: u8 = b'd';
const TOLD: u8 = b't';

pub(super) fn fetch_prefix(unit: UnitId) -> Vec<u8> {
    [&[FETCH], unit.as_bytes().as_slice()].concat()
}

pub(super) fn fetch_key(unit: UnitId, key: &DocumentKey) -> Vec<u8> {
    [fetch_prefix(unit), key.bytes()].concat()
}

pub(super) fn discard_key(place: PlaceId) -> Vec<u8> {
    [&[DISCARD], place.as_bytes().as_slice()].concat()
}

pub(super) const fn discard_prefix() -> [u8; 1] {
    [DISCARD]
}

pub(super) fn told_prefix(peer: UnitId) -> Vec<u8> {
    [&[TOLD], peer.as_bytes().as_slice()].concat()
}

pub(super) fn told_key(peer: UnitId, share: ShareId, document: Commitment) -> Vec<u8> {
    [told_prefix(peer).as_slice(), share.as_bytes(), document.as_bytes()].concat()
}
