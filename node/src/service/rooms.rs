//! Disclosure rooms: looking at one, yes and no to its next step, stopping it. "Not the same" is a way to close the alert.
//! What may be told is decided by `protocol::matching`; here it is asked for by a person who may.

use super::audit::audited;
use super::fields::fault;
use super::held::held;
use super::model::{RoomChoiceView, RoomFields, RoomNo, RoomView, RoomYes};
use super::room_view::{NO_REASONS, choice_views, no_reason, room_view, step_word, year_and_stage};
use super::share_words::{self as words, BASES, HANDLINGS, PURPOSES};
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, authorize};
use crate::audit::{Event, actions, append as audit};
use icmc_protocol::bounded::BoundedText;
use icmc_protocol::ids::{AlertId, CaseId};
use icmc_protocol::machine::Txn;
use icmc_protocol::matching::{self, Alert, CaseStage, Chosen, Offer, Officer, RoomStep, Telling};
use icmc_protocol::sharing::Share;

impl Service {
    /// The room of an alert, also before anybody has spoken in it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the alert is not there, or not there for this person.
    pub async fn room(&self, actor: &Actor, alert: AlertId) -> Result<RoomView, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::ROOM_VIEWED, alert, move |txn| {
            let alert = handled(txn, &by, alert)?;
            audited(txn, &by, actions::ROOM_VIEWED, alert.id)?;
            room_view(txn, &by, &alert)?.ok_or(ServiceError::NotFound)
        })
        .await
    }

    /// What of our person could be told to the other unit of an alert.
    ///
    /// # Errors
    /// As [`Service::room`]; [`ServiceError::Forbidden`] for somebody who may not share the case.
    pub async fn room_choices(&self, actor: &Actor, alert: AlertId) -> Result<Vec<RoomChoiceView>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::ROOM_VIEWED, alert, move |txn| {
            let alert = handled(txn, &by, alert)?;
            let _: Grant<CaseId> = authorize(txn, &by, Action::ShareCase, alert.case)?;
            audit(txn, Event::new(actions::ROOM_VIEWED).by(by.account).on(alert.id).because("choices"))?;
            choice_views(txn, &alert)
        })
        .await
    }

    /// Says yes to the next step, with what is told in it once the other side has said yes, too.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] for what cannot be told as it is, [`ServiceError::Refused`] if this is not the next step, or the
    /// person's consent does not cover it.
    pub async fn room_yes(&self, actor: &Actor, alert: AlertId, yes: RoomYes) -> Result<RoomView, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::ROOM_YES, alert, move |txn| {
            let alert = handled(txn, &by, alert)?;
            if matches!(yes, RoomYes::Fields(_)) {
                let _: Grant<CaseId> = authorize(txn, &by, Action::ShareCase, alert.case)?;
            }
            let telling = telling(txn, &alert, &yes)?;
            let step = match telling {
                Telling::Officer(_) => RoomStep::Officer,
                Telling::Case(_) => RoomStep::Case,
                Telling::Fields(_) => RoomStep::Fields,
            };
            audit(txn, Event::new(actions::ROOM_YES).by(by.account).on(alert.id).because(step_word(step)))?;
            matching::room_yes(txn, alert.id, by.account.into(), telling)?;
            shown(txn, &by, alert.id)
        })
        .await
    }

    /// Says no to the next step.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] for a reason that is none, [`ServiceError::Refused`] if there is no step to say no to.
    pub async fn room_no(&self, actor: &Actor, alert: AlertId, no: RoomNo) -> Result<RoomView, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::ROOM_NO, alert, move |txn| {
            let alert = handled(txn, &by, alert)?;
            let reason = no_reason(&no.reason).ok_or_else(|| ServiceError::request("reason", NO_REASONS))?;
            audit(txn, Event::new(actions::ROOM_NO).by(by.account).on(alert.id).because(&no.reason))?;
            matching::room_no(txn, alert.id, by.account.into(), reason, &no.text)?;
            shown(txn, &by, alert.id)
        })
        .await
    }

    /// Stops the room: what each side has received is deleted on both sides.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if it has ended, [`ServiceError::NotFound`] if nobody has spoken in it.
    pub async fn room_stop(&self, actor: &Actor, alert: AlertId, text: String) -> Result<RoomView, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::ROOM_STOPPED, alert, move |txn| {
            let alert = handled(txn, &by, alert)?;
            audited(txn, &by, actions::ROOM_STOPPED, alert.id)?;
            matching::room_stop(txn, alert.id, by.account.into(), &text)?;
            shown(txn, &by, alert.id)
        })
        .await
    }
}

