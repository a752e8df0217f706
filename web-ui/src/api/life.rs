//! Who sees a case and why; contributions of this unit; what two persons decide.
//! Shares themselves are in `shares`.

use super::body::{Body, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::service::model::{ContributedView, DecisionRequest, DecisionView, TermsRequest, WhoSees};
use icmc_protocol::ids::EntityId;
use serde::Serialize;
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/cases/{id}/who", who)
        .get("/cases/{id}/contributed", contributed)
        .put("/cases/{id}/contributed/terms", terms)
        .post("/cases/{id}/contributed/{entry}/take-back", take_back)
        .get("/cases/{id}/decisions", decisions)
        .post("/cases/{id}/decisions", ask)
        .post("/cases/{id}/decisions/{decision}/agree", agree)
        .post("/cases/{id}/decisions/{decision}/disagree", disagree)
}

/// Who can see a case, and why: other units with their shares, and people of this unit.
#[utoipa::path(get, path = "/cases/{id}/who", tag = "shares", params(("id" = String, Path, description = "The case")),
    responses((status = 200, body = schema::WhoSees), Refusals))]
pub(super) async fn who(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<Json<WhoSees>, Problem> {
    Ok(Json(state.service.who_sees(&caller.actor, id(&case)?).await?))
}

/// What this unit wrote in a case of another, and what became of it.
#[utoipa::path(get, path = "/cases/{id}/contributed", tag = "shares", params(("id" = String, Path, description = "The case")),
    responses((status = 200, body = Vec<schema::ContributedView>), Refusals))]
pub(super) async fn contributed(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<Json<Vec<ContributedView>>, Problem> {
    Ok(Json(state.service.contributed(&caller.actor, id(&case)?).await?))
}

/// Say what the owner of a case may do with what you contribute from now on.
#[utoipa::path(put, path = "/cases/{id}/contributed/terms", tag = "shares", params(("id" = String, Path, description = "The case")),
    request_body = schema::TermsRequest, responses((status = 204, description = "Holds from now on"), Refusals))]
pub(super) async fn terms(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
    Body(terms): Body<TermsRequest>,
) -> Result<StatusCode, Problem> {
    state.service.contribution_terms(&caller.actor, id(&case)?, terms).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a contribution back: the owner destroys it, and so does whoever had it from there.
#[utoipa::path(post, path = "/cases/{id}/contributed/{entry}/take-back", tag = "shares",
    params(("id" = String, Path, description = "The case"), ("entry" = String, Path, description = "The entry")),
    responses((status = 204, description = "Taken back"), Refusals))]
pub(super) async fn take_back(
    State(state): State<AppState>,
    caller: Caller,
    Path((case, entry)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    state.service.take_back(&caller.actor, id(&case)?, id(&entry)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What two persons have decided about a case, or one has asked for.
#[utoipa::path(get, path = "/cases/{id}/decisions", tag = "lifecycle", params(("id" = String, Path, description = "The case")),
    responses((status = 200, body = Vec<schema::DecisionView>), Refusals))]
pub(super) async fn decisions(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<Json<Vec<DecisionView>>, Problem> {
    Ok(Json(state.service.decisions(&caller.actor, id(&case)?).await?))
}

/// The id of what was asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct Asked {
    /// 32 hexadecimal digits.
    #[schema(value_type = String)]
    id: EntityId,
}

/// Ask for something that a second person has to agree to.
#[utoipa::path(post, path = "/cases/{id}/decisions", tag = "lifecycle", params(("id" = String, Path, description = "The case")),
    request_body = schema::DecisionRequest, responses((status = 201, description = "Waits for a second person", body = Asked), Refusals))]
pub(super) async fn ask(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
    Body(wanted): Body<DecisionRequest>,
) -> Result<(StatusCode, Json<Asked>), Problem> {
    let id = state.service.ask_second(&caller.actor, id(&case)?, wanted).await?;
    Ok((StatusCode::CREATED, Json(Asked { id })))
}

/// Agree to what another person asked for.
#[utoipa::path(post, path = "/cases/{id}/decisions/{decision}/agree", tag = "lifecycle",
    params(("id" = String, Path, description = "The case"), ("decision" = String, Path, description = "What was asked for")),
    responses((status = 204, description = "Holds now"), Refusals))]
pub(super) async fn agree(
    State(state): State<AppState>,
    caller: Caller,
    Path((case, decision)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    state.service.agree(&caller.actor, id(&case)?, id(&decision)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take what waits for a second person off the list.
#[utoipa::path(post, path = "/cases/{id}/decisions/{decision}/disagree", tag = "lifecycle",
    params(("id" = String, Path, description = "The case"), ("decision" = String, Path, description = "What was asked for")),
    responses((status = 204, description = "Off the list"), Refusals))]
pub(super) async fn disagree(
    State(state): State<AppState>,
    caller: Caller,
    Path((case, decision)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    state.service.disagree(&caller.actor, id(&case)?, id(&decision)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
