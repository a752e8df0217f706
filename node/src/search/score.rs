//! How sure it is that two records of this node are one person: the one place where a pair gets its class.
//! Not which pairs are looked at: that is `alike`.

use crate::casework::{Compared, Side, compare};
use icmc_protocol::fingerprint::{self, Df, Feature, MatchClass, TokenType, Weights, confirm_class, confirm_score};
use std::collections::BTreeMap;

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

/// Judges a pair that shares these token types, each with the number of carriers of its rarest token, among `persons`: as two units
/// judge it after their comparison in counts, only that here it is counted in the clear. None below possible. What lasts and speaks
/// against it (another sex, another birth date) leaves no more than possible, unless a document number is shared: people here see
/// both records, and decide. Symmetric in class and score.
#[must_use]
pub fn candidate_score(ours: &Side<'_>, theirs: &Side<'_>, shared: &BTreeMap<TokenType, Df>, persons: u64) -> Option<Judged> {
    // A feature that both have and nobody here may count is worth as little as one that everybody has.
    let carriers = |feature: &Feature| shared.get(&feature.kind).copied().unwrap_or(Df(u64::MAX));
    let facts = fingerprint::compare(ours.person(), theirs.person(), persons, carriers);
    let score = confirm_score(&facts, Weights::shipped());
    let class = confirm_class(&facts, score)?;
    let lines = compare(ours, theirs);
    let contradicted = lines.iter().any(Compared::speaks_against) && !shared.contains_key(&TokenType::Id);
    Some(Judged { class: if contradicted { MatchClass::Possible } else { class }, score, lines })
}
