//! Shares given, of all cases, with what became of them; and recalling one.
//! Giving one is in `share`.

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
use icmc_node::service::model::ShareView;

#[derive(Template)]
#[template(path = "pages/shares.html")]
struct SharesPage {
    shell: Shell,
    shares: Vec<ShareView>,
}

/// `GET /shares`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Query(told): Query<Told>) -> Reply {
    let shell = Shell::of(&state, &me, "Shares", "shares").saying(told.said.as_deref());
    let shares = state.service.share_list(&me.actor).await.map_err(|error| shell.oops(error))?;
    Ok(render(&SharesPage { shell, shares }))
}

/// `POST /shares/{share}/recall`.
pub(super) async fn recall(State(state): State<AppState>, me: SignedIn, Path(share): Path<String>) -> Reply {
    let recalled = async { state.service.recall(&me.actor, id(&share)?).await };
    recalled.await.map_err(|error| Shell::of(&state, &me, "Shares", "shares").oops(error))?;
    Ok(to(&format!("{}#s-{share}", paths::shares()), "recalled"))
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    let recalled =
        ShareView { id: icmc_protocol::ids::ShareId([2; 16]), state: "recalled", open: false, ..super::samples::share(text) };
    SharesPage { shell, shares: vec![super::samples::share(text), recalled] }
}
