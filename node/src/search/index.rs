//! The index itself: summary rows by case, and which people carry which word or sound.
//! Bounded by the unit's own cases; answers are bounded by [`super::FINDS_MAX`].

use super::alike::{Alike, Like, Place, judge, tokens};
use super::query::{Query, Word};
use super::score::Judged;
use super::terms::sounds;
use super::{FINDS_MAX, Find, MatchedBy, PersonRow, SummaryRow};
use crate::casework::{Known, plain_number};
use crate::rows::{row, rows};
use icmc_protocol::ids::{CaseId, EntityId};
use icmc_protocol::machine::{View, ViewError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

/// Rows read at a time.
const PAGE: usize = 512;
/// Letters of a word from which its beginning is enough.
const PREFIX_MIN: usize = 2;
/// Years that a stated year of birth may be off.
const YEARS: i32 = 2;

/// The index of one unit. May be read and moved from several threads.
#[derive(Debug, Default)]
pub struct Index {
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    built: bool,
    cases: BTreeMap<CaseId, Arc<SummaryRow>>,
    case_of: BTreeMap<EntityId, CaseId>,
    /// A mark for the kind of term and the term, to those who carry it.
    terms: BTreeMap<(Mark, String), BTreeSet<Place>>,
    alike: Alike,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Word,
    Close,
    Far,
    Phone,
    Paper,
}

impl Index {
    /// Reads every summary row, in place of what was there.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails.
    pub fn build(&self, view: &dyn View) -> Result<(), ViewError> {
        let mut inner = Inner { built: true, ..Inner::default() };
        let mut after: Option<Vec<u8>> = None;
        loop {
            let page = rows::<SummaryRow>(view, &[], after.as_deref(), PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            page.into_iter().for_each(|(_, row)| inner.insert(row));
        }
        *self.inner.write().unwrap_or_else(PoisonError::into_inner) = inner;
        Ok(())
    }

    /// Whether all rows were read once.
    #[must_use]
    pub fn is_built(&self) -> bool {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).built
    }

    /// Reads the row of one case again: after a commit, and after an erasure took it away.
    ///
    /// # Errors
    /// [`ViewError`] if the store fails.
    pub fn reload(&self, view: &dyn View, case: CaseId) -> Result<(), ViewError> {
        let found = row::<SummaryRow>(view, case.as_bytes())?;
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        inner.remove(case);
        if let Some(row) = found {
            inner.insert(row);
        }
        Ok(())
    }

    /// Every case, in no particular order.
    #[must_use]
    pub fn cases(&self) -> Vec<Arc<SummaryRow>> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).cases.values().cloned().collect()
    }

    /// The case that a person is in, whoever may see it.
    #[must_use]
    pub fn case_of(&self, person: EntityId) -> Option<CaseId> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).case_of.get(&person).copied()
    }

    /// Whether a case of this unit has this number.
    #[must_use]
    pub fn has_number(&self, number: &str) -> bool {
        let number = plain_number(number);
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        inner.cases.values().any(|row| !row.received && plain_number(&row.number) == number)
    }

    /// The row of a case, whoever may see it.
    #[must_use]
    pub fn row(&self, case: CaseId) -> Option<Arc<SummaryRow>> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).cases.get(&case).cloned()
    }

    /// Who in the cases that `may_see` leaves may be this person, surest first, at most [`super::CANDIDATES_MAX`]. Nobody of the
    /// case `but`, for one person stands in a case once, and none of `without`.
    ///
    /// # Errors
    /// What `may_see` gives.
    pub fn alike<E>(
        &self,
        who: &Known,
        but: Option<CaseId>,
        without: &[Place],
        mut may_see: impl FnMut(CaseId) -> Result<bool, E>,
    ) -> Result<Vec<Like>, E> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let mut sharing = inner.alike.sharing(&tokens(who), &mut may_see)?;
        sharing.retain(|place, _| Some(place.0) != but && !without.contains(place));
        Ok(judge(who, sharing, inner.alike.persons(), |case| inner.cases.get(&case).cloned()))
    }

    /// What is said of one pair, counted among all cases; none if they share too little, or are not both here.
    #[must_use]
    pub fn pair(&self, one: Place, other: Place) -> Option<Judged> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let row = inner.cases.get(&one.0)?;
        let who = &row.people.iter().find(|person| person.person == one.1)?.known;
        let Ok(mut sharing) = inner.alike.sharing(&tokens(who), &mut |_| Ok::<_, core::convert::Infallible>(true));
        sharing.retain(|place, _| *place == other);
        let found = judge(who, sharing, inner.alike.persons(), |case| inner.cases.get(&case).cloned());
        found.into_iter().next().map(|like| like.judged)
    }

    /// Takes a row in before it is in the store: what steps of one commit do not see of each other otherwise.
    pub(crate) fn put(&self, row: SummaryRow) {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        inner.remove(row.case);
        inner.insert(row);
    }

    /// Forgets every row.
    pub(crate) fn clear(&self) {
        *self.inner.write().unwrap_or_else(PoisonError::into_inner) = Inner::default();
    }

    /// What a person may see of what fits a search, best first, at most [`FINDS_MAX`].
    ///
    /// # Errors
    /// What `may_see` gives.
    pub fn find<E>(&self, query: &Query, mut may_see: impl FnMut(CaseId) -> Result<bool, E>) -> Result<Vec<Find>, E> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let mut best: BTreeMap<Place, MatchedBy> = BTreeMap::new();
        let mut note = |place: Place, why: MatchedBy| {
            best.entry(place).and_modify(|before| *before = why.min(*before)).or_insert(why);
        };
        if let Some(number) = &query.number {
            let fits = |row: &&Arc<SummaryRow>| plain_number(&row.number).contains(number.as_str());
            inner.cases.values().filter(fits).for_each(|row| note((row.case, CASE_ITSELF), MatchedBy::Number));
        }
        for (mark, term, why) in
            [(Mark::Paper, &query.paper, MatchedBy::Identifier), (Mark::Phone, &query.phone, MatchedBy::Phone)]
        {
            let places = term.as_ref().and_then(|term| inner.terms.get(&(mark, term.clone())));
            places.into_iter().flatten().for_each(|place| note(*place, why));
        }
        inner.by_name(&query.words).into_iter().for_each(|(place, why)| note(place, why));
        if let Some(native) = &query.native {
            inner.by_native(native).for_each(|place| note(place, MatchedBy::Name));
        }
        let mut finds: Vec<Find> = best.into_iter().filter_map(|(place, why)| inner.resolve(place, why)).collect();
        finds.retain(|find| fits_year(find, query.year));
        finds.sort_by(|a, b| a.why.cmp(&b.why).then_with(|| b.row.updated.cmp(&a.row.updated)));
        let mut seen = Vec::new();
        for find in finds {
            if may_see(find.row.case)? {
                seen.push(find);
                if seen.len() == FINDS_MAX {
                    break;
                }
            }
        }
        Ok(seen)
    }
}

