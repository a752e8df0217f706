//! Why a person's wish about a request or a publication cannot be carried out, each with the next step.
//! Not a peer's faults: those are `Taken::Refused`.

use crate::dictionary::FieldError;
use crate::envelope::outbox::OutboxError;
use crate::machine::ViewError;
use crate::sharing::{ConsentGap, ShareRefusal};

/// Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RequestRefusal {
    /// The case is another unit's, or not held here.
    #[error("only the unit that owns a case can ask about it")]
    NotOwner,
    /// No such request, share or publication here.
    #[error("there is no such request here")]
    Nothing,
    /// Not a member, or its words were not compared.
    #[error("{0}")]
    Peer(OutboxError),
    /// The charter is frozen.
    #[error("the federation is frozen by two charters of one number: no new requests until that is settled")]
    Frozen,
    /// The person's consent does not cover it until it ends.
    #[error("the person's consent does not cover this request until it ends, 90 days after the day: {}; enter it, or choose another ground", list(.0))]
    Consent(Vec<ConsentGap>),
    /// A field of a request that cannot be as it is.
    #[error("{0}: expected {1}")]
    Field(&'static str, &'static str),
    /// Fields of an answer that cannot be as they are.
    #[error("some of the fields cannot be saved as they are")]
    Fields(Vec<FieldError>),
    /// The request is not in a state for this.
    #[error("this is {0}: that is not possible any more")]
    State(&'static str),
    /// Something that cannot be said of a contribution now.
    #[error("this contribution {0}")]
    Contribution(&'static str),
    /// A bound.
    #[error("{0}: there are as many as can be kept")]
    Full(&'static str),
    /// The store.
    #[error(transparent)]
    View(#[from] ViewError),
}

fn list(gaps: &[ConsentGap]) -> String {
    gaps.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

// A failing store is never a refusal: who calls must be able to tell.
impl From<OutboxError> for RequestRefusal {
    fn from(error: OutboxError) -> Self {
        match error {
            OutboxError::View(error) => Self::View(error),
            other => Self::Peer(other),
        }
    }
}

impl From<ShareRefusal> for RequestRefusal {
    fn from(refusal: ShareRefusal) -> Self {
        match refusal {
            ShareRefusal::View(error) => Self::View(error),
            ShareRefusal::State(state) => Self::State(state),
            _ => Self::Nothing,
        }
    }
}
