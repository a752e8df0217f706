//! The power goes at any moment, also while the store opens again: it opens, and every acknowledged commit and erasure is there.
//! Disk and folder are simulated, with torn sectors; the store, the vault and redb are the real ones.

use super::*;
use crate::disk::Files;
use crate::disk::simulated::SimulatedDisk;
use icmc_protocol::machine::View;
use icmc_protocol::testing::rng::SeededRng;
use rand_core::Rng as _;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Cuts of one history.
const CUTS: usize = 4;
/// One history in so many begins with setting up the folder.
const FROM_NOTHING: u64 = 8;
const TABLES: [Table; 3] = [Table::CASES, Table::OUTBOX, Table::CHANGES];

type Rows = BTreeMap<(Table, Vec<u8>), (Scope, Vec<u8>)>;

/// What must be there.
#[derive(Clone, Default, PartialEq)]
struct Model {
    rows: Rows,
    erased: BTreeSet<Scope>,
}

impl Model {
    fn commit(&mut self, writes: &[Write]) {
        for write in writes {
            let key = (write.table, write.key.clone());
            match &write.value {
                Some(value) => drop(self.rows.insert(key, value.clone())),
                None => drop(self.rows.remove(&key)),
            }
        }
    }

    fn erase(&mut self, scopes: &[Scope]) {
        self.erased.extend(scopes);
        self.rows.retain(|_, (scope, _)| !scopes.contains(scope));
    }

    fn values(&self) -> BTreeMap<(Table, Vec<u8>), Vec<u8>> {
        self.rows.iter().map(|(key, (_, value))| (key.clone(), value.clone())).collect()
    }
}

#[derive(Debug, Default)]
struct Counts {
    cuts: usize,
    while_opening: usize,
    commits: usize,
    erasures: usize,
}

struct History<'a> {
    unit: &'a Unit,
    rng: SeededRng,
    model: Model,
    counts: Counts,
}

impl History<'_> {
    fn below(&mut self, limit: u64) -> u64 {
        self.rng.next_u64() % limit
    }

    fn scope(&mut self) -> Scope {
        loop {
            let number = self.below(12);
            let scope = match number {
                0..4 => Scope::Master,
                4..7 => Scope::Case(CaseId([u8::try_from(number).unwrap(); 32])),
                _ => Scope::Share(ShareId([u8::try_from(self.below(60)).unwrap(); 16])),
            };
            if !self.model.erased.contains(&scope) {
                return scope;
            }
        }
    }

    fn writes(&mut self) -> Vec<Write> {
        let mut write = || {
            let key = (TABLES[self.below(3) as usize], [u8::try_from(self.below(40)).unwrap()]);
            if self.below(5) == 0 {
                return delete(key.0, &key.1);
            }
            let length = if self.below(6) == 0 { 20_000 } else { 200 };
            let (scope, byte) = (self.scope(), u8::try_from(self.below(256)).unwrap());
            put(key.0, &key.1, scope, &vec![byte; length])
        };
        let count = 1 + write().key[0] % 4;
        (0..count).map(|_| write()).collect()
    }

    /// Works until the power goes; gives what must be there if the last, unfinished thing holds nevertheless.
    fn work(&mut self, disk: &SimulatedDisk) -> Model {
        let files: Arc<dyn Files> = Arc::new(disk.clone());
        let mut store = match Store::open_in(&files, &self.unit.dir(), &self.unit.source) {
            Ok(store) => store,
            Err(error) => {
                assert!(disk.is_off(), "it does not open: {error}");
                self.counts.while_opening += 1;
                return self.model.clone();
            }
        };
        loop {
            let mut next = self.model.clone();
            let done = match self.below(12) {
                0 | 1 => {
                    let scope = self.scope();
                    let scopes = if scope == Scope::Master { Vec::new() } else { vec![scope] };
                    next.erase(&scopes);
                    self.counts.erasures += scopes.len();
                    store.erase(&scopes)
                }
                2 => store.sweep().map(drop),
                3 => {
                    drop(store);
                    match Store::open_in(&files, &self.unit.dir(), &self.unit.source) {
                        Ok(again) => {
                            store = again;
                            Ok(())
                        }
                        Err(error) => {
                            assert!(disk.is_off(), "it does not open again: {error}");
                            return next;
                        }
                    }
                }
                _ => {
                    let writes = self.writes();
                    next.commit(&writes);
                    self.counts.commits += 1;
                    store.commit(&writes, &mut self.rng)
                }
            };
            match done {
                // The last write was the one after which the power went, and it needed no more.
                Ok(()) => self.model = next,
                Err(error) => {
                    assert!(disk.is_off(), "refused without a cut: {error}");
                    return next;
                }
            }
            if disk.is_off() {
                return self.model.clone();
            }
        }
    }

    /// Opens with the power on: old or new, and never a mixture.
    fn look(&mut self, disk: &SimulatedDisk, unfinished: Model) {
        let files: Arc<dyn Files> = Arc::new(disk.clone());
        let store = Store::open_in(&files, &self.unit.dir(), &self.unit.source).expect("it opens after a cut");
        let snapshot = store.snapshot().unwrap();
        let mut found = BTreeMap::new();
        for table in TABLES {
            found.extend(snapshot.scan(table, &[], None, 1000).unwrap().into_iter().map(|(key, value)| ((table, key), value)));
        }
        if found != self.model.values() {
            assert!(found == unfinished.values(), "neither what was acknowledged nor what was on its way");
            self.model = unfinished.clone();
        }
        for scope in &self.model.erased {
            let refused = store.commit(&[put(Table::CASES, b"gone", *scope, b"x")], &mut self.rng);
            assert!(matches!(refused, Err(StoreError::Erased(_))), "an erased key is back");
        }
        // An erasure of what had no rows shows only here.
        for scope in unfinished.erased {
            if store.vault.key(&scope).is_none() && store.accepts(&[put(Table::CASES, b"gone", scope, b"x")]).is_err() {
                self.model.erased.insert(scope);
            }
        }
    }
}

