//! What one unit asks another to check: the least that the other side needs, chosen field by field.
//! No number of the case, no handle of a person: only the request's own handle, which says nothing.

use crate::bounded::{BoundedText, BoundedVec};
use crate::ids::ShareId;
use crate::sharing::{Basis, Handling, Purpose};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What is to be found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Check {
    /// Whether there is such an address.
    Address,
    /// Whether the family lives there.
    Family,
    /// Whether the person is who she says.
    Identity,
    /// Whether the family would receive her.
    Willingness,
    /// Whether it would be safe there.
    Safety,
}

/// The payload of [`crate::envelope::Kind::VerificationRequest`]. It is never to be passed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationRequest {
    /// Its handle, of the kind that shares have, so that key, recall and receipt are the same.
    pub id: ShareId,
    /// The name as it was given; may be empty.
    pub name: BoundedText<300>,
    /// The address as it was given; may be empty.
    pub address: BoundedText<600>,
    /// The district near the receiver; may be empty.
    pub district: BoundedText<120>,
    /// What is to be found out, each once.
    pub checks: BoundedVec<Check, 5>,
    /// What else the receiver has to know; may be empty.
    pub question: BoundedText<2000>,
    /// On what ground the person is named.
    pub basis: Basis,
    /// What for.
    pub purpose: Purpose,
    /// What the receiver may do with it.
    pub handling: Handling,
    /// By when an answer is wanted.
    pub due: Timestamp,
    /// When the receiver's node destroys it by itself.
    pub expires: Timestamp,
}

/// Why a unit does not take a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RefusalReason {
    /// The place is not near it.
    NotOurArea,
    /// Nobody is free in time.
    NoCapacity,
    /// Too little to find anything with.
    TooLittle,
    /// It sees no legal ground.
    NoGround,
    /// Looking would put somebody in danger.
    Danger,
    /// As the text says.
    Other,
}
