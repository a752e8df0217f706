//! The row of one beacon: what a signed beacon says that its place and the federation do not say already.
//! Here and not in `matching` because a view finds these rows by the tokens in them; judging and rebuilding beacons is done there.

use super::{Record, Table, ViewError, read_row};
use crate::ids::{NodeKey, SubjectId, Token, UnitId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

/// What is kept of a signed beacon. Its frame, federation, unit and number are put around it again when it is shown to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptBeacon {
    /// Who signed it.
    pub signer: NodeKey,
    /// The signature.
    pub signature: ByteArray<64>,
    /// The blinding epoch of its tokens.
    pub epoch: u64,
    /// The handle of the person.
    pub subject: SubjectId,
    /// The number that it withdraws; none if it announces.
    pub withdraws: Option<u64>,
    /// One after the other, ascending.
    pub tokens: ByteBuf,
    /// Counts until then.
    pub expires: Timestamp,
}

impl KeptBeacon {
    /// The tokens one by one.
    pub fn tokens(&self) -> impl Iterator<Item = Token> + '_ {
        self.tokens.chunks_exact(Token::LEN).filter_map(Token::from_slice)
    }
}

/// One number of one unit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeaconRow {
    /// As received or made; none while only its withdrawal has come.
    pub kept: Option<KeptBeacon>,
    /// The beacon that withdrew it.
    pub withdrawn_by: Option<u64>,
}

impl Record for BeaconRow {
    const TABLE: Table = Table::BEACONS;
}

impl BeaconRow {
    /// The tokens by which this row is to be found: those of an announcement that nobody withdrew.
    pub fn live_tokens(&self) -> impl Iterator<Item = Token> + '_ {
        let live = self.kept.iter().filter(|kept| self.withdrawn_by.is_none() && kept.withdraws.is_none());
        live.flat_map(KeptBeacon::tokens)
    }
}

/// The row key of one number of one unit.
#[must_use]
pub fn beacon_key(unit: UnitId, number: u64) -> Vec<u8> {
    [unit.as_bytes().as_slice(), &number.to_be_bytes()].concat()
}

/// The unit and number of a row key; nothing if it is none.
#[must_use]
pub fn beacon_place(key: &[u8]) -> Option<(UnitId, u64)> {
    let (unit, number) = key.split_at_checked(UnitId::LEN)?;
    Some((UnitId::from_slice(unit)?, u64::from_be_bytes(number.try_into().ok()?)))
}

/// The tokens by which a stored row is to be found.
///
/// # Errors
/// [`ViewError`] if the row is damaged.
pub fn heard_in(row: &[u8]) -> Result<Vec<Token>, ViewError> {
    Ok(read_row::<BeaconRow>(row)?.live_tokens().collect())
}
