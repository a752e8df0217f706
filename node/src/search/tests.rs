//! Searches as people type them. All people are invented.

use super::*;
use crate::casework::Known;
use icmc_protocol::ids::{CaseId, EntityId, UnitId};
use icmc_protocol::machine::{MemoryView, Scope, Txn, ViewError};
use icmc_protocol::testing::rng::SeededRng;
use icmc_protocol::time::Timestamp;

fn case(number: u8, people: Vec<PersonRow>) -> SummaryRow {
    SummaryRow {
        case: CaseId([number; 32]),
        owner: UnitId([1; 32]),
        received: false,
        number: format!("SH-26-00{number:02}"),
        title: String::new(),
        kind: "missing_person".to_owned(),
        status: "open".to_owned(),
        priority: "high".to_owned(),
        opened_on: "2026-11-23".to_owned(),
        stages: Vec::new(),
        roles: Vec::new(),
        pending: 0,
        updated: Timestamp(u64::from(number)),
        people,
    }
}

fn person(name: &[&str], phones: &[&str], papers: &[&str], year: Option<i32>) -> PersonRow {
    let (words, native) = names(name.iter().copied());
    PersonRow {
        person: EntityId([1; 16]),
        display: name[0].to_owned(),
        words,
        native,
        phones: phones.iter().filter_map(|text| phone(text)).collect(),
        papers: papers.iter().filter_map(|text| paper(text)).collect(),
        year,
        known: Known::default(),
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

fn everyone(_: CaseId) -> Result<bool, ViewError> {
    Ok(true)
}

fn ask(index: &Index, text: &str) -> Vec<(u8, MatchedBy)> {
    let finds = index.find(&Query::new(text, None), everyone).unwrap();
    finds.into_iter().map(|find| (find.row.case.0[0], find.why)).collect()
}

fn index() -> Index {
    built(&[
        case(1, vec![person(&["Mohammad Rafiqul Islam"], &["+91 98640 12345"], &["ABC 123456"], Some(1984))]),
        case(2, vec![person(&["सीता तामाङ"], &[], &[], Some(2009))]),
        case(3, vec![person(&["Anjali Tamang"], &[], &["4321"], None)]),
    ])
}

#[test]
fn names_are_found_in_any_order_by_beginning_and_by_sound() {
    let index = index();
    assert_eq!(ask(&index, "rafiqul"), [(1, MatchedBy::Name)]);
    assert_eq!(ask(&index, "Islam Rafi"), [(1, MatchedBy::Name)]);
    assert_eq!(ask(&index, "Md. Rofiqul Islam"), [(1, MatchedBy::Sound)]);
    assert_eq!(ask(&index, "Rafiqul Das"), []);
    assert_eq!(ask(&index, "anj"), [(3, MatchedBy::Name)]);
}

#[test]
fn a_name_in_devanagari_is_found_by_latin_spelling_and_back() {
    let index = index();
    assert!(ask(&index, "Sita Tamang").iter().any(|(case, _)| *case == 2));
    assert!(ask(&index, "सीता").contains(&(2, MatchedBy::Name)));
    assert!(ask(&index, "तामाङ").iter().any(|(case, _)| *case == 3));
}

#[test]
fn phones_papers_and_case_numbers_are_found_however_they_are_written() {
    let index = index();
    for phone in ["9864012345", "0091-98640-12345", "९८६४०१२३४५"] {
        assert_eq!(ask(&index, phone), [(1, MatchedBy::Phone)], "{phone}");
    }
    assert_eq!(ask(&index, "abc-123456"), [(1, MatchedBy::Identifier)]);
    assert_eq!(ask(&index, "4321"), [(3, MatchedBy::Identifier)]);
    assert_eq!(ask(&index, "sh/26/0002"), [(2, MatchedBy::Number)]);
    assert_eq!(ask(&index, "0003"), [(3, MatchedBy::Number)]);
    assert_eq!(ask(&index, ""), []);
    assert!(Query::new(" - ", None).is_empty());
}

#[test]
fn what_may_not_be_seen_is_not_found_and_takes_nobodys_place() {
    let many: Vec<SummaryRow> = (1..=200).map(|number| case(number, vec![person(&["Anjali Tamang"], &[], &[], None)])).collect();
    let index = built(&many);
    let query = Query::new("anjali", None);
    let only_low = |case: CaseId| Ok::<_, ViewError>(case.0[0] <= 3);
    assert_eq!(index.find(&query, only_low).unwrap().len(), 3);
    assert_eq!(index.find(&query, everyone).unwrap().len(), FINDS_MAX);
    assert!(index.find(&query, |_| Err(ViewError("gone".to_owned()))).is_err());
}

#[test]
fn a_year_leaves_out_those_who_are_clearly_of_another() {
    let index = index();
    let years = |year| index.find(&Query::new("islam", Some(year)), everyone).unwrap().len();
    assert_eq!((years(1986), years(1987)), (1, 0));
    assert_eq!(index.find(&Query::new("tamang", Some(1950)), everyone).unwrap().len(), 1, "one without a year stays");
}

#[test]
fn a_row_that_is_gone_or_changed_is_found_no_more() {
    let index = index();
    let changed = case(1, vec![person(&["Kabir Das"], &[], &[], None)]);
    index.reload(&view(&[changed]), CaseId([1; 32])).unwrap();
    assert_eq!((ask(&index, "rafiqul"), ask(&index, "kabir").len()), (vec![], 1));
    assert_eq!(ask(&index, "9864012345"), []);
    index.reload(&view(&[]), CaseId([1; 32])).unwrap();
    assert_eq!(ask(&index, "kabir"), []);
    assert_eq!(index.cases().len(), 2);
    assert!(index.has_number("SH 26 0002") && !index.has_number("SH-26-0001"));
}
