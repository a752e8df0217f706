//! Requests to check something, made and received, with their clocks; one of them; and what can be done with it.
//! Asking is in `ask`, answering in `answer`.

use super::case::id;
use super::form::Posted;
use super::reply::{Reply, render, to};
use super::shell::Shell;
use super::words;
use super::{Pairs, Told};
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use icmc_node::service::ServiceError;
use icmc_node::service::model::{MessageView, RequestPage as Found, RequestView};
use icmc_protocol::ids::ShareId;

#[derive(Template)]
#[template(path = "pages/requests.html")]
struct RequestsPage {
    shell: Shell,
    requests: Vec<RequestView>,
}

#[derive(Template)]
#[template(path = "pages/request.html")]
struct RequestPage {
    shell: Shell,
    request: RequestView,
    messages: Vec<MessageView>,
    about: ShareId,
    talks: bool,
}

/// `GET /requests`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Query(told): Query<Told>) -> Reply {
    let shell = Shell::of(&state, &me, "Requests", "requests").saying(told.said.as_deref());
    let requests = state.service.requests(&me.actor).await.map_err(|error| shell.oops(error))?;
    Ok(render(&RequestsPage { shell, requests }))
}

/// `GET /requests/{request}`.
pub(super) async fn one(
    State(state): State<AppState>,
    me: SignedIn,
    Path(request): Path<String>,
    Query(told): Query<Told>,
) -> Reply {
    let shell = Shell::of(&state, &me, "Request", "requests").saying(told.said.as_deref());
    let found = async { state.service.request(&me.actor, id(&request)?).await };
    let found = found.await.map_err(|error| shell.oops(error))?;
    Ok(render(&context(shell, found)))
}

/// `POST /requests/{request}/{step}`.
pub(super) async fn step(
    State(state): State<AppState>,
    me: SignedIn,
    Path((request, step)): Path<(String, String)>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let done = async {
        let (actor, id) = (&me.actor, id(&request)?);
        match step.as_str() {
            "take" => state.service.take_request(actor, id).await.map(|()| "taken"),
            "refuse" => {
                state.service.refuse_request(actor, id, posted.one("reason"), posted.one("text")).await.map(|()| "refused")
            }
            "close" => state.service.close_request(actor, id).await.map(|()| "ended"),
            "put" => state.service.put_answer(actor, id).await.map(|_| "put"),
            _ => Err(ServiceError::NotFound),
        }
    };
    let said = done.await.map_err(|error| Shell::of(&state, &me, "Request", "requests").oops(error))?;
    Ok(to(&paths::request(&request), said))
}

fn context(shell: Shell, found: Found) -> RequestPage {
    let Found { request, messages } = found;
    let talks = shell.writes() && request.said.is_some() && (request.waiting || request.state == "answered");
    RequestPage { about: request.id, talks, shell, request, messages }
}

#[cfg(test)]
pub(super) fn samples(shell: Shell, text: &str) -> Vec<Box<dyn askama::DynTemplate>> {
    use super::samples;
    let list = RequestsPage { shell: shell.clone(), requests: vec![samples::request(text), samples::received(text)] };
    let one = |request| context(shell.clone(), Found { request, messages: vec![samples::message(text)] });
    vec![Box::new(list), Box::new(one(samples::request(text))), Box::new(one(samples::received(text)))]
}
