//! Pairs that nobody at work can see: when the people of a case change, in whatever way, and another case holds somebody like
//! them whom not everybody who works on the first may see, the nodal officer gets a quiet line. Nobody else learns of it: no
//! count, no notice, no difference in what a save answers.

use super::rows::{Noted, Place, decision, note};
use super::views::{class_word, person_of, side};
use crate::access::{Action, Actor, Grant, Unit, authorize, case_access, sees};
use crate::accounts::{self, AccountId};
use crate::audit::actions;
use crate::rows::rows;
use crate::search::{Index, SummaryRow};
use crate::service::audit::audited;
use crate::service::model::NotedView;
use crate::service::units::Units;
use crate::service::{Service, ServiceError};
use icmc_protocol::ids::CaseId;
use icmc_protocol::machine::{Txn, View, ViewError};

/// Most pairs of the list, and most rows read for it.
const SHOWN: usize = 200;
const READ: usize = 10_000;

/// Looks at each step before it is stored, so that the line is stored with what caused it.
#[derive(Debug, Default)]
pub(in crate::service) struct Watch {
    /// Cases touched since the index moved last: steps of one commit would not see each other otherwise.
    recent: Index,
}

impl Watch {
    /// Notes the pairs of a case as a step leaves it. `index` is the index as the last commit left it.
    pub(in crate::service) fn look(&self, txn: &mut Txn<'_>, index: &Index, row: SummaryRow) -> Result<(), ViewError> {
        let before = self.recent.row(row.case).or_else(|| index.row(row.case));
        for person in &row.people {
            let was = before.as_ref().and_then(|before| person_of(before, person.person));
            if was.is_some_and(|was| was.known == person.known) {
                continue;
            }
            let stored = |case: CaseId| Ok::<_, ViewError>(self.recent.row(case).is_none());
            let mut likes = index.alike(&person.known, Some(row.case), &[], stored)?;
            likes.extend(self.recent.alike(&person.known, Some(row.case), &[], |_| Ok::<_, ViewError>(true))?);
            let one = Place { case: row.case, person: person.person };
            for like in likes {
                let other = Place { case: like.row.case, person: like.person };
                if decision(txn, one, other)?.is_none() && !all_see(txn, row.case, other.case)? {
                    note(txn, one, other)?;
                }
            }
        }
        self.recent.put(row);
        Ok(())
    }

    /// The index has moved.
    pub(in crate::service) fn moved(&self) {
        self.recent.clear();
    }
}

/// Whether everybody who writes in the one case sees the other, and there is somebody.
fn all_see(view: &dyn View, case: CaseId, other: CaseId) -> Result<bool, ViewError> {
    let Some(access) = case_access(view, case)? else { return Ok(false) };
    let mut somebody = false;
    for id in access.team.iter().copied().chain([access.registered_by]) {
        let Some(actor) = at_work(view, id, case)? else { continue };
        if !sees(view, &actor, other)? {
            return Ok(false);
        }
        somebody = true;
    }
    Ok(somebody)
}

/// An account that can sign in and write in a case.
fn at_work(view: &dyn View, id: AccountId, case: CaseId) -> Result<Option<Actor>, ViewError> {
    let account = accounts::find(view, id)?.filter(|account| !account.disabled);
    let actor = account.map(|account| Actor::of(id, &account));
    Ok(actor.filter(|actor| authorize(view, actor, Action::ChangeCase, case).is_ok()))
}

impl Service {
    /// Whether this person is told of such pairs.
    ///
    /// # Errors
    /// Only if the store fails.
    pub fn oversees(&self, actor: &Actor) -> Result<bool, ServiceError> {
        let view = self.node.snapshot()?;
        Ok(authorize(&view, actor, Action::OverseePairs, Unit).is_ok())
    }

