//! What leaves is what the share allows and nothing else: a canary in every field, random rules, a second reading of the rule.
//! Not how it travels.

use super::{BOB, Book, CAROL, OWNER, by};
use crate::caselog::{
    Allowed, Change, Disclosure, Draft, EntityKey, FoldedCase, Hangs, KIND_ENTRY, KIND_LOG, Log, Name, disclose, fold, person_of,
};
use crate::dictionary::{Dictionary, FieldType, ShareClass, Value};
use crate::ids::{Commitment, EntityId, UnitId};
use crate::testing::drafts::{draft, id, instead, reference, text};
use crate::wire;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;

const PERSONS: [EntityId; 3] = [id(2), id(3), id(4)];
const CLASSES: [ShareClass; 4] = [ShareClass::S, ShareClass::B, ShareClass::I, ShareClass::X];

fn allowed(persons: &[EntityId], sections: &[&str], classes: &[ShareClass]) -> Allowed {
    Allowed {
        to: BOB,
        persons: persons.iter().copied().collect(),
        sections: sections.iter().map(|section| (*section).to_owned()).collect(),
        classes: classes.iter().copied().collect(),
        items: BTreeSet::new(),
        withheld: BTreeSet::new(),
        unmoored: BTreeSet::new(),
    }
}

fn all() -> Allowed {
    allowed(&PERSONS, &["case", "identity", "role", "route", "process", "notes"], &CLASSES[..3])
}

fn shown(book: &Book, allowed: &Allowed) -> Disclosure {
    disclose(&book.log, &fold(&book.log), allowed, &BTreeSet::new())
}

