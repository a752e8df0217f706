//! What of a person is compared value by value: short lists, of which two persons only ever learn how much they have in common.
//! Not for tokens, and not for hiding the values: `matching::confirm` does that, `comparison` does it in the clear.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{keys::key1, person::Person};

/// Most 2-grams of one field.
pub const MAX_GRAMS: usize = 48;
/// Most phones or documents of one person, as `Person` reads them.
const MAX_NUMBERS: usize = 4;

/// One list. Two persons' lists of a kind are compared, and no others.
///
/// Names that may have changed places are lists of their own: in `GivenAlias` the first person puts the given name and the second
/// the alias. So a comparison tells how much the fields of these nine pairs have in common, and nothing of any other pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ListKind {
    /// 2-grams of the given names.
    Given,
    /// Of the family names.
    Family,
    /// Of the guardian's name.
    Guardian,
    /// Of the aliases.
    Alias,
    /// Of the village.
    Village,
    /// Given names of the first, aliases of the second.
    GivenAlias,
    /// Aliases of the first, given names of the second.
    AliasGiven,
    /// Given names of the first, family names of the second.
    GivenFamily,
    /// Family names of the first, given names of the second.
    FamilyGiven,
    /// The full birth date.
    Birth,
    /// Birth year and month.
    BirthMonth,
    /// The birth year and both years beside it: three years minus the distance are common.
    Years,
    /// One word if the birth year was stated. If it comes from an age: something that no other list holds.
    Stated,
    /// The district.
    District,
    /// The state.
    State,
    /// The nationality.
    Nationality,
    /// The sex.
    Sex,
    /// Each phone.
    Phone,
    /// Each kind of document of which the number is known.
    DocumentKind,
    /// Each document number with its kind.
    DocumentNumber,
    /// The last four digits of each Aadhaar.
    LastFour,
}

impl ListKind {
    /// All kinds, in the order in which lists stand in a message.
    pub const ALL: [Self; 21] = [
        Self::Given,
        Self::Family,
        Self::Guardian,
        Self::Alias,
        Self::Village,
        Self::GivenAlias,
        Self::AliasGiven,
        Self::GivenFamily,
        Self::FamilyGiven,
        Self::Birth,
        Self::BirthMonth,
        Self::Years,
        Self::Stated,
        Self::District,
        Self::State,
        Self::Nationality,
        Self::Sex,
        Self::Phone,
        Self::DocumentKind,
        Self::DocumentNumber,
        Self::LastFour,
    ];

    /// Its place in [`ListKind::ALL`].
    pub const fn place(self) -> usize {
        self as usize
    }

    /// Most values of one person.
    pub const fn most(self) -> usize {
        match self {
            Self::Phone | Self::DocumentKind | Self::DocumentNumber | Self::LastFour => MAX_NUMBERS,
            Self::Years => 3,
            kind if kind.place() < Self::Birth.place() => MAX_GRAMS,
            _ => 1,
        }
    }
}

/// Which of the two persons of a comparison one is: the two take turns in the crossed lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// The one who starts.
    First,
    /// The other.
    Second,
}

/// The values of a person, one set for each kind in order. What is not known is an empty list, never a value.
///
/// `blank` stands for an estimated year and must be one that the other person's lists cannot hold.
pub fn lists(person: &Person, side: Side, blank: &[u8]) -> [BTreeSet<Vec<u8>>; ListKind::ALL.len()] {
    ListKind::ALL.map(|kind| values(person, side, kind, blank))
}

