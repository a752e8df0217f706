//! What happened in a case: who, when, which unit. Labels only; values stand in the case.
//! Not the audit, which says who looked.

use super::body::id;
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use icmc_node::service::model::StepView;

pub(super) fn routes() -> Routes {
    Routes::default().get("/cases/{id}/timeline", timeline)
}

/// The entries of a case in the order in which they count.
#[utoipa::path(get, path = "/cases/{id}/timeline", tag = "cases", params(("id" = String, Path, description = "The case")),
    responses((status = 200, body = Vec<schema::StepView>), Refusals))]
pub(super) async fn timeline(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<Json<Vec<StepView>>, Problem> {
    Ok(Json(state.service.timeline(&caller.actor, id(&case)?).await?))
}
