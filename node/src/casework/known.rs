//! What a case says about who a person is, as entered: by this people of one node are found again and compared.
//! Not the normal form and no fingerprint: those are made from it and never stored.

use core::fmt;
use icmc_protocol::caselog::FoldedCase;
use icmc_protocol::core::plain_identity;
use icmc_protocol::fingerprint::Identity;
use icmc_protocol::ids::EntityId;
use serde::{Deserialize, Serialize};

/// Most characters kept of one field: a comparison reads no more.
const FIELD_MAX: usize = 300;
/// Most aliases, phones and papers kept of one person.
const LIST_MAX: usize = 16;

/// A person as entered. Empty means not known.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// What matching reads; of the relatives it holds only the first.
    pub identity: Identity,
    /// Father, mother, guardian, husband or wife.
    pub relatives: [String; 4],
}

/// The fields of the dictionary behind [`Known::relatives`], in their order.
pub(super) const RELATIVES: [&str; 4] = ["father", "mother", "guardian", "spouse"];

impl Known {
    /// A person of a case; none if it is removed, or nothing but what hangs on it is open here.
    #[must_use]
    pub fn of(folded: &FoldedCase, person: EntityId) -> Option<Self> {
        let identity = plain_identity(folded, person)?;
        let entity = folded.entity("person", person)?;
        Some(Self::new(identity, RELATIVES.map(|field| entity.text(field).to_owned())))
    }

    /// The same from what was typed, cut to the length that is compared.
    #[must_use]
    pub fn new(mut identity: Identity, mut relatives: [String; 4]) -> Self {
        let Identity {
            given_name,
            family_name,
            aliases,
            sex,
            birth_date,
            age_at_record,
            recorded_on,
            guardian_name,
            nationality,
            state,
            district,
            village,
            phones,
            identifiers,
        } = &mut identity;
        aliases.truncate(LIST_MAX);
        phones.truncate(LIST_MAX);
        identifiers.truncate(LIST_MAX);
        let single = [
            given_name,
            family_name,
            sex,
            birth_date,
            age_at_record,
            recorded_on,
            guardian_name,
            nationality,
            state,
            district,
            village,
        ];
        let papers = identifiers.iter_mut().flat_map(|paper| [&mut paper.kind, &mut paper.number]);
        single.into_iter().chain(aliases).chain(phones).chain(papers).chain(&mut relatives).for_each(cut);
        Self { identity, relatives }
    }

    /// Given and family name on one line.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.identity.given_name, self.identity.family_name).trim().to_owned()
    }
}

fn cut(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(FIELD_MAX) {
        text.truncate(end);
    }
}

// No field is shown: these values must not reach a log or an error.
impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Known")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casework::fixture::Sketch;

    #[test]
    fn a_person_is_known_with_its_relatives_and_not_when_only_a_role_is_open() {
        let mut sketch = Sketch::new();
        let sita = sketch.person("victim", &[("mother", "Gita Rai"), ("home_district", "IN-AS-barpeta"), ("birth", "2009")]);
        sketch.member("person_name", sita, &[("given", "Sita"), ("family", "Rai")]);
        sketch.member("person_phone", sita, &[("number", "+91 50011 20416")]);
        let only_role = EntityId([99; 16]);
        sketch.about("case_person", only_role, &[("role", "victim")]);
        let folded = sketch.fold();
        let known = Known::of(&folded, sita).unwrap();
        assert_eq!((known.name(), known.relatives[1].as_str()), ("Sita Rai".to_owned(), "Gita Rai"));
        assert_eq!((known.identity.district.as_str(), known.identity.guardian_name.as_str()), ("Barpeta", "Gita Rai"));
        assert_eq!(known.identity.phones.len(), 1);
        assert!(Known::of(&folded, only_role).is_none());
        assert_eq!(format!("{known:?}"), "Known");
    }

    #[test]
    fn nothing_is_kept_longer_than_it_is_compared() {
        let identity = Identity { village: "é".repeat(1_000), phones: vec!["1".repeat(1_000); 40], ..Identity::default() };
        let known = Known::new(identity, Default::default());
        assert_eq!(known.identity.village.chars().count(), FIELD_MAX);
        assert_eq!((known.identity.phones.len(), known.identity.phones[0].len()), (LIST_MAX, FIELD_MAX));
    }
}
