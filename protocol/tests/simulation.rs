//! Ten units, a bad network, people who do anything: what must hold, holds for every seed.
//! The simulator itself is `testing::sim`; how to repeat a failing seed is printed with it.

#![cfg(test)]

use icmc_protocol::testing::say;
use icmc_protocol::testing::sim::{Base, Figures, Plan, Sim};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Seeds of the short form.
const SEEDS: u64 = 200;
/// Actions of a run, after those that the ten units begin with.
const STEPS: usize = 60;
/// Failures that are shown whole.
const SHOWN: usize = 5;
/// The same with `ICMC_LONG` set.
const LONG: (u64, usize) = (1_000, 3_000);

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[test]
fn every_seed_keeps_what_must_hold() {
    let (seeds, steps) = if std::env::var_os("ICMC_LONG").is_some() { LONG } else { (SEEDS, STEPS) };
    let first = number("ICMC_SIM_SEED");
    let seeds = first.map_or(1..=number("ICMC_SIM_SEEDS").unwrap_or(seeds), |seed| seed..=seed);
    let steps = number("ICMC_SIM_STEPS").map_or(steps, |steps| usize::try_from(steps).unwrap());
    let (base, next) = (Base::prepare(), AtomicU64::new(*seeds.start()));
    let (done, failures) = (Mutex::new((0, Figures::default())), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > *seeds.end() {
                return;
            }
            match Sim::new(&base, Plan { seed, steps }).run() {
                Ok(figures) => {
                    let mut done = done.lock().unwrap();
                    done.0 += 1;
                    done.1.add(&figures);
                }
                Err(failure) => failures.lock().unwrap().push(failure),
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    let (runs, figures) = done.into_inner().unwrap();
    let Figures { actions, delivered, lost, copies, shares, recalled, receipts, epochs, .. } = &figures;
    say(&format!(
        "{runs} seeds kept every invariant: {} actions, {delivered} messages delivered, {lost} lost, {copies} doubled, {shares} shares, \
         {receipts} with a receipt, of them {recalled} recalled, {epochs} changes of the charter",
        actions.values().sum::<u64>()
    ));
    println!("{figures:#?}");
    let mut failures = failures.into_inner().unwrap();
    failures.sort_by_key(|failure| failure.plan.seed);
    for failure in failures.iter().skip(SHOWN) {
        println!("seed {}: {}", failure.plan.seed, failure.what);
    }
    for failure in failures.iter().take(SHOWN) {
        match first {
            Some(_) => println!("\n{failure:#}"),
            None => println!("\n{failure}"),
        }
    }
    assert!(failures.is_empty(), "{} seeds failed; the first: {}", failures.len(), failures[0]);
}
