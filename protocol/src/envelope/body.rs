//! The inside of an envelope: from whom, to whom, what.
//! Nothing of it stands outside.

use crate::crypto::{Message, Verified, derive, labels};
use crate::ids::{BodyHash, FederationId, UnitId};
use crate::time::Timestamp;
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

/// Most bytes of a payload: what fits the largest padded size with headers and signature.
pub const PAYLOAD_MAX: usize = 1024 * 1024 - 1024;

/// What a payload is. Numbered by position; never reordered, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// The owner's decision what the receiver may have.
    Share,
    /// Previewed, accepted, declined.
    ShareReply,
    /// Entries and changes under a share.
    Entries,
    /// The receiver's own entries, for the owner.
    Contribution,
    /// The end of a share.
    Recall,
    /// The key of a share is destroyed.
    Receipt,
    /// A person at the other side has compared the safety words.
    WordsConfirmed,
    /// Steps of the counts-only comparison.
    MatchConfirm,
    /// A contact request and its answer.
    Contact,
    /// A request to check an address or a family.
    VerificationRequest,
    /// Its signed answer.
    VerificationReply,
    /// A stakeholder for the directory.
    DirectoryEntry,
    /// A printable material.
    Material,
    /// Suppressed totals.
    Statistics,
    /// Free text between units.
    Message,
    /// A number that was given up.
    Void,
    /// What stands between two peers, exchanged when they connect.
    ShareState,
    /// The owner asks the receiver to become the owner of a case.
    Transfer,
    /// The receiver's yes or no to that.
    TransferReply,
    /// The author of a contribution takes it back.
    ContributionRecall,
    /// The newest numbers that a peer has seen from a unit whose node was restored.
    Standing,
    /// Among keepers: steps of a generation, and what a unit asks of all of them.
    Keepers,
    /// What two confirmed peers tell each other about an alert, step by step.
    Disclosure,
}

impl Kind {
    /// Whether it may go to, and come from, a member whose words nobody has confirmed: what discloses nothing.
    /// A recall and its receipt must also reach a peer whose new key nobody has compared yet.
    #[must_use]
    pub const fn any_member(self) -> bool {
        matches!(self, Self::WordsConfirmed | Self::MatchConfirm | Self::Contact | Self::Void | Self::Standing | Self::Keepers)
            || self.is_end()
    }

    /// Whether a restored node takes it from a unit that has not shown yet what it holds: what shows that, and what ends something.
    #[must_use]
    pub const fn while_locked(self) -> bool {
        matches!(self, Self::Standing | Self::WordsConfirmed | Self::Void) || self.is_end()
    }

    /// Whether it goes to a unit that people here have paused, and is taken from it: what ends something.
    #[must_use]
    pub const fn while_paused(self) -> bool {
        matches!(self, Self::Void) || self.is_end()
    }

    /// Whether it ends a share. These are never held back by what else waits.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Recall | Self::Receipt | Self::ContributionRecall)
    }
}

/// The signed inside.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// The federation.
    pub federation: FederationId,
    /// The sender's charter epoch.
    pub charter_epoch: u64,
    /// The sender.
    pub from: UnitId,
    /// The receiver; a copy re-sealed to another is refused by this.
    pub to: UnitId,
    /// Rises by one with each envelope between the two.
    pub pair_seq: u64,
    /// When it was written.
    pub created: Timestamp,
    /// When it is no longer worth anything; none for what never expires.
    pub not_after: Option<Timestamp>,
    /// What the payload is.
    pub kind: Kind,
    /// Canonical CBOR of the kind's type.
    #[serde(with = "serde_bytes")]
    pub payload: Vec<u8>,
}

impl core::fmt::Debug for Body {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Body({:?} {} {} → {})", self.kind, self.pair_seq, self.from.short(), self.to.short())
    }
}

impl Message for Body {
    const KIND: MessageKind = MessageKind::Body;
    const MAX: usize = 1024 * 1024 - 512;
}

pub(super) fn hash(body: &Verified<Body>) -> BodyHash {
    BodyHash(derive(labels::BODY, body.payload()))
}
