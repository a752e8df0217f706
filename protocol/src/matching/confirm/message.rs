//! The payload of a `match-confirm` envelope. "Own" is the sender's side.
//! Not what is done with it: that is `receive` and the files it calls.

use super::points::Lists;
use crate::bounded::BoundedVec;
use crate::crypto::Signed;
use crate::fingerprint::TokenType;
use crate::ids::{ConfirmId, SubjectId};
use crate::matching::Beacon;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most bytes of a payload: two times 21 lists, a beacon and what stands around them.
pub(super) const CONFIRM_MAX: usize = 64 * 1024;
/// No index is larger.
const PERSONS_MAX: u64 = 1 << 40;

/// A step of a comparison, in the order in which they are sent. Numbered by position; never reordered, never reused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::matching) enum ConfirmMessage {
    /// From the unit with the smaller id.
    First(Box<First>),
    /// Its answer.
    Second(Box<Second>),
    /// The points that the other side needs to count, too.
    Third(Third),
    /// The answer to that, if the pair is at least possible.
    Fourth(Fourth),
    /// The other side's people may be told.
    Release(Reference),
    /// The answer to a first step: there will be no comparison.
    Declined(Reference),
}

/// Which comparison a later step belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::matching) struct Reference {
    pub(in crate::matching) run: ConfirmId,
    pub(in crate::matching) own_subject: SubjectId,
    pub(in crate::matching) peer_subject: SubjectId,
}

/// What each side says about its person and its index beside the points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::matching) struct Said {
    /// Size of its index.
    pub(in crate::matching) persons: u64,
    /// One bit for each type of which the person has a token, in the order of [`TokenType::ALL`].
    pub(in crate::matching) types: u32,
    /// How many carry each shared token, in the order of types and then of the blinded values.
    pub(in crate::matching) carriers: BoundedVec<u64, 24>,
}

impl Said {
    /// What is wrong with it.
    pub(in crate::matching) fn fault(&self) -> Option<&'static str> {
        if self.persons > PERSONS_MAX || self.types >= 1 << TokenType::ALL.len() {
            return Some("compared with impossible counts");
        }
        None
    }

    /// The types of which the person has a token.
    pub(in crate::matching) fn types(&self) -> BTreeSet<TokenType> {
        (0..).zip(TokenType::ALL).filter(|(place, _)| self.types & (1 << place) != 0).map(|(_, kind)| kind).collect()
    }

    /// The bits of some types.
    pub(in crate::matching) fn bits(types: impl IntoIterator<Item = TokenType>) -> u32 {
        let place = |kind: TokenType| TokenType::ALL.iter().position(|one| *one == kind).unwrap_or(0);
        types.into_iter().fold(0, |bits, kind| bits | 1 << place(kind))
    }
}

/// Names the pair, shows the beacon, and begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::matching) struct First {
    pub(in crate::matching) reference: Reference,
    pub(in crate::matching) own_beacon: u64,
    pub(in crate::matching) peer_beacon: u64,
    /// The sender's beacon, so that nobody has to wait for gossip.
    pub(in crate::matching) beacon: Signed<Beacon>,
    pub(in crate::matching) said: Said,
    /// The sender's points under its secret.
    pub(in crate::matching) own: Lists,
}

/// Own points, and those of the other side raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::matching) struct Second {
    pub(in crate::matching) reference: Reference,
    pub(in crate::matching) said: Said,
    /// The sender's points under its secret.
    pub(in crate::matching) own: Lists,
    /// The receiver's points under both secrets.
    pub(in crate::matching) raised: Lists,
}

/// The other side's points raised, and whether ours is a suspect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::matching) struct Third {
    pub(in crate::matching) reference: Reference,
    /// The receiver's points under both secrets.
    pub(in crate::matching) raised: Lists,
    /// Whether the sender's person is a suspect; none below *possible*.
    pub(in crate::matching) suspect: Option<bool>,
}

/// Whether ours is a suspect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::matching) struct Fourth {
    pub(in crate::matching) reference: Reference,
    pub(in crate::matching) suspect: bool,
}
