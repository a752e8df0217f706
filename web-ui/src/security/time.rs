//! How long a request may take until its reply begins.
//! Not how long a browser may be silent: that is the server's, and for uploads `upload`'s.

use super::errors;
use crate::paths;
use axum::extract::{MatchedPath, Request};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use std::time::Duration;

/// How long a request may take, its body included.
const REQUEST: Duration = Duration::from_secs(30);
/// How long an upload may take.
const UPLOAD: Duration = Duration::from_secs(2 * 60 * 60);

/// Ends what takes longer.
pub async fn limit(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let span = if is_upload(&request) { UPLOAD } else { REQUEST };
    match tokio::time::timeout(span, next.run(request)).await {
        Ok(response) => response,
        Err(_) => errors::reply(&path, StatusCode::REQUEST_TIMEOUT, "This took too long, so it was ended. Try again."),
    }
}

/// Whether a request goes to a route that takes a file.
#[must_use]
pub fn is_upload(request: &Request) -> bool {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    *request.method() == axum::http::Method::POST && path.is_some_and(paths::takes_files)
}
