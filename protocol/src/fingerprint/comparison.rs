//! The confirmed score: agreement and contradiction of two persons from counts alone, in integers, the same from either side.
//! Not for getting the counts between two units: that is `matching::confirm`. Inside one node [`compare`] counts in the clear.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    lists::{ListKind, MAX_GRAMS, Side, lists},
    person::Person,
    score::{Df, MatchClass, bits, classify, rarest_by_type},
    terms::{Fact, Gap, Likeness, Names, Term},
    token_type::TokenType,
    tokens::{Feature, features},
    weights::{Model, Weights},
};

/// What comparing two lists gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Values of the one.
    pub own: u8,
    /// Values of the other.
    pub other: u8,
    /// Values of both.
    pub common: u8,
}

/// All that a comparison of two persons gives: counts, and which types of token each has. No value of either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmFacts {
    /// Size of the index, the larger of both sides.
    pub persons: u64,
    /// Types of which the one has a token.
    pub own_types: BTreeSet<TokenType>,
    /// Types of which the other has a token.
    pub other_types: BTreeSet<TokenType>,
    /// The rarest shared token of each type, as made by [`rarest_by_type`]; each count the larger of both sides.
    pub shared: BTreeMap<TokenType, Df>,
    /// One for each kind of list, in order.
    pub lists: [Agreement; ListKind::ALL.len()],
}

/// Compares two persons in the clear. `carriers` says how many persons of an index of `persons` have a feature.
pub fn compare(one: &Person, other: &Person, persons: u64, mut carriers: impl FnMut(&Feature) -> Df) -> ConfirmFacts {
    let (own, others) = (features(one), features(other));
    let shared: Vec<(TokenType, Df)> =
        own.iter().filter(|feature| others.contains(feature)).map(|feature| (feature.kind, carriers(feature))).collect();
    // A blank of its own for each side: two estimated years have no word in common.
    let (first, second) = (lists(one, Side::First, &[1]), lists(other, Side::Second, &[2]));
    let count = |values: usize| u8::try_from(values).unwrap_or(u8::MAX);
    let agreement = |kind: ListKind| {
        let (first, second) = (&first[kind.place()], &second[kind.place()]);
        Agreement { own: count(first.len()), other: count(second.len()), common: count(first.intersection(second).count()) }
    };
    ConfirmFacts {
        persons,
        own_types: own.iter().map(|feature| feature.kind).collect(),
        other_types: others.iter().map(|feature| feature.kind).collect(),
        shared: rarest_by_type(shared, persons),
        lists: ListKind::ALL.map(agreement),
    }
}

/// The confirmed score in thousandths: the same from either side.
pub fn confirm_score(facts: &ConfirmFacts, weights: &Weights) -> i64 {
    score(facts, &weights.confirm)
}

/// Tokens, sex and years alone, in thousandths: what contradicting evidence is worth without the fields.
pub fn signed_score(facts: &ConfirmFacts, weights: &Weights) -> i64 {
    score(facts, &weights.signed)
}

/// The class of a pair that was compared, or none.
pub fn confirm_class(facts: &ConfirmFacts, score: i64) -> Option<MatchClass> {
    classify(score, &facts.shared.keys().copied().collect(), facts.persons, true)
}

fn score(facts: &ConfirmFacts, model: &Model) -> i64 {
    let mut sum = Sum::new(model.bias);
    for (term, value) in tokens(facts).into_iter().chain(known(facts)).chain(years(facts)).chain(names(facts)) {
        sum.add(model.terms.get(&term).copied().unwrap_or(0), value);
    }
    sum.rounded()
}

/// A value of a term: so many of so many parts.
type Value = (i64, i64);
const WHOLE: Value = (1, 1);

fn tokens(facts: &ConfirmFacts) -> Vec<(Term, Value)> {
    let types = i64::try_from(facts.shared.len()).unwrap_or(0);
    let mut found = vec![(Term::SharedTypes, (types, 10))];
    // Bits are thousandths and count a tenth.
    found.extend(facts.shared.iter().map(|(kind, df)| (Term::Shared(*kind), (bits(*df, facts.persons), 10_000))));
    let both = facts.own_types.intersection(&facts.other_types);
    found.extend(both.filter(|kind| !facts.shared.contains_key(kind)).map(|kind| (Term::Unshared(*kind), WHOLE)));
    found
}

