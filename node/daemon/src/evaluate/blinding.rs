//! Three keepers in this process, any two of which blind: generation, answers with proofs, combination.
//! No requests and quotas: those are between nodes.

use super::persons::Record;
use super::progress::Bar;
use anyhow::{Context as _, Result};
use icmc_node::clock::SystemRng;
use icmc_protocol::oprf::generation::{Commitment, Dealt, add_shares, public_share};
use icmc_protocol::oprf::{Blind, KeyIndex, KeyShare, Point, blind, combine, evaluate, finish, verify};
use std::num::NonZeroUsize;

/// How many keepers there are, and how many it takes.
const KEEPERS: u16 = 3;
const NEEDED: u16 = 2;
const CONTEXT: &[u8] = b"icmc evaluate-matching";

/// One y of 64 bytes for each feature of a person.
pub(super) type Ys = Vec<[u8; 64]>;

/// The keepers' shares with what their answers are verified against.
pub(super) struct Keepers(Vec<(KeyIndex, KeyShare, Point)>);

impl Keepers {
    /// A key that none of them knows.
    pub(super) fn generate() -> Result<Self> {
        let mut rng = SystemRng;
        let indices = (1..=KEEPERS).map(KeyIndex::new).collect::<Result<Vec<_>, _>>()?;
        let dealt = indices.iter().map(|_| Dealt::new(NEEDED, &mut rng)).collect::<Result<Vec<_>, _>>()?;
        let commitments: Vec<Commitment> =
            indices.iter().zip(&dealt).map(|(index, dealt)| dealt.commitment(CONTEXT, *index, &mut rng)).collect();
        let keeper = |index: &KeyIndex| {
            let received: Vec<KeyShare> = dealt.iter().map(|dealt| dealt.share_for(*index)).collect();
            Ok((*index, add_shares(&received)?, public_share(&commitments, *index)?))
        };
        Ok(Self(indices.iter().map(keeper).collect::<Result<_>>()?))
    }

    fn blind(&self, record: &Record) -> Result<Ys> {
        let mut rng = SystemRng;
        let inputs: Vec<Vec<u8>> = record.features.iter().map(icmc_protocol::fingerprint::Feature::input).collect();
        if inputs.is_empty() {
            return Ok(Vec::new());
        }
        let blinds: Vec<Blind> = inputs.iter().map(|_| Blind::random(&mut rng)).collect();
        let points = inputs.iter().zip(&blinds).map(|(input, one)| blind(input, one)).collect::<Result<Vec<_>, _>>()?;
        let mut answers = Vec::new();
        for (index, share, public) in self.0.iter().take(usize::from(NEEDED)) {
            let answer = evaluate(share, &points, &mut rng)?;
            verify(public, &points, &answer)?;
            answers.push((*index, answer.points));
        }
        let parts: Vec<(KeyIndex, &[Point])> = answers.iter().map(|(index, points)| (*index, &points[..])).collect();
        let combined = combine(&parts)?;
        let done = inputs.iter().zip(&blinds).zip(&combined);
        Ok(done.map(|((input, blind), point)| finish(input, blind, point)).collect::<Result<_, _>>()?)
    }
}

/// The y's of all records, in their order.
pub(super) fn all(keepers: &Keepers, records: &[Record], bar: &Bar) -> Result<Vec<Ys>> {
    shared_out(records, |record| {
        let ys = keepers.blind(record).context("the keepers of this process do not agree");
        bar.step();
        ys
    })
}

/// Does the same with every item on all processors, and gives the results in order.
pub(super) fn shared_out<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> Result<R> + Sync) -> Result<Vec<R>> {
    let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let part = items.len().div_ceil(processors).max(1);
    std::thread::scope(|scope| {
        let work = &work;
        let parts: Vec<_> =
            items.chunks(part).map(|part| scope.spawn(move || part.iter().map(work).collect::<Result<Vec<R>>>())).collect();
        let mut all = Vec::with_capacity(items.len());
        for part in parts {
            all.extend(part.join().map_err(|_| anyhow::anyhow!("a part of the work broke off"))??);
        }
        Ok(all)
    })
}
