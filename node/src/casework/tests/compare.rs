//! Pairs of invented records, and what the comparison says of each line.

use super::*;
use icmc_protocol::fingerprint::{Identifier, Identity};

fn named(given: &str, family: &str) -> Identity {
    Identity { given_name: given.to_owned(), family_name: family.to_owned(), ..Identity::default() }
}

fn known(identity: Identity) -> Known {
    Known::new(identity, Default::default())
}

fn of(fact: Fact, one: Identity, two: Identity) -> Agreement {
    let (one, two) = (known(one), known(two));
    let found = |lines: Vec<Compared>| lines.into_iter().find(|line| line.fact == fact).map(|line| line.agreement);
    let there = found(compare(&Side::of(&one), &Side::of(&two))).expect("a line");
    assert_eq!(Some(there), found(compare(&Side::of(&two), &Side::of(&one))), "the same from both sides");
    there
}

#[test]
fn names_agree_sound_alike_or_differ() {
    use Agreement::{Agree, Alike, Differ, Unknown};
    for (one, two, expected) in [
        (("Vikash", "Choudhury"), ("vikash", "CHOUDHURY"), Agree),
        (("Choudhury", "Vikash"), ("Vikash", "Choudhury"), Agree),
        (("Vikash", "Choudhury"), ("Bikas", "Chaudhari"), Alike),
        (("Sita", "Tamang"), ("सीता", "तामाङ"), Alike),
        (("Sita", ""), ("Sita", "Tamang"), Alike),
        (("Ram Prasad", "Das"), ("Ramprasad", "Das"), Alike),
        (("Sita", "Tamang"), ("Gita", "Tamang"), Differ),
        (("Sita", "Tamang"), ("", ""), Unknown),
        (("မသန္တာ", ""), ("မသန္တာ", ""), Agree),
    ] {
        assert_eq!(of(Fact::Name, named(one.0, one.1), named(two.0, two.1)), expected, "{one:?} {two:?}");
    }
    let also = |alias: &str, identity: Identity| Identity { aliases: vec![alias.to_owned()], ..identity };
    assert_eq!(of(Fact::Name, named("Munni", ""), also("Munni", named("Asha", "Oraon"))), Alike);
    assert_eq!(of(Fact::OtherNames, also("Munni", named("Rani", "Oraon")), also("Muni", named("Asha", "Oraon"))), Alike);
    assert_eq!(of(Fact::OtherNames, also("Munni", named("Rani", "Oraon")), named("Asha", "Oraon")), Unknown);
}

#[test]
fn births_are_compared_as_exactly_as_both_are_known() {
    use Agreement::{Agree, Alike, Differ, Unknown};
    let born = |date: &str| Identity { birth_date: date.to_owned(), ..named("Sita", "Tamang") };
    let aged =
        |age: &str| Identity { age_at_record: age.to_owned(), recorded_on: "2026-05-02".to_owned(), ..named("Sita", "Tamang") };
    for (one, two, expected) in [
        (born("2010-04-03"), born("2010-04-03"), Agree),
        (born("2010-04-03"), born("2010-03-04"), Alike),
        (born("2010-04-03"), born("2010-04-05"), Differ),
        (born("2010-04-03"), born("2010-04"), Agree),
        (born("2010-04-03"), born("2010-05"), Differ),
        (born("2010-04-03"), born("2010"), Agree),
        (born("2010"), born("2011"), Differ),
        (born("2010-04-03"), aged("14"), Alike),
        (born("2010-04-03"), aged("19"), Differ),
        (aged("14"), aged("16"), Alike),
        (aged("14"), born(""), Unknown),
    ] {
        assert_eq!(of(Fact::Birth, one, two), expected);
    }
}

#[test]
fn places_phones_and_papers_are_compared_in_their_normal_form() {
    use Agreement::{Agree, Alike, Differ, Unknown};
    let at = |district: &str, village: &str| Identity {
        district: district.to_owned(),
        village: village.to_owned(),
        ..Identity::default()
    };
    assert_eq!(of(Fact::District, at("Purnea", ""), at("purnia", "")), Agree);
    assert_eq!(of(Fact::District, at("Purnea", ""), at("Barpeta", "")), Differ);
    assert_eq!(of(Fact::Village, at("", "Ram Nagar"), at("", "Ramnagar")), Agree);
    assert_eq!(of(Fact::Village, at("", "Bishnupur"), at("", "Vishnupur")), Alike);
    let phone = |number: &str| Identity { phones: vec![number.to_owned()], ..Identity::default() };
    assert_eq!(of(Fact::Phones, phone("+91 50011 20416"), phone("05001120416")), Agree);
    assert_eq!(of(Fact::Phones, phone("+91 50011 20416"), phone("05001120417")), Differ);
    let paper = |kind: &str, number: &str| Identity {
        identifiers: vec![Identifier { kind: kind.to_owned(), number: number.to_owned() }],
        ..Identity::default()
    };
    assert_eq!(of(Fact::Papers, paper("voter", "ABC 123456"), paper("voter", "abc-123456")), Agree);
    assert_eq!(of(Fact::Papers, paper("voter", "ABC 123456"), paper("voter", "ABC 123457")), Differ);
    assert_eq!(of(Fact::Papers, paper("voter", "ABC 123456"), paper("ration", "XYZ 777777")), Unknown);
    assert_eq!(of(Fact::Papers, paper("aadhaar", "XXXXXXXX1234"), paper("aadhaar", "XXXXXXXX1234")), Alike);
    assert_eq!(of(Fact::Papers, paper("aadhaar", "XXXXXXXX1234"), paper("aadhaar", "XXXXXXXX4321")), Differ);
}

#[test]
fn what_neither_knows_has_no_line_and_what_changes_in_a_life_speaks_not_against() {
    let moved =
        |district: &str, sex: &str| Identity { district: district.to_owned(), sex: sex.to_owned(), ..named("Sita", "Tamang") };
    let (here, there) = (known(moved("Barpeta", "female")), known(moved("Kolkata", "male")));
    let lines = compare(&Side::of(&here), &Side::of(&there));
    let facts: Vec<_> = lines.iter().map(|line| (line.fact, line.speaks_for(), line.speaks_against())).collect();
    assert_eq!(facts, [(Fact::Name, true, false), (Fact::Sex, false, true), (Fact::District, false, false)]);
    assert_eq!((lines[1].ours.as_str(), lines[1].theirs.as_str()), ("Female", "Male"), "codes are words");
    assert_eq!(of(Fact::Sex, moved("", "unknown"), moved("", "male")), Agreement::Unknown);
    let nobody = Known::default();
    assert!(compare(&Side::of(&nobody), &Side::of(&nobody)).is_empty());
    assert!(!format!("{lines:?}").contains("Sita"));
}
