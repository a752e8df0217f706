//! Shares given, of all cases, with what became of them.
//! Giving one is in `share`; one of them, and ending it, is in `given`.

use super::Told;
use super::reply::{Reply, render};
use super::shell::Shell;
use super::words;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Query, State};
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

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    let recalled =
        ShareView { id: icmc_protocol::ids::ShareId([2; 16]), state: "recalled", open: false, ..super::samples::share(text) };
    SharesPage { shell, shares: vec![super::samples::share(text), recalled] }
}
