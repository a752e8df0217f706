//! What it costs to find the same person among very many heard ones, on a real store: time, memory and disk beside their bars.
//! Nothing is asserted here but that the persons are found; what a comparison costs after a hit is not measured here.
//!
//! 100,000 persons of 100 units; 1,000,000 with `ICMC_LONG`. The measurements are made in a second process that only opens the folder.

#[path = "heard/people.rs"]
mod people;
#[path = "heard/unit.rs"]
mod unit;

use anyhow::{Context, Result, ensure};
use icmc_protocol::ids::Token;
use icmc_protocol::machine::{Announcer, Txn, View, Write};
use icmc_protocol::matching;
use icmc_tests::figures::{cpu, is_measuring, tell};
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tokio::time::Instant;
use unit::{UNITS, Unit};

/// Persons of one's own.
const OWN: usize = 5_000;
/// How often each thing is measured.
const TIMES: usize = 40;
/// Names the folder to the second process.
const FOLDER: &str = "ICMC_BENCH_HEARD";

fn main() -> Result<()> {
    if !is_measuring() {
        return Ok(());
    }
    if let Some(folder) = std::env::var_os(FOLDER) {
        return measure(Path::new(&folder));
    }
    let persons = if std::env::var_os("ICMC_LONG").is_some() { 1_000_000 } else { 100_000 };
    let folder = tempfile::tempdir()?;
    let begun = Instant::now();
    let tokens = fill(folder.path(), persons)?;
    let taken = begun.elapsed().as_secs_f64();
    let size = std::fs::metadata(folder.path().join("data/store.redb"))?.len();
    tell("heard persons, of units", &format!("{persons} of {UNITS}, {tokens} tokens with padding"), "");
    tell("hearing them, commits included", &format!("{:.0} beacons/s, {taken:.0} s", persons as f64 / taken), "");
    tell(
        "disk, whole store",
        &format!("{:.1} bytes a token, {} MiB", size as f64 / tokens as f64, size >> 20),
        "<= 64 bytes a token",
    );
    let status = Command::new(std::env::current_exe()?).arg("--bench").env(FOLDER, folder.path()).status()?;
    ensure!(status.success(), "the second process failed");
    Ok(())
}

/// Hears so many persons, as the runtime would, and gives how many tokens they have.
fn fill(folder: &Path, persons: usize) -> Result<usize> {
    let unit = Unit::create(folder)?;
    let mut tokens = 0;
    for first in (0..persons).step_by(256) {
        let beacons: Vec<_> = (first..persons.min(first + 256)).map(|person| unit.beacon_of(person)).collect();
        tokens += beacons.iter().map(|(_, tokens)| tokens).sum::<usize>();
        let heard = unit.hears(beacons.into_iter().map(|(bytes, _)| bytes))?;
        ensure!(heard, "a beacon was not taken");
    }
    unit.remember(folder, persons)?;
    Ok(tokens)
}

fn measure(folder: &Path) -> Result<()> {
    let begun = Instant::now();
    let unit = Unit::open(folder)?;
    tell("opening it: reading and indexing every beacon", &format!("{:.1} s", begun.elapsed().as_secs_f64()), "");
    tell("resident after opening", &format!("{} MiB, {} tokens", resident()?, unit.store.heard_tokens()), "<= 300 MiB");
    let persons = unit.persons;
    let mut features = 0;
    for number in 0..OWN {
        let asked = unit.enters(number)?;
        features += asked.inputs.len();
        unit.answers(&asked, people::own(number, asked.inputs.len()))?;
    }
    tell("persons of our own", &format!("{OWN}, {:.1} features each", features as f64 / OWN as f64), "");
    beacons(&unit)?;
    let mut times = Vec::new();
    let (mut telling, mut found) = (0, 0);
    for place in 0..TIMES {
        // The same as a heard person of a unit that is to begin the comparison: so none of its cost is in here.
        let like = unit.heard_of_a_smaller_unit(place * persons / TIMES);
        let asked = unit.enters(OWN + place)?;
        let ys = people::heard(like, asked.inputs.len());
        let snapshot = unit.store.snapshot()?;
        let (mut rng, now) = (unit.rng(), unit.now);
        let begun = Instant::now();
        let mut txn = Txn::new(&snapshot, now, &mut rng);
        matching::blinded(&mut txn, asked.person_ref, 0, &ys)?;
        let effects = txn.finish();
        times.push(begun.elapsed());
        // Name, district and year alone are those of many among so many.
        if asked.inputs.len() > people::COMMON {
            telling += 1;
            found += usize::from(effects.notices.len() == 1);
        }
        let writes: Vec<Write> = effects.writes;
        drop(snapshot);
        unit.commit(&writes)?;
    }
    ensure!(telling > 0 && found == telling, "{found} of {telling} with a feature of their own were found");
    tell(&format!("a new person against {persons} heard ones"), &spread(times), "<= 10 ms");
    tell("resident after all of this", &format!("{} MiB, at most {} MiB", resident()?, peak()?), "<= 300 MiB");
    Ok(())
}

/// A beacon against our own persons, for each unit the first and the second time.
fn beacons(unit: &Unit) -> Result<()> {
    let snapshot = unit.store.snapshot()?;
    let (mut cold, mut warm, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for place in 0..TIMES {
        // Of an epoch that nobody asked about yet, with as many y's: our own of this one were asked for while we were entering.
        let person = unit.persons + place;
        let (bytes, _) = unit.beacon_of(person);
        let by = Announcer { federation: unit.federation, epoch: 0, unit: unit.unit_of(person) };
        let tokens: Vec<Token> = people::heard(person, 15).iter().map(|y| by.token(y)).collect();
        for times in [&mut cold, &mut warm] {
            // Not CPU: the first question is answered on several cores.
            let begun = Instant::now();
            let found = snapshot.own(&by, &tokens);
            times.push(begun.elapsed());
            ensure!(found?.len() == tokens.len(), "an answer for each token");
        }
        let (mut rng, now) = (unit.rng(), unit.now);
        let (time, taken) = cpu(|| matching::heard(&mut Txn::new(&snapshot, now, &mut rng), &bytes));
        taken?;
        whole.push(time);
    }
    let size = format!("a beacon against {OWN} own persons");
    tell(&format!("{size}, cold"), &spread(cold), "<= 15 ms");
    tell(&format!("{size}, warm"), &spread(warm), "<= 0.1 ms");
    tell("hearing a beacon, signature and rows too, CPU", &spread(whole), "");
    Ok(())
}

/// Resident memory of this process, in MiB.
fn resident() -> Result<u64> {
    status("VmRSS:")
}

fn peak() -> Result<u64> {
    status("VmHWM:")
}

fn status(name: &str) -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).context("no such line")?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes >> 10)
}

fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    let (middle, most) = (times[(times.len() - 1) / 2], times[times.len() - 1]);
    format!("median {:.3} ms, most {:.3} ms, n = {}", millis(middle), millis(most), times.len())
}
