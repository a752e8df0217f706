//! Pairwise precision, recall and F1 at each class, against a file of true pairs.
//! A pair listed twice in that file counts once.

use super::compared::{Judged, word};
use anyhow::{Context as _, Result};
use icmc_protocol::fingerprint::MatchClass;
use std::collections::BTreeSet;
use std::path::Path;

/// The true pairs, each with its smaller name first.
pub(super) struct Truth(BTreeSet<[String; 2]>);

fn pair(a: &str, b: &str) -> [String; 2] {
    let mut pair = [a.trim().to_owned(), b.trim().to_owned()];
    pair.sort();
    pair
}

/// Reads `a_id,b_id`.
pub(super) fn read_truth(file: &Path) -> Result<Truth> {
    let shown = file.display();
    let mut reader = csv::Reader::from_path(file).with_context(|| format!("{shown} could not be read"))?;
    let header = reader.headers().with_context(|| format!("{shown} has no header line"))?.clone();
    let column = |name: &str| {
        let found = header.iter().position(|column| column.trim_start_matches('\u{feff}').trim() == name);
        found.with_context(|| format!("{shown} has no column {name}; it needs a_id and b_id"))
    };
    let (a, b) = (column("a_id")?, column("b_id")?);
    let mut pairs = BTreeSet::new();
    for (number, line) in (2_u64..).zip(reader.records()) {
        let line = line.with_context(|| format!("{shown}, record {number} is not CSV in UTF-8"))?;
        pairs.insert(pair(line.get(a).unwrap_or_default(), line.get(b).unwrap_or_default()));
    }
    Ok(Truth(pairs))
}

/// What to print: a line for each class and everything above it.
pub(super) fn lines(judged: &[Judged], truth: Option<&Truth>, beacons_only: bool) -> Vec<String> {
    let of = if beacons_only { "beacons alone" } else { "after the comparison" };
    let mut lines = vec![format!("{of}: {} pairs scored", judged.len())];
    for class in [MatchClass::Possible, MatchClass::Probable, MatchClass::Exact] {
        let shown: Vec<&Judged> = judged.iter().filter(|one| one.class >= Some(class)).collect();
        let mut line = format!("  {:<8} and better: {} pairs", word(Some(class)), shown.len());
        if let Some(Truth(pairs)) = truth {
            let right = shown.iter().filter(|one| pairs.contains(&pair(&one.a, &one.b))).count();
            let [p, r, f1] = prf(right, shown.len(), pairs.len());
            line = format!("{line}, precision {p:.4}, recall {r:.4}, F1 {f1:.4}");
        }
        lines.push(line);
    }
    lines
}

fn prf(right: usize, shown: usize, all: usize) -> [f64; 3] {
    let part = |of: usize| right as f64 / of.max(1) as f64;
    [part(shown), part(all), 2.0 * right as f64 / (shown + all).max(1) as f64]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_count_whichever_way_round_they_are_written() {
        let one = |a: &str, b: &str, class| Judged { a: a.to_owned(), b: b.to_owned(), score: 0, class };
        let truth = Truth([pair("a1", "b1"), pair("b2", "a2")].into());
        let judged = [
            one("a1", "b1", Some(MatchClass::Exact)),
            one("a2", "b2", Some(MatchClass::Possible)),
            one("a1", "b2", Some(MatchClass::Possible)),
            one("a3", "b3", None),
        ];
        let lines = lines(&judged, Some(&truth), false);
        assert!(lines[1].ends_with("3 pairs, precision 0.6667, recall 1.0000, F1 0.8000"), "{}", lines[1]);
        assert!(lines[3].ends_with("1 pairs, precision 1.0000, recall 0.5000, F1 0.6667"), "{}", lines[3]);
    }
}
