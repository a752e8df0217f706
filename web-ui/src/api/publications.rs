//! The directory and the materials: reading, publishing, withdrawing.
//! Nothing here is about a case.

use super::body::{Body, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::service::model::{EntryText, EntryView, MaterialText, MaterialView, PublishRequest};
use icmc_protocol::ids::PublicationId;
use serde::Serialize;
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/directory", directory)
        .post("/directory", publish_entry)
        .post("/directory/{id}/withdraw", withdraw_entry)
        .get("/materials", materials)
        .post("/materials", publish_material)
        .post("/materials/{id}/withdraw", withdraw_material)
}

/// Something that was published.
#[derive(Serialize, ToSchema)]
pub(super) struct PublishedAs {
    /// 32 hexadecimal digits, the same through all versions.
    #[schema(value_type = String)]
    id: PublicationId,
}

/// The directory: entries of this unit and of others, by name.
#[utoipa::path(get, path = "/directory", tag = "publications", responses((status = 200, body = Vec<schema::EntryView>), Refusals))]
pub(super) async fn directory(State(state): State<AppState>, caller: Caller) -> Result<Json<Vec<EntryView>>, Problem> {
    Ok(Json(state.service.directory(&caller.actor).await?))
}

/// Publish an entry, or its next version, to chosen peers. Nothing about a victim belongs here.
#[utoipa::path(post, path = "/directory", tag = "publications", request_body = schema::PublishEntry,
    responses((status = 201, body = PublishedAs), Refusals))]
pub(super) async fn publish_entry(
    State(state): State<AppState>,
    caller: Caller,
    Body(wanted): Body<PublishRequest<EntryText>>,
) -> Result<(StatusCode, Json<PublishedAs>), Problem> {
    let id = state.service.publish_entry(&caller.actor, wanted).await?;
    Ok((StatusCode::CREATED, Json(PublishedAs { id })))
}

/// Withdraw an entry of this unit: whoever has it deletes it.
#[utoipa::path(post, path = "/directory/{id}/withdraw", tag = "publications", params(("id" = String, Path, description = "The entry")),
    responses((status = 204, description = "Withdrawn"), Refusals))]
pub(super) async fn withdraw_entry(
    State(state): State<AppState>,
    caller: Caller,
    Path(entry): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.withdraw_entry(&caller.actor, id(&entry)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The materials of this unit and of others, by title.
#[utoipa::path(get, path = "/materials", tag = "publications", responses((status = 200, body = Vec<schema::MaterialView>), Refusals))]
pub(super) async fn materials(State(state): State<AppState>, caller: Caller) -> Result<Json<Vec<MaterialView>>, Problem> {
    Ok(Json(state.service.materials(&caller.actor).await?))
}

/// Publish a material, or its next version, to chosen peers.
#[utoipa::path(post, path = "/materials", tag = "publications", request_body = schema::PublishMaterial,
    responses((status = 201, body = PublishedAs), Refusals))]
pub(super) async fn publish_material(
    State(state): State<AppState>,
    caller: Caller,
    Body(wanted): Body<PublishRequest<MaterialText>>,
) -> Result<(StatusCode, Json<PublishedAs>), Problem> {
    let id = state.service.publish_material(&caller.actor, wanted).await?;
    Ok((StatusCode::CREATED, Json(PublishedAs { id })))
}

/// Withdraw a material of this unit.
#[utoipa::path(post, path = "/materials/{id}/withdraw", tag = "publications", params(("id" = String, Path, description = "The material")),
    responses((status = 204, description = "Withdrawn"), Refusals))]
pub(super) async fn withdraw_material(
    State(state): State<AppState>,
    caller: Caller,
    Path(material): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.withdraw_material(&caller.actor, id(&material)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
