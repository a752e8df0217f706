//! Takes what a person brought in a file: item by item in its order, each as if it had come over the network.
//! The file was opened and checked before: see `protocol::carried`.

use super::config::RuntimeError;
use super::node::Node;
use futures::future::join_all;
use icmc_protocol::carried::Item;
use icmc_protocol::core::Input;
use icmc_protocol::envelope::{Answer, Outcome, is_seen};
use icmc_protocol::ids::UnitId;
use icmc_protocol::machine::ViewError;
use icmc_protocol::wire;

/// Items that share commits.
const BATCH: usize = 256;
/// Most bytes of an answer to an envelope.
const ANSWER_MAX: usize = 16 * 1024;

/// What became of the items of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Envelopes that are applied now.
    pub envelopes: usize,
    /// Envelopes that had come before.
    pub known: usize,
    /// Envelopes refused for good; why is among the incidents.
    pub refused: usize,
    /// Envelopes that cannot be taken yet.
    pub later: usize,
    /// Acknowledgements of envelopes of this unit.
    pub answers: usize,
}

impl Node {
    /// Takes the items of a file that `from` made. Taking them again is harmless.
    ///
    /// # Errors
    /// [`RuntimeError`] if a commit fails; what came before it stays taken.
    pub async fn take_carried(&self, from: UnitId, items: Vec<Item>) -> Result<Taken, RuntimeError> {
        let mut taken = Taken::default();
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let batch: Vec<Item> = items.by_ref().take(BATCH).collect();
            // Polled in this order, so they reach the driver in this order.
            for outcome in join_all(batch.into_iter().map(|item| self.take_one(from, item))).await {
                let count = match outcome? {
                    Became::Applied => &mut taken.envelopes,
                    Became::Known => &mut taken.known,
                    Became::Refused => &mut taken.refused,
                    Became::Later => &mut taken.later,
                    Became::Answer => &mut taken.answers,
                    Became::News => continue,
                };
                *count += 1;
            }
        }
        Ok(taken)
    }

    async fn take_one(&self, from: UnitId, item: Item) -> Result<Became, RuntimeError> {
        let known = match &item {
            Item::Charter(_) => {
                self.handle(Input::carried(from, item)).await?;
                return Ok(Became::News);
            }
            Item::Answer { .. } => {
                self.handle(Input::carried(from, item)).await?;
                return Ok(Became::Answer);
            }
            Item::Envelope { pair_seq, .. } => {
                let view = self.snapshot().map_err(|error| RuntimeError::Commit(error.to_string()))?;
                is_seen(&view, from, *pair_seq).map_err(|ViewError(error)| RuntimeError::Commit(error))?
            }
        };
        let reply = self.handle(Input::carried(from, item)).await?.reply.unwrap_or_default();
        Ok(match wire::decode::<Answer>(&reply, ANSWER_MAX) {
            Ok(Answer::Ack(_)) if known => Became::Known,
            Ok(Answer::Ack(ack)) if ack.stored().is_ok_and(|ack| ack.outcome == Outcome::Applied) => Became::Applied,
            Ok(Answer::Ack(_)) => Became::Refused,
            _ => Became::Later,
        })
    }
}

enum Became {
    News,
    Answer,
    Applied,
    Known,
    Refused,
    Later,
}
