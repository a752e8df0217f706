//! How many requests one address may make: a bucket that refills, one for everything and a small one for signing in.
//! What is answered to those that ask too often is `security::rate`'s.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;

/// Most addresses remembered; the one seen longest ago gives way.
const ADDRESSES: usize = 4096;

#[derive(Debug, Clone, Copy)]
struct Rate {
    burst: f64,
    per_second: f64,
}

const REQUESTS: Rate = Rate { burst: 1000.0, per_second: 200.0 };
const SIGN_INS: Rate = Rate { burst: 60.0, per_second: 0.5 };

#[derive(Debug, Clone, Copy)]
struct Buckets {
    requests: f64,
    sign_ins: f64,
    at: Instant,
}

/// The buckets of all addresses.
#[derive(Debug, Default)]
pub struct Limiter(Mutex<BTreeMap<IpAddr, Buckets>>);

impl Limiter {
    /// Whether this address may make one more request now.
    pub(crate) fn take(&self, from: IpAddr, sign_in: bool, now: Instant) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= ADDRESSES && !all.contains_key(&from) {
            let oldest = all.iter().min_by_key(|(_, buckets)| buckets.at).map(|(address, _)| *address);
            oldest.map(|address| all.remove(&address));
        }
        let full = Buckets { requests: REQUESTS.burst, sign_ins: SIGN_INS.burst, at: now };
        let buckets = all.entry(from).or_insert(full);
        let seconds = now.saturating_duration_since(buckets.at).as_secs_f64();
        buckets.requests = REQUESTS.burst.min(buckets.requests + seconds * REQUESTS.per_second);
        buckets.sign_ins = SIGN_INS.burst.min(buckets.sign_ins + seconds * SIGN_INS.per_second);
        buckets.at = now;
        if buckets.requests < 1.0 || (sign_in && buckets.sign_ins < 1.0) {
            return false;
        }
        buckets.requests -= 1.0;
        if sign_in {
            buckets.sign_ins -= 1.0;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use std::time::Duration;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[tokio::test]
    async fn sign_ins_run_out_long_before_requests_and_come_back_with_time() {
        let (limiter, now) = (Limiter::default(), Instant::now());
        let allowed = (0..1000).filter(|_| limiter.take(HERE, true, now)).count();
        assert_eq!(allowed, 60);
        assert!(limiter.take(HERE, false, now), "other requests go on");
        assert!(!limiter.take(HERE, true, now + Duration::from_secs(1)));
        assert!(limiter.take(HERE, true, now + Duration::from_secs(3)));
    }

    #[tokio::test]
    async fn one_address_does_not_use_up_another_and_memory_is_bounded() {
        let (limiter, now) = (Limiter::default(), Instant::now());
        while limiter.take(HERE, false, now) {}
        assert!(limiter.take(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), false, now));
        for number in 0..10_000_u32 {
            limiter.take(IpAddr::V4(Ipv4Addr::from_bits(number)), false, now + Duration::from_millis(number.into()));
        }
        assert!(limiter.0.lock().unwrap().len() <= ADDRESSES);
    }
}
