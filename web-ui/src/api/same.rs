//! The same person in two cases of this unit: who may be, deciding it, and pairs that only the nodal officer is told of.
//! Not matches with other units: those are `alerts`.

use super::body::{Body, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::service::model::{AlikeFound, AlikeQuery, NotedView, SameRequest, SameView};

pub(super) fn routes() -> Routes {
    Routes::default()
        .post("/persons/alike", alike)
        .get("/cases/{id}/same", of_case)
        .post("/cases/{id}/same", decide)
        .get("/alerts/within", within)
}

/// Who in the cases that you may see may be somebody who is not entered yet: side by side, surest first.
#[utoipa::path(post, path = "/persons/alike", tag = "cases", request_body = schema::AlikeQuery,
    responses((status = 200, body = schema::AlikeFound), Refusals))]
pub(super) async fn alike(
    State(state): State<AppState>,
    caller: Caller,
    Body(query): Body<AlikeQuery>,
) -> Result<Json<AlikeFound>, Problem> {
    Ok(Json(state.service.alike(&caller.actor, query).await?))
}

/// The people of a case, each with those in other cases that you may see who may be the same, and what was decided about them.
#[utoipa::path(get, path = "/cases/{id}/same", tag = "cases", params(("id" = String, Path, description = "The case")),
    responses((status = 200, body = schema::SameView), Refusals))]
pub(super) async fn of_case(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<Json<SameView>, Problem> {
    Ok(Json(state.service.same(&caller.actor, id(&case)?).await?))
}

/// Say that two persons are the same, that they are not, or undo either. Neither case is changed.
#[utoipa::path(post, path = "/cases/{id}/same", tag = "cases", params(("id" = String, Path, description = "The case")),
    request_body = schema::SameRequest, responses((status = 204, description = "Done"), Refusals))]
pub(super) async fn decide(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
    Body(request): Body<SameRequest>,
) -> Result<StatusCode, Problem> {
    state.service.decide_same(&caller.actor, id(&case)?, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Pairs of cases of this unit that may hold the same person, where not everybody at work on one sees the other. For the nodal
/// officer alone.
#[utoipa::path(get, path = "/alerts/within", tag = "alerts", responses((status = 200, body = Vec<schema::NotedView>), Refusals))]
pub(super) async fn within(State(state): State<AppState>, caller: Caller) -> Result<Json<Vec<NotedView>>, Problem> {
    Ok(Json(state.service.noted_pairs(&caller.actor).await?))
}
