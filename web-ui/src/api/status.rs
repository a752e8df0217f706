//! How this node is doing.
//! Not whether the process lives: that is `/healthz`, which needs no session.

use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use icmc_node::service::Status;

pub(super) fn routes() -> Routes {
    Routes::default().get("/status", status)
}

/// How this node is doing: federation, network, what waits.
#[utoipa::path(get, path = "/status", tag = "status", responses((status = 200, body = schema::Status), Refusals))]
pub(super) async fn status(State(state): State<AppState>, caller: Caller) -> Result<Json<Status>, Problem> {
    Ok(Json(state.service.status(&caller.actor).await?))
}
