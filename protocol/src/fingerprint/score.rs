//! What shared tokens are worth: the positive score and the class, in integers, so that two nodes always get the same number.
//! Not for contradicting evidence: `comparison` weighs it, with the logarithms and classes of this file.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{token_type::TokenType, weights::Weights};

/// Size of the index, in persons, for which weights and thresholds were fitted.
pub const SCALE: u64 = 10_000;
/// From this positive score on (plus offset) the confirm step starts; thousandths.
pub const HIT_LEVEL: i64 = -2_500;
/// A token carried by more than one person in so many (2 %) counts nothing.
const MUTE_ONE_IN: u64 = 50;
const POSSIBLE: i64 = 0;
/// The same for a score that nothing contradicts yet: there the best F1 is a little lower.
const POSSIBLE_ALONE: i64 = -400;
const PROBABLE: i64 = 1_000;
const EXACT: i64 = 3_000;
/// Bits behind the point of the fixed-point logarithms.
const FRACTION: u32 = 32;

/// How many persons of the index carry a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Df(pub u64);

/// How sure a match is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchClass {
    /// About two of three such pairs are the same person.
    Possible,
    /// More than nine of ten.
    Probable,
    /// Confirmed by both units, on more than one ground.
    Exact,
}

/// The rarest shared token of each type; muted tokens are left out. `persons` is the size of the index.
pub fn rarest_by_type(shared: impl IntoIterator<Item = (TokenType, Df)>, persons: u64) -> BTreeMap<TokenType, Df> {
    let mut rarest = BTreeMap::new();
    for (kind, df) in shared {
        if !is_muted(df, persons) {
            let best = rarest.entry(kind).or_insert(df);
            *best = df.min(*best);
        }
    }
    rarest
}

/// Whether so many persons carry the token that it counts nothing.
pub fn is_muted(df: Df, persons: u64) -> bool {
    df.0.saturating_mul(MUTE_ONE_IN) > persons.max(SCALE)
}

/// Positive evidence alone, in thousandths, with the shipped weights. `shared` as made by [`rarest_by_type`].
pub fn positive_score(shared: &BTreeMap<TokenType, Df>, persons: u64) -> i64 {
    positive_score_with(shared, persons, Weights::shipped())
}

/// The same with other weights.
pub fn positive_score_with(shared: &BTreeMap<TokenType, Df>, persons: u64, weights: &Weights) -> i64 {
    // Weight and bits are thousandths and bits count a tenth: everything is summed in units of 1e-7 and rounded once.
    let types = i64::try_from(shared.len()).unwrap_or(0);
    let mut sum = weights.bias * 10_000 + weights.shared_types * types * 1_000;
    for (kind, df) in shared {
        let weight = weights.types.get(kind).copied().unwrap_or(0);
        sum += weight * bits(*df, persons);
    }
    (sum + 5_000).div_euclid(10_000)
}

/// What is added to every threshold, in thousandths: more people, more chance agreement.
pub fn threshold_offset(persons: u64) -> i64 {
    const LN_2_MILLIONTHS: i64 = 693_147;
    let doublings = (log2(persons) - log2(SCALE)).max(0);
    rounded(doublings * LN_2_MILLIONTHS / 1_000)
}

/// Whether a positive score is worth a confirm step.
pub fn is_hit(score: i64, persons: u64) -> bool {
    score >= HIT_LEVEL + threshold_offset(persons)
}

/// The class of a score in thousandths, or none. Never exact: anything not confirmed, and one shared type alone. An equal
/// document is at least possible, a phone alone at most.
pub fn classify(score: i64, shared: &BTreeSet<TokenType>, persons: u64, confirmed: bool) -> Option<MatchClass> {
    let score = score.saturating_sub(threshold_offset(persons));
    let document = shared.contains(&TokenType::Id);
    let phone_alone = shared.len() == 1 && shared.contains(&TokenType::Ph);
    let probable = score >= PROBABLE && !phone_alone;
    let possible = score >= if confirmed { POSSIBLE } else { POSSIBLE_ALONE };
    if confirmed && shared.len() >= 2 && (score >= EXACT || probable && document) {
        Some(MatchClass::Exact)
    } else if probable {
        Some(MatchClass::Probable)
    } else if possible || document {
        Some(MatchClass::Possible)
    } else {
        None
    }
}

