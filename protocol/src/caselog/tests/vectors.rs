//! Golden bytes of an entry and a change, made with a fixed key and seed.
//! After the first release a changed vector is a new version of the message.

use super::{Book, OWNER, key};
use crate::caselog::{Change, Entry};
use crate::crypto::Signed;
use crate::dictionary::Value;
use crate::testing::drafts::{draft, id, instead, text};
use crate::testing::vectors::{compare, read};
use crate::wire;

#[test]
fn bytes_of_an_entry_and_a_change_are_the_golden_ones() {
    let mut book = Book::new();
    let (_, first) = book.write(OWNER, &[text(id(2), "person", "mother", "Rahima Khatun")]);
    let second = [
        instead(first, text(id(2), "person", "mother", "राहिमा खातून")),
        draft(id(3), "case_person", "role", Value::Codes(vec!["suspect".to_owned(), "accused".to_owned()])),
        draft(id(3), "case_person", "removed", Value::Bool(true)),
        draft(id(2), "person", "age_stated", Value::Int(41)),
        draft(id(3), "case_person", "person", Value::Bytes(vec![2; 16])),
    ];
    let (_, commitments) = book.write(OWNER, &second);
    for (number, entry) in book.log.chains[&OWNER].iter().enumerate() {
        compare(&format!("entry-{number}"), entry.signed.as_bytes());
    }
    for (number, one) in commitments.iter().enumerate() {
        compare(&format!("change-{number}"), &wire::encode(&book.log.changes[one]));
    }
}

#[test]
fn the_golden_entries_and_changes_belong_together() {
    let entries =
        [0, 1].map(|number| Signed::<Entry>::from_bytes(read(&format!("entry-{number}"))).verify(&key(OWNER).public()).unwrap());
    assert_eq!(entries[1].prev, Some(crate::caselog::entry::hash(&entries[0])));
    for number in 0..5 {
        let change: Change = wire::decode(&read(&format!("change-{number}")), 4096).unwrap();
        assert!(entries[1].commitments.contains(&change.commitment()));
    }
}
