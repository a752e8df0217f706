//! What other units shared: looking at it, accepting, declining.
//! An accepted share is a case like others: see `cases`.

use super::body::{Body, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::service::model::{InboxItem, InboxPreview};
use icmc_protocol::ids::CaseId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/inbox", list)
        .get("/inbox/{id}", preview)
        .post("/inbox/{id}/accept", accept)
        .post("/inbox/{id}/decline", decline)
}

/// The shares received, newest first.
#[utoipa::path(get, path = "/inbox", tag = "inbox", responses((status = 200, body = Vec<schema::InboxItem>), Refusals))]
pub(super) async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Vec<InboxItem>>, Problem> {
    Ok(Json(state.service.inbox(&caller.actor).await?))
}

/// A received share before it is answered. The owner learns that it was looked at.
#[utoipa::path(get, path = "/inbox/{id}", tag = "inbox", params(("id" = String, Path, description = "The share")),
    responses((status = 200, body = schema::InboxPreview), Refusals))]
pub(super) async fn preview(
    State(state): State<AppState>,
    caller: Caller,
    Path(share): Path<String>,
) -> Result<Json<InboxPreview>, Problem> {
    Ok(Json(state.service.inbox_preview(&caller.actor, id(&share)?).await?))
}

/// The case that came with a share.
#[derive(Serialize, ToSchema)]
pub(super) struct Accepted {
    /// 64 hexadecimal digits.
    #[schema(value_type = String)]
    case: CaseId,
}

/// Accept a share: updates follow, and you are on the team of the case.
#[utoipa::path(post, path = "/inbox/{id}/accept", tag = "inbox", params(("id" = String, Path, description = "The share")),
    responses((status = 200, body = Accepted), Refusals))]
pub(super) async fn accept(
    State(state): State<AppState>,
    caller: Caller,
    Path(share): Path<String>,
) -> Result<Json<Accepted>, Problem> {
    let case = state.service.accept(&caller.actor, id(&share)?).await?;
    Ok(Json(Accepted { case }))
}

/// Why a share is not wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    /// The owner reads this.
    reason: String,
}

/// Decline a share; its key is destroyed here.
#[utoipa::path(post, path = "/inbox/{id}/decline", tag = "inbox", params(("id" = String, Path, description = "The share")),
    request_body = Why, responses((status = 204, description = "Declined"), Refusals))]
pub(super) async fn decline(
    State(state): State<AppState>,
    caller: Caller,
    Path(share): Path<String>,
    Body(why): Body<Why>,
) -> Result<StatusCode, Problem> {
    state.service.decline(&caller.actor, id(&share)?, &why.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
