//! The one thread that runs `Core`: gathers up to 256 waiting steps into one commit.
//! No network and no pages here; what is to be sent goes to `dispatch` after the commit.

use super::config::{Hooks, RuntimeError};
use crate::clock::{Clock, SystemRng};
use crate::store::Store;
use icmc_protocol::core::{Core, Input};
use icmc_protocol::ids::CaseId;
use icmc_protocol::machine::{Effects, Overlay, Scope, Txn, View, ViewError};
use icmc_protocol::time::Timestamp;
use rand_core::CryptoRng;
use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Most steps of one commit.
const BATCH: usize = 256;

/// What a step is told once it is durable, or why it is not.
pub(super) type Finish = Box<dyn FnOnce(Result<Committed, RuntimeError>) + Send>;

/// The part of the effects that goes back to whoever asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Committed {
    pub(super) reply: Option<Vec<u8>>,
    pub(super) verdict: Option<icmc_protocol::machine::Verdict>,
    /// A keeper's answer that is to be computed from this.
    pub(super) evaluate: Option<icmc_protocol::machine::Evaluate>,
    /// What was handled is what no honest node sends.
    pub(super) garbage: bool,
}

/// One step. It gives no effects if it was refused; `Finish` is called in any case.
pub(super) type Step = Box<dyn FnOnce(Core, &dyn View, Timestamp, &mut dyn CryptoRng) -> (Option<Effects>, Finish) + Send>;

/// A step for an input from outside.
pub(super) fn input(input: Input, finish: Finish) -> Step {
    Box::new(move |core, view, now, rng| match core.handle(view, input, now, rng) {
        Ok(effects) => (Some(effects), finish),
        Err(error) => (None, Box::new(move |_| finish(Err(RuntimeError::Commit(error.to_string()))))),
    })
}

/// What the thread owns.
pub(super) struct Driver {
    pub(super) store: Arc<Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) hooks: Arc<dyn Hooks>,
    pub(super) steps: mpsc::Receiver<Step>,
    pub(super) dispatch: mpsc::Sender<Effects>,
}

impl Driver {
    /// Runs until the last sender of steps is gone.
    pub(super) fn run(mut self) {
        let mut own: VecDeque<Step> = VecDeque::new();
        loop {
            let first = match own.pop_front() {
                Some(step) => step,
                None => match self.steps.blocking_recv() {
                    Some(step) => step,
                    None => return,
                },
            };
            let mut batch = vec![first];
            batch.extend(own.drain(..own.len().min(BATCH - 1)));
            while batch.len() < BATCH {
                let Ok(step) = self.steps.try_recv() else { break };
                batch.push(step);
            }
            own.extend(self.batch(batch));
        }
    }

    /// Runs the steps, commits once, tells everybody; gives the steps that follow from erasures.
    fn batch(&self, batch: Vec<Step>) -> Vec<Step> {
        let snapshot = match self.store.snapshot() {
            Ok(snapshot) => snapshot,
            Err(error) => {
                tracing::error!(%error, "the store cannot be read");
                return Vec::new();
            }
        };
        let mut rng = SystemRng;
        let mut overlay = Overlay::new(&snapshot);
        let mut done: Vec<(Effects, Finish)> = Vec::new();
        for step in batch {
            let now = self.clock.now();
            let Ok((effects, finish)) = catch_unwind(AssertUnwindSafe(|| step(Core, &overlay, now, &mut rng))) else {
                tracing::error!("a step broke and was dropped; nothing of it was saved");
                continue;
            };
            let Some(mut effects) = effects else {
                finish(Ok(Committed::default()));
                continue;
            };
            let mut with_step = Overlay::new(&overlay);
            with_step.apply(core::mem::take(&mut effects.writes));
            let Ok(hooked) = catch_unwind(AssertUnwindSafe(|| self.hook(&with_step, &effects, now, &mut rng))) else {
                tracing::error!("what follows from a step broke, and the step was dropped; nothing of it was saved");
                continue;
            };
            match hooked {
                Ok(writes) => {
                    with_step.apply(writes);
                    let writes = with_step.into_writes();
                    // What the store would refuse is refused alone, before any other step has seen it.
                    match self.store.accepts(&writes) {
                        Ok(()) => {
                            overlay.apply(writes);
                            done.push((effects, finish));
                        }
                        Err(error) => {
                            tracing::error!(%error, "a step was refused by the store; nothing of it was saved");
                            finish(Err(RuntimeError::Commit(error.to_string())));
                        }
                    }
                }
                Err(error) => finish(Err(RuntimeError::Commit(error.to_string()))),
            }
        }
        if !overlay.is_empty()
            && let Err(error) = self.store.commit(&overlay.into_writes(), &mut rng)
        {
            tracing::error!(%error, "a commit failed; nothing of it was saved");
            let error = RuntimeError::Commit(error.to_string());
            for (_, finish) in done {
                finish(Err(error.clone()));
            }
            return Vec::new();
        }
        drop(snapshot);
        self.after(done)
    }

    fn hook(
        &self,
        view: &dyn View,
        effects: &Effects,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<icmc_protocol::machine::Write>, ViewError> {
        let mut txn = Txn::new(view, now, rng);
        self.hooks.after(&mut txn, effects)?;
        Ok(txn.finish().writes)
    }

    /// After the commit: erase, move caches, answer, send.
    fn after(&self, done: Vec<(Effects, Finish)>) -> Vec<Step> {
        let scopes: Vec<Scope> = done.iter().flat_map(|(effects, _)| effects.erase.iter().copied()).collect();
        let mut follow: Vec<Step> = Vec::new();
        if !scopes.is_empty() {
            self.hooks.erasing();
            match self.store.erase(&scopes) {
                Ok(()) => follow.extend(scopes.into_iter().map(|scope| input(Input::Erased(scope), Box::new(|_| {})))),
                // The decision stands in the store; the erasure is tried again at the next start.
                Err(error) => tracing::error!(%error, "a key could not be destroyed yet"),
            }
        }
        let touched: BTreeSet<CaseId> = done.iter().flat_map(|(effects, _)| effects.touched.iter().copied()).collect();
        match self.store.snapshot() {
            Ok(view) => self.hooks.committed(&view, &touched),
            Err(error) => tracing::error!(%error, "the store cannot be read"),
        }
        for (mut effects, finish) in done {
            let (reply, verdict, evaluate) = (effects.reply.take(), effects.verdict.take(), effects.evaluate.take());
            finish(Ok(Committed { reply, verdict, evaluate, garbage: effects.garbage }));
            if self.dispatch.blocking_send(effects).is_err() {
                tracing::debug!("stopping: effects stay in the outbox");
            }
        }
        follow
    }
}

#[cfg(test)]
mod tests;
