//! Who keeps the blinding key, and by what everybody can tell that these keepers made it together.
//! Not how they make it (`keepers::generation`), nor the arithmetic (`oprf`).

use super::super::own::Own;
use super::{Charter, CharterError};
use crate::bounded::{BoundedText, BoundedVec};
use crate::crypto::{Message, Signed, derive, labels};
use crate::ids::{FederationId, GenerationId, PublicShare, Transcript, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::oprf::generation::{Commitment, add_shares, group_key, public_share, transcript};
use crate::oprf::{KEEPERS_MAX, KeyIndex, KeyShare, OprfError, Point};
use crate::time::{DAY, Timestamp};
use crate::wire::{self, MessageKind};
use serde::{Deserialize, Serialize};

/// How long the key before the present one is still answered with, in milliseconds.
pub const OVERLAP: u64 = 30 * DAY;

/// Which key is to be generated. Whoever wants one signs this, and everything about the generation names its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyTerms {
    /// In which federation.
    pub federation: FederationId,
    /// The blinding epoch that begins with it: one more than the present one, 0 at the founding.
    pub epoch: u64,
    /// Version of the recipe of what is blinded.
    pub recipe: BoundedText<16>,
    /// How many keepers are needed to answer.
    pub threshold: u16,
    /// Who is to keep it, in the order of their positions from 1.
    pub keepers: BoundedVec<UnitId, KEEPERS_MAX>,
    /// Who wants it.
    pub by: UnitId,
    /// When: the same wish at another time is another generation.
    pub made: Timestamp,
}

impl Message for KeyTerms {
    const KIND: MessageKind = MessageKind::KeyTerms;
    const MAX: usize = 1024;
}

impl KeyTerms {
    /// What names the generation, and binds every part of it.
    #[must_use]
    pub fn id(&self) -> GenerationId {
        GenerationId(derive(labels::GENERATION, &wire::encode(self)))
    }

    /// Whether such a key can be: 1 to 16 different keepers, more than half of whom are needed.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        let (n, t) = (self.keepers.len(), usize::from(self.threshold));
        let distinct = (1..n).all(|at| !self.keepers[..at].contains(&self.keepers[at]));
        n > 0 && t <= n && 2 * t > n && distinct && !self.recipe.is_empty()
    }

    /// The position of a keeper.
    #[must_use]
    pub fn index(&self, unit: UnitId) -> Option<KeyIndex> {
        let place = self.keepers.iter().position(|keeper| *keeper == unit)?;
        KeyIndex::new(u16::try_from(place + 1).ok()?).ok()
    }
}

/// One keeper's word that the key was generated exactly so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeeperWord {
    /// In which federation.
    pub federation: FederationId,
    /// The blinding epoch.
    pub epoch: u64,
    /// All of it.
    pub transcript: Transcript,
    /// Which keeper.
    pub unit: UnitId,
}

impl Message for KeeperWord {
    const KIND: MessageKind = MessageKind::KeeperWord;
    const MAX: usize = 160;
}

/// A blinding key: who keeps it, and against what their answers are verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blinding {
    /// What was wanted.
    pub terms: KeyTerms,
    /// The whole key, times the generator. Nobody has the key itself.
    pub key: PublicShare,
    /// The public shares, in the order of the keepers.
    pub shares: BoundedVec<PublicShare, KEEPERS_MAX>,
    /// Hash over what all keepers dealt.
    #[serde(with = "serde_bytes")]
    pub dealt: [u8; 32],
    /// Every keeper's word, in the order of the keepers.
    pub words: BoundedVec<Signed<KeeperWord>, KEEPERS_MAX>,
    /// Since when it is the present one.
    pub from: Timestamp,
}

/// The key before the present one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerBlinding {
    /// As it was.
    pub blinding: Blinding,
    /// Until when its keepers answer with it.
    pub until: Timestamp,
}

impl Blinding {
    /// The key that these dealers made, in the order of the keepers. Nobody has signed it yet.
    ///
    /// # Errors
    /// [`OprfError`] if the commitments do not fit together.
    pub fn of(terms: KeyTerms, commitments: &[Commitment]) -> Result<Self, OprfError> {
        let indices = (1..).map(KeyIndex::new).take(terms.keepers.len()).collect::<Result<Vec<_>, _>>()?;
        let shares = indices
            .iter()
            .map(|index| Ok(PublicShare(*public_share(commitments, *index)?.as_bytes())))
            .collect::<Result<_, OprfError>>()?;
        let with_index: Vec<_> = indices.iter().copied().zip(commitments).collect();
        Ok(Self {
            key: PublicShare(*group_key(commitments)?.as_bytes()),
            shares: BoundedVec::new(shares).map_err(|_| OprfError::Dealers)?,
            dealt: transcript(terms.id().as_bytes(), &with_index),
            words: BoundedVec::default(),
            from: Timestamp(0),
            terms,
        })
    }

