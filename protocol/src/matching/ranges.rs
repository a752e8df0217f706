//! Numbers held, as ascending ranges with holes between them.
//! Bounded: a unit that leaves more holes than [`Ranges::MAX`] is not followed beyond them until they close.

use serde::{Deserialize, Serialize};

/// Inclusive ranges, ascending, never touching each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Ranges(Vec<(u64, u64)>);

impl Ranges {
    /// Most ranges kept.
    pub(super) const MAX: usize = 1_024;

    /// The ranges that a peer tells: refused if out of order or touching.
    pub(super) fn from_peer(ranges: Vec<(u64, u64)>) -> Option<Self> {
        let each = ranges.iter().all(|(from, to)| from <= to);
        let apart = ranges.is_sorted_by(|one, two| one.1.saturating_add(1) < two.0);
        (each && apart).then_some(Self(ranges))
    }

    /// The first ranges, for telling a peer.
    pub(super) fn first(&self, count: usize) -> Vec<(u64, u64)> {
        self.0.iter().take(count).copied().collect()
    }

    /// Where the last range ends.
    pub(super) fn end(&self) -> u64 {
        self.0.last().map_or(0, |(_, to)| *to)
    }

    /// How many ranges.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// How many numbers from `floor` on are held.
    pub(super) fn numbers_from(&self, floor: u64) -> u64 {
        let each = self.0.iter().filter(|(_, to)| *to >= floor).map(|(from, to)| (to - from.max(&floor)).saturating_add(1));
        each.fold(0, u64::saturating_add)
    }

    /// Whether a number is held.
    pub(super) fn contains(&self, number: u64) -> bool {
        self.0.iter().any(|(from, to)| (*from..=*to).contains(&number))
    }

    /// Whether all of `from..=to` is held.
    pub(super) fn covers(&self, from: u64, to: u64) -> bool {
        from > to || self.0.iter().any(|range| range.0 <= from && to <= range.1)
    }

    /// Adds `from..=to`. Gives false, and changes nothing, if that would be one range too many.
    #[must_use]
    pub(super) fn insert(&mut self, from: u64, to: u64) -> bool {
        let touching = |range: &&(u64, u64)| range.0 <= to.saturating_add(1) && from <= range.1.saturating_add(1);
        let joined = self.0.iter().filter(touching).fold((from, to), |all, range| (all.0.min(range.0), all.1.max(range.1)));
        let mut ranges: Vec<(u64, u64)> = self.0.iter().filter(|range| !touching(range)).copied().collect();
        ranges.push(joined);
        ranges.sort_unstable();
        let fits = ranges.len() <= Self::MAX;
        if fits {
            self.0 = ranges;
        }
        fits
    }

    /// Takes everything below `floor` as held. This may be one range more than [`Self::MAX`].
    pub(super) fn cover_below(&mut self, floor: u64) {
        if let Some(to) = floor.checked_sub(1) {
            self.0.retain(|range| range.1 > to);
            let next = self.0.first().copied();
            match next.filter(|(from, _)| *from <= floor) {
                Some(_) => self.0[0].0 = 0,
                None => self.0.insert(0, (0, to)),
            }
        }
    }

    /// The numbers held here from `from` on that `other` lacks, ascending.
    pub(super) fn without<'a>(&'a self, other: &'a Self, from: u64) -> impl Iterator<Item = u64> + 'a {
        let numbers = self.0.iter().flat_map(move |(start, end)| (*start).max(from)..=*end);
        numbers.filter(|number| !other.contains(*number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn too_many_holes_are_refused_and_closing_one_makes_room() {
        let mut ranges = Ranges::default();
        for number in 0..1_024 {
            assert!(ranges.insert(number * 2, number * 2));
        }
        assert!(!ranges.insert(9_999, 9_999));
        assert!(ranges.insert(1, 1));
        assert!(ranges.insert(9_999, 9_999));
    }

    #[test]
    fn what_a_peer_tells_must_be_in_order() {
        assert!(Ranges::from_peer(vec![(1, 4), (6, 6)]).is_some());
        for wrong in [vec![(4, 1)], vec![(1, 4), (5, 6)], vec![(5, 6), (1, 2)], vec![(1, u64::MAX), (3, 4)]] {
            assert!(Ranges::from_peer(wrong).is_none());
        }
    }

    #[test]
    fn the_ends_of_the_numbers_are_no_trap() {
        let mut mine = Ranges::default();
        assert!(mine.insert(u64::MAX - 1, u64::MAX));
        let theirs = Ranges::from_peer(vec![(u64::MAX, u64::MAX)]).unwrap();
        assert_eq!(mine.without(&theirs, 0).collect::<Vec<_>>(), [u64::MAX - 1]);
        assert_eq!(mine.without(&Ranges::default(), 0).count(), 2);
    }

    proptest! {
        #[test]
        fn ranges_are_a_set_of_numbers(mine in proptest::collection::vec((0u64..60, 0u64..5), 0..12), theirs in proptest::collection::btree_set(0u64..60, 0..30), from in 0u64..30) {
            let (mut ranges, mut other) = (Ranges::default(), Ranges::default());
            let mut set = BTreeSet::new();
            for (start, length) in mine {
                prop_assert!(ranges.insert(start, start + length));
                set.extend(start..=start + length);
            }
            for number in &theirs {
                prop_assert!(other.insert(*number, *number));
            }
            for number in 0..70 {
                prop_assert_eq!(ranges.contains(number), set.contains(&number));
            }
            prop_assert!(Ranges::from_peer(ranges.first(Ranges::MAX)).is_some());
            let mut above = ranges.clone();
            above.cover_below(from);
            for number in 0..70 {
                prop_assert_eq!(above.contains(number), number < from || set.contains(&number));
            }
            prop_assert!(Ranges::from_peer(above.first(Ranges::MAX)).is_some());
            prop_assert_eq!(ranges.numbers_from(from), set.range(from..).count() as u64);
            let expected: Vec<u64> = set.difference(&theirs).copied().filter(|number| *number >= from).collect();
            prop_assert_eq!(ranges.without(&other, from).collect::<Vec<_>>(), expected);
        }
    }
}
