//! From shared token types to a hit: pure, the same on both sides when both count the same.
//! Positive evidence alone: never exact. Contradictions are weighed by the comparison that a hit begins (`confirm`).

use crate::fingerprint::{
    AgreedKind, Df, MatchClass, TokenType, Weights, agreed_in_kind, classify, is_hit, positive_score_with, rarest_by_type,
};

/// What is worth comparing two persons for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// How sure by itself; none below possible.
    pub class: Option<MatchClass>,
    /// In thousandths.
    pub score: i64,
    /// What agreed, in kind.
    pub agreed: Vec<AgreedKind>,
}

/// Judges shared tokens, each with the number of subjects that carry it, in an index of `persons`. None below the hit level; an
/// equal document is never below it.
#[must_use]
pub fn judge(shared: impl IntoIterator<Item = (TokenType, Df)>, persons: u64, weights: &Weights) -> Option<Hit> {
    let rarest = rarest_by_type(shared, persons);
    if rarest.is_empty() {
        return None;
    }
    let score = positive_score_with(&rarest, persons, weights);
    let types = rarest.keys().copied().collect();
    let class = classify(score, &types, persons, false);
    (class.is_some() || is_hit(score, persons)).then(|| Hit { class, score, agreed: agreed_in_kind(types) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge<const N: usize>(shared: [(TokenType, Df); N], persons: u64) -> Option<Hit> {
        super::judge(shared, persons, Weights::shipped())
    }

    #[test]
    fn one_rare_fact_is_a_hit_and_no_alert_yet_and_several_are() {
        use TokenType::{Ad, Ag, Hv, Id, Ng, Nv};
        assert_eq!(judge([], 10), None);
        assert_eq!(judge([(Nv, Df(2))], 10).unwrap().class, None);
        assert_eq!(judge([(Nv, Df(199))], 10), None);
        let several = judge([Ad, Ag, Hv, Ng, Nv].map(|kind| (kind, Df(2))), 10).unwrap();
        assert_eq!(several.class, Some(MatchClass::Probable));
        assert!((3_870..3_900).contains(&several.score), "{}", several.score);
        assert_eq!(judge([(Id, Df(150))], 10).unwrap().class, Some(MatchClass::Possible));
    }

    #[test]
    fn a_token_that_everybody_carries_counts_nothing() {
        assert!(judge([(TokenType::Id, Df(200))], 10).is_some());
        assert_eq!(judge([(TokenType::Id, Df(201))], 10), None);
    }
}
