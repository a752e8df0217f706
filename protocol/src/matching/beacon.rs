//! What a beacon is, and how a blinded feature becomes a token in it.
//! Not for storing or believing beacons: `publish` makes our own, `heard` judges those of others.

use crate::bounded::BoundedVec;
use crate::crypto::{Message, keyed, labels};
use crate::ids::{FederationId, SubjectId, Token, UnitId};
use crate::machine::Announcer;
use crate::time::{DAY, HOUR, Timestamp};
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most bytes of a signed beacon or head, as gossiped.
pub const BEACON_MAX: usize = 16 * 1024;
/// How long an announcement counts, in milliseconds.
pub const LIFETIME: u64 = 365 * DAY;
/// The list lengths that a beacon may have: everything else is padded up.
const LENGTHS: [usize; 3] = [8, 16, 24];
/// Far beyond what any unit can announce.
const NUMBER_MAX: u64 = 1 << 40;
/// How far ahead another unit's clock may be.
const CLOCK_SKEW: u64 = HOUR;

/// What a beacon does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// The subject is in the announcing unit's files.
    Announce,
    /// The earlier beacon of this number counts no more. The number decides, not the subject.
    Withdraw(u64),
}

/// One announcement or withdrawal; the signing key says whose. No case, role, sex, year or recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beacon {
    /// Where it counts.
    pub federation: FederationId,
    /// The blinding epoch of its tokens.
    pub epoch: u64,
    /// 1, 2, 3 … without holes for each unit.
    pub number: u64,
    /// Random handle of the person.
    pub subject: SubjectId,
    /// Announce or withdraw.
    pub action: Action,
    /// Ascending, padded to 8, 16 or 24; empty in a withdrawal. One byte string, one after the other.
    #[serde(with = "packed")]
    pub tokens: BoundedVec<Token, 24>,
    /// Counts until then.
    pub expires: Timestamp,
}

impl Message for Beacon {
    const KIND: MessageKind = MessageKind::Beacon;
    const MAX: usize = BEACON_MAX - 256;
}

impl Beacon {
    /// Whether it counts for longer than any beacon may, by this clock.
    #[must_use]
    pub fn lives_too_long(&self, now: Timestamp) -> bool {
        self.expires > now.plus(LIFETIME + CLOCK_SKEW)
    }

    /// What is wrong with it, whoever sent it and whatever the time is.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        if self.number == 0 || self.number > NUMBER_MAX {
            return Some("a beacon with an impossible number");
        }
        match self.action {
            Action::Withdraw(number) if number == 0 || number >= self.number => Some("a beacon that withdraws no earlier one"),
            Action::Withdraw(_) if !self.tokens.is_empty() => Some("a withdrawal with tokens"),
            Action::Announce if !LENGTHS.contains(&self.tokens.len()) => Some("a beacon that is not padded"),
            Action::Announce if !self.tokens.is_sorted_by(|one, two| one < two) => Some("a beacon whose tokens are not in order"),
            _ => None,
        }
    }
}

/// A beacon with the unit that its signing key belongs to: the tokens are bound to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UnitBeacon {
    pub(super) unit: UnitId,
    pub(super) beacon: Beacon,
}

impl core::ops::Deref for UnitBeacon {
    type Target = Beacon;
    fn deref(&self) -> &Beacon {
        &self.beacon
    }
}

/// Tokens as one byte string: a list of byte strings has a header for each.
mod packed {
    use super::Token;
    use crate::bounded::BoundedVec;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(tokens: &BoundedVec<Token, 24>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&tokens.iter().flat_map(|token| token.0).collect::<Vec<u8>>())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BoundedVec<Token, 24>, D::Error> {
        let bytes = serde_bytes::ByteBuf::deserialize(deserializer)?;
        let (tokens, rest) = bytes.as_chunks();
        if !rest.is_empty() {
            return Err(D::Error::custom("part of a token"));
        }
        BoundedVec::new(tokens.iter().map(|token| Token(*token)).collect()).map_err(D::Error::custom)
    }
}

/// How far a unit's beacons reach; the signing key says whose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeaconHead {
    /// Where it counts.
    pub federation: FederationId,
    /// The blinding epoch.
    pub epoch: u64,
    /// Nothing below this number counts any more.
    pub floor: u64,
    /// The last number given.
    pub highest: u64,
    /// When it was signed.
    pub at: Timestamp,
}

impl BeaconHead {
    /// Whether its numbers fit each other, and leave room for those to come.
    pub(super) fn is_possible(&self) -> bool {
        (1..=self.highest.saturating_add(1)).contains(&self.floor) && self.highest <= NUMBER_MAX
    }
}

