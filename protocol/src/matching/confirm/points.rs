//! A person's lists as hidden points, and what two parties count in them: private set intersection by Diffie-Hellman, of which only
//! the sizes come out (Huberman, Franklin, Hogg 1999; Agrawal, Evfimievski, Srikant 2003).
//! No messages and no rows: this is what happens to the points.
//!
//! Every value is hashed to the group together with the federation, both units, both subjects, the run and its list. So no point of
//! one run or list can be set against one of another: equal letters in the given and the family name look unrelated, and what was
//! seen once is of no use again. Each list is sorted after each step, so nobody can tell which values were common.

use crate::bounded::BoundedVec;
use crate::crypto::labels;
use crate::fingerprint::{ListKind, MAX_GRAMS, Person, Side, lists};
use crate::ids::{ConfirmId, FederationId, SubjectId, UnitId};
use crate::oprf::{Exponent, OprfError, Point};
use crate::wire;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

/// How many lists there are.
pub(super) const LISTS: usize = ListKind::ALL.len();

/// What a run is about: enters every point. "First" is the side that starts.
#[derive(Debug, Clone, Copy, Serialize)]
pub(in crate::matching) struct Frame {
    pub(in crate::matching) federation: FederationId,
    pub(in crate::matching) units: [UnitId; 2],
    pub(in crate::matching) subjects: [SubjectId; 2],
    pub(in crate::matching) run: ConfirmId,
}

/// One list of points for each kind, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::matching) struct Lists(BoundedVec<BoundedVec<Point, MAX_GRAMS>, LISTS>);

/// How long each list is.
pub(in crate::matching) type Sizes = [u8; LISTS];

#[derive(Serialize)]
struct Hidden<'a> {
    frame: &'a Frame,
    list: ListKind,
    #[serde(with = "serde_bytes")]
    value: &'a [u8],
}

/// The lists of a person, each value a point raised to `secret`.
pub(in crate::matching) fn hide(
    person: &Person,
    side: Side,
    frame: &Frame,
    secret: &Exponent,
    rng: &mut dyn CryptoRng,
) -> Result<Lists, OprfError> {
    // In place of an estimated year: nobody else can have it in a list.
    let mut blank = [0; 32];
    rng.fill_bytes(&mut blank);
    let values = lists(person, side, &blank);
    let points = ListKind::ALL.into_iter().zip(&values).map(|(list, values)| {
        let point = |value: &Vec<u8>| secret.hide(labels::CONFIRM_HASH_TO_GROUP, &wire::encode(&Hidden { frame, list, value }));
        values.iter().map(point).collect()
    });
    Lists::sorted(points)
}

impl Lists {
    /// The same points raised once more, in a new order.
    pub(in crate::matching) fn raised(&self, secret: &Exponent) -> Result<Self, OprfError> {
        Self::sorted(self.0.iter().map(|list| list.iter().map(|point| secret.raise(point)).collect()))
    }

    fn sorted(lists: impl Iterator<Item = Result<Vec<Point>, OprfError>>) -> Result<Self, OprfError> {
        let sort = |mut list: Vec<Point>| {
            list.sort_unstable();
            BoundedVec::new(list).expect("no kind of list has more values than this")
        };
        let lists: Result<Vec<_>, OprfError> = lists.map(|list| list.map(sort)).collect();
        Ok(Self(BoundedVec::new(lists?).expect("one list for each kind")))
    }

