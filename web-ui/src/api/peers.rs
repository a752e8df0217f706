//! The other units: who they are, safety words, inviting, joining, approving.
//! What travels between units is not here.

use super::body::{Body, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::service::model::{EndView, FormerView, IdentityView, JoinView, PeerView, ProposalView, WordsView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/peers", list)
        .get("/peers/identity", identity)
        .post("/peers/invite", invite)
        .post("/peers/join", join)
        .get("/peers/join", join_state)
        .get("/peers/proposals", proposals)
        .post("/peers/proposals/{hash}/approve", approve)
        .get("/peers/{unit}/words", words)
        .post("/peers/{unit}/confirm", confirm)
        .post("/peers/{unit}/release", release)
        .post("/peers/{unit}/let-in", let_in)
        .get("/peers/former", former)
        .post("/peers/{unit}/pause", pause)
        .post("/peers/{unit}/resume", resume)
        .get("/peers/{unit}/end", end_plan)
        .post("/peers/{unit}/end", end)
}

/// The other members of the federation.
#[utoipa::path(get, path = "/peers", tag = "peers", responses((status = 200, body = Vec<schema::PeerView>), Refusals))]
pub(super) async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Vec<PeerView>>, Problem> {
    Ok(Json(state.service.peers(&caller.actor).await?))
}

/// This unit, for a member that is to invite it.
#[utoipa::path(get, path = "/peers/identity", tag = "peers", responses((status = 200, body = schema::IdentityView), Refusals))]
pub(super) async fn identity(State(state): State<AppState>, caller: Caller) -> Result<Json<IdentityView>, Problem> {
    Ok(Json(state.service.identity(&caller.actor)?))
}

/// Who is to be invited.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Newcomer {
    /// The text from the newcomer's `GET /peers/identity`.
    genesis_text: String,
}

/// An invitation for one unit, for one use.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Invitation {
    /// The text to hand over.
    invitation: String,
}

/// Invite a unit.
#[utoipa::path(post, path = "/peers/invite", tag = "peers", request_body = Newcomer,
    responses((status = 201, description = "Invited", body = Invitation), Refusals))]
pub(super) async fn invite(
    State(state): State<AppState>,
    caller: Caller,
    Body(newcomer): Body<Newcomer>,
) -> Result<(StatusCode, Json<Invitation>), Problem> {
    let invitation = state.service.invite(&caller.actor, &newcomer.genesis_text).await?;
    Ok((StatusCode::CREATED, Json(Invitation { invitation })))
}

/// Join a federation by an invitation. It goes on in the background: see `GET /peers/join`.
#[utoipa::path(post, path = "/peers/join", tag = "peers", request_body = Invitation,
    responses((status = 202, description = "Asking", body = schema::JoinView), Refusals))]
pub(super) async fn join(
    State(state): State<AppState>,
    caller: Caller,
    Body(body): Body<Invitation>,
) -> Result<(StatusCode, Json<JoinView>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(state.service.join(&caller.actor, &body.invitation).await?)))
}

/// How far joining has come.
#[utoipa::path(get, path = "/peers/join", tag = "peers", responses((status = 200, body = schema::JoinView), Refusals))]
pub(super) async fn join_state(State(state): State<AppState>, caller: Caller) -> Result<Json<JoinView>, Problem> {
    Ok(Json(state.service.join_state(&caller.actor)?))
}

/// Units that are to be added, and who has said yes.
#[utoipa::path(get, path = "/peers/proposals", tag = "peers", responses((status = 200, body = Vec<schema::ProposalView>), Refusals))]
pub(super) async fn proposals(State(state): State<AppState>, caller: Caller) -> Result<Json<Vec<ProposalView>>, Problem> {
    Ok(Json(state.service.proposals(&caller.actor).await?))
}

/// Say yes to a unit that is to be added.
#[utoipa::path(post, path = "/peers/proposals/{hash}/approve", tag = "peers", params(("hash" = String, Path, description = "The proposal")),
    responses((status = 204, description = "Approved"), Refusals))]
pub(super) async fn approve(
    State(state): State<AppState>,
    caller: Caller,
    Path(hash): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.approve(&caller.actor, id(&hash)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The words to compare with another unit, by voice or face to face. Takes a second.
#[utoipa::path(get, path = "/peers/{unit}/words", tag = "peers", params(("unit" = String, Path, description = "The unit")),
    responses((status = 200, body = schema::WordsView), Refusals))]
