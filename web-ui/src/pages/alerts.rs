//! Alerts: another unit may hold the same person. Taking, asking, telling, answering, closing; and comparisons that wait for a person.
//! Nothing of the other side is shown but the unit and what agreed in kind.

use super::case::id;
use super::form::Posted;
use super::reply::{Reply, render, to};
use super::shell::Shell;
use super::words;
use super::{Pairs, Told};
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use icmc_node::service::ServiceError;
use icmc_node::service::model::{AlertAnswer, AlertOutcome, AlertStep, AlertView, ComparisonView, NotedView};
use icmc_protocol::ids::{AlertId, ConfirmId};

#[derive(Template)]
#[template(path = "pages/alerts.html")]
struct AlertsPage {
    shell: Shell,
    alerts: Vec<AlertView>,
    comparisons: Vec<ComparisonView>,
    incomplete: Vec<String>,
    noted: Vec<NotedView>,
}

/// `GET /alerts`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Query(told): Query<Told>) -> Reply {
    let shell = Shell::of(&state, &me, "Alerts", "alerts").saying(told.said.as_deref());
    let alerts = state.service.alerts(&me.actor).await.map_err(|error| shell.oops(error))?;
    let comparisons = state.service.comparisons(&me.actor).await.map_err(|error| shell.oops(error))?;
    let incomplete = state.service.incomplete().map_err(|error| shell.oops(error))?;
    let noted =
        async { if state.service.oversees(&me.actor)? { state.service.noted_pairs(&me.actor).await } else { Ok(Vec::new()) } };
    let noted = noted.await.map_err(|error| shell.oops(error))?;
    Ok(render(&AlertsPage { shell, alerts, comparisons, incomplete, noted }))
}

/// `POST /alerts/comparisons/{comparison}/{step}`.
pub(super) async fn compare(
    State(state): State<AppState>,
    me: SignedIn,
    Path((comparison, step)): Path<(String, String)>,
    axum::Form(_): Pairs,
) -> Reply {
    let decided = decided(&state, &me, &comparison, &step).await;
    let said = decided.map_err(|error| Shell::of(&state, &me, "Alerts", "alerts").oops(error))?;
    Ok(to(paths::alerts(), said))
}

async fn decided(state: &AppState, me: &SignedIn, comparison: &str, step: &str) -> Result<&'static str, ServiceError> {
    let comparison: ConfirmId = id(comparison)?;
    match step {
        "allow" => state.service.decide_comparison(&me.actor, comparison, true).await.map(|()| "compared"),
        "deny" => state.service.decide_comparison(&me.actor, comparison, false).await.map(|()| "not_compared"),
        "seen" => state.service.comparison_seen(&me.actor, comparison).await.map(|()| "undecided"),
        _ => Err(ServiceError::NotFound),
    }
}

/// `POST /alerts/{alert}/{step}`.
pub(super) async fn step(
    State(state): State<AppState>,
    me: SignedIn,
    Path((alert, step)): Path<(String, String)>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let said = moved(&state, &me, &alert, &step, &posted).await;
    let said = said.map_err(|error| Shell::of(&state, &me, "Alerts", "alerts").oops(error))?;
    Ok(to(&format!("{}#a-{alert}", paths::alerts()), said))
}

async fn moved(state: &AppState, me: &SignedIn, alert: &str, step: &str, posted: &Posted) -> Result<&'static str, ServiceError> {
    let alert: AlertId = id(alert)?;
    let step = match step {
        "tell" => return state.service.tell(&me.actor, alert).await.map(|_| "told"),
        "ask" => return state.service.ask(&me.actor, alert).await.map(|_| "asked"),
        "answer" => {
            let answer = match posted.one("answer") {
                "yes" => AlertAnswer::Yes,
                "no" => AlertAnswer::No,
                "later" => AlertAnswer::Later,
                _ => return Err(ServiceError::request("answer", "yes, no or later")),
            };
            return state.service.answer(&me.actor, alert, answer).await.map(|_| "answered");
        }
        "seen" => AlertStep::Seen,
        "take" => AlertStep::Take,
        "close" => AlertStep::Close {
            outcome: match posted.one("outcome") {
                "same" => AlertOutcome::Same,
                "not_same" => AlertOutcome::NotSame,
                "muted" => AlertOutcome::Muted,
                "no_answer" => AlertOutcome::NoAnswer,
                _ => return Err(ServiceError::request("outcome", "how the alert ended")),
            },
        },
        _ => return Err(ServiceError::NotFound),
    };
    state.service.alert_state(&me.actor, alert, step).await.map(|_| "alert")
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    use icmc_node::service::model::AskState;
    let one = super::samples::alert(text);
    let asked = AlertView { id: AlertId([2; 16]), state: "in_hand", contact: AskState::AskedByPeer, ..one.clone() };
    let closed = AlertView { id: AlertId([3; 16]), state: "closed", outcome: Some("withdrawn"), ..one.clone() };
    let untold = AlertView { id: AlertId([4; 16]), told: false, confirmed: "yes", ..one.clone() };
    let against = AlertView { id: AlertId([5; 16]), confirmed: "contradicted", ..one.clone() };
    let waiting = super::samples::comparison(text);
    let alarm = ComparisonView { id: ConfirmId([2; 16]), kind: "unfinished", finished: Some(waiting.since), ..waiting.clone() };
    AlertsPage {
        shell,
        alerts: vec![one, asked, closed, untold, against],
        comparisons: vec![waiting, alarm],
        incomplete: vec![text.to_owned()],
        noted: vec![super::samples::noted(text)],
    }
}
