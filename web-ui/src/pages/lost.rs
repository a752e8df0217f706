//! A laptop was lost: the steps in their order, each with its button.
//! What each does is the service's business; nothing here is kept.

use super::Pairs;
use super::form::Posted;
use super::peers;
use super::reply::{Reply, refusal, render, render_as, to};
use super::shell::{Fault, Shell};
use crate::paths;
use crate::security::session::{self, SignedIn};
use crate::state::AppState;
use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect};
use icmc_node::service::{ServiceError, Wish};

#[derive(Template)]
#[template(path = "pages/lost.html")]
struct LostPage {
    shell: Shell,
    manages: bool,
    /// The text for a member to propose, shown once.
    replacement: Option<String>,
}

fn empty(state: &AppState, me: &SignedIn) -> LostPage {
    let mut shell = peers::shell(state, me);
    shell.title = "A laptop was lost".to_owned();
    LostPage { manages: shell.user.as_ref().is_some_and(|user| user.peers), replacement: None, shell }
}

fn again(page: LostPage, error: ServiceError, field: &str) -> Reply {
    let faults = refusal(error).map_err(|error| page.shell.oops(error))?;
    let faults = faults.into_iter().map(|fault| Fault { field: Some(field.to_owned()), ..fault }).collect();
    let shell = page.shell.clone().with_faults(faults);
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &LostPage { shell, ..page }))
}

/// `GET /peers/lost`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn) -> Reply {
    Ok(render(&empty(&state, &me)))
}

/// `POST /peers/lost/sessions`. The own session ends, too.
pub(super) async fn end_sessions(State(state): State<AppState>, me: SignedIn) -> Reply {
    let page = empty(&state, &me);
    state.service.end_sessions(&me.actor).await.map_err(|error| page.shell.oops(error))?;
    let cookie = session::no_cookie(state.config.unit);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&format!("{}?said=out", paths::sign_in()))).into_response())
}

/// `POST /peers/lost/recover`. The text that comes of it is shown once, on the page that answers.
pub(super) async fn recover(State(state): State<AppState>, me: SignedIn, axum::Form(pairs): Pairs) -> Reply {
    let page = empty(&state, &me);
    match state.service.recover(&me.actor, Posted::new(pairs).one("recovery_key").to_owned()).await {
        Ok(text) => Ok(render(&LostPage { replacement: Some(text), ..page })),
        Err(error) => again(page, error, "f-recovery_key"),
    }
}

/// `POST /peers/lost/replace`: the text of another unit that lost its key.
pub(super) async fn replace(State(state): State<AppState>, me: SignedIn, axum::Form(pairs): Pairs) -> Reply {
    let text = Posted::new(pairs).one("replacement").to_owned();
    match state.service.propose(&me.actor, Wish::Replacement(text)).await {
        Ok(()) => Ok(to(paths::peers(), "proposed")),
        Err(error) => again(empty(&state, &me), error, "f-replacement"),
    }
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    LostPage { shell, manages: true, replacement: Some(text.to_owned()) }
}
