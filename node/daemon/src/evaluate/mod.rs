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

use crate::cli::EvaluateArgs;
use crate::output::say;
use anyhow::{Context as _, Result};
use beacons::Announced;
use compared::Judged;
use icmc_protocol::fingerprint::Weights;
use progress::Stages;
use std::path::Path;

/// Reads, matches, writes the pairs and prints what was found.
///
/// # Errors
/// What is wrong with a file, in one sentence that names it.
pub fn run(args: &EvaluateArgs) -> Result<()> {
    let weights = weights(args.weights.as_deref())?;
    let truth = args.truth.as_deref().map(figures::read_truth).transpose()?;
    let mut stages = Stages::new();
    let same = is_same(&args.a, &args.b)?;
    let a = stages.time("reading and features", 1, |_| persons::read(&args.a))?;
    let b = if same { None } else { Some(stages.time("reading and features", 1, |_| persons::read(&args.b))?) };
    let total = a.len() + b.as_ref().map_or(0, Vec::len);
    let keepers = blinding::Keepers::generate()?;
    let blind = |side: &[persons::Record], bar: &progress::Bar| blinding::all(&keepers, side, bar);
    let (ys_a, ys_b) = stages.time("blinding by two of three keepers", total, |bar| {
        let ys_a = blind(&a, bar)?;
        let ys_b = b.as_ref().map(|b| blind(b, bar)).transpose()?;
        anyhow::Ok((ys_a, ys_b))
    })?;
    let (first, second) = Announced::units();
    let ours = Announced { records: &a, ys: &ys_a, unit: first };
    let theirs = Announced { records: b.as_deref().unwrap_or(&a), ys: ys_b.as_ref().unwrap_or(&ys_a), unit: second };
    let beacons = stages.time("beacons", theirs.records.len(), |bar| theirs.beacons(bar))?;
    let sizes = beacons::Sizes::of(&beacons);
    let found = stages.time("hits", beacons.len(), |bar| hits::find(&ours, &theirs, &beacons, same, bar))?;
    let persons = u64::try_from(total).unwrap_or(u64::MAX);
    let judged = if args.beacons_only {
        stages.time("scores", found.len(), |bar| Ok(compared::alone(&found, persons, &weights, bar)))?
    } else {
        let found: Vec<_> = found.into_iter().filter(|hit| compared::is_worth_it(hit, persons, &weights)).collect();
        stages.time("counts-only comparisons", found.len(), |bar| {
            compared::confirmed(&found, &ours, &theirs, persons, &weights, bar)
        })?
    };
    let judged = Judged::sorted(judged, ours.records, theirs.records, same);
    if let Some(out) = &args.pairs {
        compared::write(out, &judged)?;
    }
    report(args, &judged, &sizes, &ours, b.as_ref().map(|_| &theirs), &stages, truth.as_ref())
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

fn report(
    args: &EvaluateArgs,
    judged: &[Judged],
    sizes: &beacons::Sizes,
    ours: &Announced<'_>,
    theirs: Option<&Announced<'_>>,
    stages: &Stages,
    truth: Option<&figures::Truth>,
) -> Result<()> {
    let features: Vec<usize> =
        [Some(ours), theirs].into_iter().flatten().flat_map(|side| side.records.iter().map(|one| one.features.len())).collect();
    let mean = features.iter().sum::<usize>() as f64 / features.len().max(1) as f64;
    say(format!("index of {} persons, recipe {}", features.len(), icmc_protocol::fingerprint::RECIPE))?;
    let most = features.iter().max().copied().unwrap_or_default();
    say(format!("tokens a person: mean {mean:.1}, most {most}"))?;
    say(format!("bytes a beacon: {:.0} before padding, {:.0} as sent (means)", sizes.bare, sizes.sent))?;
    for line in figures::lines(judged, truth, args.beacons_only) {
        say(line)?;
    }
    stages.lines().into_iter().try_for_each(say)
}
