//! A data folder of the first format: beacons stood there whole, each token once more, own tokens once for each other unit.
//! Not power cuts: the move goes on where it stopped, and that is tried here too.

use super::*;
use crate::store::snapshot::definition;
use crate::vault::Lookup;
use icmc_protocol::ids::{FederationId, Token, UnitId};
use icmc_protocol::machine::{Announcer, View, beacon_key, heard_in};
use icmc_protocol::matching::row_of_first_format;

const UNIT: UnitId = UnitId([3; 32]);

fn raw(store: &Store, table: Table, scope: Scope, key: &[u8], value: &[u8]) {
    store.vault.ensure(&std::iter::once(scope).filter(|scope| *scope != Scope::Master).collect(), &mut SystemRng).unwrap();
    let tag = store.vault.tag(&scope);
    let Lookup::Key(secret) = store.vault.lookup(tag) else { panic!("no key") };
    let row = record::seal_row(table, key, tag, &secret, value, &mut SystemRng);
    store.file.write(|txn| txn.open_table(definition(table))?.insert(key, row.as_slice()).map(drop).map_err(Into::into)).unwrap();
}

fn tables_of(store: &Store) -> Vec<String> {
    use redb::TableHandle as _;
    store.file.read().unwrap().list_tables().unwrap().map(|table| table.name().to_owned()).collect()
}

/// A folder of the first format with beacons under these numbers.
fn first(numbers: impl Iterator<Item = u64>) -> Unit {
    let unit = Unit::new();
    let store = unit.create();
    for number in numbers {
        let withdrawn_by = (number == 2).then_some(4);
        let row = row_of_first_format(UNIT, number, number != 3, withdrawn_by);
        raw(&store, Table("p17-1"), Scope::Master, &beacon_key(UNIT, number), &row);
        raw(&store, Table("p18-1"), Scope::Master, &[u8::try_from(number).unwrap(); 80], b"a token");
    }
    raw(&store, Table("p16-1"), case(), &[4; 32], b"an own token");
    store.file.write(|txn| migrations::mark_as(txn, 1)).unwrap();
    unit
}

#[test]
fn beacons_keep_what_they_say_and_tokens_lose_their_rows() {
    let unit = first(1..5);
    for _ in 0..2 {
        let store = unit.open();
        let rows = store.snapshot().unwrap();
        let asked: Vec<(UnitId, Token)> = (0..9).map(|byte| (UNIT, Token([byte; 16]))).collect();
        let mut expected = vec![vec![1, 4]; 8];
        expected.push(Vec::new());
        assert_eq!(rows.heard(&asked), Ok(expected), "the second is withdrawn, the third was never announced");
        assert_eq!(rows.scan(Table::BEACONS, UNIT.as_bytes(), None, 9).unwrap().len(), 4);
        let value = View::get(&rows, Table::BEACONS, &beacon_key(UNIT, 1)).unwrap().unwrap();
        assert_eq!(heard_in(&value).unwrap().len(), 8);
        let by = Announcer { federation: FederationId([1; 32]), epoch: 0, unit: UNIT };
        assert_eq!(rows.own(&by, &[Token([0; 16])]), Ok(vec![Vec::new()]));
        assert!(tables_of(&store).iter().all(|name| !["p16-1", "p17-1", "p18-1"].contains(&name.as_str())));
    }
}

#[test]
fn a_move_that_was_cut_short_goes_on() {
    let unit = first(1..5);
    let store = unit.open();
    // As if it had stopped before the last beacon: that one still stands in the old table, the others in the new one.
    let row = row_of_first_format(UNIT, 5, true, None);
    raw(&store, Table("p17-1"), Scope::Master, &beacon_key(UNIT, 5), &row);
    store.file.write(|txn| migrations::mark_as(txn, 1)).unwrap();
    drop(store);
    let found = unit.open().snapshot().unwrap().heard(&[(UNIT, Token([0; 16]))]);
    assert_eq!(found, Ok(vec![vec![1, 4, 5]]));
}

#[test]
fn a_damaged_beacon_stops_the_move_and_says_so() {
    let unit = first(1..3);
    let store = unit.open();
    raw(&store, Table("p17-1"), Scope::Master, &beacon_key(UNIT, 7), b"no beacon");
    store.file.write(|txn| migrations::mark_as(txn, 1)).unwrap();
    drop(store);
    assert!(matches!(Store::open(&unit.dir(), &unit.source), Err(StoreError::Damaged)));
}
