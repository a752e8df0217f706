//! A member's word that one unit, named by its genesis, may ask to join; and its text form.
//! Not the rows of who was invited: see `joining`.

use super::genesis::{self, Genesis, GenesisError};
use super::member::Addresses;
use super::text::{self, TextError};
use crate::crypto::{Message, Signed, SignedError};
use crate::ids::{CharterHash, FederationId, InvitationId, NodeKey};
use crate::time::{HOUR, MINUTE, Timestamp};
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

/// How long an invitation can be used.
pub const LIFE: u64 = 24 * HOUR;
/// How far the inviter's clock may be ahead.
const AHEAD: u64 = 10 * MINUTE;

/// For one unit, once, for a day. Signed by the inviter's node key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Which federation.
    pub federation: FederationId,
    /// Single use.
    pub id: InvitationId,
    /// The unit that is invited.
    pub genesis: Signed<Genesis>,
    /// Who invites.
    pub inviter: Signed<Genesis>,
    /// The inviter's present node key.
    pub inviter_key: NodeKey,
    /// Where the inviter listens.
    pub addresses: Addresses,
    /// The epoch that the inviter held: what the newcomer is shown must contain it.
    pub epoch: u64,
    /// Its hash.
    pub charter: CharterHash,
    /// Made at.
    pub created: Timestamp,
    /// Of no use after this.
    pub expires: Timestamp,
}

impl Message for Invitation {
    const KIND: MessageKind = MessageKind::Invitation;
    const MAX: usize = 4096;
}

/// Why an invitation was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvitationError {
    /// Not the text form.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Signature or encoding.
    #[error("the invitation does not verify: {0}")]
    Signed(#[from] SignedError),
    /// The invited or the inviting unit's first statement.
    #[error("a unit named in the invitation is refused: {0}")]
    Genesis(#[from] GenesisError),
    /// Not signed by the key it names, or with unusable addresses.
    #[error("the invitation is not usable")]
    Content,
    /// Over, not begun, or longer than a day.
    #[error("the invitation has expired; ask for a new one")]
    Expired,
}

/// An invitation that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What it says.
    pub invitation: Invitation,
    /// The unit that is invited.
    pub invited: genesis::Checked,
    /// The unit that invites.
    pub inviter: genesis::Checked,
}

/// The text that the inviter sends to the new unit.
#[must_use]
pub(super) fn text_of(signed: &Signed<Invitation>) -> String {
    text::write(text::INVITE, signed.as_bytes()).to_string()
}

/// Reads and checks an invitation.
///
/// # Errors
/// [`InvitationError`], in words for the person who pasted it.
pub fn parse_text(text: &str, now: Timestamp) -> Result<(Signed<Invitation>, Checked), InvitationError> {
    let signed = Signed::from_bytes(text::parse(text::INVITE, text)?.to_vec());
    let checked = check(&signed, now)?;
    Ok((signed, checked))
}

fn check(signed: &Signed<Invitation>, now: Timestamp) -> Result<Checked, InvitationError> {
    let verified = signed.verify(&signed.claimed_signer()?)?;
    if verified.inviter_key != verified.signer() || !verified.addresses.iter().all(|address| text::is_plain(address)) {
        return Err(InvitationError::Content);
    }
    let invited = genesis::check(&verified.genesis)?;
    let inviter = genesis::check(&verified.inviter)?;
    let in_time =
        verified.created <= now.plus(AHEAD) && now <= verified.expires && verified.expires <= verified.created.plus(LIFE);
    if !in_time {
        return Err(InvitationError::Expired);
    }
    Ok(Checked { invitation: verified.into_value(), invited, inviter })
}
