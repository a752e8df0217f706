//! The comparison that a hit begins: the two units weigh what contradicts, and get the same score, from counts alone.
//! Not the score itself, which is `fingerprint`, and not what people do with the alert that comes of it.
//!
//! The unit with the smaller id starts. (1) A sends its points^a. (2) B sends its own points^b, and A's points^ab. (3) A sends B's
//! points^ab. Every list is sorted anew each time, both secrets are fresh in each run and gone when it is over, and both sides count
//! how many points of each list they have in common. What is in which list: `fingerprint::ListKind`; how a value becomes a point:
//! `points`.
//!
//! **What each side learns.** Lists are hashed for one *pair* of fields, not for one field: the given names stand in three lists,
//! one for each field that they are compared with, and no point of one can be found in another. So 21 counts come out and not the
//! overlap of every field with every other, and nobody sees which letters two fields of one person share. Also learned: how long
//! each list is, which types of token the person has, how common the shared ones are, and how large the index is. Which values
//! agree is not learned, nor anything of what differs. A side that lies about its values learns how many of *those* the other has:
//! `limits` says how often, and beyond it a person decides. A side that stops after (2) has counted and lets the other wait: an
//! alarm. Both facts and this file need external review.
//!
//! **Who is told.** Roles are not announced. With (3), and in a last (4), each side says one bit, only if the pair is at least
//! *possible*: whether its person is a suspect. Whether the other is a victim is never said. Who holds no suspect is alerted at
//! once. Who holds a suspect is alerted at once only if the other side does too; otherwise when the other side lets it: by itself
//! if it has nobody to protect, else by a person ("tell them") or by asking for contact. Until then the node keeps the result back
//! from its people. For the same reason shared tokens alone, which raise an alert at *probable* before the comparison, raise none
//! about a suspect: one is told of her pursuer before he is told of her.

mod alarm;
mod begin;
mod conclude;
mod decide;
mod limits;
mod message;
mod points;
mod quota;
mod receive;
mod rows;
mod together;
mod watch;

pub use alarm::{Alarm, Suspicion, alarms, dismiss};
pub(super) use begin::found;
pub use conclude::release;
pub(super) use conclude::{Standing, peer, standing};
pub use decide::{Decision, decide, decisions};
pub(super) use quota::{announced, retracted};
pub use receive::{Compared, receive_confirm};
pub use together::count_in_private;
pub use watch::watch;
pub(super) use watch::{end, forget};

#[cfg(test)]
pub(super) use message::{ConfirmMessage, First, Fourth, Reference, Said, Second, Third};
#[cfg(test)]
pub(super) use points::{Frame, Lists, hide};
