//! Cases: entering, listing, one case, who works on it.
//! Changes in a case are in `changes`, its end in `lifecycle`.

use super::body::{Body, Params, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::accounts::AccountId;
use icmc_node::service::Colleague;
use icmc_node::service::model::{CaseFilter, CaseSummary, CaseView, NewCase, Page};
use icmc_protocol::ids::CaseId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default()
        .post("/cases", create)
        .get("/cases", list)
        .get("/cases/{id}", one)
        .put("/cases/{id}/team", team)
        .get("/colleagues", colleagues)
}

/// The id of a new case.
#[derive(Serialize, ToSchema)]
pub(super) struct Created {
    /// 64 hexadecimal digits.
    #[schema(value_type = String)]
    id: CaseId,
}

/// Enter a case with its people, legs, stages and notes: all of it, or nothing and every fault named.
#[utoipa::path(post, path = "/cases", tag = "cases", request_body = schema::NewCase,
    responses((status = 201, description = "Entered", body = Created), Refusals))]
pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Body(new): Body<NewCase>,
) -> Result<(StatusCode, Json<Created>), Problem> {
    let id = state.service.create_case(&caller.actor, new).await?;
    Ok((StatusCode::CREATED, Json(Created { id })))
}

/// The cases that you may see, newest change first, 50 a page.
#[utoipa::path(get, path = "/cases", tag = "cases", params(schema::CaseFilter),
    responses((status = 200, body = schema::CasePage), Refusals))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Params(filter): Params<CaseFilter>,
) -> Result<Json<Page<CaseSummary>>, Problem> {
    Ok(Json(state.service.cases(&caller.actor, filter).await?))
}

/// One case with everything in it that you may see.
#[utoipa::path(get, path = "/cases/{id}", tag = "cases", params(("id" = String, Path, description = "The case")),
    responses((status = 200, body = schema::CaseView), Refusals))]
pub(super) async fn one(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<Json<CaseView>, Problem> {
    Ok(Json(state.service.case(&caller.actor, id(&case)?).await?))
}

/// Who works on a case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Team {
    /// Accounts of this unit, beside the one who entered the case.
    #[schema(value_type = Vec<String>)]
    accounts: Vec<AccountId>,
}

/// Say who works on a case. Whoever is left out no longer sees it.
#[utoipa::path(put, path = "/cases/{id}/team", tag = "cases", params(("id" = String, Path, description = "The case")),
    request_body = Team, responses((status = 204, description = "Done"), Refusals))]
pub(super) async fn team(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
    Body(team): Body<Team>,
) -> Result<StatusCode, Problem> {
    state.service.set_team(&caller.actor, id(&case)?, team.accounts).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who can be put on the team of a case.
#[utoipa::path(get, path = "/colleagues", tag = "cases", responses((status = 200, body = Vec<schema::Colleague>), Refusals))]
pub(super) async fn colleagues(State(state): State<AppState>, caller: Caller) -> Result<Json<Vec<Colleague>>, Problem> {
    Ok(Json(state.service.colleagues(&caller.actor).await?))
}
