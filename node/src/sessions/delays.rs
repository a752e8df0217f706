//! After failures the next try has to wait, longer each time: for the account, and more patiently for the address.
//! Not a lockout, and not stored: at most [`MOST`] entries in memory, gone with a restart.

use icmc_protocol::time::{MINUTE, SECOND, Timestamp};
use std::collections::BTreeMap;

/// Most names and addresses that are remembered.
const MOST: usize = 10_000;
/// The longest wait; at most some 70 tries an hour then.
const LONGEST: u64 = MINUTE;
/// Failures are forgotten after this long without another.
const FORGOTTEN: u64 = 15 * MINUTE;
/// Failures that cost nothing: typing errors of one person.
const FREE_NAME: u32 = 2;
/// The same for an address, behind which a whole office may sit.
const FREE_ADDRESS: u32 = 20;
/// What names and addresses are hashed under: a person may type the password in the wrong box.
const LABEL: &str = "icmc/v1/sign-in-delay";

type Key = [u8; 32];

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

/// It is too soon for another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooSoon {
    /// When one may be made.
    pub until: Timestamp,
}

/// A try that was let through. It counts as a failure until it is said to have succeeded, so that parallel tries gain nothing.
#[derive(Debug)]
#[must_use]
pub struct Attempt {
    name: Key,
    /// With the failure before this try.
    address: Option<(Key, Timestamp)>,
    at: Timestamp,
}

/// Failures of late, by sign-in name and by address.
#[derive(Debug, Default)]
pub struct Delays(BTreeMap<Key, Failures>);

impl Delays {
    /// Lets a try through, or not. An empty address is not counted.
    ///
    /// # Errors
    /// [`TooSoon`].
    pub fn begin(&mut self, name: &str, address: &str, now: Timestamp) -> Result<Attempt, TooSoon> {
        let (name_key, address_key) = (key("name", name), (!address.is_empty()).then(|| key("address", address)));
        let waits = [self.wait(name_key, FREE_NAME, now), address_key.and_then(|key| self.wait(key, FREE_ADDRESS, now))];
        if let Some(until) = waits.into_iter().flatten().max() {
            return Err(TooSoon { until });
        }
        self.count(name_key, now);
        let address = address_key.map(|key| (key, self.count(key, now)));
        Ok(Attempt { name: name_key, address, at: now })
    }

    /// The try succeeded: the name starts afresh, the address is as before the try.
    pub fn succeeded(&mut self, attempt: &Attempt) {
        self.0.remove(&attempt.name);
        let Some((key, before)) = attempt.address else { return };
        if let Some(failures) = self.0.get_mut(&key) {
            failures.count = failures.count.saturating_sub(1);
            if failures.last == attempt.at {
                failures.last = before;
            }
        }
    }

    fn wait(&self, key: Key, free: u32, now: Timestamp) -> Option<Timestamp> {
        let failures = self.0.get(&key).filter(|failures| now.since(failures.last) < FORGOTTEN)?;
        let beyond = failures.count.checked_sub(free + 1)?;
        let wait = SECOND.checked_shl(beyond.min(16)).map_or(LONGEST, |wait| wait.min(LONGEST));
        let until = failures.last.plus(wait);
        (now < until).then_some(until)
    }

    /// One failure more; gives the time of the one before.
    fn count(&mut self, key: Key, now: Timestamp) -> Timestamp {
        if self.0.len() >= MOST && !self.0.contains_key(&key) {
            self.make_room(now);
        }
        let failures = self.0.entry(key).or_insert(Failures { count: 0, last: now });
        if now.since(failures.last) >= FORGOTTEN {
            failures.count = 0;
        }
        let before = failures.last;
        *failures = Failures { count: failures.count.saturating_add(1), last: now };
        before
    }

