//! This unit in the federation: its identity, what it says of itself, its node key, leaving.
//! Each change is a proposal; what becomes of it shows on the page of the other units.

use super::form::Posted;
use super::peers;
use super::reply::{Reply, refusal, render, render_as, to};
use super::shell::{Fault, Shell};
use super::{Pairs, Told, words};
use crate::paths;
use crate::qr;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use icmc_node::service::model::OwnView;
use icmc_node::service::{OwnWords, ServiceError, Wish};
use icmc_protocol::federation::member::UnitClass;

/// Kinds of agency: their words in forms, and what they are.
const CLASSES: [(&str, UnitClass); 3] = [("police", UnitClass::Police), ("ngo", UnitClass::Ngo), ("foreign", UnitClass::Foreign)];

#[derive(Template)]
#[template(path = "pages/own_unit.html")]
struct OwnPage {
    shell: Shell,
    own: OwnView,
    text: String,
    manages: bool,
}

impl OwnPage {
    fn classes(&self) -> [(&'static str, bool); 3] {
        CLASSES.map(|(word, _)| (word, word == self.own.class))
    }
}

fn gather(state: &AppState, me: &SignedIn, shell: Shell) -> Result<OwnPage, ServiceError> {
    let text = state.service.identity(&me.actor)?.genesis_text;
    let manages = shell.user.as_ref().is_some_and(|user| user.peers);
    Ok(OwnPage { own: state.service.own_unit(&me.actor)?, text, manages, shell })
}

/// `GET /peers/own`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Query(told): Query<Told>) -> Reply {
    let shell = peers::shell(&state, &me).saying(told.said.as_deref());
    let page = gather(&state, &me, shell.clone()).map_err(|error| shell.oops(error))?;
    Ok(render(&page))
}

/// `GET /peers/own/identity.svg`.
pub(super) async fn picture(State(state): State<AppState>, me: SignedIn) -> Reply {
    let identity = state.service.identity(&me.actor).map_err(|error| peers::shell(&state, &me).oops(error))?;
    Ok(qr::image(&identity.genesis_text))
}

/// `GET /peers/own/identity.txt`.
pub(super) async fn file(State(state): State<AppState>, me: SignedIn) -> Reply {
    let identity = state.service.identity(&me.actor).map_err(|error| peers::shell(&state, &me).oops(error))?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"unit-{}.txt\"", identity.unit.short())),
    ];
    Ok((headers, identity.genesis_text).into_response())
}

/// To the list, where proposals show; or this page again with why not.
async fn done(state: &AppState, me: &SignedIn, outcome: Result<(), ServiceError>, said: &str) -> Reply {
    let Err(error) = outcome else { return Ok(to(paths::peers(), said)) };
    let shell = peers::shell(state, me);
    let faults = refusal(error).map_err(|error| shell.oops(error))?;
    let page = gather(state, me, shell.clone().with_faults(faults)).map_err(|error| shell.oops(error))?;
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// `POST /peers/own`: it says something else of itself.
pub(super) async fn says(State(state): State<AppState>, me: SignedIn, axum::Form(pairs): Pairs) -> Reply {
    let posted = Posted::new(pairs);
    let line = |name: &str| Some(posted.one(name).to_owned());
    let words = OwnWords {
        name: line("name"),
        class: CLASSES.iter().find(|(word, _)| *word == posted.one("class")).map(|(_, class)| *class),
        jurisdiction: line("jurisdiction"),
        duty_contact: line("duty_contact"),
        addresses: Some(posted.one("addresses").split_whitespace().map(str::to_owned).collect()),
    };
    let proposed = state.service.propose(&me.actor, Wish::Words(words)).await;
    done(&state, &me, proposed, "proposed").await
}

/// `POST /peers/own/key`: a new node key by the one it has.
pub(super) async fn key(State(state): State<AppState>, me: SignedIn) -> Reply {
    let proposed = state.service.propose(&me.actor, Wish::Key).await;
    done(&state, &me, proposed, "proposed").await
}

/// `POST /peers/own/withdraw`.
pub(super) async fn withdraw(State(state): State<AppState>, me: SignedIn) -> Reply {
    let withdrawn = state.service.withdraw(&me.actor).await;
    done(&state, &me, withdrawn, "withdrawn").await
}

/// `POST /peers/own/leave`. Only with the tick that says that it is meant.
pub(super) async fn leave(State(state): State<AppState>, me: SignedIn, axum::Form(pairs): Pairs) -> Reply {
    if !Posted::new(pairs).has("sure") {
        let shell = peers::shell(&state, &me);
        let fault = Fault { field: Some("f-sure".to_owned()), text: "Nothing was changed: say that you are sure.".to_owned() };
        let page = gather(&state, &me, shell.clone().with_faults(vec![fault])).map_err(|error| shell.oops(error))?;
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let left = state.service.leave(&me.actor).await;
    done(&state, &me, left, "left").await
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    let own = OwnView {
        unit: icmc_protocol::ids::UnitId([9; 32]),
        name: text.to_owned(),
        class: "ngo",
        jurisdiction: text.to_owned(),
        duty_contact: text.to_owned(),
        addresses: vec![text.to_owned()],
        member: true,
        proposes: true,
        waits: true,
    };
    OwnPage { shell, own, text: text.to_owned(), manages: true }
}
