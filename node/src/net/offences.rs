//! What a peer does that no honest node does, counted until it is too much, and for how long it is then cut off.
//! It keeps the count only; closing connections is the event loop's, and telling people the node's.

use std::{collections::BTreeMap, time::Duration};

use libp2p::PeerId;
use tokio::time::Instant;

use super::limits::{Bucket, Limits};

/// A peer that has behaved for so long begins with the shortest time again.
const FORGOTTEN: Duration = Duration::from_secs(24 * 60 * 60);
/// Peers that are or were cut off and are remembered.
const REMEMBERED: usize = 1024;

/// One kind of misbehaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Offence {
    /// More messages than its quota.
    Flood,
    /// A frame above the cap.
    Oversize,
    /// Bytes that no honest node sends, in whatever state it is.
    Garbage,
    /// More subscriptions than its quota.
    Subscriptions,
    /// Did not read a reply that it had asked for.
    SlowReading,
}

impl Offence {
    /// How much it weighs against `Limits::offences`. A slow line may leave eight replies unread in half a minute for
    /// ever, and a wrong clock or a lost key spoils eight messages a minute: neither is cut off.
    #[must_use]
    pub const fn points(self) -> u32 {
        match self {
            Self::Flood => 1,
            Self::Garbage | Self::Subscriptions => 6,
            Self::SlowReading => 20,
            Self::Oversize => 60,
        }
    }
}

/// What a peer has done since it last behaved for a while.
#[derive(Debug)]
pub(super) struct Tally {
    bucket: Bucket,
    points: BTreeMap<Offence, u64>,
    count: u64,
}

impl Tally {
    pub(super) fn new(limits: &Limits, now: Instant) -> Self {
        Self { bucket: Bucket::new(limits.offences, now), points: BTreeMap::new(), count: 0 }
    }

    /// Counts one; false if it is one too many.
    pub(super) fn add(&mut self, offence: Offence, now: Instant) -> bool {
        if self.bucket.is_full(now) {
            self.points.clear();
            self.count = 0;
        }
        self.count += 1;
        *self.points.entry(offence).or_default() += u64::from(offence.points());
        self.bucket.take_many(offence.points(), now)
    }

    /// The kind that weighs most, and how many of all kinds.
    fn sum(&self) -> (Offence, u64) {
        let most = self.points.iter().max_by_key(|(_, points)| **points);
        (most.map_or(Offence::Flood, |(offence, _)| *offence), self.count)
    }
}

/// A peer was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutOff {
    /// What weighed most.
    pub why: Offence,
    /// How many messages of all kinds were refused before.
    pub refused: u64,
    /// For how long it stays away.
    pub pause: Duration,
    /// How many times it was cut off so far, this one included; counted anew after a good day.
    pub times: u32,
}

#[derive(Debug)]
struct Cut {
    until: Instant,
    times: u32,
    /// Not let in again yet.
    shut: bool,
}

/// Who is cut off, and who was not long ago.
#[derive(Debug, Default)]
pub(super) struct Cuts(BTreeMap<PeerId, Cut>);

impl Cuts {
    pub(super) fn is_cut(&self, peer: &PeerId, now: Instant) -> bool {
        self.0.get(peer).is_some_and(|cut| cut.shut && now < cut.until)
    }

    /// Cuts a peer off for what its tally says.
    pub(super) fn cut(&mut self, peer: PeerId, tally: &Tally, limits: &Limits, now: Instant) -> CutOff {
        let before = self.0.get(&peer).filter(|cut| now.duration_since(cut.until) < FORGOTTEN);
        let times = before.map_or(0, |cut| cut.times).saturating_add(1);
        let step = usize::try_from(times).unwrap_or(usize::MAX) - 1;
        let pause = limits.cooling[step.min(limits.cooling.len() - 1)];
        self.hold(peer, pause, times, now);
        let (why, refused) = tally.sum();
        CutOff { why, refused, pause, times }
    }

