//! When to dial which peer again: growing pauses, so that an absent peer is not hammered.
//! It does not dial.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use libp2p::PeerId;
use tokio::time::Instant;

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(60);

/// The dials to come. A peer stands in it at most once.
#[derive(Debug)]
pub(super) struct Redial {
    local: PeerId,
    attempts: BTreeMap<PeerId, u32>,
    due: BTreeMap<PeerId, Instant>,
}

impl Redial {
    pub(super) fn new(local: PeerId) -> Self {
        Self { local, attempts: BTreeMap::new(), due: BTreeMap::new() }
    }

    /// Dial as soon as possible, with the pauses starting over.
    pub(super) fn at_once(&mut self, peer: PeerId, now: Instant) {
        self.attempts.remove(&peer);
        self.due.insert(peer, now);
    }

    /// Dial after a pause longer than the last one. Keeps an earlier appointment.
    pub(super) fn later(&mut self, peer: PeerId, now: Instant) {
        if self.due.contains_key(&peer) {
            return;
        }
        let attempt = self.attempts.entry(peer).or_default();
        let pause = pause(&self.local, &peer, *attempt);
        *attempt = attempt.saturating_add(1);
        self.due.insert(peer, now + pause);
    }

    /// A connection stands; nothing to dial. The pauses go on growing until the peer is known to have let us in.
    pub(super) fn hold(&mut self, peer: &PeerId) {
        self.due.remove(peer);
    }

    /// The peer let us in: the next pause is the shortest again.
    pub(super) fn reset(&mut self, peer: &PeerId) {
        self.attempts.remove(peer);
    }

    /// Whether dialling has failed since the peer last let us in.
    pub(super) fn has_failed(&self, peer: &PeerId) -> bool {
        self.attempts.contains_key(peer)
    }

    pub(super) fn forget(&mut self, peer: &PeerId) {
        self.hold(peer);
        self.reset(peer);
    }

    /// The next appointment of any peer.
    pub(super) fn next(&self) -> Option<Instant> {
        self.due.values().min().copied()
    }

    /// Takes out the peers whose time has come.
    pub(super) fn take_due(&mut self, now: Instant) -> Vec<PeerId> {
        let due = self.due.extract_if(.., |_, at| *at <= now);
        due.map(|(peer, _)| peer).collect()
    }
}

/// 0.2 s doubling to 60 s, less up to a quarter. The part taken off depends on both ends and the attempt only, so
/// that peers fall out of step without any randomness.
fn pause(local: &PeerId, peer: &PeerId, attempt: u32) -> Duration {
    let full = FIRST.saturating_mul(1 << attempt.min(16)).min(LONGEST);
    let mut hasher = DefaultHasher::new();
    (local, peer, attempt).hash(&mut hasher);
    let permille = u32::try_from(hasher.finish() % 250).expect("below 250");
    full - full * permille / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn appointment(redial: &mut Redial, peer: PeerId, now: Instant) -> Duration {
        redial.later(peer, now);
        let at = redial.next().unwrap();
        assert_eq!(redial.take_due(at), [peer]);
        at - now
    }

    #[test]
    fn pauses_double_to_a_minute_and_start_over_once_let_in() {
        let (alice, bob, now) = (PeerId::random(), PeerId::random(), Instant::now());
        let mut redial = Redial::new(alice);
        for attempt in 0..40 {
            let full = LONGEST.min(FIRST * (1 << attempt.min(12)));
            let pause = appointment(&mut redial, bob, now);
            assert!(pause <= full && pause >= full * 3 / 4, "{attempt}: {pause:?}");
        }
        redial.reset(&bob);
        assert!(appointment(&mut redial, bob, now) <= FIRST);
    }

    #[test]
    fn only_due_peers_are_taken_and_only_once() {
        let (alice, bob, now) = (PeerId::random(), PeerId::random(), Instant::now());
        let mut redial = Redial::new(alice);
        redial.later(bob, now);
        redial.later(bob, now + LONGEST);
        assert!(redial.take_due(now).is_empty());
        assert_eq!(redial.take_due(now + FIRST), [bob]);
        assert!(redial.take_due(now + LONGEST * 2).is_empty());
    }
}
