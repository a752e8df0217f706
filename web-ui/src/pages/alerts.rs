//! Alerts: another unit may hold the same person. Taking, asking, answering, closing.
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
use icmc_node::service::model::{AlertAnswer, AlertOutcome, AlertStep, AlertView, NotedView};
use icmc_protocol::ids::AlertId;

#[derive(Template)]
#[template(path = "pages/alerts.html")]
struct AlertsPage {
    shell: Shell,
    alerts: Vec<AlertView>,
    incomplete: Vec<String>,
    noted: Vec<NotedView>,
}

/// `GET /alerts`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Query(told): Query<Told>) -> Reply {
    let shell = Shell::of(&state, &me, "Alerts", "alerts").saying(told.said.as_deref());
    let alerts = state.service.alerts(&me.actor).await.map_err(|error| shell.oops(error))?;
    let incomplete = state.service.incomplete().map_err(|error| shell.oops(error))?;
    let noted =
        async { if state.service.oversees(&me.actor)? { state.service.noted_pairs(&me.actor).await } else { Ok(Vec::new()) } };
    let noted = noted.await.map_err(|error| shell.oops(error))?;
    Ok(render(&AlertsPage { shell, alerts, incomplete, noted }))
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
    AlertsPage {
        shell,
        alerts: vec![one, asked, closed],
        incomplete: vec![text.to_owned()],
        noted: vec![super::samples::noted(text)],
    }
}
