//! What is found by a token is what a plain search of the rows finds: after any commits, for old snapshots, after a restart.
//! On real files; the plain search is that of `MemoryView`.

use crate::clock::SystemRng;
use crate::store::{Snapshot, Store};
use crate::vault::{KeySource, create_key_file};
use icmc_protocol::ids::{CaseId, FederationId, NodeKey, SubjectId, Token, UnitId};
use icmc_protocol::machine::{
    Announcer, BeaconRow, KeptBeacon, MemoryView, OwnRow, Scope, Table, View, Write, Y, beacon_key, beacon_place, heard_in,
    own_in,
};
use icmc_protocol::time::Timestamp;
use icmc_protocol::wire;
use proptest::prelude::*;
use serde_bytes::{ByteArray, ByteBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;

const FEDERATION: FederationId = FederationId([7; 32]);
const UNITS: [UnitId; 3] = [UnitId([1; 32]), UnitId([2; 32]), UnitId([3; 32])];

struct Unit {
    base: TempDir,
    source: KeySource,
}

impl Unit {
    fn new() -> (Self, Store) {
        let base = tempfile::tempdir().unwrap();
        let key = base.path().join("key");
        create_key_file(&key, &mut SystemRng).unwrap();
        let unit = Self { base, source: KeySource::KeyFile(key) };
        let store = Store::create(&unit.base.path().join("data"), &unit.source, &mut SystemRng).unwrap();
        (unit, store)
    }

    fn open(&self) -> Store {
        Store::open(&self.base.path().join("data"), &self.source).unwrap()
    }
}

fn token(byte: u8) -> Token {
    Token([byte; 16])
}

fn y(byte: u8) -> Y {
    [byte; 64]
}

/// One number of one unit with these tokens, as it might stand there.
fn beacon(tokens: &[u8], withdraws: Option<u64>, withdrawn_by: Option<u64>) -> Vec<u8> {
    let kept = KeptBeacon {
        signer: NodeKey([9; 32]),
        signature: ByteArray::new([8; 64]),
        epoch: 0,
        subject: SubjectId([7; 16]),
        withdraws,
        tokens: ByteBuf::from(tokens.iter().flat_map(|byte| token(*byte).0).collect::<Vec<u8>>()),
        expires: Timestamp(1_000),
    };
    wire::encode(&BeaconRow { kept: Some(kept), withdrawn_by })
}

fn own(ys: &[(u64, Vec<u8>)]) -> Vec<u8> {
    let announced =
        ys.iter().map(|(epoch, ys)| (*epoch, ByteBuf::from(ys.iter().flat_map(|byte| y(*byte)).collect::<Vec<u8>>())));
    wire::encode(&OwnRow { announced: announced.collect() })
}

fn heard(unit: usize, number: u64, value: Option<Vec<u8>>) -> Write {
    Write { table: Table::BEACONS, key: beacon_key(UNITS[unit], number), value: value.map(|value| (Scope::Master, value)) }
}

/// Everything that can be asked, exact.
fn compare(rows: &dyn View, memory: &MemoryView) -> Result<(), TestCaseError> {
    let asked: Vec<(UnitId, Token)> = UNITS.iter().flat_map(|unit| (0..12).map(|byte| (*unit, token(byte)))).collect();
    prop_assert_eq!(rows.heard(&asked), memory.heard(&asked));
    for (epoch, unit) in [(0, UNITS[0]), (1, UNITS[0]), (1, UNITS[2])] {
        let by = Announcer { federation: FEDERATION, epoch, unit };
        let tokens: Vec<Token> = (0..8).map(|byte| by.token(&y(byte))).collect();
        prop_assert_eq!(rows.own(&by, &tokens), memory.own(&by, &tokens));
    }
    Ok(())
}

/// All that stands in an older snapshot is found there; what more is found does not stand there.
fn nothing_is_missed(rows: &Snapshot) {
    for (key, value) in rows.scan(Table::BEACONS, &[], None, 1_000).unwrap() {
        let (unit, number) = beacon_place(&key).unwrap();
        for token in heard_in(&value).unwrap() {
            assert!(rows.heard(&[(unit, token)]).unwrap()[0].contains(&number), "{unit:?} {number}");
        }
    }
    for (key, value) in rows.scan(Table::OWN_TOKENS, &[], None, 1_000).unwrap() {
        for (epoch, y) in own_in(&value).unwrap() {
            let by = Announcer { federation: FEDERATION, epoch, unit: UNITS[1] };
            assert!(rows.own(&by, &[by.token(&y)]).unwrap()[0].contains(&SubjectId::from_slice(&key).unwrap()));
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Commit(Vec<Write>),
    Look,
    LookAway,
    Erase(u8),
    Restart,
}

fn write() -> impl Strategy<Value = Write> {
    let tokens = prop::collection::vec(0_u8..12, 0..4);
    let beacons = (
        0_usize..3,
        1_u64..6,
        prop_oneof![
            5 => tokens.prop_map(|tokens| Some(beacon(&tokens, None, None))),
            2 => prop::collection::vec(0_u8..12, 0..4).prop_map(|tokens| Some(beacon(&tokens, None, Some(9)))),
            1 => Just(Some(beacon(&[], Some(1), None))),
            1 => Just(Some(wire::encode(&BeaconRow { kept: None, withdrawn_by: Some(3) }))),
            2 => Just(None),
        ],
    )
        .prop_map(|(unit, number, value)| heard(unit, number, value));
    let ys = prop::collection::vec((0_u64..2, prop::collection::vec(0_u8..8, 0..4)), 0..3);
    let subjects = (0_u8..5, prop::option::weighted(0.7, ys)).prop_map(|(subject, ys)| Write {
        table: Table::OWN_TOKENS,
        key: vec![subject; 16],
        value: ys.map(|ys| (Scope::Case(CaseId([subject; 32])), own(&ys))),
    });
    prop_oneof![3 => beacons, 2 => subjects]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop::collection::vec(write(), 1..6).prop_map(Step::Commit),
        3 => Just(Step::Look),
        3 => Just(Step::LookAway),
        1 => (0_u8..5).prop_map(Step::Erase),
        1 => Just(Step::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_is_what_a_plain_search_finds(steps in prop::collection::vec(step(), 1..30)) {
        let (unit, mut store) = Unit::new();
        let mut memory = MemoryView::default();
        let mut older: Vec<Snapshot> = Vec::new();
        for step in steps {
            match step {
                // What was erased takes no more writes: such a commit is refused whole, and nothing of it may be found.
                Step::Commit(writes) => if store.commit(&writes, &mut SystemRng).is_ok() {
                    memory.apply(&writes);
                },
                Step::Look => older.push(store.snapshot().unwrap()),
                Step::LookAway => drop(older.pop()),
                Step::Erase(case) => {
                    let scope = Scope::Case(CaseId([case; 32]));
                    store.erase(&[scope]).unwrap();
                    memory.erase(scope);
                }
                Step::Restart => {
                    older.clear();
                    drop(store);
                    store = unit.open();
                }
            }
            older.iter().for_each(nothing_is_missed);
            let now = store.snapshot().unwrap();
            nothing_is_missed(&now);
            if older.is_empty() {
                drop(now);
                // What waited for a snapshot goes with the next commit.
                store.commit(&[heard(0, 99, None)], &mut SystemRng).unwrap();
                compare(&store.snapshot().unwrap(), &memory)?;
            }
        }
        older.clear();
        drop(store);
        let store = unit.open();
        compare(&store.snapshot().unwrap(), &memory)?;
    }
}

#[test]
fn no_snapshot_taken_while_others_write_misses_a_row() {
    let (_unit, store) = Unit::new();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let looking = || {
            let mut looked = 0;
            while !done.load(Ordering::Relaxed) {
                nothing_is_missed(&store.snapshot().unwrap());
                looked += 1;
            }
            looked
        };
        let readers = [scope.spawn(looking), scope.spawn(looking)];
        for round in 0_u8..120 {
            let number = u64::from(round % 5) + 1;
            let value = (round % 3 != 0).then(|| beacon(&[round % 7, round % 11], None, (round % 4 == 0).then_some(9)));
            let subject = Write {
                table: Table::OWN_TOKENS,
                key: vec![round % 4; 16],
                value: (round % 3 != 1).then(|| (Scope::Case(CaseId([1; 32])), own(&[(u64::from(round % 2), vec![round % 8])]))),
            };
            store.commit(&[heard(usize::from(round % 3), number, value), subject], &mut SystemRng).unwrap();
        }
        done.store(true, Ordering::Relaxed);
        assert!(readers.into_iter().all(|reader| reader.join().unwrap() > 10));
    });
}

#[test]
fn a_row_that_an_old_snapshot_shows_and_that_comes_back_stays() {
    let (_unit, store) = Unit::new();
    store.commit(&[heard(0, 1, Some(beacon(&[3], None, None)))], &mut SystemRng).unwrap();
    let older = store.snapshot().unwrap();
    store.commit(&[heard(0, 1, None)], &mut SystemRng).unwrap();
    assert_eq!(older.heard(&[(UNITS[0], token(3))]), Ok(vec![vec![1]]));
    store.commit(&[heard(0, 1, Some(beacon(&[3, 4], None, None)))], &mut SystemRng).unwrap();
    drop(older);
    store.commit(&[heard(1, 1, Some(beacon(&[3], None, None)))], &mut SystemRng).unwrap();
    let now = store.snapshot().unwrap();
    assert_eq!(now.heard(&[(UNITS[0], token(3)), (UNITS[0], token(4)), (UNITS[1], token(3))]), Ok(vec![vec![1]; 3]));
    assert_eq!(store.heard_tokens(), 3);
}
