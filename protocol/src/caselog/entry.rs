//! One step of one unit's chain in a case: commitments only, so it can be shown to anybody who may know of the case.
//! Not the values: those are `Change`s, which travel beside it, each or not at all.

use crate::bounded::BoundedVec;
use crate::crypto::{Message, Signed, Verified, derive, labels};
use crate::ids::{CaseId, Commitment, EntryHash, UnitId};
use crate::wire::MessageKind;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

/// Most commitments in one entry.
pub(crate) const MOST: usize = 256;
/// Sizes to which the commitments are padded with random ones.
const PADDED: [usize; 4] = [4, 16, 64, MOST];

/// A signed entry's payload (`protocol.md`, "The case log").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The case.
    pub case: CaseId,
    /// Whose chain.
    pub unit: UnitId,
    /// 0, 1, 2 … without holes.
    pub seq: u64,
    /// The entry before in this chain.
    pub prev: Option<EntryHash>,
    /// The newest owner entry that the author held.
    pub base: Option<EntryHash>,
    /// Sorted, padded to 4, 16, 64 or 256.
    pub commitments: BoundedVec<Commitment, MOST>,
}

impl Message for Entry {
    const KIND: MessageKind = MessageKind::Entry;
    const MAX: usize = 16 * 1024;
}

impl Entry {
    /// Whether the commitments are sorted, without repeats, and of one of the padded sizes.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        PADDED.contains(&self.commitments.len())
            && self.commitments.windows(2).all(|pair| pair[0] < pair[1])
            && (self.seq == 0) == self.prev.is_none()
    }
}

/// The hash that others name this entry by.
#[must_use]
pub(crate) fn hash(entry: &Verified<Entry>) -> EntryHash {
    EntryHash(derive(labels::ENTRY, entry.payload()))
}

/// The same of an entry whose signature was not looked at; none if it is out of form.
#[must_use]
pub(crate) fn hash_of(signed: &Signed<Entry>) -> Option<EntryHash> {
    signed.stored().ok().as_ref().map(hash)
}

/// Sorts and pads real commitments, so that their number says little.
pub(crate) fn pad(mut commitments: Vec<Commitment>, rng: &mut dyn CryptoRng) -> BoundedVec<Commitment, MOST> {
    let size = PADDED.into_iter().find(|size| *size >= commitments.len()).unwrap_or(MOST);
    while commitments.len() < size {
        commitments.push(Commitment::random(rng));
    }
    commitments.sort_unstable();
    BoundedVec::new(commitments).expect("callers split what exceeds one entry")
}
