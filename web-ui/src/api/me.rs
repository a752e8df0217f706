//! Who one is, and one's own password.
//! Not other people's accounts: see `accounts`.

use super::body::{Body, secret};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use icmc_node::service::{Me, ServiceError};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default().get("/me", me).post("/me/password", change)
}

/// Who one is, and at which unit.
#[utoipa::path(get, path = "/me", tag = "me", responses((status = 200, body = schema::Me), Refusals))]
pub(super) async fn me(State(state): State<AppState>, caller: Caller) -> Result<Json<Me>, Problem> {
    Ok(Json(state.service.me(&caller.actor)?))
}

/// The old and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Passwords {
    /// The present one.
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String, format = Password)]
    current: SecretString,
    /// The new one: 15 characters or more.
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String, format = Password)]
    new: SecretString,
}

/// Choose a new password. It ends every session of the account: sign in again.
#[utoipa::path(post, path = "/me/password", tag = "me", request_body = Passwords,
    responses((status = 204, description = "Changed"), Refusals))]
pub(super) async fn change(
    State(state): State<AppState>,
    caller: Caller,
    Body(body): Body<Passwords>,
) -> Result<StatusCode, Problem> {
    match state.service.change_password(&caller.actor, body.current, body.new).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(ServiceError::WrongCredentials) => Err(Problem::field("current", "the present password")),
        Err(other) => Err(other.into()),
    }
}