pub(super) async fn words(
    State(state): State<AppState>,
    caller: Caller,
    Path(unit): Path<String>,
) -> Result<Json<WordsView>, Problem> {
    Ok(Json(state.service.safety_words(&caller.actor, id(&unit)?).await?))
}

/// Say that the words were compared and are the same.
#[utoipa::path(post, path = "/peers/{unit}/confirm", tag = "peers", params(("unit" = String, Path, description = "The unit")),
    responses((status = 204, description = "Confirmed here"), Refusals))]
pub(super) async fn confirm(
    State(state): State<AppState>,
    caller: Caller,
    Path(unit): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.confirm(&caller.actor, id(&unit)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// After a restore: do not wait for a unit. What it may hold of this unit beyond the backup is given up.
#[utoipa::path(post, path = "/peers/{unit}/release", tag = "peers", params(("unit" = String, Path, description = "The unit")),
    responses((status = 204, description = "Not waited for any more"), Refusals))]
pub(super) async fn release(
    State(state): State<AppState>,
    caller: Caller,
    Path(unit): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.release(&caller.actor, id(&unit)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a unit in again that was cut off for what it sent, at once, and forget that it was.
#[utoipa::path(post, path = "/peers/{unit}/let-in", tag = "peers", params(("unit" = String, Path, description = "The unit")),
    responses((status = 204, description = "Let in"), Refusals))]
pub(super) async fn let_in(
    State(state): State<AppState>,
    caller: Caller,
    Path(unit): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.let_in(&caller.actor, id(&unit)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Units that were members and are none any more.
#[utoipa::path(get, path = "/peers/former", tag = "peers", responses((status = 200, body = Vec<schema::FormerView>), Refusals))]
pub(super) async fn former(State(state): State<AppState>, caller: Caller) -> Result<Json<Vec<FormerView>>, Problem> {
    Ok(Json(state.service.former_peers(&caller.actor).await?))
}

/// Pause a unit: only what ends something goes to it and is taken from it. It is not told.
#[utoipa::path(post, path = "/peers/{unit}/pause", tag = "peers", params(("unit" = String, Path, description = "The unit")),
    responses((status = 204, description = "Paused"), Refusals))]
pub(super) async fn pause(
    State(state): State<AppState>,
    caller: Caller,
    Path(unit): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.pause(&caller.actor, id(&unit)?, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Go on with a paused unit.
#[utoipa::path(post, path = "/peers/{unit}/resume", tag = "peers", params(("unit" = String, Path, description = "The unit")),
    responses((status = 204, description = "Gone on with"), Refusals))]
pub(super) async fn resume(
    State(state): State<AppState>,
    caller: Caller,
    Path(unit): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.pause(&caller.actor, id(&unit)?, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What ending with a unit would end; nothing is changed.
#[utoipa::path(get, path = "/peers/{unit}/end", tag = "peers", params(("unit" = String, Path, description = "The unit")),
    responses((status = 200, body = schema::EndView), Refusals))]
pub(super) async fn end_plan(
    State(state): State<AppState>,
    caller: Caller,
    Path(unit): Path<String>,
) -> Result<Json<EndView>, Problem> {
    Ok(Json(state.service.end_plan(&caller.actor, id(&unit)?).await?))
}

/// How far to go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Ending {
    /// Ask the other members to leave the unit out of the federation, too.
    #[serde(default)]
    leave_out: bool,
}

/// End with a unit: recall every share given to it, withdraw every request to it, and pause it.
#[utoipa::path(post, path = "/peers/{unit}/end", tag = "peers", params(("unit" = String, Path, description = "The unit")),
    request_body = Ending, responses((status = 204, description = "Ended"), Refusals))]
pub(super) async fn end(
    State(state): State<AppState>,
    caller: Caller,
    Path(unit): Path<String>,
    Body(ending): Body<Ending>,
) -> Result<StatusCode, Problem> {
    state.service.end_with(&caller.actor, id(&unit)?, ending.leave_out).await?;
    Ok(StatusCode::NO_CONTENT)
}
