//! The JSON API under `/api/v1`: one file a resource; a bearer token and nothing else opens it.
//! A handler reads, asks the service and answers; it decides nothing.

mod accounts;
mod alerts;
mod audit;
mod body;
mod caller;
mod cases;
mod changes;
mod charter;
mod documents;
mod inbox;
mod keepers;
mod life;
mod lifecycle;
mod me;
mod openapi;
mod peers;
mod persons;
mod problem;
mod publications;
mod requests;
mod rooms;
mod routes;
mod same;
pub mod schema;
mod search;
mod session;
mod shares;
mod status;
mod timeline;
mod transfers;

pub use problem::{FieldProblem, Problem};

use crate::state::AppState;
use axum::Router;
use axum::http::Method;
use routes::Routes;

/// All routes of the API, to be nested under [`crate::paths::API`].
pub fn router() -> Router<AppState> {
    routes().into_router()
}

/// Method and address of each route, below [`crate::paths::API`].
#[must_use]
pub fn table() -> Vec<(Method, &'static str)> {
    routes().into_table()
}

/// The document that is served at `openapi.json`.
#[must_use]
pub fn document() -> serde_json::Value {
    openapi::value()
}

fn routes() -> Routes {
    let own = Routes::default().get("/openapi.json", openapi::document);
    [
        session::routes(),
        me::routes(),
        status::routes(),
        cases::routes(),
        search::routes(),
        same::routes(),
        changes::routes(),
        timeline::routes(),
        documents::routes(),
        lifecycle::routes(),
        persons::routes(),
        shares::routes(),
        transfers::routes(),
        life::routes(),
        inbox::routes(),
        requests::routes(),
        publications::routes(),
        alerts::routes(),
        rooms::routes(),
        peers::routes(),
        charter::routes(),
        keepers::routes(),
        accounts::routes(),
        audit::routes(),
    ]
    .into_iter()
    .fold(own, Routes::and)
}
