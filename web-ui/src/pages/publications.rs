//! The directory and the materials as plain lists.
//! Publishing is done through the API.

use super::reply::{Reply, render};
use super::shell::Shell;
use super::words;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::State;
use icmc_node::service::model::{EntryView, MaterialView};

#[derive(Template)]
#[template(path = "pages/directory.html")]
struct DirectoryPage {
    shell: Shell,
    entries: Vec<EntryView>,
}

#[derive(Template)]
#[template(path = "pages/resources.html")]
struct ResourcesPage {
    shell: Shell,
    materials: Vec<MaterialView>,
}

/// `GET /directory`.
pub(super) async fn directory(State(state): State<AppState>, me: SignedIn) -> Reply {
    let shell = Shell::of(&state, &me, "Directory", "directory");
    let entries = state.service.directory(&me.actor).await.map_err(|error| shell.oops(error))?;
    Ok(render(&DirectoryPage { shell, entries }))
}

/// `GET /resources`.
pub(super) async fn resources(State(state): State<AppState>, me: SignedIn) -> Reply {
    let shell = Shell::of(&state, &me, "Resources", "resources");
    let materials = state.service.materials(&me.actor).await.map_err(|error| shell.oops(error))?;
    Ok(render(&ResourcesPage { shell, materials }))
}

#[cfg(test)]
pub(super) fn samples(shell: Shell, text: &str) -> (impl Template + use<>, impl Template + use<>) {
    use super::samples;
    let directory = DirectoryPage { shell: shell.clone(), entries: vec![samples::entry(text)] };
    (directory, ResourcesPage { shell, materials: vec![samples::material(text)] })
}
