//! What the network refused, summed up: a line in the log at most once a minute for each member and reason.
//! Who is cut off for it is decided in `net`.

use crate::net::RefusedWhy;
use icmc_protocol::ids::UnitId;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

const EVERY: Duration = Duration::from_secs(60);
/// Members and reasons remembered: more than there can be.
const MOST: usize = 4096;

/// Counts since the last line.
#[derive(Debug, Default)]
pub(super) struct Refusals(BTreeMap<(Option<UnitId>, RefusedWhy), (u64, Instant)>);

impl Refusals {
    /// Counts one; gives how many there were since the last time that it gave a number.
    pub(super) fn count(&mut self, unit: Option<UnitId>, why: RefusedWhy, now: Instant) -> Option<u64> {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        match self.0.get_mut(&(unit, why)) {
            Some((count, since)) if now.duration_since(*since) < EVERY => {
                *count += 1;
                None
            }
            Some((count, since)) => {
                *since = now;
                Some(core::mem::take(count) + 1)
            }
            None => {
                self.0.insert((unit, why), (0, now));
                Some(1)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_refusals_are_one_line_a_minute() {
        let (eve, bob) = (Some(UnitId([3; 32])), Some(UnitId([4; 32])));
        let mut now = Instant::now();
        let mut refusals = Refusals::default();
        assert_eq!(refusals.count(eve, RefusedWhy::TooFast, now), Some(1));
        for _ in 0..10_000 {
            assert_eq!(refusals.count(eve, RefusedWhy::TooFast, now), None);
        }
        assert_eq!(refusals.count(bob, RefusedWhy::TooFast, now), Some(1));
        assert_eq!(refusals.count(eve, RefusedWhy::TooLarge, now), Some(1));
        now += EVERY;
        assert_eq!(refusals.count(eve, RefusedWhy::TooFast, now), Some(10_001));
    }
}
