//! Pairwise precision, recall and F1 at each class, against a file of true pairs.
//! A pair listed twice in that file counts once.

use super::compared::{Judged, word};
use super::persons::Record;
use super::table::Table;
use anyhow::Result;
use icmc_protocol::fingerprint::MatchClass;
use std::collections::BTreeSet;
use std::path::Path;

/// The true pairs: of two files, the record of the first file first; of one, the smaller name first.
pub(super) struct Truth {
    pairs: BTreeSet<[String; 2]>,
    /// How many of them name a record that is in no file: nobody can find those, and they count as not found.
    strangers: usize,
}

/// Reads `a_id,b_id`; `b` is none where one file is compared with itself.
///
/// # Errors
/// What is wrong, with file, line and column.
pub(super) fn read_truth(file: &Path, a: &[Record], b: Option<&[Record]>) -> Result<Truth> {
    let table = Table::open(file)?;
    let columns = [table.needed("a_id")?, table.needed("b_id")?];
    let names = |side: &[Record]| side.iter().map(|one| one.id.clone()).collect::<BTreeSet<String>>();
    let (in_a, in_b) = (names(a), names(b.unwrap_or(a)));
    let mut truth = Truth { pairs: BTreeSet::new(), strangers: 0 };
    for row in table.rows() {
        let row = row?;
        let mut pair = [String::new(), String::new()];
        for (name, column) in pair.iter_mut().zip(columns) {
            row.text(column)?.clone_into(name);
            if name.is_empty() {
                return Err(row.wrong(column, "empty"));
            }
        }
        let fits = |[one, other]: &[String; 2]| in_a.contains(one) && in_b.contains(other);
        let turned = [pair[1].clone(), pair[0].clone()];
        let turn = if b.is_none() { turned < pair } else { !fits(&pair) && fits(&turned) };
        let pair = if turn { turned } else { pair };
        let stranger = !fits(&pair);
        if truth.pairs.insert(pair) && stranger {
            truth.strangers += 1;
        }
    }
    Ok(truth)
}

impl Truth {
    /// What a reader should know about it.
    pub(super) fn note(&self) -> Option<String> {
        let all = self.pairs.len();
        (self.strangers > 0).then(|| {
            format!("{} of {all} true pairs name a record that is not in the files; they count as not found", self.strangers)
        })
    }
}

/// What to print: a line for each class and everything above it.
pub(super) fn lines(judged: &[Judged], truth: Option<&Truth>, beacons_only: bool) -> Vec<String> {
    let of = if beacons_only { "beacons alone" } else { "after the comparison" };
    let true_pairs = truth.map_or(String::new(), |truth| format!(" ({} pairs are true)", truth.pairs.len()));
    let mut lines = vec![format!("{of}: {} pairs scored{true_pairs}; pairwise:", judged.len())];
    for class in [MatchClass::Possible, MatchClass::Probable, MatchClass::Exact] {
        let shown: Vec<&Judged> = judged.iter().filter(|one| one.class >= Some(class)).collect();
        let better = if class == MatchClass::Exact { "           " } else { " and better" };
        let mut line = format!("  {:<8}{better} {:>6} pairs", word(Some(class)), shown.len());
        if let Some(Truth { pairs, .. }) = truth {
            let right = shown.iter().filter(|one| pairs.contains(&[one.a.clone(), one.b.clone()])).count();
            let [p, r, f1] = prf(right, shown.len(), pairs.len());
            line = format!("{line}   precision {p:.4}   recall {r:.4}   F1 {f1:.4}");
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
    use icmc_protocol::fingerprint::Person;
    use std::io::Write as _;

    fn named(ids: &[&str]) -> Vec<Record> {
        let one = |id: &&str| Record { id: (*id).to_owned(), person: Person::default(), features: Vec::new() };
        ids.iter().map(one).collect()
    }

    fn truth(text: &str, a: &[&str], b: Option<&[&str]>) -> Result<Truth> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        read_truth(file.path(), &named(a), b.map(named).as_deref())
    }

    fn judged(pairs: &[(&str, &str, Option<MatchClass>)]) -> Vec<Judged> {
        pairs.iter().map(|(a, b, class)| Judged { a: (*a).to_owned(), b: (*b).to_owned(), score: 0, class: *class }).collect()
    }

    #[test]
    fn pairs_count_whichever_way_round_they_are_written() {
        let truth = truth("a_id,b_id\na1,b1\nb2,a2\na1,b1\n", &["a1", "a2"], Some(&["b1", "b2"])).unwrap();
        assert_eq!((truth.pairs.len(), truth.note()), (2, None));
        let judged = judged(&[
            ("a1", "b1", Some(MatchClass::Exact)),
            ("a2", "b2", Some(MatchClass::Possible)),
            ("a1", "b2", Some(MatchClass::Possible)),
            ("a2", "b1", None),
        ]);
        let lines = lines(&judged, Some(&truth), false);
        assert!(lines[1].ends_with("3 pairs   precision 0.6667   recall 1.0000   F1 0.8000"), "{}", lines[1]);
        assert!(lines[3].ends_with("1 pairs   precision 1.0000   recall 0.5000   F1 0.6667"), "{}", lines[3]);
    }

    /// Both units may number their records from 1.
    #[test]
    fn equal_names_in_two_files_are_two_records() {
        let truth = truth("a_id,b_id\n1,2\n", &["1", "2"], Some(&["1", "2"])).unwrap();
        let lines = lines(&judged(&[("2", "1", Some(MatchClass::Exact))]), Some(&truth), false);
        assert!(lines[3].contains("precision 0.0000"), "{}", lines[3]);
    }

    #[test]
    fn pairs_of_strangers_are_counted_and_said() {
        let of_one = truth("a_id,b_id\nr2,r1\nr1,r9\n", &["r1", "r2"], None).unwrap();
        assert!(of_one.pairs.contains(&["r1".to_owned(), "r2".to_owned()]));
        assert!(of_one.note().unwrap().starts_with("1 of 2 true pairs"));
        let Err(error) = truth("a_id,b_id\na1,\n", &["a1"], Some(&["b1"])) else { panic!("it was taken") };
        assert!(error.to_string().ends_with("line 2, column b_id: empty"), "{error}");
    }
}
