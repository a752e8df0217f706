//! Requests to check something: asking, the list of both directions, closing, and putting an answer into the case.
//! The receiver's side is in `request_work`.

use super::audit::audited;
use super::cases::write;
use super::held::held;
use super::messages::{looked_at, message_views};
use super::model::{AskRequest, ChangeRequest, RequestPage, RequestView};
use super::request_view::{made, received};
use super::request_words::{CHECKS, check};
use super::share_words::{self as words, BASES, HANDLINGS, PURPOSES};
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize, sees};
use crate::audit::actions;
use crate::casework::to_json;
use icmc_protocol::bounded::{BoundedText, BoundedVec};
use icmc_protocol::dictionary::FieldError;
use icmc_protocol::ids::{CaseId, EntityId, ShareId};
use icmc_protocol::machine::{View, ViewError};
use icmc_protocol::requests::{self, ANSWER_KIND, Asked, Check, VerificationRequest};
use icmc_protocol::time::{DAY, Timestamp};
use std::collections::BTreeSet;

impl Service {
    /// Asks another unit to check something about a person of a case.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] with every fault, [`ServiceError::Refused`] if that unit may not be asked.
    pub async fn ask_check(&self, actor: &Actor, case: CaseId, asked: AskRequest) -> Result<ShareId, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::REQUEST_MADE, case, move |txn| {
            let grant = authorize(txn, &by, Action::ShareCase, case)?;
            let held = held(txn, grant.object(), txn.now)?.ok_or(ServiceError::NotFound)?;
            if held.is_deleted() {
                return Err(ServiceError::Refused("this case is deleted: undo that first".to_owned()));
            }
            if held.folded.entity("person", asked.person).is_none_or(|person| person.removed) {
                return Err(ServiceError::request("person", "a person of this case"));
            }
            let id = requests::ask(txn, read(&asked, grant.object(), txn.now).map_err(ServiceError::Fields)?)?;
            audited(txn, &by, actions::REQUEST_MADE, format!("{case}/{id}"))?;
            Ok(id)
        })
        .await
    }

    /// Requests of both directions that this person may see: those that wait first, by the day they are due.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role without access to cases.
    pub async fn requests(&self, actor: &Actor) -> Result<Vec<RequestView>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::REQUESTS_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ListCases, Unit)?;
            audited(txn, &by, actions::REQUESTS_LISTED, "")?;
            let units = Units::load(txn)?;
            let mut views = Vec::new();
            for row in requests::asked_list(txn)? {
                if sees(txn, &by, row.case)? {
                    views.push(made(txn, &units, &row)?);
                }
            }
            if authorize(txn, &by, Action::UseInbox, Unit).is_ok() {
                for (id, _) in requests::received_list(txn)? {
                    views.extend(received(txn, &units, id)?);
                }
            }
            views.sort_by_key(|view| (!view.waiting, view.due, view.id));
            Ok(views)
        })
        .await
    }

    /// One request with the words about it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if it is not there, or not for this person.
    pub async fn request(&self, actor: &Actor, id: ShareId) -> Result<RequestPage, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::REQUEST_VIEWED, id, move |txn| {
            let units = Units::load(txn)?;
            let request = match requests::asked(txn, id)? {
                Some(row) => {
                    let _: Grant<CaseId> = authorize(txn, &by, Action::ViewCase, row.case)?;
                    made(txn, &units, &row)?
                }
                None => {
                    let _: Grant<Unit> = authorize(txn, &by, Action::UseInbox, Unit)?;
                    received(txn, &units, id)?.ok_or(ServiceError::NotFound)?
                }
            };
            audited(txn, &by, actions::REQUEST_VIEWED, id)?;
            looked_at(txn, &by, id)?;
            Ok(RequestPage { request, messages: message_views(txn, id)? })
        })
        .await
    }

    /// Withdraws a request, or closes an answered one: the other node is told to destroy its key.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if it is over.
    pub async fn close_request(&self, actor: &Actor, id: ShareId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::REQUEST_CLOSED, id, move |txn| {
            let row = requests::asked(txn, id)?.ok_or(ServiceError::NotFound)?;
            let _: Grant<CaseId> = authorize(txn, &by, Action::ShareCase, row.case)?;
            requests::close(txn, id)?;
            audited(txn, &by, actions::REQUEST_CLOSED, format!("{}/{id}", row.case))?;
            Ok(())
        })
        .await
    }

    /// Writes the answer into the case, as what that unit found; gives the entity.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if there is no answer, or it stands there already.
    pub async fn put_answer(&self, actor: &Actor, id: ShareId) -> Result<EntityId, ServiceError> {
        let (by, folds) = (actor.clone(), self.folds.clone());
        self.step(actor, actions::REQUEST_PUT, id, move |txn| {
            let row = requests::asked(txn, id)?.ok_or(ServiceError::NotFound)?;
            let grant = authorize(txn, &by, Action::ChangeCase, row.case)?;
            let Some(answer) = row.answer.as_ref().filter(|_| row.put.is_none()) else {
                return Err(ServiceError::Refused("there is no answer that is not in the case already".to_owned()));
            };
            let answer = answer.stored().map_err(|error| ViewError(error.to_string()))?;
            let mut change = ChangeRequest { kind: ANSWER_KIND.to_owned(), ..ChangeRequest::default() };
            change.fields.extend(answer.known().into_iter().map(|(name, value)| (name.to_owned(), to_json(&value))));
            change.fields.insert("person".to_owned(), row.person.to_string().into());
            change.fields.insert("answered_by".to_owned(), Units::load(txn)?.of(answer.from).name.into());
            let written = write(txn, &folds, &by, &grant, &[change])?;
            let entity = written.first().copied().ok_or(ServiceError::Internal)?;
            requests::put(txn, id, entity)?;
            audited(txn, &by, actions::REQUEST_PUT, format!("{}/{id}", row.case))?;
            Ok(entity)
        })
        .await
    }
}

