//! Shares given: what the other side would see, giving, listing, recalling; and admitting what it contributes.
//! Shares received are in `inbox`.

use super::body::{Body, Params, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::service::ServiceError;
use icmc_node::service::model::{PersonRequest, SharePreview, ShareRequest, ShareView};
use icmc_protocol::ids::{CaseId, Commitment, ShareId, UnitId};
use icmc_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub(super) fn routes() -> Routes {
    Routes::default()
        .post("/cases/{id}/shares/preview", preview)
        .post("/cases/{id}/shares", create)
        .get("/cases/{id}/shares", of_case)
        .get("/shares", list)
        .get("/shares/ending", ending)
        .post("/cases/{id}/shares/{share}/revise", revise)
        .post("/shares/{id}/recall", recall)
        .post("/cases/{id}/contributions/{entry}/admit", admit)
}

/// What one peer is to have of the case, until when, and what for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewShare {
    /// The unit.
    #[schema(value_type = String)]
    to: UnitId,
    /// More units that are given the same, each a share of its own: all or none. Not for a revision or a preview.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    also: Vec<UnitId>,
    /// Who is named, each on what ground.
    #[serde(default)]
    #[schema(value_type = Vec<schema::PersonRequest>)]
    persons: Vec<PersonRequest>,
    /// Section ids of the dictionary.
    #[serde(default)]
    sections: Vec<String>,
    /// Share classes: `S`, `B`, `I`.
    #[serde(default)]
    classes: Vec<String>,
    /// Restricted values, one by one, by their commitment.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    items: Vec<Commitment>,
    /// `read` or `contribute`.
    rights: String,
    /// `verification`, `referral`, `repatriation` or `investigation`.
    purpose: String,
    /// `H0` to `H3`.
    handling: String,
    /// May it be passed on: `none`, `ask`, `allowed`.
    onward: String,
    /// When it ends by itself; milliseconds UTC. Or `days`.
    #[serde(default)]
    #[schema(value_type = Option<u64>)]
    expires: Option<Timestamp>,
    /// The same in days from now.
    #[serde(default)]
    days: Option<u32>,
    /// A word to the receiver.
    #[serde(default)]
    note: String,
}

impl NewShare {
    fn of(self, case: CaseId) -> ShareRequest {
        let Self { to, also: _, persons, sections, classes, items, rights, purpose, handling, onward, expires, days, note } =
            self;
        ShareRequest { case, to, persons, sections, classes, items, rights, purpose, handling, onward, expires, days, note }
    }
}

/// The id of a new share.
#[derive(Serialize, ToSchema)]
pub(super) struct Shared {
    /// 32 hexadecimal digits.
    #[schema(value_type = String)]
    id: ShareId,
    /// All that were made, this one first.
    #[schema(value_type = Vec<String>)]
    ids: Vec<ShareId>,
}

/// The number of a revision.
#[derive(Serialize, ToSchema)]
pub(super) struct Revised {
    /// The share itself was 0.
    revision: u64,
}

/// Within how many days.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Within {
    /// From now; 7 if nothing is said.
    days: Option<u32>,
}

/// Exactly what the other unit would see. Nothing is sent.
#[utoipa::path(post, path = "/cases/{id}/shares/preview", tag = "shares", params(("id" = String, Path, description = "The case")),
    request_body = NewShare, responses((status = 200, body = schema::SharePreview), Refusals))]
pub(super) async fn preview(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
    Body(share): Body<NewShare>,
) -> Result<Json<SharePreview>, Problem> {
    Ok(Json(state.service.share_preview(&caller.actor, share.of(id(&case)?)).await?))
}

/// Share a case with a confirmed peer.
#[utoipa::path(post, path = "/cases/{id}/shares", tag = "shares", params(("id" = String, Path, description = "The case")),
    request_body = NewShare, responses((status = 201, description = "On its way", body = Shared), Refusals))]
pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
    Body(share): Body<NewShare>,
) -> Result<(StatusCode, Json<Shared>), Problem> {
    let also = share.also.clone();
    let ids = state.service.share_with(&caller.actor, share.of(id(&case)?), also).await?;
    let id = ids.first().copied().ok_or(ServiceError::Internal)?;
    Ok((StatusCode::CREATED, Json(Shared { id, ids })))
}

/// Give a share other terms: more, less, or longer. What it lacks is filled in; what it loses is destroyed, with a receipt.
#[utoipa::path(post, path = "/cases/{id}/shares/{share}/revise", tag = "shares",
    params(("id" = String, Path, description = "The case"), ("share" = String, Path, description = "The share")),
    request_body = NewShare, responses((status = 200, description = "On its way", body = Revised), Refusals))]
pub(super) async fn revise(
    State(state): State<AppState>,
    caller: Caller,
    Path((case, share)): Path<(String, String)>,
    Body(terms): Body<NewShare>,
) -> Result<Json<Revised>, Problem> {
    let revision = state.service.share_revise(&caller.actor, id(&share)?, terms.of(id(&case)?)).await?;
    Ok(Json(Revised { revision }))
}

/// Open shares that end soon, the next one first.
#[utoipa::path(get, path = "/shares/ending", tag = "shares", params(Within),
    responses((status = 200, body = Vec<schema::ShareView>), Refusals))]
pub(super) async fn ending(
    State(state): State<AppState>,
    caller: Caller,
    Params(within): Params<Within>,
) -> Result<Json<Vec<ShareView>>, Problem> {
    Ok(Json(state.service.shares_ending(&caller.actor, within.days.unwrap_or(7)).await?))
}

/// The shares given of a case.
#[utoipa::path(get, path = "/cases/{id}/shares", tag = "shares", params(("id" = String, Path, description = "The case")),
    responses((status = 200, body = Vec<schema::ShareView>), Refusals))]
pub(super) async fn of_case(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<Json<Vec<ShareView>>, Problem> {
    Ok(Json(state.service.shares(&caller.actor, id(&case)?).await?))
}

/// The shares given of all cases that you may see.
#[utoipa::path(get, path = "/shares", tag = "shares", responses((status = 200, body = Vec<schema::ShareView>), Refusals))]
pub(super) async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Vec<ShareView>>, Problem> {
    Ok(Json(state.service.share_list(&caller.actor).await?))
}

/// End a share: the other unit is asked to destroy its key, and answers with a signed receipt.
#[utoipa::path(post, path = "/shares/{id}/recall", tag = "shares", params(("id" = String, Path, description = "The share")),
    responses((status = 204, description = "Recalled"), Refusals))]
pub(super) async fn recall(
    State(state): State<AppState>,
    caller: Caller,
    Path(share): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.recall(&caller.actor, id(&share)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a contribution of another unit count.
#[utoipa::path(post, path = "/cases/{id}/contributions/{entry}/admit", tag = "shares",
    params(("id" = String, Path, description = "The case"), ("entry" = String, Path, description = "The entry")),
    responses((status = 204, description = "Admitted"), Refusals))]
pub(super) async fn admit(
    State(state): State<AppState>,
    caller: Caller,
    Path((case, entry)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    state.service.admit(&caller.actor, id(&case)?, id(&entry)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
