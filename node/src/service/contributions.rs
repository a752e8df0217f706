//! What other units contributed to own cases: what waits, refusing one, and asking its author whether it may be passed on.
//! Admitting is in `shares`; what this unit contributes to cases of others is in `contributing`.

use super::audit::audited;
use super::cases::summary_of;
use super::model::CaseSummary;
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize, sees};
use crate::audit::actions;
use icmc_protocol::ids::{CaseId, EntryHash, UnitId};
use icmc_protocol::requests;

impl Service {
    /// Own cases to which something was contributed that waits for a yes or a no, the one changed last first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role without access to cases.
    pub async fn contributions_waiting(&self, actor: &Actor) -> Result<Vec<CaseSummary>, ServiceError> {
        let (by, index) = (actor.clone(), self.index.clone());
        self.step(actor, actions::CASE_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ListCases, Unit)?;
            audited(txn, &by, actions::CASE_LISTED, "")?;
            let (units, mut found) = (Units::load(txn)?, Vec::new());
            for row in index.cases() {
                if !row.received && row.pending > 0 && sees(txn, &by, row.case)? {
                    found.push(summary_of(txn, &row, &units)?);
                }
            }
            found.sort_by_key(|case| (core::cmp::Reverse(case.updated), case.id));
            Ok(found)
        })
        .await
    }

    /// Does not let a contribution count. Says whether its author can be told why.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] without a reason, [`ServiceError::Refused`] for one that counts or is gone.
    pub async fn refuse_contribution(
        &self,
        actor: &Actor,
        case: CaseId,
        entry: EntryHash,
        reason: &str,
    ) -> Result<bool, ServiceError> {
        let (by, reason) = (actor.clone(), reason.to_owned());
        self.step(actor, actions::CONTRIBUTION_REFUSED, format!("{case}/{entry}"), move |txn| {
            let grant = authorize(txn, &by, Action::AdmitContribution, case)?;
            let told = requests::refuse_contribution(txn, grant.object(), entry, &reason)?;
            audited(txn, &by, actions::CONTRIBUTION_REFUSED, format!("{case}/{entry}"))?;
            Ok(told)
        })
        .await
    }

    /// Asks the author of a contribution whether it may be passed to one unit.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if its author has said before what it wants, or cannot be reached under a share.
    pub async fn ask_to_pass(
        &self,
        actor: &Actor,
        case: CaseId,
        entry: EntryHash,
        to: UnitId,
        why: &str,
    ) -> Result<(), ServiceError> {
        let (by, why) = (actor.clone(), why.to_owned());
        self.step(actor, actions::ONWARD_ASKED, format!("{case}/{entry}"), move |txn| {
            let grant = authorize(txn, &by, Action::ShareCase, case)?;
            requests::ask_to_pass(txn, grant.object(), entry, to, &why)?;
            audited(txn, &by, actions::ONWARD_ASKED, format!("{case}/{entry}/{to}"))?;
            Ok(())
        })
        .await
    }
}
