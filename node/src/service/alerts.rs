//! Alerts about own people: the list, what people do with them, asking the other unit and answering it.
//! Of the other side there is nothing to show but which unit it is.

use super::audit::audited;
use super::cases::summary_of;
use super::model::{AlertAnswer, AlertOutcome, AlertStep, AlertView, AskState};
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize, sees};
use crate::accounts::{self, Account};
use crate::audit::{Event, actions, append as audit};
use crate::rows::row;
use crate::search::SummaryRow;
use icmc_protocol::federation::peering;
use icmc_protocol::fingerprint::MatchClass;
use icmc_protocol::ids::AlertId;
use icmc_protocol::machine::{Txn, View, ViewError};
use icmc_protocol::matching::{self, Alert, Answer, Confirmed, Contact, Outcome, State, Step};
use icmc_protocol::time::Timestamp;

/// Most alerts of the list.
const LIST_MAX: usize = 10_000;

impl Service {
    /// The alerts about people of cases that this person may see, newest first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role without alerts.
    pub async fn alerts(&self, actor: &Actor) -> Result<Vec<AlertView>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::ALERTS_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ListAlerts, Unit)?;
            audited(txn, &by, actions::ALERTS_LISTED, "")?;
            let units = Units::load(txn)?;
            let people = accounts::all(txn)?;
            let mut views = Vec::new();
            for alert in matching::list(txn, None, LIST_MAX)? {
                if sees(txn, &by, alert.case)? {
                    views.extend(alert_view(txn, &units, &people, &alert)?);
                }
            }
            views.sort_by_key(|view| core::cmp::Reverse(view.raised_at));
            Ok(views)
        })
        .await
    }

    /// Opens an alert, takes it in hand, or closes it.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if it is not in a state for this.
    pub async fn alert_state(&self, actor: &Actor, alert: AlertId, step: AlertStep) -> Result<AlertView, ServiceError> {
        let by = actor.clone();
        let (step, word) = match step {
            AlertStep::Seen => (Step::See, "seen"),
            AlertStep::Take => (Step::Take, "take"),
            AlertStep::Close { outcome: AlertOutcome::Same } => (Step::Close(Outcome::Same), "same"),
            AlertStep::Close { outcome: AlertOutcome::NotSame } => (Step::Close(Outcome::NotSame), "not_same"),
            AlertStep::Close { outcome: AlertOutcome::Muted } => (Step::Close(Outcome::Muted), "muted"),
            AlertStep::Close { outcome: AlertOutcome::NoAnswer } => (Step::Close(Outcome::NoAnswer), "no_answer"),
        };
        self.step(actor, actions::ALERT_STATE, alert, move |txn| {
            handled(txn, &by, alert)?;
            audit(txn, Event::new(actions::ALERT_STATE).by(by.account).on(alert).because(word))?;
            let moved = matching::set_state(txn, alert, by.account.into(), step)?;
            shown(txn, &moved)
        })
        .await
    }

    /// Asks the other unit for contact.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if it was asked already, or has said no.
    pub async fn ask(&self, actor: &Actor, alert: AlertId) -> Result<AlertView, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::ALERT_ASKED, alert, move |txn| {
            handled(txn, &by, alert)?;
            audited(txn, &by, actions::ALERT_ASKED, alert)?;
            let asked = matching::ask(txn, alert)?;
            shown(txn, &asked)
        })
        .await
    }

    /// Answers the other unit's wish for contact.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if it did not ask, or was answered for good.
    pub async fn answer(&self, actor: &Actor, alert: AlertId, answer: AlertAnswer) -> Result<AlertView, ServiceError> {
        let by = actor.clone();
        let (answer, word) = match answer {
            AlertAnswer::Yes => (Answer::Yes, "yes"),
            AlertAnswer::No => (Answer::No, "no"),
            AlertAnswer::Later => (Answer::Later, "later"),
        };
        self.step(actor, actions::ALERT_ANSWERED, alert, move |txn| {
            handled(txn, &by, alert)?;
            audit(txn, Event::new(actions::ALERT_ANSWERED).by(by.account).on(alert).because(word))?;
            let answered = matching::answer(txn, alert, answer)?;
            shown(txn, &answered)
        })
        .await
    }

    /// Lets the other unit, which holds a suspect, know of an alert.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if it knows already, or the alert is not confirmed, or closed.
    pub async fn tell(&self, actor: &Actor, alert: AlertId) -> Result<AlertView, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::ALERT_TOLD, alert, move |txn| {
            handled(txn, &by, alert)?;
            audited(txn, &by, actions::ALERT_TOLD, alert)?;
            let told = matching::release(txn, alert)?;
            shown(txn, &told)
        })
        .await
    }

    /// Names of the units whose matches may be incomplete; public words only, and not audited.
    ///
    /// # Errors
    /// Only if the store fails.
    pub fn incomplete(&self) -> Result<Vec<String>, ServiceError> {
        let view = self.node.snapshot()?;
        let units = Units::load(&view)?;
        let found = matching::incomplete(&view, self.node.now())?;
        Ok(found.into_iter().map(|unit| units.of(unit).name).collect())
    }
}

