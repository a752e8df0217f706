//! What protects every request, one protection a file, and the order in which they stand around the routes.
//! Not rights: those are `access`, behind the service.

pub mod csrf;
pub mod errors;
pub mod headers;
pub mod host;
pub mod rate;
pub mod session;
pub mod time;
pub mod upload;

pub use session::SignedIn;

use crate::state::AppState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};

/// Most bytes of a request's body.
pub const BODY_MAX: usize = 1024 * 1024;

/// Puts every protection around the routes. The last one added sees a request first.
pub fn protect(routes: Router, state: AppState) -> Router {
    routes
        .layer(from_fn_with_state(state.clone(), csrf::token))
        .layer(from_fn(csrf::origin))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn(time::limit))
        .layer(from_fn_with_state(state.clone(), rate::limit))
        .layer(from_fn_with_state(state.clone(), host::known))
        .layer(from_fn_with_state(state, errors::last_resort))
        // Safe beside secrets in pages: the session's cookie never comes with another site's request.
        // Documents go as they are.
        .layer(
            CompressionLayer::new()
                .compress_when(DefaultPredicate::new().and(NotForContentType::const_new("application/octet-stream"))),
        )
        .layer(from_fn(headers::add))
}
