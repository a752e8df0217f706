//! Under which key a row is sealed at rest; destroying that key is destroying the row's content.
//! No keys here: `node::vault` holds them.

use crate::ids::{CaseId, EntryHash, GenerationId, ShareId, Transcript, UnitId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The key that seals a row (`protocol.md`, "Units and keys").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// The node master: headers, settings, what survives an erasure.
    Master,
    /// What this unit's own people wrote in a case.
    Case(CaseId),
    /// What came under one received share, and all that was made from it.
    Share(ShareId),
    /// What one unit contributed to a case of ours.
    Contribution(CaseId, UnitId),
    /// The same as [`Scope::Share`] after the share was lowered by this revision: what was still covered, under a new key.
    ShareRevision(ShareId, u64),
    /// One contribution of another unit to a case of ours, so that its author can take it back.
    Contributed(CaseId, EntryHash),
    /// What one received request says, and when it came: a handle used again after all was forgotten has another key.
    Request(ShareId, Timestamp),
    /// The secret half of one of this unit's prekeys, so that what was sealed to it stays closed once it is over.
    Prekey(u64),
    /// What a keeper deals and is dealt while a blinding key is generated.
    Dealing(GenerationId),
    /// A keeper's share of one blinding key.
    KeyShare(Transcript),
}
