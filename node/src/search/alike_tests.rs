//! Who may be the same person, inside one node. All people are invented.

use super::*;
use crate::casework::Known;
use icmc_protocol::fingerprint::{Identifier, Identity, MatchClass};
use icmc_protocol::ids::{CaseId, EntityId, UnitId};
use icmc_protocol::machine::{MemoryView, Scope, Txn, ViewError};
use icmc_protocol::testing::rng::SeededRng;
use icmc_protocol::time::Timestamp;

fn case(number: u16, people: Vec<Known>) -> SummaryRow {
    let mut id = [0; 32];
    id[..2].copy_from_slice(&number.to_be_bytes());
    let person = |(at, known): (u8, Known)| PersonRow {
        person: EntityId([at; 16]),
        display: known.name(),
        words: Vec::new(),
        native: Vec::new(),
        phones: Vec::new(),
        papers: Vec::new(),
        year: None,
        known,
    };
    SummaryRow {
        case: CaseId(id),
        owner: UnitId([1; 32]),
        received: false,
        number: format!("SH-26-{number:04}"),
        title: String::new(),
        kind: "missing_person".to_owned(),
        status: "open".to_owned(),
        priority: "high".to_owned(),
        opened_on: "2026-11-23".to_owned(),
        stages: Vec::new(),
        roles: Vec::new(),
        pending: 0,
        updated: Timestamp(u64::from(number)),
        people: (1..).zip(people).map(person).collect(),
    }
}

fn view(rows: &[SummaryRow]) -> MemoryView {
    let mut view = MemoryView::default();
    let mut rng = SeededRng::new(1);
    let snapshot = view.clone();
    let mut txn = Txn::new(&snapshot, Timestamp(1), &mut rng);
    for row in rows {
        txn.put(row.case.as_bytes(), Scope::Case(row.case), row);
    }
    view.apply(&txn.finish().writes);
    view
}

fn built(rows: &[SummaryRow]) -> Index {
    let index = Index::default();
    index.build(&view(rows)).unwrap();
    index
}

fn identity(given: &str, family: &str, birth: &str, father: &str) -> Identity {
    Identity {
        given_name: given.to_owned(),
        family_name: family.to_owned(),
        birth_date: birth.to_owned(),
        guardian_name: father.to_owned(),
        sex: "female".to_owned(),
        state: "Assam".to_owned(),
        district: "Barpeta".to_owned(),
        village: "Kalgachia".to_owned(),
        ..Identity::default()
    }
}

fn known(identity: Identity) -> Known {
    let father = identity.guardian_name.clone();
    Known::new(identity, [father, String::new(), String::new(), String::new()])
}

fn sita() -> Identity {
    identity("Sita", "Choudhury", "2010-04-03", "Ram Choudhury")
}

/// The same girl as another officer wrote her down.
fn seeta() -> Identity {
    identity("Seeta", "Chowdhury", "2010-04-03", "Ram Chowdhury")
}

fn everyone(_: CaseId) -> Result<bool, ViewError> {
    Ok(true)
}

fn classes(index: &Index, who: Identity) -> Vec<(u8, MatchClass)> {
    let found = index.alike(&known(who), None, &[], everyone).unwrap();
    found.into_iter().map(|like| (like.row.case.0[1], like.judged.class)).collect()
}

#[test]
fn the_same_girl_in_other_spelling_is_exact_and_her_sister_is_not_proposed() {
    let sister = identity("Gita", "Choudhury", "2012-01-30", "Ram Choudhury");
    let index = built(&[case(1, vec![known(seeta())]), case(2, vec![known(sister)]), case(3, vec![])]);
    assert_eq!(classes(&index, sita()), [(1, MatchClass::Exact)]);
    let stranger = Identity { district: "Kolkata".to_owned(), ..identity("Rina", "Das", "1999", "Hari Das") };
    assert_eq!(classes(&index, stranger), []);
    assert_eq!(classes(&index, Identity::default()), [], "of whom nothing is known, nobody is like");
}

#[test]
fn a_document_is_found_by_itself_and_a_phone_alone_is_too_little() {
    let paper = |number: &str, given: &str| Identity {
        given_name: given.to_owned(),
        identifiers: vec![Identifier { kind: "voter".to_owned(), number: number.to_owned() }],
        ..Identity::default()
    };
    let phone = |given: &str| Identity {
        given_name: given.to_owned(),
        phones: vec!["+91 50011 20416".to_owned()],
        ..Identity::default()
    };
    let index = built(&[case(1, vec![known(paper("ABC 123456", "Rina"))]), case(2, vec![known(phone("Hari"))])]);
    assert_eq!(classes(&index, paper("abc123456", "Mina")), [(1, MatchClass::Possible)], "never less, whatever the name");
    assert_eq!(classes(&index, phone("Kabir")), [], "families share one: the search by phone finds it");
}

