//! How much one peer, and all together, may take from this node.
//! It does not say who may connect; that is the allow-list.

use std::time::Duration;

use tokio::time::Instant;

/// Bounds of the network side of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Peers on the allow-list, invited strangers included.
    pub peers: usize,
    /// Connections with one peer. Both sides may dial at the same moment, directly and through a relay.
    pub connections_per_peer: u32,
    /// Connections being set up, for each direction.
    pub pending_connections: u32,
    /// Physical memory of the process in bytes above which no new connection is taken.
    pub memory_bytes: usize,
    /// Streams of one protocol on one connection, both directions together.
    pub streams: usize,
    /// Own requests of one protocol waiting for one peer's answer. At most half of `streams`, or the peer drops some.
    pub in_flight: usize,
    /// Envelopes taken from one peer.
    pub requests: Quota,
    /// Requests about charter, beacons and joining taken from one peer: a single one may read thousands of rows.
    pub exchanges: Quota,
    /// Chunks of documents asked for by one peer. Their number on the way is bounded by `streams`.
    pub chunks: Quota,
    /// Persons that one peer asks to have blinded. How many in a day is for the keeper to say.
    pub blinds: Quota,
    /// Gossip messages taken from the peer that wrote them.
    pub gossip: Quota,
    /// Gossip messages of others that one peer passes on.
    pub forwarded: Quota,
    /// News of charters taken from one peer, whoever wrote them: each may cause an exchange.
    pub news: Quota,
    /// Frames of gossip of one peer, with all that is in them, before anything of it is looked at.
    pub frames: Quota,
    /// Subscriptions of one peer, taken back or not.
    pub subscriptions: Quota,
    /// Requests of one peer that the node works at, and as many gossip messages it wrote, and as many that it passed on.
    pub at_work: usize,
    /// The same of those requests that read much.
    pub exchanges_at_work: usize,
    /// Points of offences (`Offence::points`) that a peer may have; it is cut off beyond.
    pub offences: Quota,
    /// For how long it is cut off, the first time, the second, and so on; the last holds for all further times.
    pub cooling: [Duration; 6],
    /// Events waiting for the node.
    pub events: usize,
    /// How long a request may take in either direction.
    pub request_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            peers: 512,
            connections_per_peer: 4,
            pending_connections: 128,
            memory_bytes: 512 * 1024 * 1024,
            streams: 16,
            in_flight: 8,
            requests: Quota { per_second: 200, burst: 400 },
            exchanges: Quota { per_second: 4, burst: 40 },
            chunks: Quota { per_second: 2000, burst: 4000 },
            blinds: Quota { per_second: 1000, burst: 2000 },
            gossip: Quota { per_second: 150, burst: 1500 },
            forwarded: Quota { per_second: 500, burst: 1000 },
            news: Quota { per_second: 1, burst: 20 },
            frames: Quota { per_second: 2000, burst: 4000 },
            subscriptions: Quota { per_second: 2, burst: 64 },
            at_work: 32,
            exchanges_at_work: 4,
            offences: Quota { per_second: 10, burst: 600 },
            cooling: [1, 5, 30, 2 * 60, 8 * 60, 24 * 60].map(|minutes| Duration::from_secs(minutes * 60)),
            events: 1024,
            request_timeout: Duration::from_secs(30),
        }
    }
}

/// A rate with room for a burst. Zero in either field lets nothing through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Messages a second in the long run.
    pub per_second: u32,
    /// Messages at once after a quiet time.
    pub burst: u32,
}

impl Quota {
    /// What a node allows itself of it, so that no peer that counts the same way has anything to refuse.
    #[must_use]
    pub(super) const fn kept(self) -> Self {
        Self { per_second: self.per_second * 4 / 5, burst: self.burst * 4 / 5 }
    }
}

/// Token bucket, kept as the one moment at which it will be full again (GCRA).
#[derive(Debug)]
pub(super) struct Bucket {
    quota: Quota,
    full_at: Instant,
}

impl Bucket {
    pub(super) fn new(quota: Quota, now: Instant) -> Self {
        Self { quota, full_at: now }
    }

    /// Takes one token; false if there is none.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        self.take_many(1, now)
    }

    /// Takes so many tokens at once, or none; false if there are fewer.
    pub(super) fn take_many(&mut self, count: u32, now: Instant) -> bool {
        let Some(step) = Duration::from_secs(1).checked_div(self.quota.per_second) else {
            return false;
        };
        let full_at = self.full_at.max(now) + step.saturating_mul(count);
        let allowed = full_at.duration_since(now) <= step.saturating_mul(self.quota.burst);
        if allowed {
            self.full_at = full_at;
        }
        allowed
    }

    /// Whether nothing was taken for so long that it is full.
    pub(super) fn is_full(&self, now: Instant) -> bool {
        self.full_at <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_then_its_rate() {
        let start = Instant::now();
        let quota = Quota { per_second: 10, burst: 3 };
        let mut bucket = Bucket::new(quota, start);
        let taken = |bucket: &mut Bucket, now| (0..20).filter(|_| bucket.take(now)).count();
        assert_eq!(taken(&mut bucket, start), 3);
        assert_eq!(taken(&mut bucket, start + Duration::from_millis(99)), 0);
        assert_eq!(taken(&mut bucket, start + Duration::from_millis(200)), 2);
        assert_eq!(taken(&mut bucket, start + Duration::from_secs(60)), 3);
    }

    #[test]
    fn a_zero_quota_lets_nothing_through() {
        let now = Instant::now();
        for (per_second, burst) in [(0, 5), (5, 0)] {
            assert!(!Bucket::new(Quota { per_second, burst }, now).take(now));
        }
    }
}
