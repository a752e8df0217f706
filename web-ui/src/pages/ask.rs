//! Asking another unit to check something about a person: each field is typed or left empty, and only what is typed leaves.
//! What the case holds is shown beside the boxes and never put into them.

use super::Pairs;
use super::case::{id, load};
use super::form::Posted;
use super::reply::{Reply, refusal, render, render_as, to};
use super::share_form::PeerChoice;
use super::shell::{Fault, Shell};
use super::words;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::service::ServiceError;
use icmc_node::service::model::{AskRequest, CaseSummary, CaseView, PeerView, PersonView};
use icmc_protocol::ids::EntityId;

#[derive(Template)]
#[template(path = "pages/ask.html")]
struct AskPage {
    shell: Shell,
    case: CaseSummary,
    person: EntityId,
    display: String,
    home: String,
    form: Posted,
    peers: Vec<PeerChoice>,
    peers_confirmed: bool,
}

/// `GET /cases/{case}/ask/{person}`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Path((case, person)): Path<(String, String)>) -> Reply {
    let shell = Shell::of(&state, &me, "Ask", "cases");
    let found = read(&state, &me, &case, &person).await.map_err(|error| shell.oops(error))?;
    let usual = [("days", "14"), ("handling", "H2"), ("purpose", "verification"), ("checks", "address"), ("checks", "family")];
    let mut posted = Posted::default();
    for (name, value) in usual {
        posted.push(name, value);
    }
    Ok(render(&context(shell, found, posted)))
}

/// `POST /cases/{case}/ask/{person}`.
pub(super) async fn send(
    State(state): State<AppState>,
    me: SignedIn,
    Path((case, person)): Path<(String, String)>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let shell = Shell::of(&state, &me, "Ask", "cases");
    let found = read(&state, &me, &case, &person).await.map_err(|error| shell.oops(error))?;
    let (case, person) = (found.0.summary.id, found.1.id);
    let outcome = match posted.one("to").parse() {
        Ok(to) => state.service.ask_check(&me.actor, case, asked(&posted, person, to)).await,
        Err(_) => Err(ServiceError::request("to", "a unit")),
    };
    match outcome {
        Ok(request) => Ok(to(&paths::request(request), "sent")),
        Err(error) => {
            let faults: Vec<Fault> = refusal(error).map_err(|error| shell.oops(error))?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &context(shell.with_faults(faults), found, posted)))
        }
    }
}

fn asked(posted: &Posted, person: EntityId, to: icmc_protocol::ids::UnitId) -> AskRequest {
    let text = |name: &str| posted.one(name).replace("\r\n", "\n");
    AskRequest {
        person,
        to,
        name: text("name"),
        address: text("address"),
        district: text("district"),
        checks: posted.all("checks").into_iter().map(str::to_owned).collect(),
        question: text("question"),
        basis: text("basis"),
        reason: text("reason"),
        purpose: text("purpose"),
        handling: text("handling"),
        days: posted.one("days").parse().ok(),
    }
}

type Read = (CaseView, PersonView, Vec<PeerView>);

async fn read(state: &AppState, me: &SignedIn, case: &str, person: &str) -> Result<Read, ServiceError> {
    let person: EntityId = id(person)?;
    let view = load(state, me, case).await?;
    if !view.rights.share {
        return Err(ServiceError::Forbidden("you may not ask other units about this case"));
    }
    let found = view.people.iter().find(|one| one.id == person).cloned().ok_or(ServiceError::NotFound)?;
    Ok((view, found, state.service.peers(&me.actor).await?))
}

fn context(mut shell: Shell, (view, person, peers): Read, form: Posted) -> AskPage {
    shell.title = format!("{}: ask", view.summary.number);
    let home: Vec<&str> = ["home_village", "home_district", "home_state", "home_country"]
        .into_iter()
        .filter_map(|name| person.entity.field(name).map(|field| field.text.as_str()).filter(|text| !text.is_empty()))
        .collect();
    AskPage {
        case: view.summary,
        person: person.id,
        display: person.display,
        home: words::joined(&home),
        peers_confirmed: peers.iter().any(|peer| peer.confirmed),
        peers: peers.iter().map(|peer| PeerChoice::of(peer, shell.now)).collect(),
        form,
        shell,
    }
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    use super::samples;
    let view = samples::case(text);
    let person = view.people[0].clone();
    let form = Posted::from_pairs(&[("name", text), ("address", text), ("question", text), ("reason", text)]);
    context(shell, (view, person, vec![samples::peer(text)]), form)
}