fn holds(disclosure: &Disclosure, words: &str) -> bool {
    let bytes = wire::encode(&(&disclosure.entries, &disclosure.changes));
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

/// Every field of every kind for three persons and for none, each with words of its own where it takes words.
fn everything() -> Book {
    let mut book = Book::new();
    book.write(OWNER, &[super::steering(KIND_LOG, "opening", Value::Bytes(vec![1; 32]))]);
    let mut number = 0;
    for (place, person) in (0u8..).zip(PERSONS.map(Some).into_iter().chain([None])) {
        for (at, kind) in (0u8..).zip(Dictionary::builtin().kinds().iter().filter(|kind| !kind.structural)) {
            if (kind.is_person || kind.parent.is_some()) && person.is_none() {
                continue;
            }
            let entity = match person.filter(|_| kind.is_person) {
                Some(person) => person,
                None => EntityId([[100 + at; 8], [place; 8]].concat().try_into().unwrap()),
            };
            let mut drafts: Vec<Draft> = kind
                .parent
                .iter()
                .flat_map(|_| person)
                .map(|person| draft(entity, &kind.name, "parent", reference(person)))
                .collect();
            drafts.push(by(&format!("officer-{place}-{at}-")));
            for field in kind.fields.iter().filter(|field| !field.structural) {
                number += 1;
                let value = match &field.ty {
                    FieldType::Ref(_) => match person {
                        Some(person) => reference(person),
                        None => continue,
                    },
                    FieldType::Bool => Value::Bool(true),
                    FieldType::Int | FieldType::Timestamp => Value::Int(number),
                    FieldType::Code => Value::Text(field.codes[0].code.clone()),
                    FieldType::Codes => Value::Codes(vec![field.codes[0].code.clone()]),
                    FieldType::Bytes => Value::Bytes(vec![1; 8]),
                    FieldType::Text | FieldType::Long | FieldType::Date | FieldType::PartialDate => Value::Text(canary(number)),
                };
                drafts.push(draft(entity, &kind.name, &field.name, value));
            }
            book.write(OWNER, &drafts);
        }
    }
    // What no dictionary knows, a code that none knows, and a contribution that is not admitted.
    book.write(
        OWNER,
        &[text(id(90), "horoscope", "sign", "canary-unknown-kind"), text(PERSONS[0], "person", "shoe", "canary-unknown-field")],
    );
    book.write(OWNER, &[text(id(93), "person_name", "given", "canary-orphan")]);
    book.write(
        OWNER,
        &[
            draft(id(91), "stage_entry", "person", reference(PERSONS[0])),
            text(id(91), "stage_entry", "stage", "canary-unknown-code"),
        ],
    );
    book.write(CAROL, &[text(id(92), "note", "text", "canary-not-admitted"), by("canary-carols-officer")]);
    book
}

fn canary(number: i64) -> String {
    format!("canary-{number}-")
}

static EVERYTHING: LazyLock<(Log, FoldedCase)> = LazyLock::new(|| {
    let log = everything().log;
    let folded = fold(&log);
    (log, folded)
});

fn class(change: &Change) -> ShareClass {
    Dictionary::builtin().field(&change.kind, &change.field).map_or(ShareClass::X, |field| field.class_of(&change.value))
}

/// The rule of `protocol.md`, read a second time: may this value go?
fn may(change: &Change, rule: &Allowed) -> bool {
    let Some(kind) = Dictionary::builtin().kind(&change.kind).filter(|kind| kind.field(&change.field).is_some()) else {
        return false;
    };
    let section = kind.section.as_ref().is_some_and(|section| rule.sections.contains(section));
    let class = class(change);
    let class = if class == ShareClass::X { rule.items.contains(&change.commitment()) } else { rule.classes.contains(&class) };
    let key: EntityKey = (change.kind.clone(), change.entity);
    let person = match person_of(&EVERYTHING.1, &key) {
        Hangs::OnNobody => true,
        Hangs::On(person) => rule.persons.contains(&person),
        Hangs::Unknown => false,
    };
    section && class && person
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_leaves_is_what_the_rule_allows_and_all_of_it(persons in 0u8..8, sections in 0u8..64, classes in 0u8..16, items in any::<u64>()) {
        let (log, folded) = &*EVERYTHING;
        let restricted = log.changes.iter().filter(|(_, change)| class(change) == ShareClass::X).map(|(one, _)| *one);
        let pick = |mask: u64, at: usize| mask >> (at % 64) & 1 == 1;
        let names = Dictionary::builtin().sections();
        let rule = Allowed {
            to: BOB,
            persons: (0..3).filter(|at| pick(persons.into(), *at)).map(|at| PERSONS[at]).collect(),
            sections: names.iter().enumerate().filter(|(at, _)| pick(sections.into(), *at)).map(|(_, section)| section.id.clone()).collect(),
            classes: (0..4).filter(|at| pick(classes.into(), *at)).map(|at| CLASSES[at]).collect(),
            items: restricted.enumerate().filter(|(at, _)| pick(items, *at)).map(|(_, one)| one).collect(),
            withheld: BTreeSet::new(),
            unmoored: BTreeSet::new(),
        };
        let disclosure = disclose(log, folded, &rule, &BTreeSet::new());
        let steering = |change: &Change| matches!(&*change.kind, KIND_ENTRY | KIND_LOG);
        let structure = |change: &Change| matches!(&*change.field, "parent" | "removed");
        let values = |change: &&Change| !steering(change) && !structure(change);
        let went: BTreeSet<Commitment> = disclosure.changes.iter().filter(values).map(Change::commitment).collect();
        let counting = log.chains[&OWNER].iter().flat_map(|entry| log.changes_of(entry)).map(|(_, change)| change);
        let all: Vec<&Change> = counting.filter(values).collect();
        let key = |change: &Change| (change.kind.clone(), change.entity);
        let due: Vec<&Change> = all.iter().copied().filter(|change| may(change, &rule)).collect();
        let entities: BTreeSet<EntityKey> = due.iter().map(|change| key(change)).collect();
        // Whom something concerns goes along with it, of whatever class that is.
        let whom = |change: &&Change| {
            let named = Dictionary::builtin().kind(&change.kind).and_then(|kind| kind.person_ref.as_deref());
            named == Some(&*change.field) && entities.contains(&key(change))
        };
        let due: BTreeSet<Commitment> =
            due.iter().copied().chain(all.iter().copied().filter(whom)).map(Change::commitment).collect();
        prop_assert_eq!(&went, &due);

        // In the bytes as well: no word of any other field, and no officer unless class I goes.
        let bytes = wire::encode(&(&disclosure.entries, &disclosure.changes));
        let text = String::from_utf8_lossy(&bytes);
        for change in log.changes.values().filter(|change| !went.contains(&change.commitment())) {
            if let Value::Text(words) = &change.value {
                prop_assert!(!words.starts_with("canary-") || !text.contains(words.as_str()), "{} left", words);
            }
        }
        prop_assert!(rule.classes.contains(&ShareClass::I) || !text.contains("officer-"));
        // Parents, times and the like only where a value goes with them.
        let entities: BTreeSet<(Name, EntityId)> = disclosure.changes.iter().filter(values).map(|change| (change.kind.clone(), change.entity)).collect();
        let orphan = |change: &&Change| structure(change) && !entities.contains(&(change.kind.clone(), change.entity));
        prop_assert_eq!(disclosure.changes.iter().find(orphan), None);
        for entry in log.chains.values().flatten() {
            let gave_value = log.changes_of(entry).any(|(one, _)| went.contains(&one));
            let gave_officer = log.changes_of(entry).any(|(_, change)| &*change.field == "by" && disclosure.changes.contains(change));
            prop_assert!(gave_value || !gave_officer);
        }
    }
}

#[test]
fn the_second_victim_stays_here_without_a_basis_of_her_own() {
    let (log, folded) = &*EVERYTHING;
    let rule = allowed(&PERSONS[..1], &["case", "identity", "role", "route", "process", "notes"], &CLASSES[..3]);
    let disclosure = disclose(log, folded, &rule, &BTreeSet::new());
    for change in &disclosure.changes {
        let key = (change.kind.clone(), change.entity);
        assert!(!matches!(person_of(folded, &key), Hangs::On(person) if person != PERSONS[0]), "{change:?}");
        assert!(
            !matches!(&change.value, Value::Bytes(bytes) if PERSONS[1..].iter().any(|other| bytes == other.as_bytes())),
            "{change:?} names her"
        );
    }
}

#[test]
fn class_x_leaves_as_todays_value_and_never_as_tomorrows() {
    let mut book = Book::new();
    let (_, today) = book
        .write(OWNER, &[text(PERSONS[0], "person", "health_alert", "canary-today"), text(PERSONS[0], "person", "sex", "female")]);
    let chosen = Allowed { items: today.iter().copied().collect(), ..all() };
    assert!(!holds(&shown(&book, &all()), "canary-today"));
    let with_class = Allowed { classes: CLASSES.into_iter().collect(), ..all() };
    assert!(!holds(&shown(&book, &with_class), "canary-today"), "the class alone never opens it");
    let first = shown(&book, &chosen);
    assert!(holds(&first, "canary-today"));

    let sent: BTreeSet<Commitment> = first.changes.iter().map(Change::commitment).collect();
    book.write(OWNER, &[instead(vec![today[0]], text(PERSONS[0], "person", "health_alert", "canary-tomorrow"))]);
    book.write(OWNER, &[text(PERSONS[0], "person", "religion", "canary-new")]);
    let later = disclose(&book.log, &fold(&book.log), &chosen, &sent);
    assert!(!holds(&later, "canary-tomorrow") && !holds(&later, "canary-new") && !holds(&later, "canary-today"));
    assert_eq!(later.stale, [today[0]], "the receiver is told that it is no longer current");
}

#[test]
fn earlier_values_never_leave_and_open_conflicts_do() {
    let mut book = Book::new();
    let (_, first) = book.write(OWNER, &[text(PERSONS[0], "person", "mother", "canary-first")]);
    book.write(OWNER, &[instead(first, text(PERSONS[0], "person", "mother", "canary-second"))]);
    book.write(OWNER, &[text(PERSONS[0], "person", "mother", "canary-third")]);
    let disclosure = shown(&book, &all());
    assert!(!holds(&disclosure, "canary-first"));
    assert!(holds(&disclosure, "canary-second") && holds(&disclosure, "canary-third"));
}

#[test]
fn what_was_removed_goes_only_to_who_has_it() {
    let mut book = Book::new();
    let (_, sex) = book.write(OWNER, &[text(PERSONS[0], "person", "mother", "canary-mother")]);
    book.write(OWNER, &[draft(PERSONS[0], "person", "removed", Value::Bool(true))]);
    assert!(!holds(&shown(&book, &all()), "canary-mother"));
    let sent = sex.into_iter().collect();
    let told = disclose(&book.log, &fold(&book.log), &all(), &sent);
    assert!(told.changes.iter().any(|change| &*change.field == "removed"), "whoever has it learns that it is gone");
}

#[test]
fn a_contribution_goes_on_to_others_only_as_its_author_allows() {
    let mut book = Book::new();
    book.write(OWNER, &[text(PERSONS[0], "person", "sex", "female")]);
    let (hash, _) = book.write(CAROL, &[text(id(9), "note", "text", "canary-carol"), by("canary-officer")]);
    assert!(!holds(&shown(&book, &all()), "canary-carol"), "not before it is admitted");
    book.admit(hash);
    assert!(holds(&shown(&book, &all()), "canary-carol"));
    let withheld = Allowed { withheld: BTreeSet::from([hash]), ..all() };
    let disclosure = shown(&book, &withheld);
    assert!(!holds(&disclosure, "canary"));
    assert!(disclosure.entries.iter().all(|signed| signed.stored().unwrap().unit != CAROL), "not even its header");
    assert!(!disclosure.changes.iter().any(|change| &*change.field == "admit"));
}

#[test]
fn what_only_a_proposal_hangs_on_a_person_leaves_once_the_owner_has_decided() {
    let mut book = Book::new();
    book.write(OWNER, &[text(PERSONS[0], "person", "sex", "female"), text(PERSONS[1], "person", "sex", "female")]);
    let about = draft(id(9), "note", "person", Value::Bytes(PERSONS[1].as_bytes().to_vec()));
    let (hash, _) = book.write(BOB, &[about, text(id(9), "note", "text", "seen at the ferry")]);
    // The owner writes on, and has not yet admitted that it is about her.
    book.write(OWNER, &[text(id(9), "note", "text", "canary-owner")]);
    let rule = |person: EntityId| Allowed { persons: BTreeSet::from([person]), ..all() };
    assert!(!holds(&shown(&book, &rule(PERSONS[0])), "canary-owner"));
    book.admit(hash);
    assert!(!holds(&shown(&book, &rule(PERSONS[0])), "canary-owner"));
    assert!(holds(&shown(&book, &rule(PERSONS[1])), "canary-owner"));
}

#[test]
fn an_author_gets_its_admission_and_not_its_own_words() {
    let mut book = Book::new();
    let (hash, _) = book.write(BOB, &[text(id(9), "note", "text", "canary-bob")]);
    book.admit(hash);
    let disclosure = shown(&book, &allowed(&[], &["identity"], &[ShareClass::S]));
    assert!(!holds(&disclosure, "canary-bob"));
    assert!(disclosure.changes.iter().any(|change| change.value == Value::Bytes(hash.0.to_vec())));
    let units: BTreeSet<UnitId> = disclosure.entries.iter().map(|signed| signed.stored().unwrap().unit).collect();
    assert_eq!(units, BTreeSet::from([OWNER]));
}

#[test]
fn a_header_with_nothing_travels_only_with_a_later_one_that_has_something() {
    let mut book = Book::new();
    book.write(OWNER, &[text(PERSONS[1], "person", "sex", "female")]);
    book.write(OWNER, &[text(PERSONS[0], "person", "sex", "male")]);
    book.write(OWNER, &[text(PERSONS[1], "person", "sex", "male")]);
    let count = |persons: &[EntityId]| shown(&book, &allowed(persons, &["identity"], &[ShareClass::S])).entries.len();
    assert_eq!((count(&PERSONS[..1]), count(&PERSONS[1..2]), count(&PERSONS[2..])), (2, 3, 0));
}

#[test]
fn who_wrote_a_value_is_told_that_it_stands_no_more_though_not_by_what() {
    let mut book = Book::new();
    book.write(OWNER, &[super::steering(KIND_LOG, "opening", Value::Bytes(vec![1; 32]))]);
    book.write(OWNER, &[text(PERSONS[0], "person", "sex", "female"), text(PERSONS[1], "person", "sex", "female")]);
    let health = |person, words: &str| text(person, "person", "health_alert", words);
    let (entry, own) = book.write(BOB, &[health(PERSONS[0], "canary-own"), health(PERSONS[1], "canary-own")]);
    book.admit(entry);
    let rule = allowed(&PERSONS[..1], &["identity"], &CLASSES[..3]);
    assert!(shown(&book, &rule).stale.is_empty(), "both stand");
    let (_, newer) = book.write(OWNER, &[instead(vec![own[0]], health(PERSONS[0], "canary-new"))]);
    book.write(OWNER, &[instead(vec![own[1]], health(PERSONS[1], "canary-new"))]);
    let told = shown(&book, &rule);
    assert_eq!(told.stale, own[..1], "only of whom the rule names");
    assert!(!told.changes.iter().any(|change| change.commitment() == newer[0]) && !holds(&told, "canary-new"));
    // A proposal that waits is nothing that was replaced.
    book.write(BOB, &[health(PERSONS[0], "canary-proposed")]);
    assert_eq!(shown(&book, &rule).stale, own[..1]);
}
