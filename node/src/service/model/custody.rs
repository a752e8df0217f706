//! Whose a case is and was, and an offer to make it another unit's, as pages show them.
//! What goes along is decided in the protocol.

use super::{PersonRequest, UnitRef, quiet};
use icmc_protocol::ids::{CaseId, EntryHash, UnitId};
use icmc_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One owner's time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TenureView {
    /// The owner.
    pub unit: UnitRef,
    /// Since when, by its own word; none if that is not known here.
    pub from: Option<Timestamp>,
    /// The entry that opened or took the case; none while it is on its way.
    pub from_entry: Option<EntryHash>,
    /// Until when.
    pub until: Option<Timestamp>,
    /// The entry that handed it over.
    pub until_entry: Option<EntryHash>,
}

/// The last offer of a case, given or received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TransferView {
    /// Whether this unit offered it.
    pub given: bool,
    /// The other unit.
    pub unit: UnitRef,
    /// proposed, handed_over, taken, declined, withdrawn, stopped; or offered, accepted, owner, declined, withdrawn.
    pub state: &'static str,
    /// Since when.
    pub at: Timestamp,
    /// How many people go along.
    pub persons: u32,
    /// How many restricted values go along.
    pub items: u32,
    /// Values that stay with the old owner, since their authors do not let them pass on.
    pub kept: u32,
    /// Units whose shares ended with it: who is to go on has to be given the case anew.
    pub receivers: Vec<UnitRef>,
    /// Why not.
    pub reason: String,
}

/// The chain of custody of a case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CustodyView {
    /// The first owner first.
    pub tenures: Vec<TenureView>,
    /// The last offer.
    pub transfer: Option<TransferView>,
    /// An owner handed the case to this unit too: it is frozen until a person decides.
    pub rival: Option<UnitRef>,
}

/// A case to be offered to a unit that works on it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferRequest {
    /// The case.
    pub case: CaseId,
    /// Who is to own it.
    pub to: UnitId,
    /// Every person of the case, each on what ground.
    #[serde(default)]
    pub persons: Vec<PersonRequest>,
}

quiet!(TransferRequest);