/// Stands for the case where a person would stand.
const CASE_ITSELF: EntityId = EntityId([0; 16]);

fn fits_year(find: &Find, year: Option<i32>) -> bool {
    let of_person = find.person.as_ref().and_then(|person| person.year);
    year.zip(of_person).is_none_or(|(wanted, year)| wanted.abs_diff(year) <= YEARS.unsigned_abs())
}

/// The terms under which a person is found.
fn terms(person: &PersonRow) -> impl Iterator<Item = (Mark, String)> + '_ {
    let words = person.words.iter().flat_map(|word| {
        let (close, far) = sounds(word);
        [(Mark::Word, word.clone()), (Mark::Close, close), (Mark::Far, far)]
    });
    let phones = person.phones.iter().map(|phone| (Mark::Phone, phone.clone()));
    let papers = person.papers.iter().map(|paper| (Mark::Paper, paper.clone()));
    words.chain(phones).chain(papers)
}

impl Inner {
    fn insert(&mut self, row: SummaryRow) {
        for person in &row.people {
            // A case from elsewhere never takes the place of an own one, whatever ids it brings.
            let case_of = self.case_of.entry(person.person).or_insert(row.case);
            if !row.received {
                *case_of = row.case;
            }
            for term in terms(person) {
                self.terms.entry(term).or_default().insert((row.case, person.person));
            }
        }
        self.alike.insert(&row);
        self.cases.insert(row.case, Arc::new(row));
    }

    fn remove(&mut self, case: CaseId) {
        let Some(row) = self.cases.remove(&case) else { return };
        self.alike.remove(&row);
        for person in &row.people {
            if self.case_of.get(&person.person) == Some(&case) {
                self.case_of.remove(&person.person);
            }
            for term in terms(person) {
                if let Some(places) = self.terms.get_mut(&term) {
                    places.remove(&(case, person.person));
                    if places.is_empty() {
                        self.terms.remove(&term);
                    }
                }
            }
        }
    }

    /// People who carry every word, in any order: as written, or as it sounds.
    fn by_name(&self, words: &[Word]) -> BTreeMap<Place, MatchedBy> {
        let mut found: Option<BTreeMap<Place, MatchedBy>> = None;
        for word in words {
            let carriers = self.carriers(word);
            found = Some(match found {
                None => carriers,
                Some(before) => before
                    .into_iter()
                    .filter_map(|(place, why)| carriers.get(&place).map(|other| (place, why.max(*other))))
                    .collect(),
            });
        }
        found.unwrap_or_default()
    }

    fn carriers(&self, word: &Word) -> BTreeMap<Place, MatchedBy> {
        let mut carriers = BTreeMap::new();
        for (mark, key) in [(Mark::Close, &word.close), (Mark::Far, &word.far)] {
            let places = self.terms.get(&(mark, key.clone())).filter(|_| key.len() >= PREFIX_MIN);
            carriers.extend(places.into_iter().flatten().map(|place| (*place, MatchedBy::Sound)));
        }
        let begins = self.terms.range((Mark::Word, word.plain.clone())..).take_while(|((mark, term), _)| {
            *mark == Mark::Word && (*term == word.plain || (word.plain.len() >= PREFIX_MIN && term.starts_with(&word.plain)))
        });
        for (_, places) in begins {
            carriers.extend(places.iter().map(|place| (*place, MatchedBy::Name)));
        }
        carriers
    }

    fn by_native<'a>(&'a self, native: &'a str) -> impl Iterator<Item = Place> + 'a {
        self.cases.values().flat_map(move |row| {
            let carries = move |person: &&PersonRow| person.native.iter().any(|name| name.contains(native));
            row.people.iter().filter(carries).map(|person| (row.case, person.person))
        })
    }

    fn resolve(&self, (case, person): Place, why: MatchedBy) -> Option<Find> {
        let row = self.cases.get(&case)?.clone();
        let person = row.people.iter().find(|one| one.person == person).cloned();
        Some(Find { row, person, why })
    }
}
