//! What newcomer and inviter say to each other over `/icmc/join/1`.
//! Not the invitation, which travels by hand.

use super::super::charter::{CharterEpoch, MEMBERS_MAX};
use super::super::genesis::{self, Genesis};
use super::super::member::MemberData;
use super::super::prekey::{self, Prekey};
use super::JoinError;
use crate::bounded::BoundedVec;
use crate::crypto::{Message, Signed};
use crate::ids::{FederationId, InvitationId};
use crate::time::Timestamp;
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

/// Most bytes of a request.
pub const JOIN_REQUEST_MAX: usize = JoinRequest::MAX + 256;
/// Most bytes of a reply: every epoch since the founding.
pub const JOIN_REPLY_MAX: usize = 32 * 1024 * 1024;

/// A newcomer asks to be made a member. Signed by its node key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequest {
    /// The invitation that it uses.
    pub invitation: InvitationId,
    /// Its first statement.
    pub genesis: Signed<Genesis>,
    /// What the charter is to say of it.
    pub data: MemberData,
    /// Its first prekey in this federation.
    pub prekey: Signed<Prekey>,
}

impl Message for JoinRequest {
    const KIND: MessageKind = MessageKind::Join;
    const MAX: usize = 8192;
}

/// A request that was checked.
#[derive(Debug, Clone)]
pub(in crate::federation) struct Newcomer {
    /// Who asks.
    pub(super) unit: genesis::Checked,
    /// What it asks.
    pub(super) request: JoinRequest,
}

/// Checks signature, genesis, data and prekey of a request: all by one key, and for this federation.
pub(super) fn check(signed: &Signed<JoinRequest>, federation: FederationId, now: Timestamp) -> Result<Newcomer, JoinError> {
    let verified = signed.verify(&signed.claimed_signer()?)?;
    let unit = genesis::check(&verified.genesis)?;
    if unit.genesis.key != verified.signer() || !verified.data.is_plain() {
        return Err(JoinError::Request);
    }
    prekey::check(&verified.prekey, verified.signer(), unit.unit, federation, now)?;
    Ok(Newcomer { unit, request: verified.into_value() })
}

/// Why a newcomer is turned away. Numbers are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RefusalCode {
    /// No such invitation, one for another unit, or one that was used for something else.
    Unknown,
    /// The invitation is over.
    Expired,
    /// The request is not in order.
    Malformed,
    /// The federation takes nobody in at present.
    Closed,
}

/// The inviter's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum JoinReply {
    /// Other members have to sign first. Ask again.
    Pending,
    /// No.
    Refused(RefusalCode),
    /// The charter names the newcomer.
    Joined(Welcome),
}

/// What a new member needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The charter from epoch 0.
    pub epochs: BoundedVec<CharterEpoch, 65536>,
    /// The members' newest prekeys, as far as the inviter knows them.
    pub prekeys: BoundedVec<Signed<Prekey>, MEMBERS_MAX>,
}