    /// Forgets what is long past; failing that, the half that is longest past.
    fn make_room(&mut self, now: Timestamp) {
        self.0.retain(|_, failures| now.since(failures.last) < FORGOTTEN);
        if self.0.len() >= MOST {
            let mut times: Vec<Timestamp> = self.0.values().map(|failures| failures.last).collect();
            times.sort_unstable();
            let middle = times[times.len() / 2];
            let mut surplus = MOST / 2;
            self.0.retain(|_, failures| {
                let goes = surplus > 0 && failures.last <= middle;
                surplus -= usize::from(goes);
                !goes
            });
        }
    }
}

fn key(kind: &str, text: &str) -> Key {
    icmc_protocol::crypto::Hasher::new(LABEL).part(kind.as_bytes()).part(&[0]).part(text.as_bytes()).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_700_000_000_000);

    /// Tries as often as let, each time failing, and gives the number of tries in a span.
    fn tries(delays: &mut Delays, name: &str, address: &str, span: u64) -> usize {
        let (mut now, mut tries) = (START, 0);
        while now < START.plus(span) {
            match delays.begin(name, address, now) {
                Ok(_) => tries += 1,
                Err(TooSoon { until }) => now = until,
            }
        }
        tries
    }

    #[test]
    fn waits_grow_to_a_minute() {
        let mut delays = Delays::default();
        let mut now = START;
        let mut waits = Vec::new();
        for _ in 0..12 {
            let _ = delays.begin("alice", "", now).unwrap();
            match delays.begin("alice", "", now) {
                Ok(_) => waits.push(0),
                Err(TooSoon { until }) => {
                    waits.push(until.since(now) / SECOND);
                    now = until;
                }
            }
        }
        assert_eq!(waits, [0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]);
    }

    #[test]
    fn guesses_at_one_account_stay_few() {
        assert!(tries(&mut Delays::default(), "alice", "", MINUTE) <= 10);
        assert!(tries(&mut Delays::default(), "alice", "", 60 * MINUTE) <= 100);
    }

    #[test]
    fn changing_the_name_does_not_help_an_address() {
        let mut delays = Delays::default();
        for at in 0..=FREE_ADDRESS {
            assert!(delays.begin(&format!("guess {at}"), "192.0.2.7", START).is_ok(), "{at}");
        }
        assert_eq!(delays.begin("another", "192.0.2.7", START).unwrap_err(), TooSoon { until: START.plus(SECOND) });
        assert!(delays.begin("another", "192.0.2.8", START).is_ok());
    }

    #[test]
    fn success_clears_the_name_and_leaves_the_address_as_it_was() {
        let mut delays = Delays::default();
        let mut sign_in = |name: &str, at| delays.begin(name, "192.0.2.7", at).map(|attempt| delays.succeeded(&attempt));
        for _ in 0..2 * FREE_ADDRESS {
            sign_in("alice", START).unwrap();
        }
        for at in 0..=FREE_ADDRESS {
            let _ = delays.begin(&format!("guess {at}"), "192.0.2.7", START).unwrap();
        }
        // Signing in properly in between wipes nothing of the guesses.
        let later = START.plus(SECOND);
        let attempt = delays.begin("alice", "192.0.2.7", later).unwrap();
        delays.succeeded(&attempt);
        let _ = delays.begin("one more guess", "192.0.2.7", later).unwrap();
        assert!(delays.begin("and another", "192.0.2.7", later).is_err());
    }

    #[test]
    fn failures_are_forgotten_and_memory_is_bounded() {
        let mut delays = Delays::default();
        for _ in 0..3 {
            let _ = delays.begin("alice", "", START).unwrap();
        }
        assert!(delays.begin("alice", "", START).is_err());
        assert!(delays.begin("alice", "", START.plus(FORGOTTEN)).is_ok());
        for at in 0..2 * MOST as u64 {
            let _ = delays.begin(&format!("{at}"), "", START.plus(at));
            assert!(delays.0.len() <= MOST);
        }
    }
}
