//! Signing a program in and out.
//! Not the browser's session: a token from here is no cookie, and a cookie is no token.

use super::body::{Body, secret};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{Extensions, StatusCode};
use icmc_node::access::Actor;
use icmc_node::sessions::SessionKind;
use icmc_protocol::time::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default().post("/session", sign_in).delete("/session", sign_out)
}

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    /// The name to sign in with.
    sign_in: String,
    /// The password.
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// A session of a program.
#[derive(Serialize, ToSchema)]
pub(super) struct Session {
    /// 64 hexadecimal digits for `Authorization: Bearer`. Shown this once.
    token: String,
    /// Who signed in. Until the password is changed only that is allowed.
    #[schema(value_type = schema::Actor)]
    actor: Actor,
    /// When it ends unless it is used; milliseconds UTC.
    #[schema(value_type = u64)]
    expires_idle: Timestamp,
    /// When it ends in any case; milliseconds UTC.
    #[schema(value_type = u64)]
    expires_absolute: Timestamp,
}

/// Sign in. After a wrong password the next try has to wait longer each time.
#[utoipa::path(post, path = "/session", tag = "session", security(()), request_body = SignIn,
    responses((status = 201, description = "Signed in", body = Session), Refusals))]
pub(super) async fn sign_in(
    State(state): State<AppState>,
    extensions: Extensions,
    Body(body): Body<SignIn>,
) -> Result<(StatusCode, Json<Session>), Problem> {
    let address = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string()).unwrap_or_default();
    let signed_in = state.service.sign_in_from(&body.sign_in, body.password, SessionKind::Api, &address).await?;
    let session = Session {
        token: signed_in.token.expose_secret().to_owned(),
        actor: signed_in.actor,
        expires_idle: signed_in.expires_idle,
        expires_absolute: signed_in.expires_absolute,
    };
    Ok((StatusCode::CREATED, Json(session)))
}

/// Sign out: the token is worth nothing from now on.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204, description = "Signed out"), Refusals))]
pub(super) async fn sign_out(State(state): State<AppState>, caller: Caller) -> Result<StatusCode, Problem> {
    state.service.sign_out(caller.token.expose_secret()).await?;
    Ok(StatusCode::NO_CONTENT)
}