    /// The blinding epoch.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.terms.epoch
    }

    /// What every keeper signs.
    #[must_use]
    pub fn transcript(&self) -> Transcript {
        let all = (&self.terms, self.key, &self.shares, serde_bytes::Bytes::new(&self.dealt));
        Transcript(derive(labels::BLINDING, &wire::encode(&all)))
    }

    /// Position and public share of a keeper.
    #[must_use]
    pub fn keeper(&self, unit: UnitId) -> Option<(KeyIndex, Point)> {
        let index = self.terms.index(unit)?;
        let share = self.shares.get(usize::from(index.get()) - 1)?;
        Some((index, Point::from_bytes(share.as_bytes()).ok()?))
    }

    /// The word of a keeper of this key.
    #[must_use]
    pub fn word(&self, unit: UnitId) -> KeeperWord {
        let KeyTerms { federation, epoch, .. } = self.terms;
        KeeperWord { federation, epoch, transcript: self.transcript(), unit }
    }

    /// What can be told without knowing the members.
    pub(super) fn is_usable(&self) -> bool {
        let n = self.terms.keepers.len();
        let mut elements = self.shares.iter().chain([&self.key]);
        self.terms.is_possible()
            && self.shares.len() == n
            && self.words.len() == n
            && elements.all(|share| Point::from_bytes(share.as_bytes()).is_ok())
    }

    /// Whether it is of this charter's federation, and every keeper is a member and has signed with its present key.
    pub(super) fn is_signed(&self, charter: &Charter) -> bool {
        let ours = self.terms.federation == charter.federation;
        ours && self.terms.keepers.iter().zip(self.words.iter()).all(|(unit, word)| {
            let key = charter.member(*unit).and_then(|member| member.present_key());
            key.is_some_and(|key| word.verify(&key).is_ok_and(|word| *word == self.word(*unit)))
        })
    }
}

/// How the keepers of a charter may differ from those of the one before: not at all, or by one new key that all its keepers signed,
/// with the one before going on for the overlap.
pub(crate) fn follows(before: &Charter, charter: &Charter) -> Result<(), CharterError> {
    let over = |former: &FormerBlinding| former.until <= charter.made;
    if charter.blinding == before.blinding {
        let kept = charter.former == before.former;
        let ended = charter.former.is_none() && before.former.as_ref().is_some_and(over);
        return if kept || ended { Ok(()) } else { Err(CharterError::Keepers) };
    }
    let blinding = charter.blinding.as_ref().ok_or(CharterError::Keepers)?;
    let number = before.blinding.as_ref().map_or(0, |before| before.epoch() + 1);
    let fits = blinding.epoch() == number
        && blinding.from == charter.made
        && charter.former == before.blinding.as_ref().map(|before| former(before, charter.made))
        && blinding.is_usable()
        && blinding.is_signed(charter);
    if fits { Ok(()) } else { Err(CharterError::Keepers) }
}

/// What becomes of the present key when another begins at `from`.
pub(in crate::federation) fn former(before: &Blinding, from: Timestamp) -> FormerBlinding {
    FormerBlinding { blinding: before.clone(), until: from.plus(OVERLAP) }
}

/// This unit's share of a key. Key: the letter, then the transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnShare {
    /// Of which blinding epoch.
    pub epoch: u64,
    /// The share.
    pub share: KeyShare,
}

impl Record for OwnShare {
    const TABLE: Table = Table::KEEPING;
}

/// Before the transcript in the row key of an own share.
pub const OWN_SHARE: &[u8] = b"s";

/// The end of a generation at one keeper: adds up what it was dealt, keeps the share, and gives the key with its transcript to be
/// signed. `received` are the values of all dealers for this unit, checked before.
///
/// # Errors
/// [`OprfError`] if they do not fit together; nothing is kept then.
pub fn conclude(
    txn: &mut Txn<'_>,
    terms: &KeyTerms,
    commitments: &[Commitment],
    received: &[KeyShare],
    own: &Own,
) -> Result<(Blinding, Signed<KeeperWord>), OprfError> {
    let blinding = Blinding::of(terms.clone(), commitments)?;
    let share = add_shares(received)?;
    if blinding.keeper(own.unit).is_none_or(|(_, public)| public != share.public()) {
        return Err(OprfError::Dealers);
    }
    let transcript = blinding.transcript();
    let key = [OWN_SHARE, transcript.as_bytes().as_slice()].concat();
    txn.put(&key, Scope::KeyShare(transcript), &OwnShare { epoch: terms.epoch, share });
    let word = Signed::sign(&blinding.word(own.unit), &own.key());
    Ok((blinding, word))
}

/// This unit's share of a key, if it keeps one.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn own_share(view: &dyn View, blinding: &Blinding) -> Result<Option<KeyShare>, ViewError> {
    let key = [OWN_SHARE, blinding.transcript().as_bytes().as_slice()].concat();
    let row = view.get(Table::KEEPING, &key)?.map(|bytes| read_row::<OwnShare>(&bytes)).transpose()?;
    Ok(row.map(|row| row.share))
}
