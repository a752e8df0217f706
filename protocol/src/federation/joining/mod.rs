//! How the charter changes: a unit is invited and asks, or a member wants something changed; it is proposed, and passes once
//! enough members have signed.
//! Not the exchange of proposals between members: see `charter_sync`.

mod amendment;
mod exchange;
mod inviter;
mod messages;
mod newcomer;
mod proposal;
mod withdrawal;

pub use amendment::Proposed;
pub(super) use exchange::{accept_approval, accept_offer, own_approval_for, own_offer};
pub use inviter::{expected_keys, handle_request, invite};
pub use messages::{JOIN_REPLY_MAX, JOIN_REQUEST_MAX, JoinReply, JoinRequest, RefusalCode, Welcome};
pub use newcomer::{JoinOutcome, JoinPlan, accept_invitation, handle_reply, join_request, pending};
pub(super) use proposal::{Offer, has_voted};
pub use proposal::{ProposalSummary, approve, keys_to_come, proposals};
pub(crate) use withdrawal::Withdrawal;
pub(super) use withdrawal::{WITHDRAWN_MAX, accept_withdrawn, let_go, own_withdrawn};
pub use withdrawal::{
    is_wish_waiting, keep_up, propose_data, propose_keepers, propose_key, propose_removal, propose_replacement,
    propose_settlement, withdraw,
};

use super::charter::CharterError;
use super::genesis::GenesisError;
use super::invitation::InvitationError;
use super::prekey::PrekeyError;
use super::recovery::RecoveryError;
use super::setup::SetupError;
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
    /// The word of a recovery key.
    #[error(transparent)]
    Recovery(#[from] RecoveryError),
    /// What a unit wants to say of itself.
    #[error(transparent)]
    Answer(#[from] SetupError),
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
    /// The unit that a change is about.
    #[error("this unit is not another member of the federation")]
    NotOther,
    /// A unit can change its key fifteen times.
    #[error("this unit has had as many node keys as it can have")]
    TooManyKeys,
    /// There is no freeze to end.
    #[error("the charter is not frozen: there is nothing to settle")]
    NotFrozen,
    /// The new answers are the old ones.
    #[error("nothing would change")]
    Nothing,
    /// One wish at a time.
    #[error("this unit already proposes another change; wait until it is through, or withdraw it")]
    WantsAlready,
    /// Nothing was asked.
    #[error("no invitation is waiting here")]
    NothingPending,
}
