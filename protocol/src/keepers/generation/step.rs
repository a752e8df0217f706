//! What a keeper signs while a key is generated, and which two of these show that it cheated.
//! Not when it sends them: see `advance`.

use super::super::Fault;
use crate::bounded::BoundedVec;
use crate::crypto::{Message, Signed};
use crate::federation::charter::{KeeperWord, KeyTerms};
use crate::ids::{GenerationId, UnitId};
use crate::oprf::generation::{Commitment, check_share};
use crate::oprf::{KEEPERS_MAX, KeyShare};
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

/// One step of one keeper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Of which generation.
    pub generation: GenerationId,
    /// Whose.
    pub unit: UnitId,
    /// What.
    pub what: What,
}

/// What a step is. Never reordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// A person there said yes: the hash of the commitment to what it dealt.
    Hash(#[serde(with = "serde_bytes")] [u8; 32]),
    /// The commitment itself.
    Commitment(Commitment),
    /// The value for one other keeper. Only that one gets it.
    Share {
        /// For whom.
        to: UnitId,
        /// The value.
        share: KeyShare,
    },
    /// A person there said no, or whoever wanted the key does not want it any more.
    No,
    /// These two, of one other keeper, do not go together. What they give away is of a generation that is over.
    Complaint {
        /// One.
        one: Signed<Step>,
        /// The other; the same again if it is wrong in itself.
        other: Signed<Step>,
    },
}

impl Message for Step {
    const KIND: MessageKind = MessageKind::KeyStep;
    const MAX: usize = 4 * 1024;
}

/// Steps as they travel, with the terms, so that whichever comes first is enough to know what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    /// Signed by whoever wants the key.
    pub terms: Signed<KeyTerms>,
    /// The sender's own; with its word also all commitments as it had them.
    pub steps: BoundedVec<Signed<Step>, { KEEPERS_MAX + 2 }>,
    /// The sender's word over the transcript.
    pub word: Option<Signed<KeeperWord>>,
}

/// What two steps of one keeper show against it, if anything. One step against itself is judged alone.
pub(super) fn contradiction(terms: &KeyTerms, one: &Step, other: &Step) -> Option<Fault> {
    let generation = terms.id();
    let index = terms.index(one.unit)?;
    if one.unit != other.unit || one.generation != generation || other.generation != generation {
        return None;
    }
    let context = generation.as_bytes();
    match (&one.what, &other.what) {
        (What::Hash(one), What::Hash(other)) if one != other => Some(Fault::TwoCommitments),
        (What::Hash(hash), What::Commitment(shown)) if shown.hash(context, index) != *hash => Some(Fault::TwoCommitments),
        (What::Commitment(one), What::Commitment(other)) if one.points != other.points => Some(Fault::TwoCommitments),
        (What::Commitment(shown), What::Commitment(_)) if shown.check(context, index, terms.threshold).is_err() => {
            Some(Fault::TwoCommitments)
        }
        (What::Commitment(shown), What::Share { to, share }) if !check_share(shown, terms.index(*to)?, share) => {
            Some(Fault::WrongShare)
        }
        _ => None,
    }
}
