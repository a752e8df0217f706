//! The key on paper: its word that a unit has a new node key, because the old one is lost or in foreign hands.
//! Not the epoch that follows from it: members propose and sign that as any other.

use super::genesis::{self, Genesis, GenesisError};
use super::own;
use super::secret::Secret32;
use super::text::{self, TextError};
use crate::crypto::{Message, NodeSecret, Signed, SignedError};
use crate::ids::{NodeKey, UnitId};
use crate::machine::{Txn, ViewError};
use crate::time::Timestamp;
use crate::wire::{self, MessageKind};
use serde::{Deserialize, Serialize};

/// Most bytes of the text form's inside.
const WORD_MAX: usize = 2048;

/// "From now on this is the unit's node key." Signed by the recovery key of its genesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    /// Whose.
    pub unit: UnitId,
    /// The new node key.
    pub key: NodeKey,
    /// When it was written.
    pub at: Timestamp,
}

impl Message for Replacement {
    const KIND: MessageKind = MessageKind::Replacement;
    const MAX: usize = 128;
}

/// A replacement with the genesis that shows whose recovery key signed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// The unit's first statement: the charter holds only its hash, the unit's id.
    pub genesis: Signed<Genesis>,
    /// The word of its recovery key.
    pub replacement: Signed<Replacement>,
}

/// Why a recovery key or its word was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] ViewError),
    /// Not the text form.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The unit's first statement.
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    /// Signature or encoding.
    #[error("the word of the recovery key does not verify: {0}")]
    Signed(#[from] SignedError),
    /// Another unit's recovery key.
    #[error("this is not the recovery key of this unit")]
    OtherUnit,
    /// For another unit than its genesis, or with a weak key.
    #[error("the word of the recovery key is not usable")]
    Content,
}

impl Recovery {
    /// The unit and its new key, if the recovery key of that very unit says so.
    ///
    /// # Errors
    /// [`RecoveryError`] if it does not verify.
    pub fn check(&self) -> Result<Replacement, RecoveryError> {
        let unit = genesis::check(&self.genesis)?;
        let word = self.replacement.verify(&unit.genesis.recovery_key)?.into_value();
        if word.unit != unit.unit || word.key.check().is_err() {
            return Err(RecoveryError::Content);
        }
        Ok(word)
    }
}

/// Gives this node a new node key by the key on paper, at once. Gives the text that any member proposes; until that passes the
/// others refuse this node.
///
/// # Errors
/// [`RecoveryError`] if the text is not this unit's recovery key.
pub fn recover(txn: &mut Txn<'_>, recovery_key: &str) -> Result<String, RecoveryError> {
    let own = own::load(txn)?;
    let seed = text::parse(text::RECOVERY, recovery_key)?;
    let seed: &[u8; 32] = seed.as_slice().try_into().map_err(|_| RecoveryError::OtherUnit)?;
    let paper = NodeSecret::from_seed(seed);
    let checked = genesis::check(&own.genesis)?;
    if checked.genesis.recovery_key != paper.public() {
        return Err(RecoveryError::OtherUnit);
    }
    let key = NodeSecret::generate(&mut *txn.rng);
    let word = Replacement { unit: own.unit, key: key.public(), at: txn.now };
    let recovery = Recovery { genesis: own.genesis.clone(), replacement: Signed::sign(&word, &paper) };
    own::use_key(txn, Secret32::new(&key.seed()))?;
    // The network begins anew under it.
    txn.charter_changed();
    Ok(text::write(text::REPLACE, &wire::encode(&recovery)).to_string())
}

/// Reads and checks what [`recover`] wrote.
///
/// # Errors
/// [`RecoveryError`], in words for the person who pasted it.
pub(super) fn parse_text(text: &str) -> Result<(Recovery, Replacement), RecoveryError> {
    let bytes = text::parse(text::REPLACE, text)?;
    let recovery: Recovery = wire::decode(&bytes, WORD_MAX).map_err(|_| RecoveryError::Content)?;
    let word = recovery.check()?;
    Ok((recovery, word))
}
