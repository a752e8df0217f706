//! The disclosure room of an alert: two units tell each other step by step who works on it, when and how far the case is, and chosen
//! values, each step by the yes of a person on both sides; then a share, a referral, "not the same", or a stop.
//! Not the contact request before it, which goes to any member, and not the share that may come of it.
//!
//! **A yes binds, and opens nothing alone.** A yes is signed and holds a salted hash of what its side gives in that step. What is
//! given goes only once the yes of both sides is here: with the own yes if the other came before, by itself if it comes after. So
//! yeses that cross end the same on both sides, and whoever says yes first shows nothing to whoever never does.
//!
//! **What one side has said only grows** (`course`): the highest step it said yes to, one no to the next step, one end. Every message
//! holds all that its sender has said, so order, repetition and loss do not matter, and the room is what both together say.

mod act;
mod choose;
mod course;
mod give;
mod given;
mod message;
mod receive;
mod rows;
mod watch;

#[cfg(test)]
mod tests;

pub use act::{Chosen, Offer, Telling, room_no, room_shared, room_stop, room_yes};
pub(super) use act::{not_same, person_withdrawn};
pub use choose::{Choice, choices};
pub use course::{Course, End, Ending, No, NoReason, Said, Step as RoomStep};
pub use given::{CaseStage, Fields, Given, GivenField, Officer, StepYes, What};
pub use receive::receive_room;
pub use rows::{Event as RoomEvent, Happened, Room, given_here, given_there, room_of, rooms_of};
pub(crate) use watch::level as rooms_level;
pub use watch::{room_connected, room_uphold, room_watch};

use super::alert::Refusal as AlertRefusal;
use crate::envelope::outbox::OutboxError;
use crate::machine::ViewError;
use crate::sharing::ShareRefusal;

/// Why a person's wish in a room cannot be carried out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RoomRefusal {
    /// No such alert.
    #[error("there is no such alert")]
    Unknown,
    /// The two units have not agreed on contact.
    #[error("the other unit has not said yes to contact about this alert, or you have not")]
    NoContact,
    /// The comparison of the two units has not said yes.
    #[error("the comparison of the two units has not confirmed this alert: nothing is told before")]
    NotCompared,
    /// The alert is closed.
    #[error("the alert is closed: take it up again first")]
    Closed,
    /// The room has ended.
    #[error("this room has ended: nothing can be told in it any more")]
    Ended,
    /// Another step is next, or what the other side told in the one before is not here yet.
    #[error("this is not the next step: the one before is not open on both sides yet")]
    NotNext,
    /// It was said already.
    #[error("this was said already")]
    Said,
    /// A field of the form that cannot be as it is.
    #[error("{0}: expected {1}")]
    Field(&'static str, &'static str),
    /// The person may not be told of, as a share of the same would not be allowed.
    #[error(transparent)]
    Share(ShareRefusal),
    /// As many rooms as can be kept.
    #[error("as many rooms are open as can be kept")]
    Full,
    /// The message to the other unit could not be queued.
    #[error(transparent)]
    Outbox(OutboxError),
    /// The store.
    #[error(transparent)]
    View(#[from] ViewError),
}

impl From<OutboxError> for RoomRefusal {
    fn from(error: OutboxError) -> Self {
        match error {
            OutboxError::View(error) => Self::View(error),
            other => Self::Outbox(other),
        }
    }
}

impl From<ShareRefusal> for RoomRefusal {
    fn from(refusal: ShareRefusal) -> Self {
        match refusal {
            ShareRefusal::View(error) => Self::View(error),
            ShareRefusal::Peer(error) => error.into(),
            other => Self::Share(other),
        }
    }
}

impl From<AlertRefusal> for RoomRefusal {
    fn from(refusal: AlertRefusal) -> Self {
        match refusal {
            AlertRefusal::Unknown => Self::Unknown,
            AlertRefusal::State => Self::Closed,
            AlertRefusal::Outbox(error) => error.into(),
            AlertRefusal::View(error) => Self::View(error),
        }
    }
}
