//! What a person decides about a pair: the same person, not the same, or neither after all. Neither case is changed by it, and
//! all of it can be undone.

use super::rows::{DECISIONS_MAX, Decision, Place, Undone, What, count, decision};
use super::views::person_of;
use crate::access::{Action, Actor, Grant, authorize};
use crate::audit::actions;
use crate::search::Index;
use crate::service::audit::audited;
use crate::service::model::{SameRequest, SameStep};
use crate::service::{Service, ServiceError};
use icmc_protocol::ids::CaseId;
use icmc_protocol::machine::Txn;

/// Most characters of a reason.
const REASON_MAX: usize = 500;

impl Service {
    /// Decides about a person of a case and one of another. The audit names the pair; the reason is kept with the decision.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if one of them is not there for this person, or there is nothing to undo.
    pub async fn decide_same(&self, actor: &Actor, case: CaseId, request: SameRequest) -> Result<(), ServiceError> {
        let (by, index) = (actor.clone(), self.index.clone());
        let action = match request.what {
            SameStep::Same => actions::PERSON_SAME,
            SameStep::NotSame => actions::PERSON_NOT_SAME,
            SameStep::Undo => actions::PERSON_UNDECIDED,
        };
        self.step(actor, action, case, move |txn| {
            let grant = authorize(txn, &by, Action::ChangeCase, case)?;
            let _: Grant<CaseId> = authorize(txn, &by, Action::ViewCase, request.case)?;
            decide(txn, &by, &index, &grant, request)?;
            Ok(())
        })
        .await
    }
}

fn decide(txn: &mut Txn<'_>, by: &Actor, index: &Index, grant: &Grant<CaseId>, request: SameRequest) -> Result<(), ServiceError> {
    let one = Place { case: grant.object(), person: request.person };
    let other = Place { case: request.case, person: request.other };
    if one.case == other.case {
        return Err(ServiceError::request("case", "another case than this one"));
    }
    let reason = request.reason.trim().to_owned();
    if reason.chars().count() > REASON_MAX {
        return Err(ServiceError::request("reason", format!("at most {REASON_MAX} characters")));
    }
    let (by_name, at) = (by.name.clone(), txn.now);
    let (what, action) = match request.what {
        SameStep::Same => (What::Same, actions::PERSON_SAME),
        SameStep::NotSame => (What::NotSame, actions::PERSON_NOT_SAME),
        SameStep::Undo => {
            let stood = decision(txn, one, other)?.ok_or(ServiceError::NotFound)?;
            Decision { undone: Some(Undone { by: by_name, at, reason }), ..stood }.put(txn, one, other);
            audited(txn, by, actions::PERSON_UNDECIDED, pair(one, other))?;
            return Ok(());
        }
    };
    for place in [one, other] {
        let is_there = index.row(place.case).is_some_and(|row| person_of(&row, place.person).is_some());
        if !is_there {
            return Err(ServiceError::NotFound);
        }
        if count(txn, place)? >= DECISIONS_MAX {
            return Err(ServiceError::Refused("too much was decided about one of these persons already".to_owned()));
        }
    }
    Decision { what, by: by_name, at, reason, undone: None }.put(txn, one, other);
    audited(txn, by, action, pair(one, other))?;
    Ok(())
}

/// Both persons for the audit, whose objects are too short for both cases: the row of the decision has them.
fn pair(one: Place, other: Place) -> String {
    format!("{}/{}/{}", one.case, one.person, other.person)
}
