//! The life of a share; contributions; receipts; what is exchanged on connect.
//! Not what leaves: that is `caselog::disclose`, which only this module calls for sending.

mod consent;
mod contribute;
mod contribution;
mod crowded;
mod decide;
mod end;
mod expire;
mod incoming;
mod offer;
mod outgoing;
mod passed;
mod refusal;
mod resume;
mod revise;
mod revised;
mod room;
mod rows;
mod settled;
mod share;
mod take_back;
mod view;

#[cfg(test)]
mod tests;

pub(crate) use consent::gaps as consent_gaps;
pub use consent::{ConsentGap, missing_consents, uphold_consents};
pub use contribute::{admit, contribute, contributed, contribution, contribution_terms, contributions, terms_of_next};
pub(crate) use contribute::{is_over, unmoored, withheld_from};
pub use contribution::{Contributed, ContributionRow, ContributionState, ContributionTerms};
pub use decide::{accept, decline, previewed, reply};
pub(crate) use end::{
    RecallPayload, ReceiptPayload, end_given, end_received, erase_later, erase_only, handed_again, is_handed, transferred,
};
pub use end::{erased, pending_erasures, recall, recalled, receipt};
pub use expire::{expire, remind};
pub use incoming::{entries, share};
pub(crate) use incoming::{retry, signed_terms};
pub use offer::{Request, create, preview};
pub(crate) use offer::{check, current_restricted, open_values};
pub(crate) use outgoing::PART;
pub use outgoing::{answered, fan_out, update_peer};
pub(crate) use passed::{passed, passing, tell_of_ended};
pub use refusal::ShareRefusal;
pub use resume::{announce_state, state};
pub(crate) use resume::{ended_before, given_before, level};
pub use revise::{preview_revision, revise};
pub(crate) use revised::lowered_before;
pub use rows::{InState, OutState, Revision, ShareIn, ShareOut};
pub(crate) use settled::{admitted_before, grant, refuse};
pub use settled::{contributed_of, contribution_of};
pub use share::{Basis, Ended, Handling, Onward, Purpose, Receipt, Rights, Share, SharePerson};
pub use take_back::{take_back, taken_back};
pub(crate) use take_back::{taken_back_before, taken_back_from};
pub use view::{
    incoming_list, incoming_of, may_contribute, outgoing_list, outgoing_of, received_view, sealing, terms, waiting_parts,
};

/// What became of a peer's message: final, or nothing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Taken {
    /// Done.
    Applied,
    /// What it builds on is not here: the sender is to try again later.
    NotYet,
    /// Not due; what it held is dropped.
    Refused(&'static str),
}
