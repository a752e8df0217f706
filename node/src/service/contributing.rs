//! What this unit wrote in cases of others: on what terms, and taking it back.
//! Writing it is in `cases`; admitting what others wrote is in `shares`.

use super::audit::audited;
use super::case_view::{onward, refusal};
use super::model::{ContributedView, PassingAnswer, TermsRequest, TermsView};
use super::share_words::{self as words, HANDLINGS, ONWARDS, handling_word, onward_word};
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, authorize};
use crate::audit::actions;
use icmc_protocol::ids::{CaseId, EntryHash};
use icmc_protocol::requests;
use icmc_protocol::sharing::{self, ContributionTerms};
use icmc_protocol::time::DAY;

/// Longest life that can be asked for, in days.
const DAYS_MAX: u32 = 5 * 365;

impl Service {
    /// Says what the owner of a case may do with what is contributed from now on.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] for terms that are none, [`ServiceError::NotFound`] for an own case.
    pub async fn contribution_terms(&self, actor: &Actor, case: CaseId, request: TermsRequest) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::CONTRIBUTION_TERMS, case, move |txn| {
            let grant = authorize(txn, &by, Action::ChangeCase, case)?;
            let handling = words::handling(&request.handling).ok_or_else(|| ServiceError::request("handling", HANDLINGS))?;
            let onward = words::onward(&request.onward).ok_or_else(|| ServiceError::request("onward", ONWARDS))?;
            if request.days.is_some_and(|days| !(1..=DAYS_MAX).contains(&days)) {
                return Err(ServiceError::request("days", format!("from 1 to {DAYS_MAX}")));
            }
            let expires = request.days.map(|days| txn.now.plus(u64::from(days) * DAY)).or(request.expires);
            sharing::contribution_terms(txn, grant.object(), ContributionTerms { handling, onward, expires })?;
            audited(txn, &by, actions::CONTRIBUTION_TERMS, case)?;
            Ok(())
        })
        .await
    }

    /// What this unit contributed to a case.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the case is not there for this person.
    pub async fn contributed(&self, actor: &Actor, case: CaseId) -> Result<Vec<ContributedView>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::SHARES_LISTED, case, move |txn| {
            let grant = authorize(txn, &by, Action::ViewCase, case)?;
            audited(txn, &by, actions::SHARES_LISTED, case)?;
            let rows = sharing::contributed(txn, grant.object())?;
            let (units, refusals) = (Units::load(txn)?, requests::refusals(txn, case)?);
            let passings = requests::passings(txn, case)?;
            let view = |(entry, row): (EntryHash, sharing::Contributed)| ContributedView {
                entry,
                handling: handling_word(row.terms.handling),
                onward: onward_word(row.terms.onward),
                expires: row.terms.expires,
                taken_back_at: row.taken_back,
                receipt_at: row.receipt.and_then(|receipt| receipt.stored().ok().map(|receipt| receipt.at)),
                refused: refusal(&refusals, entry),
                asked: onward(&units, &passings, entry),
            };
            Ok(rows.into_iter().map(view).collect())
        })
        .await
    }

    /// On what terms this unit contributes to a case from now on.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the case is not there for this person.
    pub async fn contribution_terms_now(&self, actor: &Actor, case: CaseId) -> Result<TermsView, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::SHARES_LISTED, case, move |txn| {
            let grant = authorize(txn, &by, Action::ViewCase, case)?;
            audited(txn, &by, actions::SHARES_LISTED, case)?;
            let terms = sharing::terms_of_next(txn, grant.object())?;
            let (handling, onward) = (handling_word(terms.handling), onward_word(terms.onward));
            Ok(TermsView { handling, onward, expires: terms.expires })
        })
        .await
    }

    /// A person here answers whether the owner may pass a contribution to one unit.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if that was not asked, [`ServiceError::Refused`] if it was answered.
    pub async fn answer_passing(&self, actor: &Actor, case: CaseId, answer: PassingAnswer) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::ONWARD_ANSWERED, format!("{case}/{}", answer.entry), move |txn| {
            let grant = authorize(txn, &by, Action::ChangeCase, case)?;
            let PassingAnswer { entry, to, yes, text } = answer;
            requests::answer_passing(txn, grant.object(), entry, to, yes, &text)?;
            audited(txn, &by, actions::ONWARD_ANSWERED, format!("{case}/{entry}/{to}"))?;
            Ok(())
        })
        .await
    }

    /// Takes a contribution back: its owner destroys it, and so does whoever had it from there.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if this unit made no such contribution.
    pub async fn take_back(&self, actor: &Actor, case: CaseId, entry: EntryHash) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::CONTRIBUTION_TAKEN_BACK, format!("{case}/{entry}"), move |txn| {
            let grant = authorize(txn, &by, Action::ChangeCase, case)?;
            sharing::take_back(txn, grant.object(), entry)?;
            audited(txn, &by, actions::CONTRIBUTION_TAKEN_BACK, format!("{case}/{entry}"))?;
            Ok(())
        })
        .await
    }
}
