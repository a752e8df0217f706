//! Disclosure rooms of alerts: how far one has come, what could be told in it, yes, no and stop.
//! "Not the same" is closing the alert with that outcome; a share in the last step ends the room.

use super::body::{Body, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use icmc_node::service::model::{RoomChoiceView, RoomNo, RoomView, RoomYes};
use serde::Deserialize;
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/alerts/{id}/room", one)
        .get("/alerts/{id}/room/choices", choices)
        .post("/alerts/{id}/room/yes", yes)
        .post("/alerts/{id}/room/no", no)
        .post("/alerts/{id}/room/stop", stop)
}

/// The disclosure room of an alert, also before anybody has spoken in it.
#[utoipa::path(get, path = "/alerts/{id}/room", tag = "alerts", params(("id" = String, Path, description = "The alert")),
    responses((status = 200, body = schema::RoomView), Refusals))]
pub(super) async fn one(
    State(state): State<AppState>,
    caller: Caller,
    Path(alert): Path<String>,
) -> Result<Json<RoomView>, Problem> {
    Ok(Json(state.service.room(&caller.actor, id(&alert)?).await?))
}

/// The values of your person that could be told in the last step.
#[utoipa::path(get, path = "/alerts/{id}/room/choices", tag = "alerts", params(("id" = String, Path, description = "The alert")),
    responses((status = 200, body = Vec<schema::RoomChoiceView>), Refusals))]
pub(super) async fn choices(
    State(state): State<AppState>,
    caller: Caller,
    Path(alert): Path<String>,
) -> Result<Json<Vec<RoomChoiceView>>, Problem> {
    Ok(Json(state.service.room_choices(&caller.actor, id(&alert)?).await?))
}

/// Say yes to the next step, with what you tell in it. It goes once the other unit has said yes, too.
#[utoipa::path(post, path = "/alerts/{id}/room/yes", tag = "alerts", params(("id" = String, Path, description = "The alert")),
    request_body = schema::RoomYes, responses((status = 200, body = schema::RoomView), Refusals))]
pub(super) async fn yes(
    State(state): State<AppState>,
    caller: Caller,
    Path(alert): Path<String>,
    Body(yes): Body<RoomYes>,
) -> Result<Json<RoomView>, Problem> {
    Ok(Json(state.service.room_yes(&caller.actor, id(&alert)?, yes).await?))
}

/// Say no to the next step, and why. A yes may follow.
#[utoipa::path(post, path = "/alerts/{id}/room/no", tag = "alerts", params(("id" = String, Path, description = "The alert")),
    request_body = schema::RoomNo, responses((status = 200, body = schema::RoomView), Refusals))]
pub(super) async fn no(
    State(state): State<AppState>,
    caller: Caller,
    Path(alert): Path<String>,
    Body(no): Body<RoomNo>,
) -> Result<Json<RoomView>, Problem> {
    Ok(Json(state.service.room_no(&caller.actor, id(&alert)?, no).await?))
}

/// Why a room is stopped.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Stop {
    /// In words, for the other unit; may be empty.
    #[serde(default)]
    text: String,
}

/// Stop the room. What was received is deleted on both sides.
#[utoipa::path(post, path = "/alerts/{id}/room/stop", tag = "alerts", params(("id" = String, Path, description = "The alert")),
    request_body = Stop, responses((status = 200, body = schema::RoomView), Refusals))]
pub(super) async fn stop(
    State(state): State<AppState>,
    caller: Caller,
    Path(alert): Path<String>,
    Body(stop): Body<Stop>,
) -> Result<Json<RoomView>, Problem> {
    Ok(Json(state.service.room_stop(&caller.actor, id(&alert)?, stop.text).await?))
}
