//! Searching cases. The words are in the body, so that no name stands in an address.
//! Not the list of cases by codes: that is `cases`.

use super::body::Body;
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use icmc_node::service::model::{SearchHit, SearchQuery};

pub(super) fn routes() -> Routes {
    Routes::default().post("/cases/search", search)
}

/// Search own and received cases by number, name in any script or by sound, phone, identity paper.
#[utoipa::path(post, path = "/cases/search", tag = "cases", request_body = schema::SearchQuery,
    responses((status = 200, body = Vec<schema::SearchHit>), Refusals))]
pub(super) async fn search(
    State(state): State<AppState>,
    caller: Caller,
    Body(query): Body<SearchQuery>,
) -> Result<Json<Vec<SearchHit>>, Problem> {
    Ok(Json(state.service.search(&caller.actor, query).await?))
}
