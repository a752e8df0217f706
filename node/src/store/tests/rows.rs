//! Rows come back as written, only from where they were written, and a scan is that of `MemoryView`.

use super::*;
use data_encoding::{BASE64, HEXLOWER, HEXUPPER};
use icmc_protocol::machine::{MemoryView, Record, View, ViewError};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use std::fs;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    text: String,
}

impl Record for Note {
    const TABLE: Table = tables::SETTINGS;
}

#[test]
fn rows_survive_closing_and_deleted_ones_do_not_come_back() {
    let unit = Unit::new();
    let (alice, bob) = (case(), share());
    let long = vec![7; 100_000];
    let store = unit.create();
    store
        .commit(
            &[
                put(Table::CASES, b"a", alice, b""),
                put(Table::ALERTS, b"b", bob, &long),
                put(Table::OWN, b"c", Scope::Master, b"own"),
            ],
            &mut SystemRng,
        )
        .unwrap();
    store
        .commit(
            &[put(Table::OWN, b"c", Scope::Master, b"newer"), put(Table::OWN, b"d", alice, b"x"), delete(Table::OWN, b"d")],
            &mut SystemRng,
        )
        .unwrap();
    drop(store);
    let store = unit.open();
    let rows = store.snapshot().unwrap();
    assert_eq!(View::get(&rows, Table::CASES, b"a"), Ok(Some(Vec::new())));
    assert_eq!(View::get(&rows, Table::ALERTS, b"b"), Ok(Some(long)));
    assert_eq!(View::get(&rows, Table::OWN, b"c"), Ok(Some(b"newer".to_vec())));
    assert_eq!(View::get(&rows, Table::OWN, b"d"), Ok(None));
}

#[test]
fn typed_rows_share_a_transaction_and_a_snapshot_stands_still() {
    let unit = Unit::new();
    let store = unit.create();
    let before = store.snapshot().unwrap();
    let mut writes = Writes::new();
    for key in [b"w1", b"w2", b"x1"] {
        writes.put(key, Scope::Master, &Note { text: "colour".into() });
    }
    writes.delete(Note::TABLE, b"w2");
    store.commit(&writes.into_vec(), &mut SystemRng).unwrap();
    assert_eq!(before.get::<Note>(b"w1"), Ok(None));
    let after = store.snapshot().unwrap();
    assert_eq!(after.get(b"w1"), Ok(Some(Note { text: "colour".into() })));
    assert_eq!(after.list::<Note>(b"w", None, 9).unwrap(), [(b"w1".to_vec(), Note { text: "colour".into() })]);
}

#[test]
fn a_row_put_elsewhere_or_changed_in_one_bit_does_not_open() {
    let unit = Unit::new();
    let store = unit.create();
    let scope = case();
    store.commit(&[put(Table::CASES, b"a", scope, b"alice"), put(Table::CASES, b"b", scope, b"bob")], &mut SystemRng).unwrap();
    let row = {
        let txn = store.file.read().unwrap();
        let table = txn.open_table(snapshot::definition(Table::CASES)).unwrap();
        table.get(&b"a"[..]).unwrap().unwrap().value().to_vec()
    };
    let raw = |table: Table, key: &[u8], bytes: &[u8]| {
        store
            .file
            .write(|txn| txn.open_table(snapshot::definition(table))?.insert(key, bytes).map(drop).map_err(Into::into))
            .unwrap();
        View::get(&store.snapshot().unwrap(), table, key)
    };
    let refused = |table: Table| Err(ViewError(format!("a row of table {} is damaged; restore the last backup", table.0)));
    assert_eq!(raw(Table::CASES, b"b", &row), refused(Table::CASES), "another key");
    assert_eq!(raw(Table::ALERTS, b"a", &row), refused(Table::ALERTS), "another table");
    for at in 0..row.len() {
        let mut changed = row.clone();
        changed[at] ^= 1;
        assert_eq!(raw(Table::CASES, b"a", &changed), refused(Table::CASES), "byte {at}");
    }
    assert_eq!(raw(Table::CASES, b"a", &row[..20]), refused(Table::CASES));
    assert_eq!(raw(Table::CASES, b"a", &[]), refused(Table::CASES));
    assert_eq!(raw(Table::CASES, b"a", &row), Ok(Some(b"alice".to_vec())), "the row itself still opens");
}

