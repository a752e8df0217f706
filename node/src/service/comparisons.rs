//! Comparisons with other units that need a person: beyond the limits, or gone wrong at the other side.
//! Not the alerts that come of comparisons: those are in `alerts`.

use super::audit::audited;
use super::cases::summary_of;
use super::model::ComparisonView;
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize};
use crate::audit::{Event, actions, append as audit};
use crate::rows::row;
use crate::search::SummaryRow;
use icmc_protocol::ids::{CaseId, ConfirmId, EntityId, UnitId};
use icmc_protocol::machine::{Txn, ViewError};
use icmc_protocol::matching::{self, Suspicion};
use icmc_protocol::time::Timestamp;

/// Most of each kind in the list.
const LIST_MAX: usize = 1_000;

impl Service {
    /// What waits for a nodal officer, newest first. For everybody else there is nothing to decide, and so nothing here.
    ///
    /// # Errors
    /// Only if the store fails.
    pub async fn comparisons(&self, actor: &Actor) -> Result<Vec<ComparisonView>, ServiceError> {
        if authorize(&self.node.snapshot()?, actor, Action::DecideComparison, Unit).is_err() {
            return Ok(Vec::new());
        }
        let by = actor.clone();
        self.step(actor, actions::COMPARISONS_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::DecideComparison, Unit)?;
            let found = found(txn)?;
            if !found.is_empty() {
                audited(txn, &by, actions::COMPARISONS_LISTED, "")?;
            }
            Ok(found)
        })
        .await
    }

    /// Lets a comparison beyond the limits go on, or not.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if it does not wait any more; [`ServiceError::Refused`] if nothing can be sent to the other unit.
    pub async fn decide_comparison(&self, actor: &Actor, id: ConfirmId, allow: bool) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::COMPARISON_DECIDED, id, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::DecideComparison, Unit)?;
            let word = if allow { "allowed" } else { "not_allowed" };
            audit(txn, Event::new(actions::COMPARISON_DECIDED).by(by.account).on(id).because(word))?;
            matching::decide(txn, id, allow)?;
            Ok(())
        })
        .await
    }

    /// Somebody has seen what went wrong with a comparison: it is off the list.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if it is not on it.
    pub async fn comparison_seen(&self, actor: &Actor, id: ConfirmId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::COMPARISON_SEEN, id, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::DecideComparison, Unit)?;
            audited(txn, &by, actions::COMPARISON_SEEN, id)?;
            matching::dismiss(txn, id)?;
            Ok(())
        })
        .await
    }
}

/// What is common to both kinds.
struct Found {
    id: ConfirmId,
    kind: &'static str,
    peer: UnitId,
    case: CaseId,
    person: EntityId,
    since: Timestamp,
    finished: Option<Timestamp>,
}

fn found(txn: &Txn<'_>) -> Result<Vec<ComparisonView>, ViewError> {
    let units = Units::load(txn)?;
    let held = matching::decisions(txn, LIST_MAX)?.into_iter().map(|held| Found {
        id: held.id,
        kind: "waiting",
        peer: held.peer,
        case: held.case,
        person: held.person,
        since: held.since,
        finished: None,
    });
    let alarms = matching::alarms(txn, LIST_MAX)?.into_iter().map(|alarm| Found {
        id: alarm.id,
        kind: match alarm.suspicion {
            Suspicion::Unfinished => "unfinished",
            Suspicion::Guesses => "guesses",
        },
        peer: alarm.peer,
        case: alarm.case,
        person: alarm.person,
        since: alarm.at,
        finished: alarm.finished,
    });
    let mut views = Vec::new();
    for found in held.chain(alarms) {
        // A case without a summary is deleted.
        let Some(summary) = row::<SummaryRow>(txn, found.case.as_bytes())? else { continue };
        let display = summary.people.iter().find(|person| person.person == found.person).map(|person| person.display.clone());
        views.push(ComparisonView {
            id: found.id,
            kind: found.kind,
            case: summary_of(txn, &summary, &units)?,
            person: found.person,
            display: display.unwrap_or_default(),
            peer: units.of(found.peer),
            peer_contact: units.contact(found.peer),
            since: found.since,
            finished: found.finished,
        });
    }
    views.sort_by_key(|view| core::cmp::Reverse(view.since));
    Ok(views)
}