fn values(person: &Person, side: Side, kind: ListKind, blank: &[u8]) -> BTreeSet<Vec<u8>> {
    let first = side == Side::First;
    match kind {
        ListKind::Given => grams(&person.given),
        ListKind::Family => grams(&person.family),
        ListKind::Guardian => grams(&person.guardian),
        ListKind::Alias => grams(&person.alias),
        ListKind::Village => grams(core::slice::from_ref(&person.village)),
        ListKind::GivenAlias => grams(if first { &person.given } else { &person.alias }),
        ListKind::AliasGiven => grams(if first { &person.alias } else { &person.given }),
        ListKind::GivenFamily => grams(if first { &person.given } else { &person.family }),
        ListKind::FamilyGiven => grams(if first { &person.family } else { &person.given }),
        ListKind::Birth => known([&person.birth]),
        ListKind::BirthMonth => known([&person.birth_month]),
        ListKind::Years => {
            let years = person.year.into_iter().flat_map(|year| year.saturating_sub(1)..=year.saturating_add(1));
            years.map(|year| year.to_string().into_bytes()).collect()
        }
        ListKind::Stated => {
            let word = || if person.year_estimated { blank.to_vec() } else { b"stated".to_vec() };
            person.year.map(|_| word()).into_iter().collect()
        }
        ListKind::District => known([&person.district]),
        ListKind::State => known([&person.state]),
        ListKind::Nationality => known([&person.nationality]),
        ListKind::Sex => known([&person.sex]),
        ListKind::Phone => known(person.phones.iter().take(MAX_NUMBERS)),
        ListKind::DocumentKind => numbered(person).map(|document| document.0.as_bytes().to_vec()).collect(),
        ListKind::DocumentNumber => numbered(person).map(|(kind, number)| framed(kind, number)).collect(),
        ListKind::LastFour => known(person.documents.iter().take(MAX_NUMBERS).map(|document| &document.last4)),
    }
}

fn known<'a>(values: impl IntoIterator<Item = &'a String>) -> BTreeSet<Vec<u8>> {
    values.into_iter().filter(|value| !value.is_empty()).map(|value| value.as_bytes().to_vec()).collect()
}

/// Kind and number of each document whose number is known.
fn numbered(person: &Person) -> impl Iterator<Item = (&str, &str)> {
    let known = person.documents.iter().take(MAX_NUMBERS).filter(|document| !document.number.is_empty());
    known.map(|document| (document.kind.as_str(), document.number.as_str()))
}

/// A number never holds the zero byte that ends it, so no two pairs look alike.
fn framed(kind: &str, number: &str) -> Vec<u8> {
    [number.as_bytes(), &[0], kind.as_bytes()].concat()
}

/// 2-grams of the L1 keys of some words, `^` and `$` at the ends of each: the first 48 in byte order.
fn grams(words: &[String]) -> BTreeSet<Vec<u8>> {
    let mut found = BTreeSet::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        let marked = format!("^{}$", key1(word)).into_bytes();
        found.extend(marked.windows(2).map(<[u8]>::to_vec));
    }
    found.into_iter().take(MAX_GRAMS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::{Identifier, Identity};

    fn sizes(identity: &Identity) -> Vec<usize> {
        lists(&Person::from(identity), Side::First, b"!").iter().map(BTreeSet::len).collect()
    }

    #[test]
    fn kinds_stand_at_their_places_and_no_list_is_longer_than_it_may_be() {
        for (place, kind) in ListKind::ALL.into_iter().enumerate() {
            assert_eq!(kind.place(), place);
        }
        let alphabet = "abcdefghijklmnopqrstuvwxyz".repeat(20);
        let long: String = alphabet.chars().enumerate().map(|(at, c)| if at % 7 == 3 { ' ' } else { c }).collect();
        let crowd = Identity {
            given_name: long.clone(),
            family_name: long,
            birth_date: "2001-02-03".to_owned(),
            phones: (0..9).map(|last| format!("98640 0000{last}")).collect(),
            identifiers: (0..9)
                .map(|last| Identifier { kind: format!("kind{last}"), number: format!("1234567{last}") })
                .collect(),
            ..Identity::default()
        };
        let sizes = sizes(&crowd);
        assert_eq!(sizes[ListKind::Given.place()], MAX_GRAMS);
        assert_eq!(sizes[ListKind::Years.place()], 3);
        for kind in ListKind::ALL {
            assert!(sizes[kind.place()] <= kind.most(), "{kind:?}");
        }
    }

    #[test]
    fn nothing_known_is_nothing_to_compare() {
        assert_eq!(sizes(&Identity::default()), [0; ListKind::ALL.len()]);
    }
}
