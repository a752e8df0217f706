//! Choices of a simulation, all from one seed.
//! Not the randomness of the units: each has its own stream.

use crate::testing::rng::SeededRng;
use rand_core::TryRng;

/// Throws that are the same in every run of a seed.
#[derive(Debug, Clone)]
pub(super) struct Dice(SeededRng);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(SeededRng::new(seed))
    }

    /// 0 up to, and without, `end`; 0 if `end` is 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let Ok(number) = self.0.try_next_u64();
        usize::try_from(number % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    /// The same for spans of time.
    pub(super) fn span(&mut self, end: u64) -> u64 {
        let Ok(number) = self.0.try_next_u64();
        number % end.max(1)
    }

    /// True in so many of a hundred cases.
    pub(super) fn percent(&mut self, chance: u8) -> bool {
        self.below(100) < usize::from(chance)
    }

    /// One of several; none of none.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let at = self.below(from.len());
        from.get(at)
    }

    /// Each with this chance.
    pub(super) fn some<T: Clone>(&mut self, from: &[T], chance: u8) -> Vec<T> {
        from.iter().filter(|_| self.percent(chance)).cloned().collect()
    }
}