/// How many new alerts this person sees.
pub(super) fn alerts_new(view: &dyn View, by: &Actor) -> Result<usize, ViewError> {
    if authorize(view, by, Action::ListAlerts, Unit).is_err() {
        return Ok(0);
    }
    let mut count = 0;
    for alert in matching::list(view, None, LIST_MAX)? {
        if alert.state == State::New && sees(view, by, alert.case)? {
            count += 1;
        }
    }
    Ok(count)
}

/// Leave to handle an alert: that of its case. An alert out of reach is not there.
fn handled(txn: &Txn<'_>, by: &Actor, alert: AlertId) -> Result<(), ServiceError> {
    let found = matching::get(txn, alert)?.ok_or(ServiceError::NotFound)?;
    let _: Grant<_> = authorize(txn, by, Action::HandleAlert, found.case)?;
    Ok(())
}

fn shown(txn: &Txn<'_>, alert: &Alert) -> Result<AlertView, ServiceError> {
    let (units, people) = (Units::load(txn)?, accounts::all(txn)?);
    alert_view(txn, &units, &people, alert)?.ok_or(ServiceError::NotFound)
}

/// None if the case has no summary: then it is deleted.
fn alert_view(
    view: &dyn View,
    units: &Units,
    people: &[(accounts::AccountId, Account)],
    alert: &Alert,
) -> Result<Option<AlertView>, ViewError> {
    let Some(summary) = row::<SummaryRow>(view, alert.case.as_bytes())? else { return Ok(None) };
    let display = summary.people.iter().find(|person| person.person == alert.person).map(|person| person.display.clone());
    let (state, by, at, outcome) = state_words(alert.state);
    let name = |id| people.iter().find(|(at, _)| *at == id).map(|(_, account)| account.name.clone());
    let (contact, contact_at) = ask_state(alert.contact);
    Ok(Some(AlertView {
        id: alert.id,
        class: match alert.class {
            MatchClass::Possible => "possible",
            MatchClass::Probable => "probable",
            MatchClass::Exact => "exact",
        },
        agreed: alert.agreed.iter().map(|kind| kind.label()).collect(),
        case: summary_of(view, &summary, units)?,
        person: alert.person,
        display: display.unwrap_or_default(),
        peer: units.of(alert.peer),
        peer_contact: units.contact(alert.peer),
        peer_confirmed: peering::is_confirmed(view, alert.peer)?,
        state,
        outcome,
        by: by.and_then(|by| name(by.into())),
        at,
        contact,
        contact_at,
        raised_at: alert.raised_at,
        confirmed: match alert.confirmed {
            Confirmed::No => "no",
            Confirmed::Waiting => "waiting",
            Confirmed::Yes { .. } => "yes",
            Confirmed::Contradicted => "contradicted",
        },
        told: alert.told,
    }))
}

type StateWords = (&'static str, Option<matching::Account>, Option<Timestamp>, Option<&'static str>);

const fn state_words(state: State) -> StateWords {
    match state {
        State::New => ("new", None, None, None),
        State::Seen { by, at } => ("seen", Some(by), Some(at), None),
        State::InHand { by, at } => ("in_hand", Some(by), Some(at), None),
        State::Closed { by, at, outcome } => {
            let outcome = match outcome {
                Outcome::Same => "same",
                Outcome::NotSame => "not_same",
                Outcome::Muted => "muted",
                Outcome::NoAnswer => "no_answer",
                Outcome::Withdrawn => "withdrawn",
                Outcome::Contradicted => "contradicted",
            };
            ("closed", by, Some(at), Some(outcome))
        }
    }
}

const fn ask_state(contact: Contact) -> (AskState, Option<Timestamp>) {
    match contact {
        Contact::None => (AskState::None, None),
        Contact::Asked { at } => (AskState::Asked, Some(at)),
        Contact::AskedByPeer { at } => (AskState::AskedByPeer, Some(at)),
        Contact::Answered { answer: Answer::Yes, at, .. } => (AskState::Yes, Some(at)),
        Contact::Answered { answer: Answer::No, at, .. } => (AskState::No, Some(at)),
        Contact::Answered { answer: Answer::Later, by_peer: true, at } => (AskState::PeerLater, Some(at)),
        Contact::Answered { answer: Answer::Later, by_peer: false, at } => (AskState::OwnLater, Some(at)),
    }
}
