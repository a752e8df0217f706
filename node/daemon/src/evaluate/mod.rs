//! `icmc evaluate-matching`: how well the shipped matching finds the same people in two files, measured on the whole path.
//! Not for cases: nothing of a node is opened, and nothing leaves this process but the files asked for.
//!
//! Two units and three keepers live in this process. Every person goes the way that a saved person goes: features, blinding by two
//! of three keepers with proofs, a signed and padded beacon, tokens looked up, the hit, the counts-only comparison, the class. What
//! is left out is the network, the store, and the quotas, which would make ten thousand persons wait for weeks.

mod beacons;
mod blinding;
mod compared;
mod figures;
mod hits;
mod persons;
mod progress;
mod table;

use crate::cli::EvaluateArgs;
use crate::output::say;
use anyhow::{Context as _, Result, bail};
use beacons::Announced;
use compared::{Judged, Out};
use icmc_protocol::fingerprint::{RECIPE, Weights};
use persons::Record;
use progress::Stages;
use std::path::Path;

/// Reads, matches, writes the pairs and prints what was found.
///
/// # Errors
/// What is wrong with a file, in one sentence that names it.
pub fn run(args: &EvaluateArgs) -> Result<()> {
    let weights = weights(args.weights.as_deref())?;
    let mut stages = Stages::new();
    let same = is_same(&args.a, &args.b)?;
    let out = args.pairs.as_deref().map(|out| Out::open(out, &args.read())).transpose()?;
    let mut read = |file: &Path| -> Result<Vec<Record>> {
        let (lines, notes) = stages.time("reading", 0, |_| persons::read(file))?;
        notes.into_iter().try_for_each(say)?;
        stages.time("features", lines.len(), |bar| persons::normalised(&lines, bar))
    };
    let a = read(&args.a)?;
    let b = if same { None } else { Some(read(&args.b)?) };
    let truth = args.truth.as_deref().map(|file| figures::read_truth(file, &a, b.as_deref())).transpose()?;
    truth.as_ref().and_then(figures::Truth::note).into_iter().try_for_each(say)?;

    let sides = || core::iter::once(&a).chain(&b);
    let total = sides().map(Vec::len).sum();
    let keepers = blinding::Keepers::generate()?;
    let ys = stages.time("blinding by two of three keepers", total, |bar| {
        sides().map(|side| blinding::all(&keepers, side, bar)).collect::<Result<Vec<_>>>()
    })?;
    let units = Announced::units();
    let announced: Vec<_> = sides().zip(&ys).zip(units).map(|((records, ys), unit)| Announced { records, ys, unit }).collect();
    let beacons =
        stages.time("beacons", total, |bar| announced.iter().map(|side| side.beacons(bar)).collect::<Result<Vec<_>>>())?;
    // Of one file, its own beacons are heard: as if a second unit had the same persons.
    let (Some(ours), Some(theirs), Some(heard)) = (announced.first(), announced.last(), beacons.last()) else {
        bail!("there is nobody to compare");
    };
    let hits = stages.time("hits", heard.len(), |bar| Ok(hits::find(ours, theirs, heard, same, bar)))?;
    let persons = u64::try_from(total).unwrap_or(u64::MAX);
    let judged = if args.beacons_only {
        stages.time("scores", hits.found.len(), |bar| Ok(compared::alone(&hits.found, persons, &weights, bar)))?
    } else {
        let found: Vec<_> = hits.found.into_iter().filter(|hit| compared::is_worth_it(hit, persons, &weights)).collect();
        stages.time("counts-only comparisons", found.len(), |bar| {
            compared::confirmed(&found, ours, theirs, persons, &weights, bar)
        })?
    };
    let judged = Judged::sorted(judged, ours.records, theirs.records, same);
    if let Some(out) = out {
        out.write(&judged)?;
    }
    say(persons_line(sides().flatten()))?;
    say(format!("most carried token: {} of {total} persons", hits.most_carried))?;
    say(bytes_line(&beacons::Sizes::of(beacons.iter().flatten())))?;
    figures::lines(&judged, truth.as_ref(), args.beacons_only).into_iter().try_for_each(say)?;
    stages.lines().into_iter().try_for_each(say)
}

fn weights(file: Option<&Path>) -> Result<Weights> {
    let Some(file) = file else { return Ok(Weights::shipped().clone()) };
    let text = std::fs::read_to_string(file).with_context(|| format!("{} could not be read", file.display()))?;
    Weights::from_json(&text).with_context(|| format!("{} is no file of weights for this version", file.display()))
}

/// Whether both names lead to one file: then duplicates inside it are looked for.
fn is_same(a: &Path, b: &Path) -> Result<bool> {
    let real = |file: &Path| file.canonicalize().with_context(|| format!("{} could not be read", file.display()));
    Ok(real(a)? == real(b)?)
}

fn persons_line<'a>(records: impl Iterator<Item = &'a Record>) -> String {
    let counts: Vec<usize> = records.map(|one| one.features.len()).collect();
    let mean = counts.iter().sum::<usize>() as f64 / counts.len().max(1) as f64;
    let most = counts.iter().max().copied().unwrap_or_default();
    format!("index of {} persons, recipe {RECIPE}; tokens for each person: mean {mean:.1}, most {most}", counts.len())
}

fn bytes_line(sizes: &beacons::Sizes) -> String {
    let beacons::Sizes { bare, largest_bare, sent, largest_sent } = sizes;
    format!("bytes for each beacon: {bare:.0} before padding (most {largest_bare}), {sent:.0} as sent (most {largest_sent})")
}