impl Message for BeaconHead {
    const KIND: MessageKind = MessageKind::BeaconHead;
    const MAX: usize = 256;
}

/// The token of one y of a blinding epoch as `unit` announces it. Another unit's token of the same y looks unrelated.
#[must_use]
pub fn token(federation: FederationId, epoch: u64, unit: UnitId, y: &[u8; 64]) -> Token {
    Announcer { federation, epoch, unit }.token(y)
}

/// Sorted and padded with tokens that nobody else can tell from real ones, the same as long as the subject lives under one key.
#[must_use]
pub fn padded(
    index_secret: &[u8; 32],
    epoch: u64,
    subject: SubjectId,
    tokens: impl IntoIterator<Item = Token>,
) -> BoundedVec<Token, 24> {
    let mut tokens: BTreeSet<Token> = tokens.into_iter().take(24).collect();
    let length = LENGTHS.into_iter().find(|length| *length >= tokens.len());
    let mut place: u64 = 0;
    while tokens.len() < length.unwrap_or(24) {
        let input = [subject.as_bytes().as_slice(), &epoch.to_be_bytes(), &place.to_be_bytes()].concat();
        tokens.insert(first_half(&keyed(labels::PADDING, index_secret, &input)));
        place += 1;
    }
    BoundedVec::new(tokens.into_iter().collect()).expect("at most 24 were taken or added")
}

fn first_half(hash: &[u8; 32]) -> Token {
    Token::from_slice(&hash[..Token::LEN]).expect("a hash is longer than a token")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_fills_to_the_next_length_and_never_moves() {
        let subject = SubjectId([3; 16]);
        let real = |count: u8| (0..count).map(|byte| Token([byte; 16]));
        for (count, length) in [(1, 8), (8, 8), (9, 16), (17, 24), (24, 24), (30, 24)] {
            let once = padded(&[7; 32], 0, subject, real(count));
            assert_eq!(once.len(), length);
            assert!(once.is_sorted_by(|one, two| one < two));
            assert_eq!(once, padded(&[7; 32], 0, subject, real(count)));
        }
        let ours = padded(&[7; 32], 0, subject, real(1));
        let other_secret = padded(&[8; 32], 0, subject, real(1));
        assert_eq!(ours.iter().filter(|token| other_secret.contains(token)).count(), 1);
    }

    #[test]
    fn each_unit_has_its_own_token_for_the_same_person() {
        let federation = FederationId([1; 32]);
        let y = [9; 64];
        let one = token(federation, 0, UnitId([1; 32]), &y);
        assert_eq!(one, token(federation, 0, UnitId([1; 32]), &y));
        assert_ne!(one, token(federation, 0, UnitId([2; 32]), &y));
        assert_ne!(one, token(FederationId([2; 32]), 0, UnitId([1; 32]), &y));
        assert_ne!(one, token(federation, 1, UnitId([1; 32]), &y));
    }

    #[test]
    fn a_beacon_out_of_form_is_named() {
        let now = Timestamp(1_000_000);
        let good = Beacon {
            federation: FederationId([1; 32]),
            epoch: 0,
            number: 5,
            subject: SubjectId([3; 16]),
            action: Action::Announce,
            tokens: padded(&[7; 32], 0, SubjectId([3; 16]), [Token([1; 16])]),
            expires: now.plus(LIFETIME),
        };
        assert_eq!((good.fault(), good.lives_too_long(now)), (None, false));
        let with = |change: fn(&mut Beacon)| {
            let mut beacon = good.clone();
            change(&mut beacon);
            beacon.fault().is_some() || beacon.lives_too_long(now)
        };
        assert!(with(|b| b.number = 0));
        assert!(with(|b| b.number = u64::MAX));
        assert!(with(|b| b.expires = b.expires.plus(2 * DAY)));
        assert!(with(|b| b.action = Action::Withdraw(4))); // has tokens
        assert!(with(|b| b.tokens = BoundedVec::default()));
        assert!(with(|b| {
            let mut tokens = b.tokens.to_vec();
            tokens[1] = tokens[0];
            b.tokens = BoundedVec::new(tokens).unwrap();
        }));
        let mut withdrawal = Beacon { tokens: BoundedVec::default(), ..good };
        for (number, wrong) in [(0, true), (1, false), (4, false), (5, true), (6, true)] {
            withdrawal.action = Action::Withdraw(number);
            assert_eq!(withdrawal.fault().is_some(), wrong, "{number}");
        }
    }
}
