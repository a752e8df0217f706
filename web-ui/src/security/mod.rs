//! What protects every request, one protection a file, and the order in which they stand around the routes.
//! Not rights: those are `access`, behind the service.

pub mod csrf;
pub mod errors;
pub mod headers;
pub mod host;
pub mod rate;
pub mod session;
pub mod upload;

pub use session::SignedIn;

use crate::state::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use std::time::Duration;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

/// Most bytes of a request's body.
pub const BODY_MAX: usize = 1024 * 1024;
/// How long a request may take, its body included, until the reply begins.
const REQUEST: Duration = Duration::from_secs(30);

/// Puts every protection around the routes. The last one added sees a request first.
pub fn protect(routes: Router, state: AppState) -> Router {
    routes
        .layer(from_fn_with_state(state.clone(), csrf::token))
        .layer(from_fn(csrf::origin))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST))
        .layer(from_fn_with_state(state.clone(), rate::limit))
        .layer(from_fn_with_state(state.clone(), host::known))
        .layer(from_fn_with_state(state, errors::last_resort))
        // Safe beside secrets in pages: the session's cookie never comes with another site's request.
        .layer(CompressionLayer::new())
        .layer(from_fn(headers::add))
}
