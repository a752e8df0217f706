//! `icmc evaluate-matching` on small files: what it prints and writes, and how it refuses a file.
//! Not how well it finds: the figures on ten thousand persons are in the data's README and printed by `tests/run`.

use crate::bench::{Bench, icmc};
use std::fs;

const HEADER: &str = "record_id,role,given_name,family_name,alias,sex,birth_date,age_at_record,recorded_on,guardian_name,nationality,state,district,village,phone,id_type,id_number";
const RINA: &str = "a1,victim,Rina,Mondal,,F,2004-03-05,,,Haripada,IN,West Bengal,Murshidabad,Domkal,,voter,WBX1234567";
const KARIM: &str = "a2,suspect,Karim,Sheikh,,M,1980-01-01,,,Rahim,BD,,Jashore,Benapole,+880 1711 000111,,";
const REENA: &str = "b1,victim,Reena,Mandal,,F,2004-03-05,,,Haripad,IN,W. Bengal,Murshidabad,Domkol,,voter,wbx 123 4567";
const PAULUS: &str = "b2,suspect,Paulus,Kerketta,,M,1991-07,,,Johan,IN,Jharkhand,Gumla,Palkot,9431000222,,";

fn csv(lines: &[&str]) -> String {
    format!("{HEADER}\n{}\n", lines.join("\n"))
}

#[test]
fn the_same_girl_is_found_in_two_files() {
    let bench = Bench::new();
    let (a, b) = (bench.file("a.csv", &csv(&[RINA, KARIM])), bench.file("b.csv", &csv(&[REENA, PAULUS])));
    let (truth, pairs) = (bench.file("truth.csv", "a_id,b_id\na1,b1\n"), bench.file("pairs.csv", ""));
    let said = icmc(&["evaluate-matching", &a, &b, "--truth", &truth, "--pairs", &pairs]).ok();
    for part in [
        "index of 4 persons, recipe m2; tokens for each person: mean ",
        "bytes for each beacon: ",
        "after the comparison: 1 pairs scored (1 pairs are true)",
        "  exact                    1 pairs   precision 1.0000   recall 1.0000   F1 1.0000",
        " s  reading",
        " s  blinding by two of three keepers",
        " s  beacons",
        " s  hits",
        " s  counts-only comparisons",
    ] {
        assert!(said.contains(part), "{part:?} is missing from:\n{said}");
    }
    assert!(!said.contains("Rina") && !said.contains("Mondal"));
    let written = fs::read_to_string(&pairs).unwrap();
    assert!(written.starts_with("a_id,b_id,score,class\na1,b1,") && written.ends_with(",exact\n"), "{written}");

    // The score is the same from the other side, and beacons alone are never exact.
    icmc(&["evaluate-matching", &b, &a, "--pairs", &pairs]).ok();
    let turned = fs::read_to_string(&pairs).unwrap();
    assert_eq!(turned, written.replace("a1,b1", "b1,a1"));
    let alone = icmc(&["evaluate-matching", &a, &b, "--truth", &truth, "--beacons-only"]).ok();
    assert!(alone.contains("beacons alone: 1 pairs scored") && alone.contains("  exact                    0 pairs"), "{alone}");
}

#[test]
fn one_file_is_searched_for_duplicates_and_an_empty_one_holds_none() {
    let bench = Bench::new();
    let one = bench.file("one.csv", &csv(&[RINA, KARIM, REENA]));
    let pairs = bench.file("pairs.csv", "");
    icmc(&["evaluate-matching", &one, &one, "--pairs", &pairs]).ok();
    let written = fs::read_to_string(&pairs).unwrap();
    assert!(written.lines().count() == 2 && written.contains("\na1,b1,"), "{written}");
    let empty = bench.file("empty.csv", &csv(&[]));
    let said = icmc(&["evaluate-matching", &empty, &one]).ok();
    assert!(said.contains("after the comparison: 0 pairs scored"), "{said}");
}

#[test]
fn a_wrong_file_is_named_with_its_line_and_column() {
    let bench = Bench::new();
    let good = bench.file("good.csv", &csv(&[RINA]));
    let refused = |bad: &str, why: &str| icmc(&["evaluate-matching", &good, bad]).refused(why);
    refused(&bench.file("short.csv", &csv(&[REENA, "b2,suspect,Paulus"])), "short.csv, line 3: 3 columns instead of 17");
    refused(&bench.file("twice.csv", &csv(&[REENA, REENA])), "twice.csv, line 3, column record_id: the same as on line 2");
    refused(&bench.file("names.csv", "id,name\n1,Rina\n"), "names.csv, line 1: there is no column record_id");
    refused("/nowhere/b.csv", "/nowhere/b.csv could not be read");
    let with = |option: &str, file: &str, why: &str| icmc(&["evaluate-matching", &good, &good, option, file]).refused(why);
    with("--truth", &bench.file("truth.csv", "a,b\n"), "truth.csv, line 1: there is no column a_id");
    with("--weights", &bench.file("weights.json", "{}"), "weights.json is no file of weights");
    with("--pairs", &good, "good.csv is read");
    with("--pairs", "/nowhere/pairs.csv", "/nowhere/pairs.csv could not be written");
}
