//! What units ask of each other beside shares: to check an address or a family, a word about a request or a share; and what a
//! unit publishes to chosen peers. Not a case: nothing of a log goes, only what a person chose field by field.

mod answer;
mod ask;
mod consent;
mod directory;
mod end;
mod material;
mod onward;
mod publish;
mod refusal;
mod request;
mod resume;
mod rows;
mod thread;
mod view;
mod work;

#[cfg(test)]
mod tests;

pub use answer::{ANSWER_KIND, VerificationAnswer};
pub use ask::{Asked, ask, delivered, reply};
pub use consent::uphold;
pub use directory::{Contact, DirectoryEntry};
pub use end::{close, erased, expire, put, recalled, receipt};
pub use material::Material;
pub use onward::{Form, Passing, answer_passing, ask_to_pass, passings, refusals, refuse_contribution};
pub use publish::{Publication, Published, Sort, publish, published, received, withdraw};
pub use refusal::RequestRefusal;
pub use request::{Check, RefusalReason, VerificationRequest};
pub(crate) use resume::{Between, between, level, take_between};
pub use rows::{AskState, RequestIn, RequestOut, WorkState};
pub use thread::{MessageRow, message, messages, say, seen, unread, unread_of};
pub use view::{Work, asked, asked_list, received_list, work_of};
pub use work::{answer, refuse, request, take};
