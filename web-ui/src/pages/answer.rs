//! The form that answers a request: the questions of the dictionary, beside what was asked.
//! Signing and sending are the service's.

use super::Pairs;
use super::case::id;
use super::edit_diff::PREFIX;
use super::fields::{Input, attach, fields_of, inputs};
use super::form::Posted;
use super::reply::{Reply, refusal, render, render_as, to};
use super::shell::Shell;
use super::words;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::service::ServiceError;
use icmc_node::service::model::{AnswerRequest, RequestView};
use icmc_protocol::requests::{ANSWER_KIND, VerificationAnswer};

#[derive(Template)]
#[template(path = "pages/answer.html")]
struct AnswerPage {
    shell: Shell,
    request: RequestView,
    inputs: Vec<Input>,
}

/// `GET /requests/{request}/answer`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Path(request): Path<String>) -> Reply {
    let shell = Shell::of(&state, &me, "Answer", "requests");
    let request = read(&state, &me, &request).await.map_err(|error| shell.oops(error))?;
    Ok(render(&context(shell, request, &Posted::default())))
}

/// `POST /requests/{request}/answer`.
pub(super) async fn send(
    State(state): State<AppState>,
    me: SignedIn,
    Path(request): Path<String>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let shell = Shell::of(&state, &me, "Answer", "requests");
    let request = read(&state, &me, &request).await.map_err(|error| shell.oops(error))?;
    let address = paths::request(request.id);
    let mut fields = fields_of(&posted, PREFIX, ANSWER_KIND);
    fields.retain(|name, _| VerificationAnswer::questions().any(|field| field.name == *name));
    match state.service.answer_request(&me.actor, request.id, AnswerRequest { fields }).await {
        Ok(()) => Ok(to(&address, "answered")),
        Err(error) => {
            let mut page = context(shell.clone(), request, &posted);
            page.shell.faults = match error {
                ServiceError::Fields(faults) => attach(&faults, page.inputs.iter_mut()),
                other => refusal(other).map_err(|error| shell.oops(error))?,
            };
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

async fn read(state: &AppState, me: &SignedIn, request: &str) -> Result<RequestView, ServiceError> {
    let found = state.service.request(&me.actor, id(request)?).await?.request;
    if found.own || !found.waiting {
        return Err(ServiceError::Refused("this request does not wait for an answer of this unit".to_owned()));
    }
    Ok(found)
}

fn context(shell: Shell, request: RequestView, typed: &Posted) -> AnswerPage {
    let asked = |input: &Input| VerificationAnswer::questions().any(|field| field.name == input.field);
    let inputs = inputs(ANSWER_KIND, PREFIX, typed, &[]).into_iter().filter(asked).collect();
    AnswerPage { shell, request, inputs }
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    let typed = Posted::from_pairs(&[("f.findings", text), ("f.persons_met", text)]);
    context(shell, super::samples::received(text), &typed)
}
