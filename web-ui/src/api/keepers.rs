//! Keepers of the blinding key: who they are, wanting others, saying yes or no.
//! More evaluations for an import take two persons at one desk, so they are asked for on the page only.

use super::body::{Body, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::service::model::KeepersView;
use icmc_protocol::ids::UnitId;
use serde::Deserialize;
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/peers/keepers", list)
        .post("/peers/keepers", want)
        .post("/peers/keepers/{generation}/yes", yes)
        .post("/peers/keepers/{generation}/no", no)
}

/// Who keeps the blinding key, keys that are being generated, and what was asked of this keeper.
#[utoipa::path(get, path = "/peers/keepers", tag = "peers", responses((status = 200, body = schema::KeepersView), Refusals))]
pub(super) async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<KeepersView>, Problem> {
    Ok(Json(state.service.keepers(&caller.actor).await?))
}

/// Who is to keep the key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// The units, each once.
    keepers: Vec<String>,
    /// How many of them are needed to answer: more than half.
    threshold: u16,
}

/// Want another blinding key. A person at each keeper says yes; once it is generated the members are asked to approve it.
#[utoipa::path(post, path = "/peers/keepers", tag = "peers", request_body = Wanted,
    responses((status = 202, description = "Asked"), Refusals))]
pub(super) async fn want(
    State(state): State<AppState>,
    caller: Caller,
    Body(wanted): Body<Wanted>,
) -> Result<StatusCode, Problem> {
    let units = wanted.keepers.iter().map(|unit| id(unit)).collect::<Result<Vec<UnitId>, _>>()?;
    state.service.want_keepers(&caller.actor, wanted.threshold, units).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Say that this unit takes part in generating a key.
#[utoipa::path(post, path = "/peers/keepers/{generation}/yes", tag = "peers",
    params(("generation" = String, Path, description = "The generation")),
    responses((status = 204, description = "Takes part"), Refusals))]
pub(super) async fn yes(
    State(state): State<AppState>,
    caller: Caller,
    Path(generation): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.keep(&caller.actor, id(&generation)?, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Say that this unit does not take part, or take back what it wanted: the generation ends everywhere.
#[utoipa::path(post, path = "/peers/keepers/{generation}/no", tag = "peers",
    params(("generation" = String, Path, description = "The generation")),
    responses((status = 204, description = "Over"), Refusals))]
pub(super) async fn no(
    State(state): State<AppState>,
    caller: Caller,
    Path(generation): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.keep(&caller.actor, id(&generation)?, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
