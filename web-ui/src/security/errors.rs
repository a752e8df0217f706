//! The last resort: what nobody else answered, and what went wrong inside, becomes a neutral sentence.
//! A fault shows a reference number and no detail; the log has the number too.

use crate::api::Problem;
use crate::paths;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse as _, Response};
use futures::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU32, Ordering};

static FAULTS: AtomicU32 = AtomicU32::new(1);

/// Turns a panic or an error of ours into a neutral reply.
pub async fn last_resort(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) if response.status() != StatusCode::INTERNAL_SERVER_ERROR => response,
        outcome => {
            let number = FAULTS.fetch_add(1, Ordering::Relaxed);
            let reference = format!("{:x}-{number}", state.service.node.now().0 / 1000);
            // The address is left out of the log's line: it may name a case.
            tracing::error!(reference, panicked = outcome.is_err(), "a request failed");
            let sentence = format!("Something went wrong here; nothing was saved. Reference: {reference}");
            reply(&path, StatusCode::INTERNAL_SERVER_ERROR, &sentence)
        }
    }
}

/// There is no such address. The same reply as for what a person may not see.
pub async fn not_found(uri: Uri) -> Response {
    reply(uri.path(), StatusCode::NOT_FOUND, "There is nothing here, or nothing that you may see.")
}

/// The address takes other methods.
pub async fn method_not_allowed(uri: Uri) -> Response {
    reply(uri.path(), StatusCode::METHOD_NOT_ALLOWED, "This address does not take that method.")
}

/// A sentence in the form that suits the address: a problem for the API, a bare page for a browser.
/// `sentence` is ours; nothing that was sent may stand in it.
pub fn reply(path: &str, status: StatusCode, sentence: &str) -> Response {
    if paths::is_api(path) {
        return Problem::new(status, sentence).into_response();
    }
    let home = paths::today();
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Records</title>\
         <link rel=\"stylesheet\" href=\"{}\"></head>\n<body><main class=\"wrap\"><h1>Records</h1><p>{sentence}</p><p><a href=\"{home}\">To the first page</a></p></main></body>\n</html>\n",
        crate::assets::css()
    );
    (status, Html(page)).into_response()
}
