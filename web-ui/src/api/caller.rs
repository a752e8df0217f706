//! Who calls the API: the bearer token in `Authorization`, and nothing else. A cookie is not looked at.
//! Signing in is `session`.

use super::problem::Problem;
use crate::state::AppState;
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use icmc_node::access::Actor;
use icmc_node::service::ServiceError;
use icmc_node::sessions::SessionKind;
use secrecy::{ExposeSecret as _, SecretString};

/// As an argument of a handler it refuses everybody else; it stands before whatever reads the request.
pub(super) struct Caller {
    /// Who.
    pub(super) actor: Actor,
    /// By which token.
    pub(super) token: SecretString,
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let mut sent = parts.headers.get_all(header::AUTHORIZATION).iter();
        let token = match (sent.next().and_then(|value| value.to_str().ok()), sent.next()) {
            (Some(value), None) => {
                value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim())
            }
            _ => None,
        };
        let token = SecretString::from(token.ok_or(ServiceError::NotSignedIn)?);
        let (actor, _) = state.service.actor(token.expose_secret(), SessionKind::Api, true).await?;
        Ok(Self { actor, token })
    }
}
