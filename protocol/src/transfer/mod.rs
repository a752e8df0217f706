//! A case changes its owner: an offer, the other unit's yes, the owner's last entry, the new owner's first.
//! Not the line of custody that this leaves in the log: that is in `caselog`.

mod again;
mod give;
mod hand;
mod messages;
mod refusal;
mod rows;
mod take;

#[cfg(test)]
mod tests;

pub(crate) use again::{FORGOTTEN, case_of, give_again, given_again, part_again, regain, settle, tell_taken};
pub(crate) use give::uphold;
pub use give::{Request, given, propose, replied, withdraw};
pub(crate) use messages::{Again, Part};
pub use messages::{TransferAnswer, TransferOffer};
pub use refusal::TransferRefusal;
pub use rows::{AgainRow, AgainState, GivenState, Received, TakenState, TransferIn, TransferOut};
pub use take::{accept, decide, decline, offered, received};