/// A share was made: rooms about its people with its receiver end with it.
pub(super) fn shared(txn: &mut Txn<'_>, by: &Actor, share: &Share) -> Result<(), ServiceError> {
    for alert in matching::room_shared(txn, by.account.into(), share)? {
        audited(txn, by, actions::ROOM_SHARED, alert)?;
    }
    Ok(())
}

fn handled(txn: &Txn<'_>, by: &Actor, alert: AlertId) -> Result<Alert, ServiceError> {
    let found = matching::get(txn, alert)?.ok_or(ServiceError::NotFound)?;
    let _: Grant<_> = authorize(txn, by, Action::HandleAlert, found.case)?;
    Ok(found)
}

fn shown(txn: &Txn<'_>, by: &Actor, alert: AlertId) -> Result<RoomView, ServiceError> {
    let alert = matching::get(txn, alert)?.ok_or(ServiceError::NotFound)?;
    room_view(txn, by, &alert)?.ok_or(ServiceError::NotFound)
}

fn telling(txn: &Txn<'_>, alert: &Alert, yes: &RoomYes) -> Result<Telling, ServiceError> {
    Ok(match yes {
        RoomYes::Officer(officer) => Telling::Officer(Officer {
            name: text("name", "at most 120 bytes", &officer.name)?,
            role: text("role", "at most 120 bytes", &officer.role)?,
            telephone: text("telephone", "at most 40 bytes", &officer.telephone)?,
        }),
        RoomYes::Case {} => {
            let held = held(txn, alert.case, txn.now)?.ok_or(ServiceError::NotFound)?;
            let (year, stage) = year_and_stage(&held.folded, alert.person);
            Telling::Case(CaseStage { year, stage: text("stage", "a stage", &stage)? })
        }
        RoomYes::Fields(fields) => Telling::Fields(offer(fields)?),
    })
}

/// Every fault at once, as in the builder of shares.
fn offer(asked: &RoomFields) -> Result<Offer, ServiceError> {
    let mut faults = Vec::new();
    let mut wrong = |field: &str, expected: &str| faults.push(fault("room", field, expected));
    let (basis, purpose, handling) =
        (words::basis(&asked.basis), words::purpose(&asked.purpose), words::handling(&asked.handling));
    for (field, missing, expected) in
        [("basis", basis.is_none(), BASES), ("purpose", purpose.is_none(), PURPOSES), ("handling", handling.is_none(), HANDLINGS)]
    {
        if missing {
            wrong(field, expected);
        }
    }
    let reason = BoundedText::new(asked.reason.trim()).ok();
    if reason.is_none() {
        wrong("reason", "at most 500 bytes");
    }
    let chosen = asked.fields.iter().map(|one| {
        let reason = BoundedText::new(one.reason.trim()).ok()?;
        Some(Chosen { commitment: one.commitment, reason })
    });
    let fields: Option<Vec<Chosen>> = chosen.collect();
    if fields.is_none() {
        wrong("fields", "reasons of at most 500 bytes");
    }
    let offer = || Some(Offer { basis: basis?, reason: reason?, purpose: purpose?, handling: handling?, fields: fields? });
    offer().ok_or(ServiceError::Fields(faults))
}

fn text<const N: usize>(field: &str, expected: &str, words: &str) -> Result<BoundedText<N>, ServiceError> {
    BoundedText::new(words.trim()).map_err(|_| ServiceError::request(field, expected))
}