#[test]
fn out_of_reach_nobody_is_found_and_the_answer_does_not_tell_that_somebody_is_there() {
    let alone = built(&[case(1, vec![known(seeta())])]);
    let more: Vec<SummaryRow> = (1..=60).map(|number| case(number, vec![known(seeta())])).collect();
    let crowded = built(&more);
    let first = |case: CaseId| Ok::<_, ViewError>(case.0[1] == 1);
    let ask = |index: &Index| {
        let found = index.alike(&known(sita()), None, &[], first).unwrap();
        found.into_iter().map(|like| (like.row.case, like.judged)).collect::<Vec<_>>()
    };
    assert_eq!(ask(&alone), ask(&crowded), "not even the score differs");
    assert_eq!(crowded.alike(&known(sita()), None, &[], |_| Ok::<_, ViewError>(false)).unwrap().len(), 0);
    assert_eq!(crowded.alike(&known(sita()), None, &[], everyone).unwrap().len(), CANDIDATES_MAX);
    assert!(crowded.alike(&known(sita()), None, &[], |_| Err(ViewError("gone".to_owned()))).is_err());
}

#[test]
fn nobody_of_the_same_case_is_proposed_and_what_is_gone_is_found_no_more() {
    let index = built(&[case(1, vec![known(seeta()), known(sita())]), case(2, vec![known(sita())])]);
    let of = |but: u16| index.alike(&known(sita()), Some(case(but, vec![]).case), &[], everyone).unwrap();
    assert_eq!((of(1).len(), of(2).len()), (1, 2));
    index.reload(&view(&[case(2, vec![known(identity("Rina", "Das", "1999", "Hari Das"))])]), case(2, vec![]).case).unwrap();
    assert_eq!(of(1).len(), 0);
    index.reload(&view(&[]), case(1, vec![]).case).unwrap();
    assert_eq!(of(2).len(), 0);
}

#[test]
fn a_token_that_everybody_carries_counts_nothing() {
    // "123456" stands for a paper that nobody looked at, in 201 records.
    let asked = || Identity {
        identifiers: vec![Identifier { kind: "other".to_owned(), number: "123456".to_owned() }],
        ..Identity::default()
    };
    let rows: Vec<SummaryRow> = (0..201).map(|at| case(at, vec![known(asked())])).collect();
    assert_eq!(classes(&built(&rows), asked()), []);
    assert_eq!(classes(&built(&rows[..200]), asked()).len(), CANDIDATES_MAX);
}

/// A word of three syllables, another one for each number below 125,000.
fn word(number: usize) -> String {
    const SYLLABLES: [&str; 50] = [
        "ba", "bi", "bo", "da", "di", "do", "ga", "gi", "go", "ja", "ji", "jo", "ka", "ki", "ko", "la", "li", "lo", "ma", "mi",
        "mo", "na", "ni", "no", "pa", "pi", "po", "ra", "ri", "ro", "sa", "si", "so", "ta", "ti", "to", "cha", "chi", "cho",
        "ya", "fa", "fi", "fo", "hi", "ho", "tra", "pra", "gra", "kra", "dra",
    ];
    [number / 2_500, number / 50, number].map(|part| SYLLABLES[part % 50]).concat()
}

/// Prints; the bar is 10 ms for one person among 5,000.
#[test]
#[expect(clippy::disallowed_methods, reason = "the time that a search takes is measured, and decides nothing")]
fn candidates_among_five_thousand_are_found_quickly() {
    // Names as unevenly spread as in life: one in twelve has one of the commonest ten.
    let name = |at: usize| word(if at.is_multiple_of(12) { at / 12 % 10 } else { at * 31 % 600 });
    let person = |at: usize| Identity {
        district: word(at * 17 % 90),
        village: word(at * 7 % 1_500),
        phones: vec![format!("+91 50{:08}", at * 7_919 % 100_000_000)],
        ..identity(
            &name(at),
            &name(at * 13 + 5),
            &format!("{}-{:02}-{:02}", 1985 + at % 30, 1 + at % 12, 1 + at % 28),
            &format!("{} {}", name(at * 3 + 1), name(at * 13 + 5)),
        )
    };
    let rows: Vec<SummaryRow> =
        (0..2_500_u16).map(|at| case(at, [0, 1].map(|second| known(person(usize::from(at) * 2 + second))).into())).collect();
    let view = view(&rows);
    let index = Index::default();
    let start = std::time::Instant::now();
    index.build(&view).unwrap();
    println!("an index of 5,000 persons is built in {:?}", start.elapsed());
    let mut times: Vec<_> = (0..200)
        .map(|at| {
            let who = known(person(at * 25));
            let once = std::time::Instant::now();
            let found = index.alike(&who, None, &[], everyone).unwrap().len();
            assert!(found > 0, "everybody finds at least the own record");
            (once.elapsed(), found)
        })
        .collect();
    times.sort();
    let found: usize = times.iter().map(|(_, found)| found).sum();
    println!(
        "candidates among 5,000 persons: p50 {:?}, p99 {:?}, worst {:?}; {found} for 200",
        times[99].0, times[197].0, times[199].0
    );
}
