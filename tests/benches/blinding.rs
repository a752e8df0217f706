//! What blinding a person costs a client and a keeper, in processor time, printed beside its bar.
//! Nothing is asserted here, and nothing travels: the arithmetic, and the decoding of what would have come.

use anyhow::{Context, Result};
use icmc_protocol::oprf::generation::{Commitment, Dealt, add_shares, group_key, public_share};
use icmc_protocol::oprf::{Blind, Evaluation, KeyIndex, KeyShare, Point, blind, combine, evaluate, finish, verify};
use icmc_protocol::testing::rng::SeededRng;
use icmc_protocol::wire;
use icmc_tests::figures::{cpu, is_measuring, tell};
use std::time::Duration;

/// Inputs of five persons: 15.8 each, the mean of the recipe on DEV.
const PERSONS: [usize; 5] = [16, 16, 16, 16, 15];
/// How many keepers are asked, of how many.
const T: u16 = 3;
const N: u16 = 5;
/// How often the five are measured.
const TIMES: usize = 40;
/// Longest answer that is decoded here.
const LIMIT: usize = 8192;

fn main() -> Result<()> {
    if !is_measuring() {
        return Ok(());
    }
    let mut rng = SeededRng::new(1);
    let (generation, keepers) = cpu(|| Keepers::generate(&mut rng));
    let keepers = keepers?;
    let mut client = Vec::new();
    let mut keeper = Vec::new();
    let mut steps: [Vec<Duration>; 4] = Default::default();
    for round in 0..TIMES {
        let (mut asking, mut answering) = (Duration::ZERO, Duration::ZERO);
        let mut each = [Duration::ZERO; 4];
        for (person, inputs) in PERSONS.into_iter().enumerate() {
            let run = keepers.blind(&inputs_of(round, person, inputs), &mut rng)?;
            asking += run.client.iter().sum::<Duration>();
            answering += run.keeper;
            each.iter_mut().zip(run.client).for_each(|(sum, step)| *sum += step);
        }
        client.push(asking);
        keeper.push(answering);
        steps.iter_mut().zip(each).for_each(|(all, step)| all.push(step));
    }
    tell("blinding at the client, 3 of 5 keepers, CPU", &rate(client), ">= 150 persons/s/core");
    for (name, times) in ["inputs to points", "decoding and verifying", "combining", "points to ys"].iter().zip(steps) {
        tell(&format!("  of it {name}"), &per_person(times), "");
    }
    tell("blinding at a keeper, CPU", &rate(keeper), ">= 1000 persons/s/core");
    tell("generating a key, all five dealers, CPU", &format!("{:.1} ms", generation.as_secs_f64() * 1000.0), "");
    Ok(())
}

fn inputs_of(round: usize, person: usize, count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|place| format!("invented person {round}/{person}, feature {place}, of a usual length").into_bytes()).collect()
}

struct Keepers {
    shares: Vec<(KeyIndex, KeyShare, Point)>,
}

/// What one person cost.
struct Run {
    /// Points made, answers verified, combined, finished.
    client: [Duration; 4],
    /// One keeper.
    keeper: Duration,
}

impl Keepers {
    fn generate(rng: &mut SeededRng) -> Result<Self> {
        let context = b"an invented federation";
        let all = (1..=N).map(KeyIndex::new).collect::<Result<Vec<_>, _>>()?;
        let dealt = all.iter().map(|_| Dealt::new(T, rng)).collect::<Result<Vec<_>, _>>()?;
        let shown: Vec<Commitment> = all.iter().zip(&dealt).map(|(at, dealt)| dealt.commitment(context, *at, rng)).collect();
        all.iter().zip(&shown).try_for_each(|(at, shown)| shown.check(context, *at, T))?;
        group_key(&shown)?;
        let share = |at: &KeyIndex| {
            let received: Vec<KeyShare> = dealt.iter().map(|dealt| dealt.share_for(*at)).collect();
            Ok((*at, add_shares(&received)?, public_share(&shown, *at)?))
        };
        Ok(Self { shares: all.iter().map(share).collect::<Result<_>>()? })
    }

    fn blind(&self, inputs: &[Vec<u8>], rng: &mut SeededRng) -> Result<Run> {
        let (asking, asked) = cpu(|| {
            (0..)
                .zip(inputs)
                .map(|(place, input)| {
                    let with = Blind::derive(&[1; 32], b"an invented request", place);
                    blind(input, &with).map(|point| (with, point))
                })
                .collect::<Result<Vec<_>, _>>()
        });
        let (blinds, points): (Vec<Blind>, Vec<Point>) = asked?.into_iter().unzip();
        let request = wire::encode(&points);
        let mut keeper = Vec::new();
        let mut answers = Vec::new();
        for (_, share, _) in &self.shares[..usize::from(T)] {
            let (time, answer) = cpu(|| {
                let points: Vec<Point> = wire::decode(&request, LIMIT)?;
                anyhow::Ok(wire::encode(&evaluate(share, &points, rng)?))
            });
            keeper.push(time);
            answers.push(answer?);
        }
        let (verifying, verified) = cpu(|| {
            let one = |(answer, (at, _, public)): (&Vec<u8>, &(KeyIndex, KeyShare, Point))| {
                let answer: Evaluation = wire::decode(answer, LIMIT)?;
                verify(public, &points, &answer)?;
                anyhow::Ok((*at, answer))
            };
            answers.iter().zip(&self.shares).map(one).collect::<Result<Vec<_>>>()
        });
        let verified = verified?;
        let (combining, combined) = cpu(|| {
            let parts: Vec<(KeyIndex, &[Point])> = verified.iter().map(|(at, answer)| (*at, &*answer.points)).collect();
            combine(&parts)
        });
        let combined = combined?;
        let (finishing, ys) = cpu(|| {
            let one = |((input, with), point): ((&Vec<u8>, &Blind), &Point)| finish(input, with, point);
            inputs.iter().zip(&blinds).zip(&combined).map(one).collect::<Result<Vec<_>, _>>()
        });
        anyhow::ensure!(ys?.len() == inputs.len(), "a y for each input");
        let keeper = keeper.into_iter().min().context("a keeper answered")?;
        Ok(Run { client: [asking, verifying, combining, finishing], keeper })
    }
}

/// The middle one of measurements of all five persons, for one of them, in seconds.
fn middle(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[(times.len() - 1) / 2].as_secs_f64() / PERSONS.len() as f64
}

fn rate(times: Vec<Duration>) -> String {
    let count = times.len() * PERSONS.len();
    let seconds = middle(times);
    format!("median {:.0} persons/s/core ({:.2} ms each), n = {count}", 1.0 / seconds, seconds * 1000.0)
}

fn per_person(times: Vec<Duration>) -> String {
    format!("median {:.2} ms", middle(times) * 1000.0)
}
