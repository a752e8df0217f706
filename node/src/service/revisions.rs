//! Shares after they were given, and several at once: raising, lowering, renewing, and which of them end soon.
//! Giving one and recalling it are in `shares`.

use super::audit::audited;
use super::model::{ShareRequest, ShareView};
use super::rooms::shared;
use super::shares::{of_case, wanted};
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize, sees};
use crate::audit::actions;
use crate::rows::row;
use icmc_protocol::ids::{CaseId, ShareId, UnitId};
use icmc_protocol::sharing::{self, ShareOut, outgoing_list};
use icmc_protocol::time::DAY;
use std::collections::BTreeSet;

/// Most units that are given a share by one call.
const UNITS_MAX: usize = 32;

impl Service {
    /// Gives several units a share each on the same terms, `request.to` being the first: all or none.
    ///
    /// # Errors
    /// As [`Service::share`], for whichever unit it is.
    pub async fn share_with(
        &self,
        actor: &Actor,
        request: ShareRequest,
        also: Vec<UnitId>,
    ) -> Result<Vec<ShareId>, ServiceError> {
        let (by, case) = (actor.clone(), request.case);
        self.step(actor, actions::SHARE_CREATED, case, move |txn| {
            let grant = authorize(txn, &by, Action::ShareCase, case)?;
            let units: BTreeSet<UnitId> = also.iter().copied().chain([request.to]).collect();
            if units.len() != also.len() + 1 || units.len() > UNITS_MAX {
                return Err(ServiceError::request("also", format!("at most {UNITS_MAX} units, each once")));
            }
            let mut made = Vec::new();
            for to in [request.to].into_iter().chain(also) {
                let (_, share) = wanted(txn, &grant, &ShareRequest { to, ..request.clone() })?;
                let id = sharing::create(txn, share.clone())?;
                shared(txn, &by, &share)?;
                audited(txn, &by, actions::SHARE_CREATED, format!("{case}/{id}"))?;
                made.push(id);
            }
            Ok(made)
        })
        .await
    }

    /// Gives a share other terms: more, less, or longer. Gives the number of the revision.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a share of a case that this person may not see, otherwise as [`Service::share`].
    pub async fn share_revise(&self, actor: &Actor, share: ShareId, request: ShareRequest) -> Result<u64, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::SHARE_REVISED, share, move |txn| {
            let given = row::<ShareOut>(txn, share.as_bytes())?.ok_or(ServiceError::NotFound)?;
            let grant = authorize(txn, &by, Action::ShareCase, given.case)?;
            if (request.case, request.to) != (given.case, given.to) {
                return Err(ServiceError::request("to", "the unit that has this share"));
            }
            let (_, terms) = wanted(txn, &grant, &request)?;
            let revision = sharing::revise(txn, share, terms)?;
            audited(txn, &by, actions::SHARE_REVISED, format!("{}/{share}", given.case))?;
            Ok(revision)
        })
        .await
    }

    /// Open shares of cases that this person may see and that end within so many days, the next one first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role without access to cases.
    pub async fn shares_ending(&self, actor: &Actor, days: u32) -> Result<Vec<ShareView>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::SHARES_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ListCases, Unit)?;
            audited(txn, &by, actions::SHARES_LISTED, "")?;
            let units = Units::load(txn)?;
            let limit = txn.now.plus(u64::from(days) * DAY);
            let mut all = outgoing_list(txn, |row| row.state.is_open())?;
            all.retain(|(_, row)| row.share.stored().is_ok_and(|share| share.expires <= limit));
            let cases: BTreeSet<CaseId> = all.iter().map(|(_, row)| row.case).collect();
            let mut views = Vec::new();
            for case in cases {
                if sees(txn, &by, case)? {
                    let given = all.iter().filter(|(_, row)| row.case == case).cloned().collect();
                    views.extend(of_case(txn, &units, case, given)?);
                }
            }
            views.sort_by_key(|view| (view.expires, view.id));
            Ok(views)
        })
        .await
    }
}
