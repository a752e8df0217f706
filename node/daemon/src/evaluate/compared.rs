//! What a hit is worth: shared tokens alone, or after the counts-only comparison; and the file of pairs.
//! The scores themselves are those of `fingerprint`, and the comparison that of `matching`.

use super::beacons::Announced;
use super::blinding::shared_out;
use super::hits::Found;
use super::persons::Record;
use super::progress::Bar;
use anyhow::{Context as _, Result, bail};
use icmc_node::clock::SystemRng;
use icmc_protocol::fingerprint::{
    ConfirmFacts, MatchClass, TokenType, Weights, classify, confirm_class, confirm_score, is_hit, positive_score_with,
    rarest_by_type,
};
use icmc_protocol::matching::count_in_private;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

/// A pair with its score in thousandths and its class.
pub(super) struct Score {
    own: usize,
    other: usize,
    score: i64,
    class: Option<MatchClass>,
}

/// The same by the names of the files.
pub(super) struct Judged {
    pub(super) a: String,
    pub(super) b: String,
    pub(super) score: i64,
    pub(super) class: Option<MatchClass>,
}

/// Whether the comparison would begin.
pub(super) fn is_worth_it(found: &Found, persons: u64, weights: &Weights) -> bool {
    let rarest = rarest_by_type(found.shared.iter().copied(), persons);
    !rarest.is_empty() && is_hit(positive_score_with(&rarest, persons, weights), persons)
}

/// Positive evidence alone: what a node knows before the comparison.
pub(super) fn alone(found: &[Found], persons: u64, weights: &Weights, bar: &Bar) -> Vec<Score> {
    let judge = |found: &Found| {
        bar.step();
        let rarest = rarest_by_type(found.shared.iter().copied(), persons);
        let score = positive_score_with(&rarest, persons, weights);
        let class = classify(score, &rarest.keys().copied().collect(), persons, false);
        Score { own: found.own, other: found.other, score, class }
    };
    found.iter().map(judge).collect()
}

/// With what both units learn of each other's counts.
pub(super) fn confirmed(
    found: &[Found],
    ours: &Announced<'_>,
    theirs: &Announced<'_>,
    persons: u64,
    weights: &Weights,
    bar: &Bar,
) -> Result<Vec<Score>> {
    shared_out(found, |found| {
        let (one, other) = (&ours.records[found.own], &theirs.records[found.other]);
        let types = |record: &Record| record.features.iter().map(|feature| feature.kind).collect::<BTreeSet<TokenType>>();
        let lists = count_in_private(&one.person, &other.person, &mut SystemRng)?;
        let facts = ConfirmFacts {
            persons,
            own_types: types(one),
            other_types: types(other),
            shared: rarest_by_type(found.shared.iter().copied(), persons),
            lists,
        };
        let score = confirm_score(&facts, weights);
        bar.step();
        Ok(Score { own: found.own, other: found.other, score, class: confirm_class(&facts, score) })
    })
}

impl Judged {
    /// Best first, ties in the order of the files.
    pub(super) fn sorted(mut scores: Vec<Score>, a: &[Record], b: &[Record], same: bool) -> Vec<Self> {
        scores.sort_by_key(|one| (core::cmp::Reverse(one.score), one.own, one.other));
        let named = |one: Score| {
            let (mut first, mut second) = (a[one.own].id.clone(), b[one.other].id.clone());
            if same && first > second {
                core::mem::swap(&mut first, &mut second);
            }
            Self { a: first, b: second, score: one.score, class: one.class }
        };
        scores.into_iter().map(named).collect()
    }
}

/// The word of a class in the file.
pub(super) const fn word(class: Option<MatchClass>) -> &'static str {
    match class {
        Some(MatchClass::Exact) => "exact",
        Some(MatchClass::Probable) => "probable",
        Some(MatchClass::Possible) => "possible",
        None => "none",
    }
}

/// The file of pairs. It is opened before the long work, so that a wrong name is said at once, and changed only at the end.
pub(super) struct Out {
    shown: String,
    file: File,
}

impl Out {
    /// # Errors
    /// The file cannot be written, or is one that is read.
    pub(super) fn open(file: &Path, read: &[&Path]) -> Result<Self> {
        let shown = file.display().to_string();
        if let Ok(real) = file.canonicalize()
            && read.iter().any(|one| one.canonicalize().is_ok_and(|one| one == real))
        {
            bail!("{shown} is read: give the pairs another name");
        }
        let opened = File::options().create(true).write(true).truncate(false).open(file);
        Ok(Self { file: opened.with_context(|| format!("{shown} could not be written"))?, shown })
    }

    /// Writes `a_id,b_id,score,class`.
    ///
    /// # Errors
    /// The disk is full, or the file went away.
    pub(super) fn write(self, judged: &[Judged]) -> Result<()> {
        let failed = || format!("{} could not be written", self.shown);
        if self.file.metadata().with_context(failed)?.is_file() {
            self.file.set_len(0).with_context(failed)?;
        }
        let mut out = csv::Writer::from_writer(&self.file);
        out.write_record(["a_id", "b_id", "score", "class"]).with_context(failed)?;
        for one in judged {
            out.write_record([&one.a, &one.b, &decimal(one.score), word(one.class)]).with_context(failed)?;
        }
        out.flush().with_context(failed)
    }
}

/// Thousandths as a decimal fraction.
fn decimal(score: i64) -> String {
    let (whole, part) = (score.unsigned_abs() / 1000, score.unsigned_abs() % 1000);
    format!("{}{whole}.{part:03}", if score < 0 { "-" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_written_over_an_older_and_longer_file_but_never_over_what_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let (pairs, persons) = (dir.path().join("pairs.csv"), dir.path().join("a.csv"));
        std::fs::write(&pairs, "old\n".repeat(100)).unwrap();
        std::fs::write(&persons, "record_id\n").unwrap();
        let out = Out::open(&pairs, &[&persons]).unwrap();
        let one = Judged { a: "a,1".to_owned(), b: "b1".to_owned(), score: -45, class: None };
        let other = Judged { a: "a2".to_owned(), b: "b2".to_owned(), score: 12_340, class: Some(MatchClass::Exact) };
        out.write(&[one, other]).unwrap();
        let written = std::fs::read_to_string(&pairs).unwrap();
        assert_eq!(written, "a_id,b_id,score,class\n\"a,1\",b1,-0.045,none\na2,b2,12.340,exact\n");
        assert!(Out::open(&persons, &[&persons]).is_err());
        assert!(Out::open(&dir.path().join("no/such/place.csv"), &[]).is_err());
    }
}
