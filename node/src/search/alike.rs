//! The people of this node by what matching would announce of them, in memory and in the clear: who may be the same person.
//! Not the search for a name that somebody types: that is [`super::Index::find`]. Nothing of it is ever stored.

use super::SummaryRow;
use super::score::{Judged, candidate_score};
use crate::casework::{Known, Side};
use icmc_protocol::fingerprint::{Df, Person, TokenType, features, is_hit, is_muted, positive_score, rarest_by_type};
use icmc_protocol::ids::{CaseId, EntityId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most candidates of one person.
pub const CANDIDATES_MAX: usize = 20;
/// Most pairs that are compared field by field for one person, those with most evidence first.
const COMPARED_MAX: usize = 40;

/// A person of a case; in a search, all zeros stand for the case itself.
pub type Place = (CaseId, EntityId);
/// A token in memory: the first bytes of the hash of a blinding input. Its collisions would only add a pair to compare.
type Key = [u8; 16];

/// Which people carry which token.
#[derive(Debug, Default)]
pub(super) struct Alike {
    carriers: HashMap<Key, BTreeSet<Place>>,
    tokens: BTreeMap<Place, Vec<(TokenType, Key)>>,
}

/// Pairs that share a token, with what they share: type and number of carriers.
pub(super) type Sharing = BTreeMap<Place, Vec<(TokenType, Df)>>;

/// Somebody who may be the person looked for.
#[derive(Debug, Clone)]
pub struct Like {
    /// The case.
    pub row: std::sync::Arc<SummaryRow>,
    /// The person in it.
    pub person: EntityId,
    /// How sure, and why.
    pub judged: Judged,
}

/// The tokens of a person.
pub(super) fn tokens(known: &Known) -> Vec<(TokenType, Key)> {
    let key = |input: &[u8]| *blake3::hash(input).as_bytes().first_chunk().expect("a hash has 32 bytes");
    features(&Person::from(&known.identity)).iter().map(|feature| (feature.kind, key(&feature.input()))).collect()
}

impl Alike {
    pub(super) fn insert(&mut self, row: &SummaryRow) {
        for person in &row.people {
            let place = (row.case, person.person);
            let of_person = tokens(&person.known);
            for (_, key) in &of_person {
                self.carriers.entry(*key).or_default().insert(place);
            }
            self.tokens.insert(place, of_person);
        }
    }

    pub(super) fn remove(&mut self, row: &SummaryRow) {
        for person in &row.people {
            let place = (row.case, person.person);
            for (_, key) in self.tokens.remove(&place).unwrap_or_default() {
                if let Some(places) = self.carriers.get_mut(&key) {
                    places.remove(&place);
                    if places.is_empty() {
                        self.carriers.remove(&key);
                    }
                }
            }
        }
    }

    /// How many people there are.
    pub(super) fn persons(&self) -> u64 {
        self.tokens.len() as u64
    }

    /// Who shares a token with these, themselves included, among the cases that `may_see` leaves. A token that more than one in fifty carries counts
    /// nothing, whoever asks; the other counts are of what may be seen, so that no answer depends on what may not.
    pub(super) fn sharing<E>(
        &self,
        of: &[(TokenType, Key)],
        may_see: &mut impl FnMut(CaseId) -> Result<bool, E>,
    ) -> Result<Sharing, E> {
        let mut seen: HashMap<CaseId, bool> = HashMap::new();
        let mut sharing = Sharing::new();
        for (kind, key) in of {
            let Some(places) = self.carriers.get(key).filter(|places| !is_muted(Df(places.len() as u64), self.persons())) else {
                continue;
            };
            let mut visible = Vec::new();
            for place in places {
                let sees = match seen.get(&place.0) {
                    Some(sees) => *sees,
                    None => *seen.entry(place.0).or_insert(may_see(place.0)?),
                };
                if sees {
                    visible.push(*place);
                }
            }
            let df = Df(visible.len() as u64);
            visible.into_iter().for_each(|place| sharing.entry(place).or_default().push((*kind, df)));
        }
        Ok(sharing)
    }
}

/// Compares those who share most, best first. `row` gives the case of a place; without one it is left out.
pub(super) fn judge(
    who: &Known,
    sharing: Sharing,
    persons: u64,
    row: impl Fn(CaseId) -> Option<std::sync::Arc<SummaryRow>>,
) -> Vec<Like> {
    let ours = Side::of(who);
    let mut hits: Vec<_> = sharing
        .into_iter()
        .map(|(place, shared)| (place, rarest_by_type(shared, persons)))
        .map(|(place, shared)| (positive_score(&shared, persons), place, shared))
        .filter(|(score, _, _)| is_hit(*score, persons))
        .collect();
    hits.sort_by_key(|(score, place, _)| (core::cmp::Reverse(*score), *place));
    let mut found: Vec<Like> = hits
        .into_iter()
        .take(COMPARED_MAX)
        .filter_map(|(_, (case, person), shared)| {
            let row = row(case)?;
            let theirs = row.people.iter().find(|one| one.person == person)?;
            let judged = candidate_score(&ours, &Side::of(&theirs.known), &shared, persons)?;
            Some(Like { person, judged, row })
        })
        .collect();
    found.sort_by_key(|like| (core::cmp::Reverse((like.judged.class, like.judged.score)), like.row.case, like.person));
    found.truncate(CANDIDATES_MAX);
    found
}
