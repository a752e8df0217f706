//! Whose a case is and was, as the document describes it.
//! Never made: the service's own views are what is sent, and a test holds them against this.

use super::UnitRef;
use serde::Serialize;
use utoipa::ToSchema;

/// One owner's time.
#[derive(Debug, Serialize, ToSchema)]
pub struct TenureView {
    /// The owner.
    pub unit: UnitRef,
    /// Since when, by its own word; none if that is not known here.
    pub from: Option<u64>,
    /// The entry that opened or took the case; none while it is on its way.
    pub from_entry: Option<String>,
    /// Until when.
    pub until: Option<u64>,
    /// The entry that handed it over.
    pub until_entry: Option<String>,
}

/// The last offer of a case, given or received.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransferView {
    /// Whether this unit offered it.
    pub given: bool,
    /// The other unit.
    pub unit: UnitRef,
    /// proposed, handed_over, taken, declined, withdrawn, stopped; or offered, accepted, owner, declined, withdrawn.
    pub state: String,
    /// Since when.
    pub at: u64,
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
#[derive(Debug, Serialize, ToSchema)]
pub struct CustodyView {
    /// The first owner first.
    pub tenures: Vec<TenureView>,
    /// The last offer.
    pub transfer: Option<TransferView>,
    /// An owner handed the case to this unit too: it is frozen until a person decides.
    pub rival: Option<UnitRef>,
}
