//! The people of this unit who may sign in: for administrators.
//! Nobody chooses another person's password: a new one is made here and works once.

use super::body::{Body, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::accounts::{NewAccount, OneTimePassword, Role};
use icmc_node::service::AccountView;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/accounts", list)
        .post("/accounts", add)
        .post("/accounts/{id}/reset", reset)
        .put("/accounts/{id}/role", role)
        .post("/accounts/{id}/disable", disable)
        .post("/accounts/{id}/enable", enable)
}

/// A password for one sign-in.
#[derive(Serialize, ToSchema)]
pub(super) struct OneTime {
    /// Shown this once; has to be changed at the first sign-in.
    one_time_password: String,
}

impl From<OneTimePassword> for OneTime {
    fn from(password: OneTimePassword) -> Self {
        Self { one_time_password: password.0.expose_secret().to_owned() }
    }
}

/// Every account.
#[utoipa::path(get, path = "/accounts", tag = "accounts", responses((status = 200, body = Vec<schema::AccountView>), Refusals))]
pub(super) async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Vec<AccountView>>, Problem> {
    Ok(Json(state.service.accounts(&caller.actor).await?))
}

/// Add an account.
#[utoipa::path(post, path = "/accounts", tag = "accounts", request_body = schema::NewAccount,
    responses((status = 201, description = "Added", body = OneTime), Refusals))]
pub(super) async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Body(new): Body<NewAccount>,
) -> Result<(StatusCode, Json<OneTime>), Problem> {
    let password = state.service.add_account(&caller.actor, new).await?;
    Ok((StatusCode::CREATED, Json(password.into())))
}

/// End an account's sessions and make a new password for one sign-in.
#[utoipa::path(post, path = "/accounts/{id}/reset", tag = "accounts", params(("id" = String, Path, description = "The account")),
    responses((status = 200, body = OneTime), Refusals))]
pub(super) async fn reset(
    State(state): State<AppState>,
    caller: Caller,
    Path(account): Path<String>,
) -> Result<Json<OneTime>, Problem> {
    Ok(Json(state.service.reset_account(&caller.actor, id(&account)?).await?.into()))
}

/// Another role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRole {
    /// Holds at once.
    #[schema(value_type = schema::Role)]
    role: Role,
}

/// Give an account another role.
#[utoipa::path(put, path = "/accounts/{id}/role", tag = "accounts", params(("id" = String, Path, description = "The account")),
    request_body = NewRole, responses((status = 204, description = "Done"), Refusals))]
pub(super) async fn role(
    State(state): State<AppState>,
    caller: Caller,
    Path(account): Path<String>,
    Body(new): Body<NewRole>,
) -> Result<StatusCode, Problem> {
    state.service.set_role(&caller.actor, id(&account)?, new.role).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keep an account from signing in, at once.
#[utoipa::path(post, path = "/accounts/{id}/disable", tag = "accounts", params(("id" = String, Path, description = "The account")),
    responses((status = 204, description = "Disabled"), Refusals))]
pub(super) async fn disable(
    State(state): State<AppState>,
    caller: Caller,
    Path(account): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.disable_account(&caller.actor, id(&account)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a disabled account sign in again.
#[utoipa::path(post, path = "/accounts/{id}/enable", tag = "accounts", params(("id" = String, Path, description = "The account")),
    responses((status = 204, description = "Enabled"), Refusals))]
pub(super) async fn enable(
    State(state): State<AppState>,
    caller: Caller,
    Path(account): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.enable_account(&caller.actor, id(&account)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
