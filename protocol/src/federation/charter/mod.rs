//! The list of members that a federation agrees on, epoch by epoch.
//! Not how a new epoch comes about: see `joining` and `charter_sync`.

mod accept;
mod blinding;
mod check;
mod epoch;
mod former;
mod keys;
mod settle;

pub use accept::{Accepted, accept};
pub(crate) use blinding::follows as keeps;
pub(super) use blinding::former as former_blinding;
pub use blinding::{Blinding, FormerBlinding, KeeperWord, KeyTerms, OVERLAP, OWN_SHARE, OwnShare, conclude, own_share};
pub(super) use check::needed;
pub use epoch::{Charter, CharterApproval, CharterEpoch, Grounds, LEAVES_MAX, MEMBERS_MAX};
pub(super) use epoch::{hash_of, least_threshold};
pub use former::{Former, former};
pub(super) use keys::member_since;
pub use keys::{KeyOwner, owner_of_key, verify_of};
pub(super) use settle::has_given_up;

use super::leaving;
use super::member::Member;
use super::rows::row;
use crate::bounded::BoundedVec;
use crate::ids::{CharterHash, FederationId, NodeKey, UnitId};
use crate::machine::{Record, Table, View, ViewError};
use crate::wire::WireError;
use serde::{Deserialize, Serialize};

/// Why a charter epoch was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CharterError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] ViewError),
    /// Size or encoding.
    #[error("the charter is not well-formed: {0}")]
    Encoding(#[from] WireError),
    /// No member, one unit twice, or not in the order of ids.
    #[error("the list of members is not allowed")]
    Members,
    /// A member without exactly one present key, with a weak key, with another's key, or with unusable texts.
    #[error("a member of the charter is not allowed")]
    Member,
    /// Half of the members or less, or more than there are.
    #[error("the threshold is not more than half of the members")]
    Threshold,
    /// Of another federation.
    #[error("the charter of another federation")]
    Federation,
    /// Not the epoch after the one held, or it does not name that one's hash.
    #[error("the charter does not continue the one held")]
    NotNext,
    /// A signature that is not valid, not of a member, or there twice.
    #[error("a signature under the charter is not valid")]
    Approval,
    /// A member's data or key changed without its own signature, or a past key was touched.
    #[error("the charter says of a member what that member did not sign")]
    OwnWords,
    /// A departure or the word of a recovery key that is not valid or not used.
    #[error("what the charter rests on is not valid")]
    Grounds,
    /// Keepers that cannot be, that did not all sign, or that are not the ones before or their successors.
    #[error("the keepers of the blinding key are not allowed")]
    Keepers,
    /// Too few members signed.
    #[error("too few members signed the charter")]
    Quorum,
}

/// Where the newest accepted epoch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Which federation.
    pub federation: FederationId,
    /// Its number.
    pub epoch: u64,
    /// The hash of its payload.
    pub hash: CharterHash,
}

impl Record for Head {
    const TABLE: Table = Table::OWN;
}

/// Two charters of one number passed; nobody new is trusted until people have decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// The number that is there twice.
    pub epoch: u64,
    /// The one held.
    pub held: CharterHash,
    /// The other one, whole.
    pub other: CharterEpoch,
}

impl Record for Frozen {
    const TABLE: Table = Table::JOINING;
}

impl Record for CharterEpoch {
    const TABLE: Table = Table::CHARTER;
}

const HEAD: &[u8] = b"charter";
const FROZEN: &[u8] = b"f";

/// Number and hash of the newest accepted epoch; none before founding or joining.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn head(view: &dyn View) -> Result<Option<Head>, ViewError> {
    row(view, HEAD)
}

/// The newest accepted charter, without the members that have left by their own word since: those are refused at once.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn current(view: &dyn View) -> Result<Option<Charter>, ViewError> {
    let Some(mut charter) = whole(view)? else { return Ok(None) };
    let gone = leaving::all(view)?;
    if !gone.is_empty() {
        let mut members = charter.members.into_inner();
        members.retain(|member| gone.iter().all(|(unit, _)| *unit != member.unit));
        charter.members = BoundedVec::new(members).expect("there are no more than before");
    }
    Ok(Some(charter))
}

/// The newest accepted charter word for word: what the next one continues.
pub(super) fn whole(view: &dyn View) -> Result<Option<Charter>, ViewError> {
    let Some(head) = head(view)? else { return Ok(None) };
    stored(view, head.epoch)?.map(|epoch| epoch.stored()).transpose()
}

/// One accepted epoch with its signatures.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn stored(view: &dyn View, epoch: u64) -> Result<Option<CharterEpoch>, ViewError> {
    row(view, &epoch.to_be_bytes())
}

/// A present member.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn member(view: &dyn View, unit: UnitId) -> Result<Option<Member>, ViewError> {
    Ok(current(view)?.and_then(|charter| charter.member(unit).cloned()))
}

/// Which member uses this node key now; a past key belongs to nobody here.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn unit_of_key(view: &dyn View, key: NodeKey) -> Result<Option<UnitId>, ViewError> {
    Ok(current(view)?
        .and_then(|charter| charter.members.iter().find(|member| member.present_key() == Some(key)).map(|member| member.unit)))
}

/// Whether two charters of one number have passed. New shares and invitations are refused then; recalls go on.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn is_frozen(view: &dyn View) -> Result<bool, ViewError> {
    Ok(frozen(view)?.is_some())
}

/// What froze the charter, for people to see.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn frozen(view: &dyn View) -> Result<Option<Frozen>, ViewError> {
    row(view, FROZEN)
}
