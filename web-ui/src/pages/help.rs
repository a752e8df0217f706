//! Built-in help, and the page behind "More" on a phone.
//! Needs no network and shows nothing of a case.

use super::reply::{Reply, render};
use super::shell::{NavItem, Shell};
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::State;

#[derive(Template)]
#[template(path = "pages/help.html")]
struct HelpPage {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "pages/more.html")]
struct MorePage {
    shell: Shell,
    items: Vec<NavItem>,
}

/// `GET /help`; also for somebody who cannot sign in.
pub(super) async fn page(State(state): State<AppState>, me: Result<SignedIn, axum::response::Response>) -> Reply {
    let shell = match me {
        Ok(me) => Shell::of(&state, &me, "Help", "more"),
        Err(_) => Shell::outside(&state.config, state.service.node.now(), "Help"),
    };
    Ok(render(&HelpPage { shell }))
}

/// `GET /more`.
pub(super) async fn more(State(state): State<AppState>, me: SignedIn) -> Reply {
    let shell = Shell::of(&state, &me, "More", "more");
    Ok(render(&MorePage { items: shell.nav(), shell }))
}

#[cfg(test)]
pub(super) fn samples(shell: Shell) -> (impl Template, impl Template) {
    (HelpPage { shell: shell.clone() }, MorePage { items: shell.nav(), shell })
}
