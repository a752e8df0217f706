//! The same person in another unit's files: beacons sent and heard, hits, alerts, contact requests.
//! Not for blinding itself (`oprf`), nor for what follows a contact: that is a share.

mod alert;
mod beacon;
mod close;
mod confirm;
mod contact;
mod first_format;
mod head;
mod heard;
mod hit;
mod keys;
mod lookup;
mod me;
mod members;
mod muted;
mod publish;
mod raise;
mod ranges;
mod restored;
mod room;
mod rows;
mod subject;
mod sync;
mod weights;

#[cfg(test)]
mod tests;

pub use alert::{Account, Alert, Answer, Confirmed, Contact, Outcome, Refusal, State, Step, get, list, open_of, set_state};
pub use beacon::{Action, BEACON_MAX, Beacon, BeaconHead, LIFETIME, padded, token};
pub use confirm::{
    Alarm, Compared, Decision, Suspicion, alarms, count_in_private, decide, decisions, dismiss, receive_confirm, release, watch,
};
pub use contact::{ContactMessage, ContactStep, Contacted, answer, ask, receive_contact};
pub use first_format::beacon_row_of_first_format;
#[cfg(any(test, feature = "testing"))]
pub use first_format::row_of_first_format;
pub use head::{daily_head, incomplete};
pub use heard::heard;
pub use hit::{Hit, judge};
pub use keys::follow_keys;
pub use members::members_changed;
pub use muted::muted;
pub use publish::blinded;
pub(crate) use restored::{beacons_after, head_of, newest_number, own_until, settle, take_back, take_back_head};
pub(crate) use room::rooms_level;
pub use room::{
    CaseStage, Choice, Chosen, Course, End, Ending, Fields, Given, GivenField, Happened, No, NoReason, Offer, Officer, Room,
    RoomEvent, RoomRefusal, RoomStep, Said, StepYes, Telling, What, choices, given_here, given_there, receive_room,
    room_connected, room_no, room_of, room_shared, room_stop, room_uphold, room_watch, room_yes, rooms_of,
};
pub use subject::{Role, Status, announce, own_row_of_subject, pending, resume, status};
pub use sync::{REPLY_MAX, REQUEST_MAX, Synced, handle_reply, handle_request, request};
pub use weights::use_weights;
