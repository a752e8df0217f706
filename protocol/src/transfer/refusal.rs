//! Why a case cannot change its owner now, each with the next step.
//! Not a peer's faults: those are `Taken::Refused`.

use crate::caselog::LogRefusal;
use crate::envelope::outbox::OutboxError;
use crate::machine::ViewError;
use crate::sharing::ShareRefusal;

/// Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum TransferRefusal {
    /// The other unit does not work on the case.
    #[error("only a unit that has accepted a share of this case can become its owner: share it first")]
    NoActiveShare,
    /// A whole case goes, or none.
    #[error("persons: name every person of the case with a basis; a case goes whole or not at all")]
    Persons,
    /// More restricted values than an offer lists.
    #[error("this case holds too many restricted values to be handed over")]
    TooMany,
    /// It has changed its owner too often.
    #[error("this case has changed its owner too often")]
    TooOften,
    /// One at a time.
    #[error("this case is being offered to a unit already: take that back first")]
    Underway,
    /// Nothing is open that this could be said to.
    #[error("there is no open offer for this case here")]
    NoOffer,
    /// What it hands over could not be taken.
    #[error(
        "the unit that offers this case signed two different entries in one place of it, so nothing more of it is taken here: say no"
    )]
    Contradicted,
    /// Why it is not wanted.
    #[error("reason: say why, in at most 500 bytes")]
    Reason,
    /// Nobody disputes whose it is.
    #[error("nobody disputes whose case this is, or that unit is none of the two")]
    NotDisputed,
    /// What holds for a share holds here.
    #[error(transparent)]
    Share(ShareRefusal),
    /// The store.
    #[error(transparent)]
    View(#[from] ViewError),
}

// A failing store is never a refusal: who calls must be able to tell.
impl From<ShareRefusal> for TransferRefusal {
    fn from(error: ShareRefusal) -> Self {
        match error {
            ShareRefusal::View(error) => Self::View(error),
            other => Self::Share(other),
        }
    }
}

impl From<LogRefusal> for TransferRefusal {
    fn from(error: LogRefusal) -> Self {
        ShareRefusal::from(error).into()
    }
}

impl From<OutboxError> for TransferRefusal {
    fn from(error: OutboxError) -> Self {
        ShareRefusal::from(error).into()
    }
}
