//! Alerts: another unit may hold the same person. Listing, working on them, asking and answering.
//! No value of the other side is in them.

use super::body::{Body, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::service::model::{AlertAnswer, AlertStep, AlertView, ComparisonView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/alerts", list)
        .post("/alerts/{id}/state", step)
        .post("/alerts/{id}/ask", ask)
        .post("/alerts/{id}/answer", answer)
        .post("/alerts/{id}/tell", tell)
        .post("/comparisons/{id}/decide", decide)
        .post("/comparisons/{id}/seen", seen)
}

/// Alerts, and how complete they are.
#[derive(Serialize, ToSchema)]
pub(super) struct Alerts {
    /// Newest first.
    #[schema(value_type = Vec<schema::AlertView>)]
    alerts: Vec<AlertView>,
    /// Comparisons that wait for a decision or went wrong at the other unit, newest first; only for nodal officers.
    #[schema(value_type = Vec<schema::ComparisonView>)]
    comparisons: Vec<ComparisonView>,
    /// Units whose fingerprints have not all arrived: with them there may be matches that nobody sees yet.
    incomplete: Vec<String>,
}

/// The alerts about people in cases that you may see.
#[utoipa::path(get, path = "/alerts", tag = "alerts", responses((status = 200, body = Alerts), Refusals))]
pub(super) async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Alerts>, Problem> {
    let alerts = state.service.alerts(&caller.actor).await?;
    let comparisons = state.service.comparisons(&caller.actor).await?;
    let incomplete = state.service.incomplete()?;
    Ok(Json(Alerts { alerts, comparisons, incomplete }))
}

/// Say that you have seen an alert, take it in hand, or close it.
#[utoipa::path(post, path = "/alerts/{id}/state", tag = "alerts", params(("id" = String, Path, description = "The alert")),
    request_body = schema::AlertStep, responses((status = 200, body = schema::AlertView), Refusals))]
pub(super) async fn step(
    State(state): State<AppState>,
    caller: Caller,
    Path(alert): Path<String>,
    Body(step): Body<AlertStep>,
) -> Result<Json<AlertView>, Problem> {
    Ok(Json(state.service.alert_state(&caller.actor, id(&alert)?, step).await?))
}

/// Ask the other unit for contact.
#[utoipa::path(post, path = "/alerts/{id}/ask", tag = "alerts", params(("id" = String, Path, description = "The alert")),
    responses((status = 200, body = schema::AlertView), Refusals))]
pub(super) async fn ask(
    State(state): State<AppState>,
    caller: Caller,
    Path(alert): Path<String>,
) -> Result<Json<AlertView>, Problem> {
    Ok(Json(state.service.ask(&caller.actor, id(&alert)?).await?))
}

/// Let the other unit, which holds a suspect, know of an alert.
#[utoipa::path(post, path = "/alerts/{id}/tell", tag = "alerts", params(("id" = String, Path, description = "The alert")),
    responses((status = 200, body = schema::AlertView), Refusals))]
pub(super) async fn tell(
    State(state): State<AppState>,
    caller: Caller,
    Path(alert): Path<String>,
) -> Result<Json<AlertView>, Problem> {
    Ok(Json(state.service.tell(&caller.actor, id(&alert)?).await?))
}

/// What a nodal officer decides.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    /// Whether the comparison goes on.
    allow: bool,
}

/// Let a comparison beyond the limits go on, or not.
#[utoipa::path(post, path = "/comparisons/{id}/decide", tag = "alerts",
    params(("id" = String, Path, description = "The comparison")), request_body = Decision,
    responses((status = 204, description = "Done"), Refusals))]
pub(super) async fn decide(
    State(state): State<AppState>,
    caller: Caller,
    Path(comparison): Path<String>,
    Body(decision): Body<Decision>,
) -> Result<StatusCode, Problem> {
    state.service.decide_comparison(&caller.actor, id(&comparison)?, decision.allow).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Say that you have seen what went wrong with a comparison.
#[utoipa::path(post, path = "/comparisons/{id}/seen", tag = "alerts",
    params(("id" = String, Path, description = "The comparison")), responses((status = 204, description = "Done"), Refusals))]
pub(super) async fn seen(
    State(state): State<AppState>,
    caller: Caller,
    Path(comparison): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.comparison_seen(&caller.actor, id(&comparison)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The answer to a unit that asked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    /// `yes`, `no` or `later`.
    #[schema(value_type = schema::AlertAnswer)]
    answer: AlertAnswer,
}

/// Answer the other unit's wish for contact.
#[utoipa::path(post, path = "/alerts/{id}/answer", tag = "alerts", params(("id" = String, Path, description = "The alert")),
    request_body = Answer, responses((status = 200, body = schema::AlertView), Refusals))]
pub(super) async fn answer(
    State(state): State<AppState>,
    caller: Caller,
    Path(alert): Path<String>,
    Body(answer): Body<Answer>,
) -> Result<Json<AlertView>, Problem> {
    Ok(Json(state.service.answer(&caller.actor, id(&alert)?, answer.answer).await?))
}