/// How many requests wait for this unit to say something.
pub(super) fn requests_waiting(view: &dyn View, by: &Actor) -> Result<usize, ViewError> {
    if authorize(view, by, Action::UseInbox, Unit).is_err() {
        return Ok(0);
    }
    let rows = requests::received_list(view)?;
    Ok(rows.iter().filter(|(_, row)| row.state == requests::WorkState::New).count())
}

/// Reads what a person asks for, all faults at once.
fn read(asked: &AskRequest, case: CaseId, now: Timestamp) -> Result<Asked, Vec<FieldError>> {
    let mut faults = Vec::new();
    let mut wrong = |field: &str, expected: &str| faults.push(super::fields::fault("request", field, expected));
    let name = text(&asked.name, "name", &mut wrong);
    let address = text(&asked.address, "address", &mut wrong);
    let district = text(&asked.district, "district", &mut wrong);
    let question = text(&asked.question, "question", &mut wrong);
    let reason = text(&asked.reason, "reason", &mut wrong);
    let checks: Option<BTreeSet<Check>> = asked.checks.iter().map(|word| check(word)).collect();
    let checks = checks.filter(|checks| !checks.is_empty()).and_then(|checks| BoundedVec::new(checks.into_iter().collect()).ok());
    let (basis, purpose, handling) =
        (words::basis(&asked.basis), words::purpose(&asked.purpose), words::handling(&asked.handling));
    let days = asked.days.filter(|days| (1..=365).contains(days));
    for (field, missing, expected) in [
        ("checks", checks.is_none(), CHECKS),
        ("basis", basis.is_none(), BASES),
        ("purpose", purpose.is_none(), PURPOSES),
        ("handling", handling.is_none(), HANDLINGS),
        ("days", days.is_none(), "1 to 365 days"),
    ] {
        if missing {
            wrong(field, expected);
        }
    }
    let whole = || {
        Some(Asked {
            case,
            person: asked.person,
            reason: reason?,
            to: asked.to,
            request: VerificationRequest {
                id: ShareId([0; ShareId::LEN]),
                name: name?,
                address: address?,
                district: district?,
                checks: checks?,
                question: question?,
                basis: basis?,
                purpose: purpose?,
                handling: handling?,
                due: now.plus(u64::from(days?) * DAY),
                expires: Timestamp(0),
            },
        })
    };
    match whole() {
        Some(whole) if faults.is_empty() => Ok(whole),
        _ => Err(faults),
    }
}

fn text<const N: usize>(given: &str, field: &str, wrong: &mut impl FnMut(&str, &str)) -> Option<BoundedText<N>> {
    let taken = BoundedText::new(given.trim()).ok();
    if taken.is_none() {
        wrong(field, &format!("at most {N} bytes"));
    }
    taken
}
