//! Closing, reopening, deleting a case, and undoing a deletion.
//! What a closed case means for matching and shares is decided behind the service.

use super::body::{Body, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::service::model::Undo;
use serde::Deserialize;
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default()
        .post("/cases/{id}/close", close)
        .post("/cases/{id}/reopen", reopen)
        .post("/cases/{id}/delete", delete)
        .post("/cases/{id}/restore", restore)
}

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    /// A code of the dictionary's list of reasons.
    reason: String,
}

/// Close a case.
#[utoipa::path(post, path = "/cases/{id}/close", tag = "lifecycle", params(("id" = String, Path, description = "The case")),
    request_body = Reason, responses((status = 204, description = "Closed"), Refusals))]
pub(super) async fn close(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
    Body(why): Body<Reason>,
) -> Result<StatusCode, Problem> {
    state.service.close_case(&caller.actor, id(&case)?, &why.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reopen a closed case.
#[utoipa::path(post, path = "/cases/{id}/reopen", tag = "lifecycle", params(("id" = String, Path, description = "The case")),
    responses((status = 204, description = "Open again"), Refusals))]
pub(super) async fn reopen(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.reopen_case(&caller.actor, id(&case)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a case. For a while that can be undone.
#[utoipa::path(post, path = "/cases/{id}/delete", tag = "lifecycle", params(("id" = String, Path, description = "The case")),
    responses((status = 200, body = schema::Undo), Refusals))]
pub(super) async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<Json<Undo>, Problem> {
    Ok(Json(state.service.delete_case(&caller.actor, id(&case)?).await?))
}

/// Undo a deletion.
#[utoipa::path(post, path = "/cases/{id}/restore", tag = "lifecycle", params(("id" = String, Path, description = "The case")),
    responses((status = 204, description = "There again"), Refusals))]
pub(super) async fn restore(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.undo_delete(&caller.actor, id(&case)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