    /// What is wrong with lists that another unit sent. Points themselves were checked when they were read, and the identity is none.
    pub(super) fn fault(&self) -> Option<&'static str> {
        if self.0.len() != LISTS {
            return Some("compared with another number of lists");
        }
        for (kind, list) in ListKind::ALL.into_iter().zip(self.0.iter()) {
            if list.len() > kind.most() {
                return Some("compared with a list that is too long");
            }
            // Sorted without repetition: the order may not say anything, and a value counts once.
            if !list.is_sorted_by(|one, two| one < two) {
                return Some("compared with points that are repeated or not in order");
            }
        }
        let size = |kind: ListKind| self.0[kind.place()].len();
        if ![0, 3].contains(&size(ListKind::Years)) || (size(ListKind::Years) > 0) != (size(ListKind::Stated) > 0) {
            return Some("compared with a birth year that is none");
        }
        None
    }

    /// How long each list is. Only for lists of ours, or without fault.
    pub(super) fn sizes(&self) -> Sizes {
        core::array::from_fn(|place| self.0.get(place).map_or(0, |list| u8::try_from(list.len()).unwrap_or(u8::MAX)))
    }

    /// How many points of each list stand in the other's too.
    pub(super) fn common(&self, other: &Self) -> Sizes {
        let count = |place: usize| {
            let (one, two) = (self.0.get(place)?, other.0.get(place)?);
            let common = one.iter().filter(|point| two.binary_search(point).is_ok()).count();
            u8::try_from(common).ok()
        };
        core::array::from_fn(|place| count(place).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::{Df, Identity, compare};
    use crate::testing::rng::SeededRng;

    impl Lists {
        /// The points of one list, for tests that spoil them.
        pub(in crate::matching) fn of(&self, kind: ListKind) -> &[Point] {
            &self.0[kind.place()]
        }

        /// With another list in the place of one.
        pub(in crate::matching) fn with(&self, kind: ListKind, list: Vec<Point>) -> Self {
            let mut lists: Vec<_> = self.0.iter().cloned().collect();
            lists[kind.place()] = BoundedVec::new(list).unwrap();
            Self(BoundedVec::new(lists).unwrap())
        }
    }

    pub(in crate::matching) fn frame(run: u8) -> Frame {
        Frame {
            federation: FederationId([7; 32]),
            units: [UnitId([1; 32]), UnitId([2; 32])],
            subjects: [SubjectId([3; 16]), SubjectId([4; 16])],
            run: ConfirmId([run; 16]),
        }
    }

    fn asha(year: &str, alias: &str) -> Person {
        Person::from(&Identity {
            given_name: "Asha".to_owned(),
            family_name: "Gurung".to_owned(),
            aliases: vec![alias.to_owned()],
            birth_date: year.to_owned(),
            district: "Kaski".to_owned(),
            ..Identity::default()
        })
    }

    #[test]
    fn both_sides_count_what_a_comparison_in_the_clear_counts() {
        let mut rng = SeededRng::new(1);
        let estimated = Person { year_estimated: true, ..asha("2008", "Aasa") };
        for (one, other) in [
            (asha("2009-03-04", "Guru"), asha("2008", "Asha")),
            (asha("2009-03-04", ""), estimated.clone()),
            (estimated.clone(), estimated),
            (asha("", "Asha"), asha("1950-01-01", "Gurung")),
        ] {
            let (a, b) = (Exponent::random(&mut rng), Exponent::random(&mut rng));
            let first = hide(&one, Side::First, &frame(1), &a, &mut rng).unwrap();
            let second = hide(&other, Side::Second, &frame(1), &b, &mut rng).unwrap();
            assert_eq!((first.fault(), second.fault()), (None, None));
            let (at_first, at_second) = (first.raised(&b).unwrap(), second.raised(&a).unwrap());
            let facts = compare(&one, &other, 0, |_| Df(1));
            assert_eq!(at_first.common(&at_second), facts.lists.map(|counts| counts.common));
            assert_eq!(at_second.common(&at_first), facts.lists.map(|counts| counts.common));
            assert_eq!(first.sizes(), facts.lists.map(|counts| counts.own));
            assert_eq!(second.sizes(), facts.lists.map(|counts| counts.other));
        }
    }

    #[test]
    fn equal_values_are_unrelated_points_in_another_list_run_or_pair() {
        let mut rng = SeededRng::new(2);
        let a = Exponent::random(&mut rng);
        let person = asha("2009", "Asha");
        let hidden = |frame: &Frame, rng: &mut SeededRng| hide(&person, Side::First, frame, &a, rng).unwrap();
        let lists = hidden(&frame(1), &mut rng);
        let given = lists.of(ListKind::Given);
        for kind in ListKind::ALL.into_iter().skip(1) {
            assert!(lists.of(kind).iter().all(|point| !given.contains(point)), "{kind:?}");
        }
        let same = hidden(&frame(1), &mut rng);
        assert_eq!(same.of(ListKind::Given), given);
        let base = frame(1);
        let others = [
            frame(2),
            Frame { federation: FederationId([8; 32]), ..base },
            Frame { units: [base.units[0], UnitId([9; 32])], ..base },
            Frame { subjects: [base.subjects[1], base.subjects[0]], ..base },
        ];
        for other in others {
            assert_eq!(hidden(&other, &mut rng).common(&lists), [0; LISTS]);
        }
    }

    #[test]
    fn lists_out_of_form_have_a_fault() {
        let mut rng = SeededRng::new(3);
        let a = Exponent::random(&mut rng);
        let lists = hide(&asha("2009", ""), Side::First, &frame(1), &a, &mut rng).unwrap();
        let given = lists.of(ListKind::Given).to_vec();
        let repeated = [&given[..1], &given[..]].concat();
        let backwards = given.iter().rev().copied().collect();
        for (kind, list) in [
            (ListKind::Given, repeated),
            (ListKind::Given, backwards),
            (ListKind::Sex, given[..2].to_vec()),
            (ListKind::Years, given[..2].to_vec()),
            (ListKind::Stated, Vec::new()),
        ] {
            assert!(lists.with(kind, list).fault().is_some(), "{kind:?}");
        }
        let few = Lists(BoundedVec::new(lists.0[..LISTS - 1].to_vec()).unwrap());
        assert!(few.fault().is_some());
    }
}