    /// Pairs of our cases that may hold the same person, of which no officer was told; newest first, at most 200. What was
    /// decided meanwhile, or is no longer like, is left out.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for all but the nodal officer.
    pub async fn noted_pairs(&self, actor: &Actor) -> Result<Vec<NotedView>, ServiceError> {
        let (by, index) = (actor.clone(), self.index.clone());
        self.step(actor, actions::NOTED_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::OverseePairs, Unit)?;
            audited(txn, &by, actions::NOTED_LISTED, "")?;
            let mut noted: Vec<_> = rows::<Noted>(txn, &[], None, READ)?
                .into_iter()
                .filter_map(|(key, noted)| Some((noted.at, Place::pair(&key)?)))
                .collect();
            noted.sort_by_key(|(at, pair)| (core::cmp::Reverse(*at), *pair));
            let units = Units::load(txn)?;
            let mut views = Vec::new();
            for (at, (one, other)) in noted {
                if views.len() == SHOWN {
                    break;
                }
                if !sees(txn, &by, one.case)? || !sees(txn, &by, other.case)? || decision(txn, one, other)?.is_some() {
                    continue;
                }
                let (Some(here), Some(there)) = (index.row(one.case), index.row(other.case)) else { continue };
                let (Some(us), Some(them)) = (person_of(&here, one.person), person_of(&there, other.person)) else { continue };
                let Some(judged) = index.pair((one.case, one.person), (other.case, other.person)) else { continue };
                views.push(NotedView {
                    one: side(txn, &units, &here, us)?,
                    other: side(txn, &units, &there, them)?,
                    class: class_word(judged.class),
                    at,
                });
            }
            Ok(views)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casework::Known;
    use crate::search::PersonRow;
    use icmc_protocol::fingerprint::Identity;
    use icmc_protocol::ids::{EntityId, UnitId};
    use icmc_protocol::machine::MemoryView;
    use icmc_protocol::testing::rng::SeededRng;
    use icmc_protocol::time::Timestamp;

    fn row(number: u8, given: &str) -> SummaryRow {
        let (family, birth, district) =
            if given == "Hari" { ("Thapa", "1981", "Jhapa") } else { ("Oraon", "2010-04-03", "Barpeta") };
        let identity = Identity {
            given_name: given.to_owned(),
            family_name: family.to_owned(),
            birth_date: birth.to_owned(),
            district: district.to_owned(),
            ..Identity::default()
        };
        let person = PersonRow {
            person: EntityId([number; 16]),
            display: given.to_owned(),
            words: Vec::new(),
            native: Vec::new(),
            phones: Vec::new(),
            papers: Vec::new(),
            year: None,
            known: Known::new(identity, Default::default()),
        };
        SummaryRow {
            case: CaseId([number; 32]),
            owner: UnitId([1; 32]),
            received: false,
            number: String::new(),
            title: String::new(),
            kind: String::new(),
            status: String::new(),
            priority: String::new(),
            opened_on: String::new(),
            stages: Vec::new(),
            roles: Vec::new(),
            pending: 0,
            updated: Timestamp(0),
            people: vec![person],
        }
    }

    /// How many pairs are noted after these cases were touched in one commit, on top of those in the index.
    fn noted(watch: &Watch, index: &Index, rows_touched: Vec<SummaryRow>) -> usize {
        let (view, mut rng) = (MemoryView::default(), SeededRng::new(1));
        let mut txn = Txn::new(&view, Timestamp(1), &mut rng);
        for row in rows_touched {
            watch.look(&mut txn, index, row).unwrap();
        }
        rows::<Noted>(&txn, &[], None, READ).unwrap().len()
    }

    #[test]
    fn steps_of_one_commit_see_each_other_and_each_state_of_a_case_is_seen_once() {
        let (watch, index) = (Watch::default(), Index::default());
        assert_eq!(noted(&watch, &index, vec![row(1, "Vikash"), row(2, "Bikas"), row(3, "Hari")]), 1);
        watch.moved();
        assert_eq!(noted(&watch, &index, vec![row(4, "Vikash")]), 0, "what was not stored is forgotten");
        watch.moved();
        index.put(row(1, "Vikash"));
        assert_eq!(noted(&watch, &index, vec![row(1, "Vikash"), row(2, "Bikas")]), 1);
        watch.moved();
        index.put(row(2, "Bikas"));
        assert_eq!(noted(&watch, &index, vec![row(2, "Bikas")]), 0, "nothing new is entered about anybody");
        // What the index holds of a case that was touched since is not compared any more.
        assert_eq!(noted(&watch, &index, vec![row(2, "Hari"), row(5, "Bikas")]), 1);
    }
}