    /// Cuts a peer off as it was before the network began.
    pub(super) fn hold(&mut self, peer: PeerId, pause: Duration, times: u32, now: Instant) {
        self.0.retain(|_, cut| now.duration_since(cut.until) < FORGOTTEN);
        while self.0.len() >= REMEMBERED {
            self.0.pop_first();
        }
        self.0.insert(peer, Cut { until: now + pause, times, shut: true });
    }

    /// A person lets it in: what it did is forgotten.
    pub(super) fn forget(&mut self, peer: &PeerId) {
        self.0.remove(peer);
    }

    /// When the next of those that are out may come in.
    pub(super) fn next(&self) -> Option<Instant> {
        self.0.values().filter(|cut| cut.shut).map(|cut| cut.until).min()
    }

    /// Those whose time is over.
    pub(super) fn take_due(&mut self, now: Instant) -> Vec<PeerId> {
        let due = self.0.iter_mut().filter(|(_, cut)| cut.shut && cut.until <= now);
        due.map(|(peer, cut)| {
            cut.shut = false;
            *peer
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until_cut(offence: Offence, every: Duration) -> Option<u64> {
        let mut now = Instant::now();
        let mut tally = Tally::new(&Limits::default(), now);
        (1..10_000).find(|_| {
            now += every;
            !tally.add(offence, now)
        })
    }

    #[test]
    fn what_an_attacker_does_is_soon_too_much_and_what_a_poor_line_does_never_is() {
        let at_once = Duration::ZERO;
        assert_eq!(until_cut(Offence::Flood, at_once), Some(601));
        assert_eq!(until_cut(Offence::Garbage, at_once), Some(101));
        assert_eq!(until_cut(Offence::SlowReading, at_once), Some(31));
        assert_eq!(until_cut(Offence::Oversize, at_once), Some(11));
        assert_eq!(until_cut(Offence::SlowReading, Duration::from_secs(30) / 8), None);
        assert_eq!(until_cut(Offence::Garbage, Duration::from_secs(60) / 8), None);
    }

    #[test]
    fn each_time_is_longer_until_a_good_day_or_a_person_forgives() {
        let limits = Limits::default();
        let (eve, mut now) = (PeerId::random(), Instant::now());
        let mut cuts = Cuts::default();
        let mut tally = Tally::new(&limits, now);
        tally.add(Offence::Flood, now);
        for (times, minutes) in [(1, 1), (2, 5), (3, 30), (4, 120), (5, 480), (6, 1440), (7, 1440)] {
            let cut = cuts.cut(eve, &tally, &limits, now);
            assert_eq!((cut.times, cut.pause), (times, Duration::from_secs(minutes * 60)));
            assert!(cuts.is_cut(&eve, now));
            assert_eq!(cuts.take_due(now), []);
            now = cuts.next().unwrap();
            assert!(!cuts.is_cut(&eve, now));
            assert_eq!((cuts.take_due(now), cuts.next()), (vec![eve], None));
        }
        cuts.cut(eve, &tally, &limits, now);
        cuts.forget(&eve);
        assert!(!cuts.is_cut(&eve, now));
        assert_eq!(cuts.cut(eve, &tally, &limits, now).times, 1);
        now += Duration::from_secs(60) + FORGOTTEN;
        assert_eq!(cuts.cut(eve, &tally, &limits, now).times, 1);
    }

    #[test]
    fn what_weighed_most_is_named() {
        let now = Instant::now();
        let mut tally = Tally::new(&Limits::default(), now);
        for offence in [Offence::Flood, Offence::Flood, Offence::Oversize, Offence::Garbage] {
            assert!(tally.add(offence, now));
        }
        assert_eq!(tally.sum(), (Offence::Oversize, 4));
        let later = now + Duration::from_secs(60);
        tally.add(Offence::Garbage, later);
        assert_eq!(tally.sum(), (Offence::Garbage, 1), "what was long ago is forgotten");
    }
}
