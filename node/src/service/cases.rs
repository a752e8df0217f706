//! Cases: the list, one case, its timeline, and writing in it. Every view is in the audit before it is handed out.
//! Not entering a new one (`create`), nor its end (`lifecycle`).

use super::audit::audited;
use super::change::{Standing, plan};
use super::held::{Held, held};
use super::model::{CaseFilter, CaseSummary, CaseView, ChangeRequest, Owner, Page, StepView};
use super::open::open;
use super::summary::{line, shared_with};
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize, sees};
use crate::audit::actions;
use crate::casework::today;
use crate::search::SummaryRow;
use icmc_protocol::caselog::{Author, append};
use icmc_protocol::ids::{CaseId, EntityId};
use icmc_protocol::machine::{Txn, View, ViewError};
use icmc_protocol::sharing::{ShareRefusal, may_contribute};
use std::sync::Arc;

/// Cases of one page.
const PER_PAGE: u32 = 50;

impl Service {
    /// One page of the cases that this person may see, the one changed last first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role without access to cases.
    pub async fn cases(&self, actor: &Actor, filter: CaseFilter) -> Result<Page<CaseSummary>, ServiceError> {
        let (by, index) = (actor.clone(), self.index.clone());
        self.step(actor, actions::CASE_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ListCases, Unit)?;
            audited(txn, &by, actions::CASE_LISTED, "")?;
            let mut rows = Vec::new();
            for row in index.cases() {
                if fits(&row, &filter) && sees(txn, &by, row.case)? && fits_shared(txn, &row, filter.shared)? {
                    rows.push(row);
                }
            }
            rows.sort_by_key(|row| (core::cmp::Reverse(row.updated), row.case));
            page(txn, &rows, filter.page.unwrap_or(1).max(1))
        })
        .await
    }

    /// One case.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if it is not there, or not there for this person.
    pub async fn case(&self, actor: &Actor, case: CaseId) -> Result<CaseView, ServiceError> {
        let by = actor.clone();
        let view = self
            .step(actor, actions::CASE_VIEWED, case, move |txn| {
                let grant = authorize(txn, &by, Action::ViewCase, case)?;
                audited(txn, &by, actions::CASE_VIEWED, case)?;
                open(txn, &by, &grant, txn.now)
            })
            .await?;
        Ok(self.with_progress(view).await)
    }

    /// What happened in a case, in the order in which it counts.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if it is not there, or not there for this person.
    pub async fn timeline(&self, actor: &Actor, case: CaseId) -> Result<Vec<StepView>, ServiceError> {
        self.case(actor, case).await.map(|view| view.timeline)
    }

    /// Writes in an own case, or contributes to a received one; gives the entity of each change.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] with every fault; [`ServiceError::Refused`] on a case that may only be read.
    pub async fn change(&self, actor: &Actor, case: CaseId, requests: Vec<ChangeRequest>) -> Result<Vec<EntityId>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::CASE_CHANGED, case, move |txn| {
            let grant = authorize(txn, &by, Action::ChangeCase, case)?;
            audited(txn, &by, actions::CASE_CHANGED, case)?;
            write(txn, &by, &grant, &requests)
        })
        .await
    }
}

/// Plans and writes changes in the case of a grant.
pub(super) fn write(
    txn: &mut Txn<'_>,
    by: &Actor,
    grant: &Grant<CaseId>,
    requests: &[ChangeRequest],
) -> Result<Vec<EntityId>, ServiceError> {
    let case = grant.object();
    let held = check_writable(txn, grant)?;
    let today = today(txn.now);
    let standing = Standing { folded: &held.folded, log: &held.log, unit: held.unit, today: &today };
    let planned = plan(&standing, requests, txn.rng).map_err(ServiceError::Fields)?;
    if !planned.drafts.is_empty() {
        append(txn, case, &planned.drafts, &Author { name: by.name.clone() })?;
    }
    Ok(planned.entities)
}

/// The case of a grant, if this unit may write in it now.
pub(super) fn check_writable(txn: &Txn<'_>, grant: &Grant<CaseId>) -> Result<Held, ServiceError> {
    let case = grant.object();
    let held = held(txn, case, txn.now)?.ok_or(ServiceError::NotFound)?;
    if held.is_deleted() {
        return Err(ServiceError::Refused("this case is deleted: undo that first".to_owned()));
    }
    if !held.own && held.in_force == 0 {
        return Err(ServiceError::Refused("this share has ended: nothing can be written in the case any more".to_owned()));
    }
    if !held.own && !may_contribute(txn, case, txn.now)? {
        return Err(ShareRefusal::ReadOnly.into());
    }
    Ok(held)
}

fn fits(row: &SummaryRow, filter: &CaseFilter) -> bool {
    let is = |wanted: &Option<String>, code: &str| wanted.as_ref().is_none_or(|wanted| wanted.is_empty() || wanted == code);
    let among = |wanted: &Option<String>, codes: &[String]| {
        wanted.as_ref().is_none_or(|wanted| wanted.is_empty() || codes.contains(wanted))
    };
    let owner = match filter.owner {
        Owner::All => true,
        Owner::Own => !row.received,
        Owner::Received => row.received,
    };
    owner
        && is(&filter.status, &row.status)
        && is(&filter.kind, &row.kind)
        && among(&filter.stage, &row.stages)
        && among(&filter.role, &row.roles)
}

fn fits_shared(view: &dyn View, row: &SummaryRow, wanted: Option<bool>) -> Result<bool, ViewError> {
    match wanted {
        None => Ok(true),
        Some(wanted) => Ok((!row.received && shared_with(view, row.case)? > 0) == wanted),
    }
}

fn page(view: &dyn View, rows: &[Arc<SummaryRow>], page: u32) -> Result<Page<CaseSummary>, ServiceError> {
    let units = Units::load(view)?;
    let skip = usize::try_from(page - 1).unwrap_or(usize::MAX).saturating_mul(PER_PAGE as usize);
    let on_page = rows.iter().skip(skip).take(PER_PAGE as usize);
    let items = on_page.map(|row| summary_of(view, row, &units)).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::new(items, page, PER_PAGE, rows.len()))
}

/// A row as a line, with the number of units that have the case now.
pub(super) fn summary_of(view: &dyn View, row: &SummaryRow, units: &Units) -> Result<CaseSummary, ViewError> {
    Ok(line(row, units, if row.received { 0 } else { shared_with(view, row.case)? }))
}
