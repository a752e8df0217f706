//! Alerts as pages show them: our own person, and of the other side only which unit it is.
//! No value of the other side exists here.

use super::{CaseSummary, UnitRef, quiet};
use icmc_protocol::ids::{AlertId, ConfirmId, EntityId};
use icmc_protocol::time::Timestamp;
use serde::Serialize;

/// How far the two units have come with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AskState {
    /// Nobody asked.
    None,
    /// We asked and wait.
    Asked,
    /// They asked and wait.
    AskedByPeer,
    /// Somebody said yes.
    Yes,
    /// Somebody said no.
    No,
    /// They said later.
    PeerLater,
    /// We said later.
    OwnLater,
}

/// One alert.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct AlertView {
    /// The alert.
    pub id: AlertId,
    /// possible, probable, exact.
    pub class: &'static str,
    /// What agreed, in kind.
    pub agreed: Vec<&'static str>,
    /// Our case in one line.
    pub case: CaseSummary,
    /// Our person.
    pub person: EntityId,
    /// Our person's name.
    pub display: String,
    /// The other unit.
    pub peer: UnitRef,
    /// Its public duty contact.
    pub peer_contact: String,
    /// Whether we may share with it.
    pub peer_confirmed: bool,
    /// new, seen, in_hand, closed.
    pub state: &'static str,
    /// same, not_same, muted, no_answer, withdrawn, contradicted.
    pub outcome: Option<&'static str>,
    /// Who moved it last.
    pub by: Option<String>,
    /// When it was moved last.
    pub at: Option<Timestamp>,
    /// What the units said to each other.
    pub contact: AskState,
    /// When that was said last.
    pub contact_at: Option<Timestamp>,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// What the comparison with the other unit has said: yes, waiting, no (there was none), contradicted.
    pub confirmed: &'static str,
    /// Whether people at the other unit may know of it.
    pub told: bool,
}

quiet!(AlertView);

/// A comparison that waits for a decision, or that went wrong at the other unit.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ComparisonView {
    /// The comparison.
    pub id: ConfirmId,
    /// waiting (for a decision here), unfinished (by the other unit), guesses (its fingerprint may be made of them).
    pub kind: &'static str,
    /// Our case in one line.
    pub case: CaseSummary,
    /// Our person.
    pub person: EntityId,
    /// Our person's name.
    pub display: String,
    /// The other unit.
    pub peer: UnitRef,
    /// Its public duty contact.
    pub peer_contact: String,
    /// Since when.
    pub since: Timestamp,
    /// When the other unit finished it after all.
    pub finished: Option<Timestamp>,
}

quiet!(ComparisonView);
