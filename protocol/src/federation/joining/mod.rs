//! How a unit becomes a member: it is invited, asks, is proposed, and passes once enough members have signed.
//! Not the exchange of proposals between members: see `charter_sync`.

mod exchange;
mod inviter;
mod messages;
mod newcomer;
mod proposal;

pub(super) use exchange::{accept_approval, accept_offer, own_approval_for, own_offer};
pub use inviter::{expected_keys, handle_request, invite};
pub use messages::{JOIN_REPLY_MAX, JOIN_REQUEST_MAX, JoinReply, JoinRequest, RefusalCode, Welcome};
pub use newcomer::{JoinOutcome, JoinPlan, accept_invitation, handle_reply, join_request, pending};
pub(super) use proposal::Offer;
pub use proposal::{ProposalSummary, approve, proposals};

use super::charter::CharterError;
use super::genesis::GenesisError;
use super::invitation::InvitationError;
use super::prekey::PrekeyError;
use crate::crypto::SignedError;
use crate::machine::ViewError;

/// Why an invitation, a request or an approval was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] ViewError),
    /// The text that names a unit.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    /// The invitation.
    #[error(transparent)]
    Invitation(#[from] InvitationError),
    /// A signature or its encoding.
    #[error("a request does not verify: {0}")]
    Signed(#[from] SignedError),
    /// The charter that came with the answer.
    #[error(transparent)]
    Charter(#[from] CharterError),
    /// The newcomer's prekey.
    #[error(transparent)]
    Prekey(#[from] PrekeyError),
    /// This unit founds or joins first.
    #[error("this unit belongs to no federation yet")]
    NotAMember,
    /// One federation at a time.
    #[error("this unit belongs to a federation already")]
    AlreadyMember,
    /// The unit that was to be invited is one of ours.
    #[error("this unit is a member already")]
    MemberAlready,
    /// A unit cannot invite itself.
    #[error("this is this unit's own identity; paste the one of the unit that is to be invited")]
    OwnGenesis,
    /// The invitation names another unit.
    #[error("this invitation is for another unit")]
    OtherUnit,
    /// Two charters of one number have passed.
    #[error("the charter is frozen: two versions of it have been signed; nobody can be invited until that is settled")]
    Frozen,
    /// 64 invitations wait already.
    #[error("too many invitations are open; wait until some expire")]
    TooMany,
    /// The federation has 256 members.
    #[error("the federation has as many members as it can have")]
    Full,
    /// No such proposal is open.
    #[error("this proposal is not open any more")]
    NoProposal,
    /// A unit says yes to one proposal of a number only.
    #[error("this unit has already approved another proposal for the same step; wait until that one is through")]
    AlreadyVoted,
    /// A request that is not in order.
    #[error("the request to join is not in order")]
    Request,
    /// The answer does not fit the invitation.
    #[error("the answer to the request does not fit the invitation")]
    Reply,
    /// Nothing was asked.
    #[error("no invitation is waiting here")]
    NothingPending,
}
