//! One person of a case.
//! There is no list of persons: people are found through cases.

use super::body::id;
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use icmc_node::service::model::PersonPage;

pub(super) fn routes() -> Routes {
    Routes::default().get("/persons/{id}", person)
}

/// A person with the case it belongs to and all that is said of it there.
#[utoipa::path(get, path = "/persons/{id}", tag = "cases", params(("id" = String, Path, description = "The person")),
    responses((status = 200, body = schema::PersonPage), Refusals))]
pub(super) async fn person(
    State(state): State<AppState>,
    caller: Caller,
    Path(person): Path<String>,
) -> Result<Json<PersonPage>, Problem> {
    Ok(Json(state.service.person(&caller.actor, id(&person)?).await?))
}
