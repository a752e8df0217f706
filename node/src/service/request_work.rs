//! What people here do with a request of another unit: take it, refuse it, answer it.
//! Whoever may use the inbox may do so; no case of this unit is touched.

use super::audit::audited;
use super::fields::read;
use super::model::AnswerRequest;
use super::request_words::{REFUSALS, refusal};
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize};
use crate::audit::{Event, actions, append};
use icmc_protocol::caselog::Name;
use icmc_protocol::dictionary::Dictionary;
use icmc_protocol::ids::ShareId;
use icmc_protocol::requests::{self, ANSWER_KIND, VerificationAnswer};
use std::collections::BTreeMap;

impl Service {
    /// Says that somebody here looks into it.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if it was taken before, or is over.
    pub async fn take_request(&self, actor: &Actor, id: ShareId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::REQUEST_TAKEN, id, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::UseInbox, Unit)?;
            requests::take(txn, id)?;
            audited(txn, &by, actions::REQUEST_TAKEN, id)?;
            Ok(())
        })
        .await
    }

    /// Does not take it: its key is destroyed, the asker learns why.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] without a reason, [`ServiceError::Refused`] if it is over.
    pub async fn refuse_request(&self, actor: &Actor, id: ShareId, reason: &str, text: &str) -> Result<(), ServiceError> {
        let (by, reason, text) = (actor.clone(), reason.to_owned(), text.to_owned());
        self.step(actor, actions::REQUEST_REFUSED, id, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::UseInbox, Unit)?;
            let reason = refusal(&reason).ok_or_else(|| ServiceError::request("reason", REFUSALS))?;
            requests::refuse(txn, id, reason, &text)?;
            append(txn, Event::new(actions::REQUEST_REFUSED).by(by.account).on(id))?;
            Ok(())
        })
        .await
    }

    /// Signs an answer and sends it.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] with every fault, [`ServiceError::Refused`] if it was answered before, or is over.
    pub async fn answer_request(&self, actor: &Actor, id: ShareId, answer: AnswerRequest) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::REQUEST_ANSWERED, id, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::UseInbox, Unit)?;
            let kind = Dictionary::builtin().kind(ANSWER_KIND).ok_or(ServiceError::Internal)?;
            let mut faults = Vec::new();
            let asked = |name: &String| VerificationAnswer::questions().any(|field| field.name == *name);
            let (fields, others): (BTreeMap<_, _>, BTreeMap<_, _>) = answer.fields.into_iter().partition(|(name, _)| asked(name));
            faults.extend(others.keys().map(|name| super::fields::fault(ANSWER_KIND, name, "one of the questions of the form")));
            let mut values = read(kind, &fields, &super::fields::Refs::new(), &mut faults);
            values.retain(|_, value| !value.is_cleared());
            if !faults.is_empty() {
                return Err(ServiceError::Fields(faults));
            }
            let named = values.into_iter().filter_map(|(name, value)| Some((Name::new(name).ok()?, value)));
            requests::answer(txn, id, named.collect())?;
            audited(txn, &by, actions::REQUEST_ANSWERED, id)?;
            Ok(())
        })
        .await
    }
}
