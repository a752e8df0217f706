//! How sure it is that two records of this node are one person: the one place where a pair gets its class.
//! Not which pairs are looked at: that is `alike`.

use crate::casework::{Compared, Side, compare};
use icmc_protocol::fingerprint::{Df, MatchClass, TokenType, classify, positive_score};
use std::collections::{BTreeMap, BTreeSet};

/// What is said of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// How sure.
    pub class: MatchClass,
    /// In thousandths. It depends on how many others carry a shared fact, so it is for ordering and never shown.
    pub score: i64,
    /// Field by field.
    pub lines: Vec<Compared>,
}

/// Judges a pair that shares these token types, each with the number of carriers of its rarest token, among `persons`. None below
/// possible. Symmetric in class and score.
///
/// Positive evidence only until the weights of the confirm step are here; what both sides know and contradict each other in then
/// takes the place of the confirm: a pair without such a line counts as confirmed, one with it is no more than possible unless a
/// document number is shared.
#[must_use]
pub fn candidate_score(ours: &Side<'_>, theirs: &Side<'_>, shared: &BTreeMap<TokenType, Df>, persons: u64) -> Option<Judged> {
    let lines = compare(ours, theirs);
    let contradicted = lines.iter().any(Compared::speaks_against);
    let score = positive_score(shared, persons);
    let types: BTreeSet<TokenType> = shared.keys().copied().collect();
    let class = classify(score, &types, persons, !contradicted)?;
    let class = if contradicted && !types.contains(&TokenType::Id) { MatchClass::Possible } else { class };
    Some(Judged { class, score, lines })
}
