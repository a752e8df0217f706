//! Why a request did not do what was wanted, as a person may read it. No id, no name, no value of a case is in it.
//! Not for what a peer did wrong: that is an incident.

use crate::access::Denied;
use crate::accounts::HashError;
use crate::runtime::RuntimeError;
use crate::store::StoreError;
use icmc_protocol::caselog::LogRefusal;
use icmc_protocol::dictionary::FieldError;
use icmc_protocol::envelope::outbox::OutboxError;
use icmc_protocol::federation::joining::JoinError;
use icmc_protocol::federation::leaving::LeaveError;
use icmc_protocol::federation::peering::PeeringError;
use icmc_protocol::federation::recovery::RecoveryError;
use icmc_protocol::keepers::KeepersError;
use icmc_protocol::machine::ViewError;
use icmc_protocol::matching;
use icmc_protocol::requests::RequestRefusal;
use icmc_protocol::sharing::ShareRefusal;

/// Nothing was changed, whichever of these it is.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// No session, or not one of this node.
    #[error("sign in first")]
    NotSignedIn,
    /// The session is over.
    #[error("your session has ended; sign in again")]
    SessionExpired,
    /// The same sentence for every reason.
    #[error("the name or the password is wrong")]
    WrongCredentials,
    /// Not in the role's rights.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Not there, or not there for this person.
    #[error("there is nothing here, or nothing that you may see")]
    NotFound,
    /// Fields that cannot be saved as they are, all of them.
    #[error("{}", sentence(.0))]
    Fields(Vec<FieldError>),
    /// Not possible in the present state; the text says what would be.
    #[error("{0}")]
    Refused(String),
    /// Not now.
    #[error("{0}")]
    Busy(&'static str),
    /// A fault of ours or of the disk; the log has it.
    #[error("something went wrong here; nothing was saved")]
    Internal,
}

impl ServiceError {
    /// A fault in the request itself rather than in a field of the dictionary.
    #[must_use]
    pub fn request(field: &str, expected: impl core::fmt::Display) -> Self {
        Self::Fields(vec![FieldError { kind: "request".to_owned(), field: field.to_owned(), expected: expected.to_string() }])
    }
}

fn sentence(faults: &[FieldError]) -> String {
    match faults {
        [one] => one.to_string(),
        several => format!("{} of the fields cannot be saved as they are", several.len()),
    }
}

impl From<ViewError> for ServiceError {
    fn from(error: ViewError) -> Self {
        tracing::error!(%error, "the store could not be read");
        Self::Internal
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::Internal
    }
}

impl From<RuntimeError> for ServiceError {
    fn from(error: RuntimeError) -> Self {
        match error {
            RuntimeError::Stopped => Self::Busy("this node is stopping; nothing was saved"),
            // Says that the disk is full, for example: whoever reads it can do something about it.
            RuntimeError::Commit(_) => Self::Refused(error.to_string()),
        }
    }
}

impl From<HashError> for ServiceError {
    fn from(_: HashError) -> Self {
        Self::Busy("this computer has not enough memory to check a password now")
    }
}

impl From<Denied> for ServiceError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::PasswordFirst => Self::Forbidden("choose a new password first"),
            Denied::Role(why) => Self::Forbidden(why),
            Denied::NotThere => Self::NotFound,
            Denied::View(error) => error.into(),
        }
    }
}

impl From<LogRefusal> for ServiceError {
    fn from(refusal: LogRefusal) -> Self {
        match refusal {
            LogRefusal::NoCase => Self::NotFound,
            LogRefusal::Fields(faults) => Self::Fields(faults),
            LogRefusal::View(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<OutboxError> for ServiceError {
    fn from(error: OutboxError) -> Self {
        match error {
            OutboxError::View(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<ShareRefusal> for ServiceError {
    fn from(refusal: ShareRefusal) -> Self {
        match refusal {
            ShareRefusal::NoShare => Self::NotFound,
            ShareRefusal::Peer(error) => error.into(),
            ShareRefusal::Log(refusal) => refusal.into(),
            ShareRefusal::View(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<RequestRefusal> for ServiceError {
    fn from(refusal: RequestRefusal) -> Self {
        match refusal {
            RequestRefusal::Nothing => Self::NotFound,
            RequestRefusal::Field(field, expected) => Self::request(field, expected),
            RequestRefusal::Fields(faults) => Self::Fields(faults),
            RequestRefusal::Peer(error) => error.into(),
            RequestRefusal::View(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<matching::Refusal> for ServiceError {
    fn from(refusal: matching::Refusal) -> Self {
        match refusal {
            matching::Refusal::Unknown => Self::NotFound,
            matching::Refusal::Outbox(error) => error.into(),
            matching::Refusal::View(error) => error.into(),
            other @ matching::Refusal::State => Self::Refused(other.to_string()),
        }
    }
}

impl From<matching::RoomRefusal> for ServiceError {
    fn from(refusal: matching::RoomRefusal) -> Self {
        match refusal {
            matching::RoomRefusal::Unknown => Self::NotFound,
            matching::RoomRefusal::Field(field, expected) => Self::request(field, expected),
            matching::RoomRefusal::Share(refusal) => refusal.into(),
            matching::RoomRefusal::Outbox(error) => error.into(),
            matching::RoomRefusal::View(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<LeaveError> for ServiceError {
    fn from(error: LeaveError) -> Self {
        match error {
            LeaveError::Store(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<RecoveryError> for ServiceError {
    fn from(error: RecoveryError) -> Self {
        match error {
            RecoveryError::Store(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<JoinError> for ServiceError {
    fn from(error: JoinError) -> Self {
        match error {
            JoinError::Store(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<KeepersError> for ServiceError {
    fn from(error: KeepersError) -> Self {
        match error {
            KeepersError::Store(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<PeeringError> for ServiceError {
    fn from(error: PeeringError) -> Self {
        match error {
            PeeringError::Store(error) => error.into(),
            PeeringError::NotAMember => Self::NotFound,
        }
    }
}
