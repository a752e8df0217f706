//! Writing in a case: any entity, any field. In a received case it becomes a contribution.
//! Which fields there are is the dictionary's business.

use super::body::{Body, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::service::model::ChangeRequest;
use icmc_protocol::ids::EntityId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default().post("/cases/{id}/changes", change)
}

/// Changes that are saved together.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Changes {
    /// In order: a later one may name a new entity of an earlier one by its `ref`.
    #[schema(value_type = Vec<schema::ChangeRequest>)]
    changes: Vec<ChangeRequest>,
}

/// What was changed.
#[derive(Serialize, ToSchema)]
pub(super) struct Changed {
    /// The entity of each change, in the order of the request.
    #[schema(value_type = Vec<String>)]
    entities: Vec<EntityId>,
}

/// Change entities of a case, add new ones, remove or bring back: all of it or nothing.
#[utoipa::path(post, path = "/cases/{id}/changes", tag = "cases", params(("id" = String, Path, description = "The case")),
    request_body = Changes, responses((status = 201, description = "Saved", body = Changed), Refusals))]
pub(super) async fn change(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
    Body(body): Body<Changes>,
) -> Result<(StatusCode, Json<Changed>), Problem> {
    let entities = state.service.change(&caller.actor, id(&case)?, body.changes).await?;
    Ok((StatusCode::CREATED, Json(Changed { entities })))
}
