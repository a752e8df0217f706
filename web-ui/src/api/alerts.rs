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
use icmc_node::service::model::{AlertAnswer, AlertStep, AlertView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/alerts", list)
        .post("/alerts/{id}/state", step)
        .post("/alerts/{id}/ask", ask)
        .post("/alerts/{id}/answer", answer)
}

/// Alerts, and how complete they are.
#[derive(Serialize, ToSchema)]
pub(super) struct Alerts {
    /// Newest first.
    #[schema(value_type = Vec<schema::AlertView>)]
    alerts: Vec<AlertView>,
    /// Units whose fingerprints have not all arrived: with them there may be matches that nobody sees yet.
    incomplete: Vec<String>,
}

/// The alerts about people in cases that you may see.
#[utoipa::path(get, path = "/alerts", tag = "alerts", responses((status = 200, body = Alerts), Refusals))]
pub(super) async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Alerts>, Problem> {
    let alerts = state.service.alerts(&caller.actor).await?;
    let incomplete = state.service.incomplete()?;
    Ok(Json(Alerts { alerts, incomplete }))
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
