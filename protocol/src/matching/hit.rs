//! From shared token types to a class: pure, the same on both sides when both count the same.
//! Positive evidence alone: never exact, and nothing below possible. The confirm step, which weighs contradictions, comes later.

use crate::fingerprint::{AgreedKind, Df, MatchClass, TokenType, agreed_in_kind, classify, positive_score, rarest_by_type};

/// Why an alert is raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// How sure.
    pub class: MatchClass,
    /// In thousandths.
    pub score: i64,
    /// What agreed, in kind.
    pub agreed: Vec<AgreedKind>,
}

/// Judges shared tokens, each with the number of subjects that carry it, in an index of `persons`. None below possible.
#[must_use]
pub fn judge(shared: impl IntoIterator<Item = (TokenType, Df)>, persons: u64) -> Option<Hit> {
    let rarest = rarest_by_type(shared, persons);
    if rarest.is_empty() {
        return None;
    }
    let score = positive_score(&rarest, persons);
    let types = rarest.keys().copied().collect();
    let class = classify(score, &types, persons, false)?;
    Some(Hit { class, score, agreed: agreed_in_kind(types) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_common_fact_is_no_alert_and_several_are() {
        use TokenType::{Ad, Ag, Hv, Id, Ng, Nv};
        assert_eq!(judge([], 10), None);
        assert_eq!(judge([(Nv, Df(2))], 10), None);
        let several = judge([Ad, Ag, Hv, Ng, Nv].map(|kind| (kind, Df(2))), 10).unwrap();
        assert_eq!(several.class, MatchClass::Probable);
        assert!((3_900..3_930).contains(&several.score), "{}", several.score);
        assert_eq!(judge([(Id, Df(150))], 10).unwrap().class, MatchClass::Possible);
    }

    #[test]
    fn a_token_that_everybody_carries_counts_nothing() {
        assert!(judge([(TokenType::Id, Df(200))], 10).is_some());
        assert_eq!(judge([(TokenType::Id, Df(201))], 10), None);
    }
}
