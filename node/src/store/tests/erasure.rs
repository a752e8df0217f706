//! A destroyed key is the content gone: at once, in older snapshots, after opening again, and for later writes.

use super::*;
use icmc_protocol::machine::View;
use std::collections::BTreeSet;

fn count(store: &Store, table: Table) -> usize {
    use redb::ReadableTableMetadata as _;
    let txn = store.file.read().unwrap();
    usize::try_from(txn.open_table(snapshot::definition(table)).unwrap().len().unwrap()).unwrap()
}

#[test]
fn rows_of_an_erased_scope_are_absent_everywhere_and_others_stay() {
    let unit = Unit::new();
    let store = unit.create();
    let (gone, kept) = (share(), case());
    let writes: Vec<_> = (0..6_u8).map(|n| put(Table::CHANGES, &[1, n], if n % 2 == 0 { gone } else { kept }, &[n])).collect();
    store.commit(&writes, &mut SystemRng).unwrap();
    let older = store.snapshot().unwrap();
    store.erase(&[gone]).unwrap();
    for rows in [older, store.snapshot().unwrap()] {
        assert_eq!(View::get(&rows, Table::CHANGES, &[1, 0]), Ok(None));
        // The limit counts rows that are there.
        assert_eq!(rows.scan(Table::CHANGES, &[1], None, 2), Ok(vec![(vec![1, 1], vec![1]), (vec![1, 3], vec![3])]));
    }
    let refused = store.commit(&[put(Table::CHANGES, &[2], kept, b"x"), put(Table::CHANGES, &[3], gone, b"x")], &mut SystemRng);
    assert!(matches!(refused, Err(StoreError::Erased(scope)) if scope == gone));
    assert_eq!(View::get(&store.snapshot().unwrap(), Table::CHANGES, &[2]), Ok(None), "nothing of a refused commit is there");
    assert_eq!(count(&store, Table::CHANGES), 6);
    drop(store);

    let store = unit.open();
    assert_eq!(count(&store, Table::CHANGES), 3, "swept at start");
    assert_eq!(View::get(&store.snapshot().unwrap(), Table::CHANGES, &[1, 5]), Ok(Some(vec![5])));
    assert!(matches!(store.commit(&[put(Table::CHANGES, &[3], gone, b"x")], &mut SystemRng), Err(StoreError::Erased(_))));
}

#[test]
fn a_sweep_drops_keys_that_seal_nothing_and_only_once() {
    let unit = Unit::new();
    let store = unit.create();
    let (gone, kept, orphan) = (share(), case(), case());
    store
        .commit(
            &[
                put(Table::CASES, b"a", gone, b"x"),
                put(Table::CASES, b"b", kept, b"y"),
                put(Table::OWN, b"c", Scope::Master, b"z"),
            ],
            &mut SystemRng,
        )
        .unwrap();
    // As after a crash between the keys and the rows.
    store.vault.ensure(&BTreeSet::from([orphan]), &mut SystemRng).unwrap();
    assert_eq!(store.sweep().unwrap(), Swept::default(), "nothing was erased, so no pass over all rows");
    store.erase(&[gone]).unwrap();
    assert_eq!(store.sweep().unwrap(), Swept { rows: 1, keys: 1 });
    assert_eq!(store.sweep().unwrap(), Swept::default());
    assert!(store.vault.key(&orphan).is_none() && store.vault.key(&kept).is_some());
    // An orphan was never erased: it may get a key.
    store.commit(&[put(Table::CASES, b"d", orphan, b"x")], &mut SystemRng).unwrap();
    drop(store);
    let store = unit.open();
    let rows = store.snapshot().unwrap();
    assert_eq!(rows.scan(Table::CASES, b"", None, 9).unwrap(), [(b"b".to_vec(), b"y".to_vec()), (b"d".to_vec(), b"x".to_vec())]);
}

#[test]
fn a_key_that_is_merely_missing_is_damage_and_not_an_erasure() {
    let (unit, other) = (Unit::new(), Unit::new());
    let scope = case();
    let store = unit.create();
    drop(store);
    std::fs::copy(unit.dir().join("keys.redb"), other.base.path().join("old")).unwrap();
    let store = unit.open();
    store.commit(&[put(Table::CASES, b"a", scope, b"x")], &mut SystemRng).unwrap();
    drop(store);
    std::fs::copy(other.base.path().join("old"), unit.dir().join("keys.redb")).unwrap();
    let damaged = View::get(&unit.open().snapshot().unwrap(), Table::CASES, b"a").unwrap_err();
    assert_eq!(damaged.0, "a row of table p10-1 is damaged; restore the last backup");
}
