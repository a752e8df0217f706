//! The start page of the demo: three links, the sign-in names, the story to click through, reset.
//! Not a part of any unit: it is served on a port of its own, on this computer only.

use crate::assets;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

/// Who signs in, shown openly: all of it is invented.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// What to type.
    pub sign_in: String,
    /// What to type below it.
    pub password: String,
    /// Name and role.
    pub who: String,
}

/// A unit of the demo.
#[derive(Debug, Clone)]
pub struct UnitCard {
    /// Its key in addresses.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its colour, as its own pages show it.
    pub colour: String,
    /// Its pages.
    pub address: String,
    /// Who signs in there.
    pub accounts: Vec<SignIn>,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct StartPage {
    /// In the order of the story.
    pub units: Vec<UnitCard>,
}

/// What a click asks of the demo; `done` is answered when it is carried out.
#[derive(Debug)]
pub enum Action {
    /// All data as at the beginning.
    Reset(oneshot::Sender<()>),
    /// A unit off or on.
    Switch {
        /// Its key.
        unit: String,
        /// On, else off.
        on: bool,
        /// Answered when it is done.
        done: oneshot::Sender<()>,
    },
}

#[derive(Template)]
#[template(path = "demo/start.html")]
struct Start<'a> {
    page: &'a StartPage,
    css: &'static str,
    icon: &'static str,
}

#[derive(Clone)]
struct Demo {
    page: Arc<StartPage>,
    actions: mpsc::Sender<Action>,
}

/// Serves the page until the task is dropped.
///
/// # Errors
/// If the listener fails.
pub async fn serve(listener: TcpListener, page: StartPage, actions: mpsc::Sender<Action>) -> std::io::Result<()> {
    let demo = Demo { page: Arc::new(page), actions };
    let router = Router::new()
        .route("/", get(start))
        .route("/reset", post(reset))
        .route("/units/{unit}", post(switch))
        .with_state(demo)
        .merge(assets::router());
    axum::serve(listener, router).await
}

const HEADERS: [(header::HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
];

async fn start(State(demo): State<Demo>) -> Response {
    let page = Start { page: &demo.page, css: assets::css(), icon: assets::favicon() };
    match page.render() {
        Ok(html) => (HEADERS, Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[derive(Deserialize)]
struct Wanted {
    state: String,
}

async fn reset(State(demo): State<Demo>, headers: HeaderMap) -> Response {
    act(&demo, &headers, Action::Reset).await
}

async fn switch(State(demo): State<Demo>, Path(unit): Path<String>, headers: HeaderMap, Form(wanted): Form<Wanted>) -> Response {
    act(&demo, &headers, |done| Action::Switch { unit, on: wanted.state == "on", done }).await
}

async fn act(demo: &Demo, headers: &HeaderMap, action: impl FnOnce(oneshot::Sender<()>) -> Action) -> Response {
    // Another page in the same browser must not reset the demo.
    if headers.get("sec-fetch-site").is_none_or(|site| site != "same-origin") {
        return (StatusCode::FORBIDDEN, "Use the buttons of the start page.").into_response();
    }
    let (done, answered) = oneshot::channel();
    if demo.actions.send(action(done)).await.is_err() || answered.await.is_err() {
        return (StatusCode::SERVICE_UNAVAILABLE, "The demo is ending.").into_response();
    }
    Redirect::to("/").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_shows_units_sign_in_names_and_that_all_is_invented() {
        let card = UnitCard {
            key: "one".to_owned(),
            name: "Unit <One>".to_owned(),
            colour: "#0B4F6C".to_owned(),
            address: "http://127.0.0.1:7701/".to_owned(),
            accounts: vec![SignIn { sign_in: "nodal".to_owned(), password: "secret".to_owned(), who: "N. N.".to_owned() }],
        };
        let page = StartPage { units: vec![card] };
        let html = Start { page: &page, css: "/c.css", icon: "/i.svg" }.render().expect("the template renders");
        assert!(html.contains("invented people") && html.contains("nodal") && html.contains("http://127.0.0.1:7701/"));
        assert!(!html.contains("<One>"), "names are escaped");
    }
}