fn known(facts: &ConfirmFacts) -> Vec<(Term, Value)> {
    let simple = [
        (Fact::Birth, ListKind::Birth),
        (Fact::BirthMonth, ListKind::BirthMonth),
        (Fact::District, ListKind::District),
        (Fact::State, ListKind::State),
        (Fact::Nationality, ListKind::Nationality),
        (Fact::Phone, ListKind::Phone),
        (Fact::LastFour, ListKind::LastFour),
        (Fact::Sex, ListKind::Sex),
    ];
    let mut found: Vec<(Term, Value)> = simple
        .into_iter()
        .map(|(fact, kind)| (fact, facts.of(kind)))
        .filter(|(_, counts)| counts.own > 0 && counts.other > 0)
        .map(|(fact, counts)| (Term::Fact(fact, counts.common > 0), WHOLE))
        .collect();
    // A passport number says nothing about another person's voter card.
    if facts.of(ListKind::DocumentKind).common > 0 {
        found.push((Term::Fact(Fact::DocumentNumber, facts.of(ListKind::DocumentNumber).common > 0), WHOLE));
    }
    found
}

fn years(facts: &ConfirmFacts) -> Vec<(Term, Value)> {
    let years = facts.of(ListKind::Years);
    if years.own == 0 || years.other == 0 {
        return Vec::new();
    }
    let estimated = facts.of(ListKind::Stated).common == 0;
    let reached: &[Gap] = match years.common {
        0 => return vec![(Term::Year(Gap::Far, estimated), WHOLE), (Term::YearsApart, WHOLE)],
        1 => &[Gap::AtMostTwo],
        2 => &[Gap::AtMostTwo, Gap::AtMostOne],
        _ => &[Gap::AtMostTwo, Gap::AtMostOne, Gap::None],
    };
    reached.iter().map(|gap| (Term::Year(*gap, estimated), WHOLE)).collect()
}

/// With d = 2 common / total: alike 2d - 1 from one half up, same 5d - 4 from four fifths up, unlike 1 - d.
fn names(facts: &ConfirmFacts) -> Vec<(Term, Value)> {
    let pairs = [
        (Names::Given, ListKind::Given),
        (Names::Family, ListKind::Family),
        (Names::Guardian, ListKind::Guardian),
        (Names::Alias, ListKind::Alias),
        (Names::Village, ListKind::Village),
        (Names::AliasGiven, ListKind::GivenAlias),
        (Names::AliasGiven, ListKind::AliasGiven),
        (Names::FamilyGiven, ListKind::GivenFamily),
        (Names::FamilyGiven, ListKind::FamilyGiven),
    ];
    let mut found = Vec::new();
    for (names, kind) in pairs {
        let counts = facts.of(kind);
        if counts.own == 0 || counts.other == 0 {
            continue;
        }
        let (common, total) = (i64::from(counts.common), i64::from(counts.own) + i64::from(counts.other));
        found.extend([
            (Term::Names(names, Likeness::Alike), ((4 * common - total).max(0), total)),
            (Term::Names(names, Likeness::Same), ((10 * common - 4 * total).max(0), total)),
            (Term::Names(names, Likeness::Unlike), ((total - 2 * common).max(0), total)),
        ]);
    }
    found
}

impl ConfirmFacts {
    /// What comparing one kind of list gave.
    pub fn of(&self, kind: ListKind) -> Agreement {
        self.lists[kind.place()]
    }

    /// The same seen from the other side.
    #[must_use]
    pub fn turned(&self) -> Self {
        let turn = |kind: ListKind| {
            let Agreement { own, other, common } = self.of(match kind {
                ListKind::GivenAlias => ListKind::AliasGiven,
                ListKind::AliasGiven => ListKind::GivenAlias,
                ListKind::GivenFamily => ListKind::FamilyGiven,
                ListKind::FamilyGiven => ListKind::GivenFamily,
                kind => kind,
            });
            Agreement { own: other, other: own, common }
        };
        Self {
            persons: self.persons,
            own_types: self.other_types.clone(),
            other_types: self.own_types.clone(),
            shared: self.shared.clone(),
            lists: ListKind::ALL.map(turn),
        }
    }
}

/// A sum of weights times fractions, exact: nothing is rounded before the end, so the order of the terms cannot matter.
///
/// `under` is 10,000 times at most nine totals of names of at most 96 each, below 2^73; with weights of at most 1,000,000
/// thousandths and fewer than a hundred terms `over` stays below 2^100.
struct Sum {
    over: i128,
    under: i128,
}

const _: () = assert!(MAX_GRAMS == 48, "the bound above was worked out for 48");

impl Sum {
    fn new(whole: i64) -> Self {
        Self { over: i128::from(whole) * 10_000, under: 10_000 }
    }

    fn add(&mut self, weight: i64, (part, whole): Value) {
        let whole = i128::from(whole);
        if self.under % whole != 0 {
            self.over *= whole;
            self.under *= whole;
        }
        self.over += i128::from(weight) * i128::from(part) * (self.under / whole);
    }

    /// The nearest whole number, halves upward.
    fn rounded(self) -> i64 {
        let nearest = (2 * self.over + self.under).div_euclid(2 * self.under);
        i64::try_from(nearest).expect("a sum of at most a hundred weights of at most 1,000,000 thousandths")
    }
}