/// log2(max(persons, 10,000) / df) in thousandths.
pub(super) fn bits(df: Df, persons: u64) -> i64 {
    rounded(((log2(persons.max(SCALE)) - log2(df.0)) * 1_000).max(0))
}

fn rounded(fixed: i64) -> i64 {
    (fixed + (1 << (FRACTION - 1))) >> FRACTION
}

/// log2 in fixed point, by squaring the mantissa once for each bit; that of 0 is taken as that of 1.
fn log2(value: u64) -> i64 {
    let value = value.max(1);
    let whole = value.ilog2();
    let mut mantissa = u128::from(value) << (63 - whole); // 1.0 is 1 << 63
    let mut result = i64::from(whole);
    for _ in 0..FRACTION {
        mantissa = (mantissa * mantissa) >> 63;
        let bit = mantissa >> 64;
        mantissa >>= bit;
        result = result << 1 | i64::from(bit == 1);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_right_to_the_last_thousandth() {
        assert_eq!(bits(Df(1), 0), 13_288); // log2(10,000) = 13.28771
        assert_eq!(bits(Df(3), 40_000), 13_703); // log2(40,000 / 3) = 13.70275
        assert_eq!(bits(Df(10_000), 7), 0);
        assert_eq!(bits(Df(u64::MAX), u64::MAX), 0);
        assert_eq!(threshold_offset(0), 0);
        assert_eq!(threshold_offset(10_000), 0);
        assert_eq!(threshold_offset(40_000), 1_386); // ln 4
        assert_eq!(threshold_offset(1_000_000), 4_605); // ln 100
    }

    #[test]
    fn the_rarest_token_of_a_type_counts_and_a_common_one_not_at_all() {
        let shared = [(TokenType::Ad, Df(4)), (TokenType::Ad, Df(2)), (TokenType::Nv, Df(201))];
        let rarest = rarest_by_type(shared, 500);
        assert_eq!(rarest, BTreeMap::from([(TokenType::Ad, Df(2))]));
        assert!(!is_muted(Df(200), 500) && !is_muted(Df(201), 10_050));
    }

    #[test]
    fn classes_follow_the_rules_beyond_the_score() {
        use TokenType::{Ad, Id, Nd, Ph};
        let class = |score, types: &[TokenType], persons, confirmed| {
            classify(score, &types.iter().copied().collect(), persons, confirmed)
        };
        assert_eq!(class(3_000, &[Ad, Nd], 0, true), Some(MatchClass::Exact));
        assert_eq!(class(3_000, &[Ad, Nd], 0, false), Some(MatchClass::Probable));
        assert_eq!(class(9_000, &[Nd], 0, true), Some(MatchClass::Probable));
        assert_eq!(class(1_000, &[Id, Nd], 0, true), Some(MatchClass::Exact));
        assert_eq!(class(999, &[Id, Nd], 0, true), Some(MatchClass::Possible));
        assert_eq!(class(-9_000, &[Id], 0, false), Some(MatchClass::Possible));
        assert_eq!(class(9_000, &[Ph], 0, true), Some(MatchClass::Possible));
        assert_eq!(class(-1, &[Ad, Nd], 0, true), None);
        assert_eq!(class(-400, &[Ad, Nd], 0, false), Some(MatchClass::Possible));
        assert_eq!(class(-401, &[Ad, Nd], 0, false), None);
        assert_eq!(class(1_385, &[Ad, Nd], 40_000, true), None);
        assert_eq!(class(1_386, &[Ad, Nd], 40_000, true), Some(MatchClass::Possible));
        assert!(is_hit(-2_500, 0) && !is_hit(-2_501, 0) && !is_hit(-2_500, 20_000));
    }
}
