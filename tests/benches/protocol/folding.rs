//! Folding a case of many entries: from the beginning, and one more on top.
//! The signatures were checked when the entries came; reading them from the disk is measured by itself.

use super::{cpu, median, tell};
use anyhow::{Context, Result};
use icmc_node::clock::SystemRng;
use icmc_node::store::Store;
use icmc_node::vault::{KeySource, create_key_file};
use icmc_protocol::caselog::{Author, Draft, Folding, ForeignError, Log, admit, append, check, fold, load, open_case};
use icmc_protocol::ids::{CaseId, Commitment, EntityId, EntryHash, ShareId};
use icmc_protocol::machine::{MemoryView, Scope, Txn, Write};
use icmc_protocol::testing::World;
use icmc_protocol::testing::drafts::{author, case as opening, instead, text};
use icmc_protocol::testing::rng::SeededRng;
use icmc_protocol::testing::world::NOON;
use std::collections::BTreeMap;
use std::time::Duration;

/// How often each is measured.
const TIMES: usize = 15;
/// One entry in ten is another unit's, and one of the owner's in nine admits it.
const TENTH: usize = 10;

pub(super) fn measure() -> Result<()> {
    for (entries, bar) in [(1_000, "<= 5 ms"), (10_000, "<= 50 ms")] {
        let (rows, case) = rows_of(entries)?;
        let log = load(&rows, case)?.context("the case")?;
        let held: usize = log.chains.values().map(Vec::len).sum();
        let times = (0..TIMES).map(|_| cpu(|| fold(&log)).0).collect();
        tell(&format!("fold of {held} entries, CPU"), &median(times), bar);
        tell(&format!("one entry on top of {held}, CPU"), &median(on_top(&log)), "folds only what is new");
        tell(&format!("reading {held} entries from the disk, CPU"), &median(from_disk(&rows, case)?), "");
    }
    Ok(())
}

fn on_top(log: &Log) -> Vec<Duration> {
    let mut before = log.clone();
    let last = before.chains.get_mut(&log.owner).and_then(Vec::pop);
    let folding = Folding::of(&before);
    let measured = |_| {
        let mut folding = folding.clone();
        let (time, new) = cpu(|| folding.go_on(log));
        assert!(last.is_some() && new == 1 && *folding == fold(log), "it went on");
        time
    };
    (0..TIMES).map(measured).collect()
}

fn from_disk(rows: &MemoryView, case: CaseId) -> Result<Vec<Duration>> {
    let folder = tempfile::tempdir()?;
    create_key_file(&folder.path().join("key"), &mut SystemRng)?;
    let key = KeySource::KeyFile(folder.path().join("key"));
    let store = Store::create(&folder.path().join("data"), &key, &mut SystemRng)?;
    let write = |(table, key, scope, value): (_, &[u8], _, &[u8])| Write {
        table,
        key: key.to_vec(),
        value: Some((scope, value.to_vec())),
    };
    store.commit(&rows.rows().map(write).collect::<Vec<_>>(), &mut SystemRng)?;
    let view = store.snapshot()?;
    (0..3).map(|_| cpu(|| load(&view, case)).0).map(Ok).collect()
}

/// The rows of a case with this many entries: an owner who writes and corrects, and a partner who contributes.
fn rows_of(entries: usize) -> Result<(MemoryView, CaseId)> {
    let world = World::members(&["Shillong", "Guwahati"]);
    let mut owner = Desk { rows: world["Shillong"].view.clone(), rng: SeededRng::new(1), seen: BTreeMap::new() };
    let mut partner = Desk { rows: world["Guwahati"].view.clone(), rng: SeededRng::new(2), seen: BTreeMap::new() };
    let who = author("Officer Das");
    let (case, _) = owner.step(|txn| open_case(txn, &opening("SH-26-0001"), &who))?;
    partner.take(&owner, case)?;
    let theirs = (0..entries / TENTH).map(|number| partner.person(case, number, &who)).collect::<Result<Vec<_>>>()?;
    owner.take(&partner, case)?;
    for number in 0..entries - 2 - theirs.len() {
        match theirs.get(number / (TENTH - 1)).filter(|_| number % (TENTH - 1) == 0) {
            Some(entry) => drop(owner.step(|txn| admit(txn, case, *entry, &who))?),
            None => drop(owner.person(case, entries + number, &who)?),
        }
    }
    Ok((owner.rows, case))
}

/// A unit that writes without anything following from it: only the log is wanted here.
struct Desk {
    rows: MemoryView,
    rng: SeededRng,
    /// What stands in the fields of each person that was written here.
    seen: BTreeMap<EntityId, Vec<Commitment>>,
}

impl Desk {
    fn step<T, E: core::error::Error + Send + Sync + 'static>(
        &mut self,
        work: impl FnOnce(&mut Txn<'_>) -> Result<T, E>,
    ) -> Result<T> {
        let mut txn = Txn::new(&self.rows, NOON, &mut self.rng);
        let done = work(&mut txn)?;
        let writes = txn.finish().writes;
        self.rows.apply(&writes);
        Ok(done)
    }

    /// Two fields of a person; each person is written three times, and each time what stood there is replaced.
    fn person(&mut self, case: CaseId, number: usize, who: &Author) -> Result<EntryHash> {
        let mut id = [0; EntityId::LEN];
        id[..8].copy_from_slice(&(number as u64 / 3).to_be_bytes());
        let parents = [("father", "Invented father"), ("mother", "Invented mother")];
        let drafts: Vec<Draft> = (0..)
            .zip(parents)
            .map(|(at, (field, name))| {
                let seen = self.seen.get(&EntityId(id)).map(|seen| vec![seen[at]]).unwrap_or_default();
                instead(seen, text(EntityId(id), "person", field, &format!("{name}, written as number {number}")))
            })
            .collect();
        let written = self.step(|txn| append(txn, case, &drafts, who))?;
        self.seen.insert(EntityId(id), written.commitments);
        Ok(written.head)
    }

    /// Takes all that another unit holds of a case.
    fn take(&mut self, from: &Self, case: CaseId) -> Result<()> {
        let log = load(&from.rows, case)?.context("the case")?;
        let entries: Vec<_> = log.chains.values().flatten().map(|entry| entry.signed.clone()).collect();
        let changes: Vec<_> = log.changes.into_values().collect();
        self.step(|txn| {
            check(txn, case, log.owner, &entries, &changes)?.write(txn, Scope::Share(ShareId([0; 16])));
            Ok::<_, ForeignError>(())
        })
    }
}
