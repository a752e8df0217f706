//! Who may be the same person: of somebody who is not entered yet, and of the people of a case. Only cases within reach are
//! looked at, and nothing in the answer depends on others.

use super::rows::{Place, decisions};
use super::{typed, views};
use crate::access::{Action, Actor, Grant, Unit, authorize, sees};
use crate::audit::actions;
use crate::casework::today;
use crate::search::{CANDIDATES_MAX, Find, Index, Like, PersonRow, Query, SummaryRow};
use crate::service::audit::audited;
use crate::service::finding::{hit, keep};
use crate::service::model::{AlikeFound, AlikeQuery, CandidateView, SameGroup, SameView, SearchQuery};
use crate::service::summary::{line, shared_with};
use crate::service::units::Units;
use crate::service::{Service, ServiceError};
use icmc_protocol::fingerprint::MatchClass;
use icmc_protocol::ids::{CaseId, EntityId};
use icmc_protocol::machine::{Txn, View, ViewError};

/// Most people of one case for whom candidates are looked for.
const PEOPLE_MAX: usize = 100;

impl Service {
    /// Who of those here may be the person typed: those like it, surest first, then those found by a name, phone or paper alone.
    /// What was typed is kept sealed, and the audit names that.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] for text that is too long.
    pub async fn alike(&self, actor: &Actor, query: AlikeQuery) -> Result<AlikeFound, ServiceError> {
        typed::check(&query)?;
        let (by, index) = (actor.clone(), self.index.clone());
        self.step(actor, actions::CASE_SEARCHED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ListCases, Unit)?;
            let kept = keep(txn, &by, SearchQuery { text: typed::line(&query), year: None });
            audited(txn, &by, actions::CASE_SEARCHED, kept)?;
            let found = found(txn, &by, &index, &query)?;
            for candidate in &found.candidates {
                audited(txn, &by, actions::PERSONS_COMPARED, format!("{}/{}", candidate.case.id, candidate.person))?;
            }
            Ok(found)
        })
        .await
    }

    /// The people of a case, each with those who may be the same person, and with what was decided about them.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the case is not there, or not there for this person.
    pub async fn same(&self, actor: &Actor, case: CaseId) -> Result<SameView, ServiceError> {
        let (by, index) = (actor.clone(), self.index.clone());
        self.step(actor, actions::PERSONS_COMPARED, case, move |txn| {
            let _: Grant<CaseId> = authorize(txn, &by, Action::ViewCase, case)?;
            audited(txn, &by, actions::PERSONS_COMPARED, case)?;
            let row = index.row(case).ok_or(ServiceError::NotFound)?;
            let units = Units::load(txn)?;
            let mut groups = Vec::new();
            for person in row.people.iter().take(PEOPLE_MAX) {
                groups.push(group(txn, &by, &index, &units, (&row, person))?);
            }
            for (other, person) in groups.iter().flat_map(SameGroup::others) {
                audited(txn, &by, actions::PERSONS_COMPARED, format!("{other}/{person}"))?;
            }
            Ok(SameView {
                case: line(&row, &units, if row.received { 0 } else { shared_with(txn, case)? }),
                groups,
                may_decide: authorize(txn, &by, Action::ChangeCase, case).is_ok(),
            })
        })
        .await
    }

    /// Whether somebody of a case, or this one person of it, is probably somebody in another case within reach about whom
    /// nobody has decided. Shows nothing, so it is not audited: the page that shows the pair is.
    ///
    /// # Errors
    /// Only if the store fails.
    pub fn is_proposed(&self, actor: &Actor, case: CaseId, only: Option<EntityId>) -> Result<bool, ServiceError> {
        let view = self.node.snapshot()?;
        if authorize(&view, actor, Action::ViewCase, case).is_err() {
            return Ok(false);
        }
        let Some(row) = self.index.row(case) else { return Ok(false) };
        for person in row.people.iter().filter(|one| only.is_none_or(|only| one.person == only)).take(PEOPLE_MAX) {
            let found = undecided(&view, actor, &self.index, (&row, person))?;
            if found.iter().any(|like| like.judged.class >= MatchClass::Probable) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn found(txn: &Txn<'_>, by: &Actor, index: &Index, query: &AlikeQuery) -> Result<AlikeFound, ServiceError> {
    let units = Units::load(txn)?;
    let today = today(txn.now);
    let who = typed::known(query, &today);
    let mut candidates = Vec::new();
    for like in index.alike(&who, None, &[], |case| sees(txn, by, case))? {
        candidates.push(views::candidate(txn, &units, like)?);
    }
    let mut finds: Vec<Find> = Vec::new();
    for search in typed::searches(query, &today) {
        for find in index.find(&Query::new(&search.text, search.year), |case| sees(txn, by, case))? {
            let place = |find: &Find| (find.row.case, find.person.as_ref().map(|person| person.person));
            let is_candidate = candidates.iter().any(|one: &CandidateView| (one.case.id, Some(one.person)) == place(&find));
            if !is_candidate && finds.iter().all(|known| place(known) != place(&find)) {
                finds.push(find);
            }
        }
    }
    let mut others = Vec::new();
    for find in finds {
        match find.person.as_ref().filter(|_| candidates.len() < CANDIDATES_MAX) {
            Some(person) => candidates.push(views::found(txn, &units, &who, (&find.row, person), find.why)?),
            None => others.push(hit(txn, &units, find)?),
        }
    }
    Ok(AlikeFound { candidates, others })
}

/// One person with its candidates and decisions.
fn group(
    txn: &Txn<'_>,
    by: &Actor,
    index: &Index,
    units: &Units,
    (row, person): (&SummaryRow, &PersonRow),
) -> Result<SameGroup, ServiceError> {
    let mut candidates = Vec::new();
    for like in undecided(txn, by, index, (row, person))? {
        candidates.push(views::candidate(txn, units, like)?);
    }
    let mut decided = Vec::new();
    for (other, decision) in decisions(txn, Place { case: row.case, person: person.person })? {
        let Some(there) = index.row(other.case) else { continue };
        if let Some(them) = views::person_of(&there, other.person)
            && sees(txn, by, other.case)?
        {
            decided.push(views::decided(txn, units, &person.known, (&there, them), decision)?);
        }
    }
    Ok(SameGroup { person: person.person, display: person.display.clone(), candidates, decided })
}

/// Those like a person within reach about whom nobody has decided.
fn undecided(
    view: &dyn View,
    by: &Actor,
    index: &Index,
    (row, person): (&SummaryRow, &PersonRow),
) -> Result<Vec<Like>, ViewError> {
    let here = Place { case: row.case, person: person.person };
    let decided: Vec<_> = decisions(view, here)?.into_iter().map(|(other, _)| (other.case, other.person)).collect();
    index.alike(&person.known, Some(row.case), &decided, |case| sees(view, by, case))
}
