//! One field's new value with its salt, and the commitment that stands for it in an entry.
//! Destroying value and salt erases it while the chain stays whole (the idea of SD-JWT, RFC 9901, and ISO 18013-5).

use crate::bounded::{BoundedText, BoundedVec};
use crate::crypto::{derive, labels};
use crate::dictionary::Value;
use crate::ids::{Commitment, EntityId, Salt};
use crate::wire;
use serde::{Deserialize, Serialize};

/// Name of a kind or a field of the dictionary.
pub type Name = BoundedText<40>;

/// A change to one field of one entity.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which entity.
    pub entity: EntityId,
    /// Of which kind.
    pub kind: Name,
    /// Which field.
    pub field: Name,
    /// The new value; [`Value::cleared`] takes back what was entered.
    pub value: Value,
    /// The values that its author saw in this field.
    pub replaces: BoundedVec<Commitment, 16>,
    /// 32 random bytes, so that a withheld yes or no cannot be guessed.
    pub salt: Salt,
}

impl core::fmt::Debug for Change {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Change({}.{})", &*self.kind, &*self.field)
    }
}

impl Change {
    /// What an entry holds in its place.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        Commitment(derive(labels::CHANGE, &wire::encode(self)))
    }
}
