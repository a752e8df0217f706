//! One share given, with all that became of it: terms, changes, who has answered and who has not; and ending it.
//! Giving it other terms is in `share`; the list of all is in `shares`.

use super::Told;
use super::case::id;
use super::reply::{Reply, render, to};
use super::shell::Shell;
use super::words;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use icmc_node::service::model::{SeesView, ShareView};

#[derive(Template)]
#[template(path = "pages/given.html")]
struct GivenPage {
    shell: Shell,
    shares: Vec<ShareView>,
    given: SeesView,
}

/// `GET /shares/{share}`.
pub(super) async fn page(
    State(state): State<AppState>,
    me: SignedIn,
    Path(share): Path<String>,
    Query(told): Query<Told>,
) -> Reply {
    let shell = Shell::of(&state, &me, "Share", "shares").saying(told.said.as_deref());
    let given = async { state.service.share_given(&me.actor, id(&share)?).await };
    let given = given.await.map_err(|error| shell.oops(error))?;
    Ok(render(&context(shell, given)))
}

/// `POST /shares/{share}/recall`.
pub(super) async fn recall(State(state): State<AppState>, me: SignedIn, Path(share): Path<String>) -> Reply {
    let recalled = async { state.service.recall(&me.actor, id(&share)?).await };
    recalled.await.map_err(|error| Shell::of(&state, &me, "Share", "shares").oops(error))?;
    Ok(to(&paths::given(share), "recalled"))
}

fn context(mut shell: Shell, given: SeesView) -> GivenPage {
    shell.title = format!("{}: share", given.share.number);
    GivenPage { shares: vec![given.share.clone()], given, shell }
}

#[cfg(test)]
pub(super) fn samples(shell: Shell, text: &str) -> Vec<impl Template + use<>> {
    use super::samples;
    let ended = ShareView { state: "recalled", open: false, ..samples::share(text) };
    let seen = samples::sees(text);
    vec![context(shell.clone(), seen.clone()), context(shell, SeesView { share: ended, ..seen })]
}
