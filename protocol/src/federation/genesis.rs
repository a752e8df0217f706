//! A unit's first statement, from which its id is made, and its text form.
//! Not its present key: the charter says which that is.

use super::member::Name;
use super::text::{self, TextError};
use crate::crypto::{Message, NodeSecret, Signed, SignedError, derive, labels};
use crate::ids::{NodeKey, UnitId};
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

/// Name and first keys of a unit, signed by `key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Genesis {
    /// What the unit calls itself.
    pub name: Name,
    /// Its first node key.
    pub key: NodeKey,
    /// The public half of the key on paper that may replace a lost node key.
    pub recovery_key: NodeKey,
    /// 16 random bytes: two units of one name are two units.
    #[serde(with = "serde_bytes")]
    pub nonce: [u8; 16],
}

impl Message for Genesis {
    const KIND: MessageKind = MessageKind::Genesis;
    const MAX: usize = 512;
}

/// Why a genesis was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GenesisError {
    /// Not the text form.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Signature or encoding.
    #[error("the identity of this unit does not verify: {0}")]
    Signed(#[from] SignedError),
    /// Signed by another key than it names, a weak recovery key, or an unusable name.
    #[error("the identity of this unit is not usable")]
    Content,
}

/// A genesis that was checked, with the id that follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Hash of the payload.
    pub unit: UnitId,
    /// The statement.
    pub genesis: Genesis,
}

/// The statement of these keys.
pub fn sign(name: Name, key: &NodeSecret, recovery_key: NodeKey, nonce: [u8; 16]) -> Signed<Genesis> {
    Signed::sign(&Genesis { name, key: key.public(), recovery_key, nonce }, key)
}

/// Checks a genesis against the key that it names itself: all that a first statement can be checked against.
///
/// # Errors
/// [`GenesisError`] if it does not verify or is not usable.
pub fn check(signed: &Signed<Genesis>) -> Result<Checked, GenesisError> {
    let verified = signed.verify(&signed.claimed_signer()?)?;
    let usable = verified.key == verified.signer()
        && verified.recovery_key != verified.key
        && verified.recovery_key.check().is_ok()
        && !verified.name.trim().is_empty()
        && text::is_plain(&verified.name);
    if !usable {
        return Err(GenesisError::Content);
    }
    Ok(Checked { unit: UnitId(derive(labels::UNIT, verified.payload())), genesis: verified.into_value() })
}

/// The text that a new unit shows to the member that is to invite it.
#[must_use]
pub fn genesis_text(signed: &Signed<Genesis>) -> String {
    text::write(text::UNIT, signed.as_bytes()).to_string()
}

/// Reads and checks what [`genesis_text`] wrote.
///
/// # Errors
/// [`GenesisError`], in words for the person who pasted it.
pub fn parse_text(text: &str) -> Result<(Signed<Genesis>, Checked), GenesisError> {
    let signed = Signed::from_bytes(text::parse(text::UNIT, text)?.to_vec());
    let checked = check(&signed)?;
    Ok((signed, checked))
}
