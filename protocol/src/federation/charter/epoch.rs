//! One epoch of the charter and the signatures under it.
//! Not the rules: `check` has them.

use super::super::leaving::Leave;
use super::super::member::Member;
use super::super::recovery::Recovery;
use super::{Blinding, CharterError, FormerBlinding, check};
use crate::bounded::BoundedVec;
use crate::crypto::{Message, Signed, derive, labels};
use crate::ids::{CharterHash, FederationId, UnitId};
use crate::machine::ViewError;
use crate::time::Timestamp;
use crate::wire::{self, MessageKind};
use serde::{Deserialize, Serialize};

/// Most members of a federation.
pub const MEMBERS_MAX: usize = 256;

/// Most bytes of one epoch's payload: 256 members with everything filled.
const PAYLOAD_MAX: usize = 1024 * 1024;

/// Most bytes of what an epoch rests on beside the approvals.
const GROUNDS: usize = 8 * 1024;

/// Who belongs to a federation from one epoch on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charter {
    /// Which federation.
    pub federation: FederationId,
    /// 0 at the founding.
    pub epoch: u64,
    /// Hash of the epoch before; none at the founding.
    pub previous: Option<CharterHash>,
    /// All members, in the order of their ids.
    pub members: BoundedVec<Member, MEMBERS_MAX>,
    /// How many of these must sign the next epoch: always more than half.
    pub threshold: u16,
    /// Who keeps the blinding key.
    pub blinding: Option<Blinding>,
    /// The key before that one, for as long as its keepers answer with it.
    pub former: Option<FormerBlinding>,
    /// The other charter of the number before this one that is given up: the way out of a freeze.
    pub settles: Option<CharterHash>,
    /// When it was proposed, by the proposer's clock. Two proposals of the same content are two.
    pub made: Timestamp,
}

impl Charter {
    /// One member.
    #[must_use]
    pub fn member(&self, unit: UnitId) -> Option<&Member> {
        self.members.binary_search_by_key(&unit, |member| member.unit).ok().map(|at| &self.members[at])
    }
}

/// The least threshold for so many members: more than half.
#[must_use]
pub(in crate::federation) fn least_threshold(members: usize) -> u16 {
    u16::try_from(members / 2 + 1).expect("there are at most 256 members")
}

/// One member's yes to one epoch. Small, so that it can travel alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CharterApproval {
    /// Which federation.
    pub federation: FederationId,
    /// Which number.
    pub epoch: u64,
    /// Which payload.
    pub hash: CharterHash,
    /// Who says yes.
    pub unit: UnitId,
}

impl Message for CharterApproval {
    const KIND: MessageKind = MessageKind::CharterApproval;
    const MAX: usize = 128;
}

/// What an epoch rests on beside the approvals.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grounds {
    /// For a node key that its unit lost: the word of the recovery key.
    pub recovery: Option<Recovery>,
    /// Departures of units that this epoch leaves out. They lower the number of signatures that it needs.
    pub leaves: BoundedVec<Signed<Leave>, LEAVES_MAX>,
}

/// Most departures that one epoch rests on.
pub const LEAVES_MAX: usize = 16;

/// An epoch as it travels and is stored: payload bytes and the signatures of those who approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CharterEpoch {
    #[serde(with = "serde_bytes")]
    payload: Vec<u8>,
    approvals: BoundedVec<Signed<CharterApproval>, MEMBERS_MAX>,
    grounds: Grounds,
}

impl CharterEpoch {
    /// An epoch with its signatures.
    #[must_use]
    pub fn new(payload: Vec<u8>, approvals: BoundedVec<Signed<CharterApproval>, MEMBERS_MAX>) -> Self {
        Self { payload, approvals, grounds: Grounds::default() }
    }

    /// The same with what it rests on beside the approvals.
    #[must_use]
    pub fn on(self, grounds: Grounds) -> Self {
        Self { grounds, ..self }
    }

    /// What it rests on beside the approvals.
    #[must_use]
    pub fn grounds(&self) -> &Grounds {
        &self.grounds
    }

    /// What names this epoch: two epochs are different only if their payloads are.
    #[must_use]
    pub fn hash(&self) -> CharterHash {
        hash_of(&self.payload)
    }

    /// The signatures.
    #[must_use]
    pub fn approvals(&self) -> &[Signed<CharterApproval>] {
        &self.approvals
    }

    /// How many bytes it takes on the wire, nearly.
    #[must_use]
    pub fn size(&self) -> usize {
        self.payload.len() + self.approvals.iter().map(|approval| approval.as_bytes().len() + 3).sum::<usize>() + GROUNDS
    }

    /// What it says, if that is allowed in itself. Who signed is not looked at.
    ///
    /// # Errors
    /// [`CharterError`] for a payload that no signature could make valid.
    pub fn charter(&self) -> Result<Charter, CharterError> {
        let charter = wire::decode(&self.payload, PAYLOAD_MAX)?;
        check::content(&charter)?;
        Ok(charter)
    }

    /// What it says, for epochs that were checked before they were stored.
    pub(super) fn stored(&self) -> Result<Charter, ViewError> {
        wire::decode(&self.payload, PAYLOAD_MAX).map_err(|error| ViewError(format!("a stored charter: {error}")))
    }
}

/// The hash of an epoch's payload.
#[must_use]
pub(in crate::federation) fn hash_of(payload: &[u8]) -> CharterHash {
    CharterHash(derive(labels::CHARTER, payload))
}
