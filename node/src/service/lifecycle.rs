//! The end of a case and the way back: closing, reopening, deleting for thirty days, and who works on it.
//! Nothing is erased here: that is for a later, deliberate step.

use super::audit::audited;
use super::cases::write;
use super::decisions::is_on_hold;
use super::fields::{fault, removed};
use super::held::held;
use super::model::{ChangeRequest, Fields, Undo};
use super::{Service, ServiceError};
use crate::access::{Action, Actor, CaseAccess, Grant, TEAM_MAX, authorize, case_access};
use crate::accounts::{self, AccountId, Role};
use crate::audit::{Event, actions, append as audit};
use crate::casework::today;
use crate::rows::row;
use crate::store::tables;
use icmc_protocol::caselog::{Author, FIELD_REMOVED, append};
use icmc_protocol::ids::CaseId;
use icmc_protocol::machine::{Record, Scope, Table, Txn, View, ViewError};
use icmc_protocol::time::{DAY, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;

/// How long a deletion can be undone, in milliseconds.
const UNDO: u64 = 30 * DAY;

/// A deletion. Key: the first 16 bytes of the case's id, which is a hash.
#[derive(Serialize, Deserialize)]
struct Deleted {
    case: CaseId,
    until: Timestamp,
}

impl Record for Deleted {
    const TABLE: Table = tables::UNDO;
}

fn undo_key(case: CaseId) -> [u8; 16] {
    *case.0.first_chunk().expect("a case id has 32 bytes")
}

/// Until when a deletion can be undone.
pub(super) fn undo_until(view: &dyn View, case: CaseId) -> Result<Option<Timestamp>, ViewError> {
    Ok(row::<Deleted>(view, &undo_key(case))?.filter(|deleted| deleted.case == case).map(|deleted| deleted.until))
}

impl Service {
    /// Closes a case; `reason` is a code of the dictionary.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] for a reason that is none.
    pub async fn close_case(&self, actor: &Actor, case: CaseId, reason: &str) -> Result<(), ServiceError> {
        let (by, reason) = (actor.clone(), reason.trim().to_owned());
        self.step(actor, actions::CASE_CLOSED, case, move |txn| {
            let grant = authorize(txn, &by, Action::CloseCase, case)?;
            owned(txn, &grant)?;
            if reason.is_empty() {
                return Err(ServiceError::Fields(vec![fault("case", "closure_reason", "the reason for closing")]));
            }
            let fields = [("status", json!("closed")), ("closure_reason", json!(reason)), ("closed_on", json!(today(txn.now)))];
            write(txn, &by, &grant, &[head(fields)])?;
            // Written down after the reason was found to be a code: the audit holds no free text.
            audit(txn, Event::new(actions::CASE_CLOSED).by(by.account).on(case).because(reason))?;
            Ok(())
        })
        .await
    }

    /// Reopens a closed case.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if it is not there, or not there for this person.
    pub async fn reopen_case(&self, actor: &Actor, case: CaseId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::CASE_REOPENED, case, move |txn| {
            let grant = authorize(txn, &by, Action::CloseCase, case)?;
            owned(txn, &grant)?;
            audited(txn, &by, actions::CASE_REOPENED, case)?;
            write(
                txn,
                &by,
                &grant,
                &[head([("status", json!("reopened")), ("closure_reason", json!(null)), ("closed_on", json!(null))])],
            )?;
            Ok(())
        })
        .await
    }

    /// Deletes a case: it leaves all lists, its people are announced no more. Can be undone for thirty days.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if it is deleted already.
    pub async fn delete_case(&self, actor: &Actor, case: CaseId) -> Result<Undo, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::CASE_DELETED, case, move |txn| {
            let grant = authorize(txn, &by, Action::DeleteCase, case)?;
            if is_on_hold(txn, case, txn.now)? {
                return Err(ServiceError::Refused("two persons decided to hold this case: it cannot be deleted now".to_owned()));
            }
            set_removed(txn, &by, &grant, true)?;
            let until = txn.now.plus(UNDO);
            txn.put(&undo_key(case), Scope::Master, &Deleted { case, until });
            audited(txn, &by, actions::CASE_DELETED, case)?;
            Ok(Undo { until })
        })
        .await
    }

    /// Brings a deleted case back.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if it is not deleted, or was too long ago.
    pub async fn undo_delete(&self, actor: &Actor, case: CaseId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::CASE_RESTORED, case, move |txn| {
            let grant = authorize(txn, &by, Action::DeleteCase, case)?;
            if undo_until(txn, case)?.is_some_and(|until| txn.now > until) {
                return Err(ServiceError::Refused("this deletion is more than thirty days old and cannot be undone".to_owned()));
            }
            set_removed(txn, &by, &grant, false)?;
            txn.delete(tables::UNDO, &undo_key(case));
            audited(txn, &by, actions::CASE_RESTORED, case)?;
            Ok(())
        })
        .await
    }

    /// Says who works on a case beside whoever entered it.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] for an account that cannot work on cases.
    pub async fn set_team(&self, actor: &Actor, case: CaseId, team: Vec<AccountId>) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::CASE_TEAM, case, move |txn| {
            let grant = authorize(txn, &by, Action::SetTeam, case)?;
            let team: BTreeSet<AccountId> = team.into_iter().collect();
            if team.len() > TEAM_MAX {
                return Err(ServiceError::request("team", format!("at most {TEAM_MAX} accounts")));
            }
            let people = accounts::all(txn)?;
            let works = |id: &AccountId| {
                people.iter().any(|(at, account)| at == id && !account.disabled && account.role != Role::Administrator)
            };
            if !team.iter().all(works) {
                return Err(ServiceError::request("team", "accounts that work on cases and can sign in"));
            }
            let access = case_access(txn, case)?.unwrap_or_else(|| CaseAccess::of(by.account));
            CaseAccess { team, ..access }.put(txn, grant.object());
            audited(txn, &by, actions::CASE_TEAM, case)?;
            Ok(())
        })
        .await
    }
}

/// A change of the case's own fields.
fn head<const N: usize>(fields: [(&str, serde_json::Value); N]) -> ChangeRequest {
    let fields: Fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    ChangeRequest { kind: "case".to_owned(), fields, ..ChangeRequest::default() }
}

/// Only the owner ends a case.
fn owned(txn: &Txn<'_>, grant: &Grant<CaseId>) -> Result<(), ServiceError> {
    let held = held(txn, grant.object(), txn.now)?.ok_or(ServiceError::NotFound)?;
    if held.own { Ok(()) } else { Err(ServiceError::Refused("only the unit that owns a case can do this".to_owned())) }
}

fn set_removed(txn: &mut Txn<'_>, by: &Actor, grant: &Grant<CaseId>, to: bool) -> Result<(), ServiceError> {
    owned(txn, grant)?;
    let case = grant.object();
    let held = held(txn, case, txn.now)?.ok_or(ServiceError::NotFound)?;
    if held.is_deleted() == to {
        return Err(ServiceError::Refused(
            if to { "this case is deleted already" } else { "this case is not deleted" }.to_owned(),
        ));
    }
    let heads = held.folded.entities.iter().filter(|((kind, _), _)| &**kind == "case");
    let seen =
        |entity: &icmc_protocol::caselog::Entity| entity.field(FIELD_REMOVED).map(|field| field.seen()).unwrap_or_default();
    let drafts: Vec<_> = heads.map(|((kind, id), entity)| removed(kind, *id, to, seen(entity))).collect();
    append(txn, case, &drafts, &Author { name: by.name.clone() })?;
    Ok(())
}
