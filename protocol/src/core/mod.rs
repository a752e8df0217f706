//! Routes what comes from outside, and what people do here, to the machines; and does nothing else.
//! State lives in the store behind a `View`; effects carry the writes.

mod follow_up;
mod identity;
mod input;
mod route;

pub use identity::{identity_of, plain_identity, role_of};
pub use input::Input;

use crate::machine::{Effects, Txn, View, ViewError};
use crate::time::Timestamp;
use rand_core::CryptoRng;

/// The machines of one unit, wired together.
#[derive(Debug, Clone, Copy, Default)]
pub struct Core;

impl Core {
    /// One step for an input from outside: a peer, the blinding, a finished erasure, the clock.
    ///
    /// Whatever a peer sends, the outcome is effects; what was refused is among `incidents`.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails; then nothing has happened.
    pub fn handle(&self, view: &dyn View, input: Input, now: Timestamp, rng: &mut dyn CryptoRng) -> Result<Effects, ViewError> {
        let mut txn = Txn::new(view, now, rng);
        route::route(&mut txn, input)?;
        follow_up::follow_up(&mut txn)?;
        Ok(txn.finish())
    }

    /// One step for what a person here does: `work` calls the machines, what follows from it follows.
    ///
    /// # Errors
    /// What `work` refused, or a failing store; then nothing has happened.
    pub fn act<T, E: From<ViewError>>(
        &self,
        view: &dyn View,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
        work: impl FnOnce(&mut Txn<'_>) -> Result<T, E>,
    ) -> Result<(T, Effects), E> {
        let mut txn = Txn::new(view, now, rng);
        let done = work(&mut txn)?;
        follow_up::follow_up(&mut txn)?;
        Ok((done, txn.finish()))
    }
}