/// A disk on which a unit was set up.
fn set_up(unit: &Unit) -> SimulatedDisk {
    let disk = SimulatedDisk::default();
    let files: Arc<dyn Files> = Arc::new(disk.clone());
    drop(Store::create_in(&files, &unit.dir(), &unit.source, &mut SystemRng).unwrap());
    disk
}

/// The power goes while the folder is set up. What was not acknowledged may have to be set up again; what was must open.
fn set_up_cut(unit: &Unit, history: &mut History<'_>) -> SimulatedDisk {
    loop {
        let disk = SimulatedDisk::default();
        let files: Arc<dyn Files> = Arc::new(disk.clone());
        disk.cut_after(1 + history.below(600));
        let created = Store::create_in(&files, &unit.dir(), &unit.source, &mut history.rng);
        let acknowledged = created.is_ok();
        disk.cut_after(1);
        drop(created);
        history.counts.cuts += 1;
        let disk = disk.after_cut(&mut history.rng);
        let files: Arc<dyn Files> = Arc::new(disk.clone());
        match Store::open_in(&files, &unit.dir(), &unit.source) {
            Ok(store) => {
                drop(store);
                return disk;
            }
            Err(error) => assert!(!acknowledged, "set up, and does not open: {error}"),
        }
    }
}

fn play(unit: &Unit, base: &SimulatedDisk, seed: u64) -> Counts {
    let mut history = History { unit, rng: SeededRng::new(seed), model: Model::default(), counts: Counts::default() };
    let mut disk = if seed.is_multiple_of(FROM_NOTHING) { set_up_cut(unit, &mut history) } else { base.copy() };
    for _ in 0..CUTS {
        let operations = 1 + if history.below(3) == 0 { history.below(40) } else { history.below(500) };
        disk.cut_after(operations);
        let unfinished = history.work(&disk);
        history.counts.cuts += 1;
        disk = disk.after_cut(&mut history.rng);
        // A second cut while it recovers from the first.
        if history.below(2) == 0 {
            disk.cut_after(1 + history.below(60));
            let files: Arc<dyn Files> = Arc::new(disk.clone());
            drop(Store::open_in(&files, &unit.dir(), &unit.source));
            history.counts.cuts += 1;
            history.counts.while_opening += usize::from(disk.is_off());
            disk = disk.after_cut(&mut history.rng);
        }
        history.look(&disk, unfinished);
    }
    history.counts
}

#[test]
fn no_power_cut_makes_it_unopenable_or_loses_what_was_acknowledged() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let wanted = if std::env::var_os("ICMC_LONG").is_some() { 100_000 } else { 2_000 };
    let unit = Unit::new();
    std::fs::create_dir(unit.dir()).unwrap();
    let base = set_up(&unit);
    let mut all = Counts::default();
    let mut seeds = number("ICMC_SEED").map_or(0..u64::MAX, |seed| seed..seed + 1);
    while all.cuts < wanted {
        let Some(seed) = seeds.next() else { break };
        let played = std::panic::catch_unwind(|| play(&unit, &base, seed));
        let counts = played.unwrap_or_else(|_| panic!("to repeat it: ICMC_SEED={seed}"));
        all.cuts += counts.cuts;
        all.while_opening += counts.while_opening;
        all.commits += counts.commits;
        all.erasures += counts.erasures;
    }
    println!(
        "{} power cuts, {} of them while opening; {} commits and {} erasures: none unopenable, none lost",
        all.cuts, all.while_opening, all.commits, all.erasures
    );
    assert!(number("ICMC_SEED").is_some() || all.while_opening * 10 > all.cuts, "too few cuts while opening");
}
