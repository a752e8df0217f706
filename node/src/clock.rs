//! The only system clock and the only source of randomness; everything else is handed `now` and `rng`.
//! No timers: waiting is the business of whoever waits.

use icmc_protocol::time::Timestamp;
use rand_core::{Infallible, TryCryptoRng, TryRng};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time.
pub trait Clock: core::fmt::Debug + Send + Sync {
    /// This instant.
    fn now(&self) -> Timestamp;
}

/// The computer's clock. It may jump: whoever compares two instants uses `Timestamp::since`, which never goes below zero.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system clock")]
    fn now(&self) -> Timestamp {
        // A clock set before 1970 counts as 1970.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}

/// A clock that moves only when a test moves it.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug)]
pub struct ManualClock(core::sync::atomic::AtomicU64);

#[cfg(any(test, feature = "testing"))]
impl ManualClock {
    /// A clock that stands at this instant.
    #[must_use]
    pub const fn new(at: Timestamp) -> Self {
        Self(core::sync::atomic::AtomicU64::new(at.0))
    }

    /// Moves on by a span in milliseconds.
    pub fn advance(&self, millis: u64) {
        self.0.fetch_add(millis, core::sync::atomic::Ordering::SeqCst);
    }
}

#[cfg(any(test, feature = "testing"))]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(core::sync::atomic::Ordering::SeqCst))
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRng;

impl TryRng for SystemRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system for randomness")]
    fn try_fill_bytes(&mut self, into: &mut [u8]) -> Result<(), Infallible> {
        getrandom::fill(into).expect("without randomness of the system no key may be made, so stopping is the only safe answer");
        Ok(())
    }
}

impl TryCryptoRng for SystemRng {}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::Rng as _;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = ManualClock::new(Timestamp(1_000));
        assert_eq!(clock.now(), Timestamp(1_000));
        clock.advance(50);
        assert_eq!(clock.now(), Timestamp(1_050));
    }

    #[test]
    fn the_system_clock_is_past_2020_and_randomness_differs() {
        assert!(SystemClock.now() > Timestamp(1_577_836_800_000));
        let (mut first, mut second) = ([0; 32], [0; 32]);
        SystemRng.fill_bytes(&mut first);
        SystemRng.fill_bytes(&mut second);
        assert_ne!(first, second);
    }
}
