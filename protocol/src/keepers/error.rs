//! Why something that a person here wants of keepers is not possible.
//! Not for what another unit did wrong: that is a [`Fault`](super::Fault).

use crate::machine::ViewError;

/// A sentence for a person.
#[derive(Debug, thiserror::Error)]
pub enum KeepersError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] ViewError),
    /// This unit founds or joins first.
    #[error("this unit belongs to no federation yet")]
    NotAMember,
    /// Two charters of one number have passed.
    #[error("the charter is frozen: keepers can be changed once that is settled")]
    Frozen,
    /// Nobody, somebody twice or too many; or half of them or less would be enough to answer.
    #[error("choose 1 to 16 different members as keepers, and say how many are needed: more than half of them")]
    Impossible,
    /// One of them is no member.
    #[error("only members of the federation can be keepers")]
    NotAMemberKeeper,
    /// Not one that waits for this unit.
    #[error("no such key is being generated, or it does not wait for this unit")]
    NotOpen,
    /// A number of evaluations that nobody grants.
    #[error("more evaluations can be asked for up to 50,000 a day")]
    Burst,
    /// Something cannot be sent to another unit.
    #[error("one of the units cannot be written to now; try again when nothing waits for it")]
    Outbox,
}
