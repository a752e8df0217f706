//! Keepers of the blinding key: how their key comes about, how they answer with it and how often, and how a unit asks them.
//! Not the arithmetic (`oprf`), nor what becomes of the answers (`matching`).

mod answer;
mod ask;
mod error;
pub mod generation;
mod marks;
mod message;
mod quota;
mod request;
mod seen;
mod upkeep;

#[cfg(test)]
mod tests;

pub use answer::{evaluate, handle_request};
pub use ask::{Asking, Told};
pub use error::KeepersError;
pub use marks::{Fault, Mark, marks, told};
pub use message::{Message as KeepersMessage, receive};
pub use quota::{Counts, QUOTA, announced, ask_burst, counts, grant, set_quota};
pub use request::{BURST_MAX, BlindAnswer, BlindRefusal, BlindReply, BlindRequest, Burst, REPLY_MAX, REQUEST_MAX};
pub(crate) use upkeep::is_keeper;
pub use upkeep::{keep_up, keys_of};