#[test]
fn the_files_hold_no_planted_word_in_any_form() {
    let unit = Unit::new();
    let store = unit.create();
    let planted = ["Rofiqul-Planted-Islam", "रफ़ीक़ुल इस्लाम", "+91-98640-00000"];
    let (owner, given) = (CaseId::random(&mut SystemRng), ShareId::random(&mut SystemRng));
    let scopes = [Scope::Master, Scope::Case(owner), Scope::Share(given)];
    for (number, table) in tables::all().enumerate() {
        let value = planted.join(" / ").into_bytes();
        store.commit(&[put(table, &[u8::try_from(number).unwrap()], scopes[number % 3], &value)], &mut SystemRng).unwrap();
    }
    drop(store);
    let mut raw = Vec::new();
    for file in fs::read_dir(unit.dir()).unwrap() {
        raw.extend(fs::read(file.unwrap().path()).unwrap());
    }
    assert!(contains(&raw, b"p01-1"), "table names are in the clear, so the search does find what is there");
    for word in planted {
        let bytes = word.as_bytes();
        let utf16 = |unit: fn(u16) -> [u8; 2]| word.encode_utf16().flat_map(unit).collect::<Vec<_>>();
        let forms = [
            bytes.to_vec(),
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
            HEXLOWER.encode(bytes).into_bytes(),
            HEXUPPER.encode(bytes).into_bytes(),
            BASE64.encode(bytes).trim_end_matches('=').as_bytes()[..16].to_vec(),
        ];
        for form in forms {
            assert!(!contains(&raw, &form), "{word} as {form:02x?}");
        }
    }
    assert!(!contains(&raw, owner.as_bytes()) && !contains(&raw, given.as_bytes()), "a scope's id stands beside its rows");
}

#[test]
fn equal_values_look_different_and_sizes_are_rounded() {
    let unit = Unit::new();
    let store = unit.create();
    let scope = case();
    store
        .commit(
            &[
                put(Table::CASES, b"a", scope, b"yes"),
                put(Table::CASES, b"b", scope, b"yes"),
                put(Table::CASES, b"c", scope, &[1; 200]),
            ],
            &mut SystemRng,
        )
        .unwrap();
    let txn = store.file.read().unwrap();
    let table = txn.open_table(snapshot::definition(Table::CASES)).unwrap();
    let [a, b, c] = [b"a", b"b", b"c"].map(|key| table.get(&key[..]).unwrap().unwrap().value().to_vec());
    assert_ne!(a[17..], b[17..]);
    assert_eq!((a.len(), b.len()), (c.len(), c.len()));
}

#[test]
fn tables_have_names_of_their_own() {
    let names: std::collections::BTreeSet<_> = tables::all().chain([tables::FORMAT]).collect();
    assert_eq!(names.len(), Table::ALL.len() + tables::OWN.len() + 1);
}

fn small_key() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![0_u8..3, Just(255)], 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_scan_is_that_of_memory(
        steps in prop::collection::vec((0_usize..2, small_key(), prop::option::of((0_usize..4, prop::collection::vec(any::<u8>(), 0..300)))), 1..40),
        erased in 1_usize..4,
        asked in prop::collection::vec((0_usize..2, small_key(), prop::option::of(small_key()), 0_usize..6), 1..20),
    ) {
        let tables = [Table::CASES, tables::AUDIT];
        let scopes = [Scope::Master, case(), case(), share()];
        let writes: Vec<_> = steps
            .into_iter()
            .map(|(table, key, value)| Write { table: tables[table], key, value: value.map(|(scope, value)| (scopes[scope], value)) })
            .collect();
        let unit = Unit::new();
        let store = unit.create();
        let mut memory = MemoryView::default();
        for part in writes.chunks(7) {
            store.commit(part, &mut SystemRng).unwrap();
            memory.apply(part);
        }
        store.erase(&[scopes[erased]]).unwrap();
        memory.erase(scopes[erased]);
        let rows = store.snapshot().unwrap();
        for (table, prefix, beyond, limit) in asked {
            let table = tables[table];
            // What comes after is always asked for within the prefix.
            let after = beyond.map(|beyond| [prefix.clone(), beyond].concat());
            prop_assert_eq!(rows.scan(table, &prefix, after.as_deref(), limit), memory.scan(table, &prefix, after.as_deref(), limit));
            prop_assert_eq!(View::get(&rows, table, &prefix), memory.get(table, &prefix));
        }
    }
}
