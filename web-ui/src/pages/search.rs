//! Search by number, name, phone or paper. What was typed goes by POST and is kept sealed; the address holds only its id.
//! Not how it is found: that is the node's index.

use super::Pairs;
use super::form::Posted;
use super::reply::{Reply, refusal, render, render_as};
use super::shell::Shell;
use super::words;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use icmc_node::service::model::{SearchHit, SearchQuery};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/search.html")]
struct SearchPage {
    shell: Shell,
    text: String,
    year: String,
    hits: Option<Vec<SearchHit>>,
}

/// Which kept search.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    s: Option<String>,
}

/// `GET /search`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Query(asked): Query<Asked>) -> Reply {
    let shell = Shell::of(&state, &me, "Search", "cases");
    let Some(id) = asked.s.and_then(|id| id.parse().ok()) else {
        return Ok(render(&SearchPage { shell, text: String::new(), year: String::new(), hits: None }));
    };
    let (query, hits) = state.service.kept_search(&me.actor, id).await.map_err(|error| shell.oops(error))?;
    let year = query.year.map(|year| year.to_string()).unwrap_or_default();
    Ok(render(&SearchPage { shell, text: query.text, year, hits: Some(hits) }))
}

/// `POST /search`.
pub(super) async fn keep(State(state): State<AppState>, me: SignedIn, axum::Form(pairs): Pairs) -> Reply {
    let posted = Posted::new(pairs);
    let shell = Shell::of(&state, &me, "Search", "cases");
    let query = SearchQuery { text: posted.one("text").to_owned(), year: posted.one("year").parse().ok() };
    match state.service.keep_search(&me.actor, query).await {
        Ok(id) => Ok(Redirect::to(&format!("{}?s={id}", paths::search())).into_response()),
        Err(error) => {
            let faults = refusal(error).map_err(|error| shell.oops(error))?;
            let (text, year) = (posted.one("text").to_owned(), posted.one("year").to_owned());
            Ok(render_as(
                StatusCode::UNPROCESSABLE_ENTITY,
                &SearchPage { shell: shell.with_faults(faults), text, year, hits: None },
            ))
        }
    }
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template {
    SearchPage { shell, text: text.to_owned(), year: "1984".to_owned(), hits: Some(vec![super::samples::hit(text)]) }
}
