//! The row of what one of our persons is announced by, and the tokens that any unit makes of it.
//! Here and not in `matching` because a view finds these rows by those tokens; the person herself stands in another table.

use super::{Record, Table, ViewError, read_row};
use crate::crypto::{Hasher, labels};
use crate::ids::{FederationId, Token, UnitId};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// A blinded feature.
pub type Y = [u8; 64];

/// What one subject of ours is announced by. Sealed with its case.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRow {
    /// For each blinding epoch its y's, one after the other.
    pub announced: Vec<(u64, ByteBuf)>,
}

impl core::fmt::Debug for OwnRow {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "OwnRow({} keys)", self.announced.len())
    }
}

impl Record for OwnRow {
    const TABLE: Table = Table::OWN_TOKENS;
}

impl OwnRow {
    /// All y's with the epochs of their keys.
    pub fn every_y(&self) -> impl Iterator<Item = (u64, Y)> + '_ {
        let each = |ys: &'_ [u8]| ys.chunks_exact(size_of::<Y>()).filter_map(|y| y.try_into().ok()).collect::<Vec<Y>>();
        self.announced.iter().flat_map(move |(epoch, ys)| each(ys).into_iter().map(|y| (*epoch, y)))
    }
}

/// The y's by which a stored row is to be found, with the epochs of their keys.
///
/// # Errors
/// [`ViewError`] if the row is damaged.
pub fn own_in(row: &[u8]) -> Result<Vec<(u64, Y)>, ViewError> {
    Ok(read_row::<OwnRow>(row)?.every_y().collect())
}

/// Who announces, in which federation, with the key of which blinding epoch: what a token is bound to beside its y.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Announcer {
    /// Where it counts.
    pub federation: FederationId,
    /// Of which key its y's are.
    pub epoch: u64,
    /// Who announces.
    pub unit: UnitId,
}

impl Announcer {
    /// Makes its tokens, several at a time.
    #[must_use]
    pub fn maker(&self) -> TokenMaker {
        let hasher = Hasher::new(labels::TOKEN).part(self.federation.as_bytes()).part(&self.epoch.to_be_bytes());
        TokenMaker(hasher.part(self.unit.as_bytes()))
    }

    /// The token of one y.
    #[must_use]
    pub fn token(&self, y: &Y) -> Token {
        self.maker().token(y)
    }
}

/// The part of the hash that all tokens of one announcer share.
#[derive(Debug, Clone)]
pub struct TokenMaker(Hasher);

impl TokenMaker {
    /// The token of one y.
    #[must_use]
    pub fn token(&self, y: &Y) -> Token {
        let hash = self.0.finish_with(y);
        Token::from_slice(&hash[..Token::LEN]).expect("a hash is longer than a token")
    }
}
