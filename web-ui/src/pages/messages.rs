//! Words with another unit about a share, and one more about a share or a request.
//! A request shows its own on its page.

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
use icmc_node::service::model::MessageView;
use icmc_protocol::ids::ShareId;

#[derive(Template)]
#[template(path = "pages/messages.html")]
struct MessagesPage {
    shell: Shell,
    messages: Vec<MessageView>,
    about: ShareId,
    talks: bool,
}

/// `GET /messages/{about}`.
pub(super) async fn page(
    State(state): State<AppState>,
    me: SignedIn,
    Path(about): Path<String>,
    Query(told): Query<Told>,
) -> Reply {
    let shell = Shell::of(&state, &me, "Messages", "shares").saying(told.said.as_deref());
    let found = async {
        let about = id(&about)?;
        Ok((about, state.service.messages(&me.actor, about).await?))
    };
    let (about, messages) = found.await.map_err(|error| shell.oops(error))?;
    Ok(render(&MessagesPage { talks: shell.writes(), shell, messages, about }))
}

/// `POST /messages/{about}`.
pub(super) async fn say(
    State(state): State<AppState>,
    me: SignedIn,
    Path(about): Path<String>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let text = posted.one("text").replace("\r\n", "\n");
    let said = async { state.service.say(&me.actor, id(&about)?, &text).await };
    said.await.map_err(|error| Shell::of(&state, &me, "Messages", "shares").oops(error))?;
    let back = if posted.one("on") == "request" { paths::request(&about) } else { paths::messages(&about) };
    Ok(to(&back, "said"))
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    let messages = vec![super::samples::message(text), MessageView { own: true, ..super::samples::message(text) }];
    MessagesPage { shell, messages, about: ShareId([1; 16]), talks: true }
}
