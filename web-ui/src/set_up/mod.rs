//! The first-run wizard: seven pages on a server of their own, before there is a unit. Its routes are gone with that server.
//! No decisions: each answer is checked by `icmc_node::service::first_run`, and the executable makes the unit.

mod answers;
mod ask;
mod draft;
mod gate;
mod pages;
mod step;

#[cfg(test)]
mod tests;

use crate::security::{BODY_MAX, csrf, errors, headers, host, time, upload};
use crate::state::WebConfig;
use crate::{assets, format, paths};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{Redirect, Response};
use axum::routing::get;
use draft::Draft;
use gate::Gate;
use icmc_node::clock::{Clock, SystemRng};
use icmc_node::service::first_run::{Answers, FirstToken};
use icmc_protocol::ids::UnitId;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, oneshot};

/// All answers are there and can be used: make the unit.
#[derive(Debug)]
pub struct Start {
    /// What it is made from.
    pub answers: Box<Answers>,
    /// Answered when it is made, or with a sentence for the person why it was not.
    pub done: oneshot::Sender<Result<(), String>>,
}

/// What opens the node that is being set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// A passphrase that the person chooses on these pages.
    Chosen,
    /// A passphrase in a file or credential that the command line named.
    PassphraseFile,
    /// A key file that the command line named.
    KeyFile,
}

/// How the wizard is served.
#[derive(Debug, Clone)]
pub struct SetUpConfig {
    /// The address that the listener is bound to.
    pub bind: SocketAddr,
    /// The data folder, which is not there yet or empty.
    pub data: PathBuf,
    /// What opens the node.
    pub opening: Opening,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What the handlers share: one person, one set of answers.
#[derive(Clone)]
struct SetUp {
    web: Arc<WebConfig>,
    data: Arc<PathBuf>,
    opening: Opening,
    clock: Arc<dyn Clock>,
    starts: mpsc::Sender<Start>,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    gate: Gate,
    draft: Draft,
    /// The unit is being made.
    starting: bool,
}

impl SetUp {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All routes of the wizard with everything that protects them, and the word that lets the first browser in.
/// The word is for the terminal and for nothing else.
pub fn router(config: SetUpConfig, starts: mpsc::Sender<Start>) -> (Router, SecretString) {
    let (token, word) = FirstToken::generate(&mut SystemRng);
    let gate = Gate::new(token, config.clock.now());
    let web = WebConfig {
        bind: config.bind,
        names: Vec::new(),
        unit: UnitId([0; 32]),
        unit_name: "ICMC".to_owned(),
        colour: "#0B4F6C".to_owned(),
        demo: false,
        zone: format::DEFAULT_ZONE.to_owned(),
    };
    let set_up = SetUp {
        web: Arc::new(web),
        data: Arc::new(config.data),
        opening: config.opening,
        clock: config.clock,
        starts,
        inner: Arc::new(Mutex::new(Inner { gate, draft: Draft::default(), starting: false })),
    };
    let routes = Router::new()
        .route(paths::today(), get(|| async { Redirect::to(paths::set_up()) }))
        .route(paths::set_up(), get(pages::door).post(pages::enter))
        .route(paths::set_up_picture(), get(pages::picture))
        .route(paths::set_up_file(), get(pages::file))
        .route(&paths::set_up_step("{step}"), get(pages::show).post(pages::take))
        .merge(assets::router())
        .fallback(errors::not_found)
        .method_not_allowed_fallback(errors::method_not_allowed)
        .with_state(set_up.clone())
        .layer(from_fn(upload::small_files))
        .layer(from_fn(csrf::origin))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn(time::limit))
        .layer(from_fn_with_state(set_up, known))
        .layer(from_fn(headers::add));
    (routes, word)
}

async fn known(State(set_up): State<SetUp>, request: Request, next: Next) -> Response {
    match host::host(&request) {
        Some(host) if host::is_known(&set_up.web, host) => next.run(request).await,
        _ => errors::reply(
            request.uri().path(),
            StatusCode::MISDIRECTED_REQUEST,
            "This address does not belong to this node. Open it by the address that the node printed when it started.",
        ),
    }
}
