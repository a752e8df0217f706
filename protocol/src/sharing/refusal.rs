//! Why a person's wish about a share cannot be carried out, each with the next step.
//! Not a peer's faults: those are `Taken::Refused`.

use super::consent::ConsentGap;
use crate::caselog::LogRefusal;
use crate::envelope::outbox::OutboxError;
use crate::ids::EntityId;
use crate::machine::ViewError;

/// Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ShareRefusal {
    /// The case is another unit's, or not held here.
    #[error("only the unit that owns a case can share it")]
    NotOwner,
    /// No such share here.
    #[error("there is no such share here")]
    NoShare,
    /// Not a member, or its words were not compared.
    #[error("{0}")]
    Peer(OutboxError),
    /// The charter is frozen.
    #[error("the federation is frozen by two charters of one number: no new shares until that is settled")]
    Frozen,
    /// The expiry is missing, past, or too far.
    #[error("expires: expected a time from now to five years ahead")]
    Expiry,
    /// A share without sections or classes would show nothing.
    #[error("{0}: choose at least one")]
    Empty(&'static str),
    /// A section, class or value that a share cannot have.
    #[error("{0}")]
    Field(&'static str),
    /// A person without a reason for the legal basis.
    #[error("persons.reason: say why, unless the person consented")]
    Reason,
    /// A person whose consent does not cover the share.
    #[error("persons.basis: the consent of one of them does not cover this share: {}", gaps(.1))]
    Consent(EntityId, Vec<ConsentGap>),
    /// Nothing would be different.
    #[error("this is what the share says already")]
    Unchanged,
    /// More revisions than are kept.
    #[error("this share was changed too often: make a new one")]
    TooManyRevisions,
    /// A person who is not in the case.
    #[error("persons: one of them is not a person of this case")]
    Person,
    /// The share is not in a state for this.
    #[error("this share is {0}: that is not possible any more")]
    State(&'static str),
    /// The share gives no right to write.
    #[error("this share gives the right to read only: ask the owner for the right to contribute")]
    ReadOnly,
    /// Too much text.
    #[error("{0}: too long")]
    TooLong(&'static str),
    /// The log.
    #[error(transparent)]
    Log(LogRefusal),
    /// The store.
    #[error(transparent)]
    View(#[from] ViewError),
}

fn gaps(gaps: &[ConsentGap]) -> String {
    gaps.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

// A failing store is never a refusal: who calls must be able to tell.
impl From<OutboxError> for ShareRefusal {
    fn from(error: OutboxError) -> Self {
        match error {
            OutboxError::View(error) => Self::View(error),
            other => Self::Peer(other),
        }
    }
}

impl From<LogRefusal> for ShareRefusal {
    fn from(error: LogRefusal) -> Self {
        match error {
            LogRefusal::View(error) => Self::View(error),
            other => Self::Log(other),
        }
    }
}
