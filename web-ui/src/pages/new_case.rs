//! A new case: searching comes first, then one form for the case, its people, route and a first note.
//! "Add another" is a submit button: everything typed comes back in the form, nothing is kept before it is saved.

use super::Pairs;
use super::fields::{Input, attach, inputs, leading};
use super::form::Posted;
use super::new_case_draft::{self as draft, Block};
use super::reply::{Reply, refusal, render, render_as};
use super::same;
use super::shell::Shell;
use super::words;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use icmc_node::service::ServiceError;
use icmc_node::service::model::{AlikeFound, AlikeQuery};

#[derive(Template)]
#[template(path = "pages/new_search.html")]
struct SearchFirstPage {
    shell: Shell,
    asked: Posted,
    found: Option<AlikeFound>,
}

#[derive(Template)]
#[template(path = "pages/new_case.html")]
struct NewCasePage {
    shell: Shell,
    blocks: Vec<Block>,
}

/// `GET /cases/new`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn) -> Reply {
    let shell = Shell::of(&state, &me, "New case", "new");
    Ok(render(&SearchFirstPage { shell, asked: Posted::default(), found: None }))
}

/// `POST /cases/new`: search, open the form, add a block, or save.
pub(super) async fn step(State(state): State<AppState>, me: SignedIn, axum::Form(pairs): Pairs) -> Reply {
    let mut posted = Posted::new(pairs);
    let shell = Shell::of(&state, &me, "New case", "new");
    let outcome = match posted.one("step").to_owned().as_str() {
        "search" => search(&state, &me, &shell, posted).await,
        step @ ("form" | "form_suspect") => {
            let role = if step == "form" { "add_victim" } else { "add_suspect" };
            Ok(render(&form(shell.clone(), &draft::begin(&posted, role, &crate::format::iso_day(shell.now, &shell.zone)))))
        }
        "save" => save(&state, &me, &shell, &posted).await,
        add => {
            draft::add(&mut posted, add);
            Ok(render(&form(shell.clone(), &posted)))
        }
    };
    outcome.map_err(|error| shell.oops(error))
}

/// Asks who here is like what was typed.
async fn search(state: &AppState, me: &SignedIn, shell: &Shell, asked: Posted) -> Result<Response, ServiceError> {
    let typed = |name: &str| asked.one(name).to_owned();
    let query = AlikeQuery {
        name: typed("q.name"),
        age: typed("q.age"),
        sex: typed("q.sex"),
        guardian: typed("q.guardian"),
        village: typed("q.place"),
        district: typed("q.district"),
        phone: typed("q.phone"),
        paper: typed("q.id"),
    };
    let (faults, found) = match state.service.alike(&me.actor, query).await {
        Ok(found) => (Vec::new(), Some(found)),
        Err(error) => (refusal(error)?, None),
    };
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(render_as(status, &SearchFirstPage { shell: shell.clone().with_faults(faults), asked, found }))
}

async fn save(state: &AppState, me: &SignedIn, shell: &Shell, posted: &Posted) -> Result<Response, ServiceError> {
    match state.service.create_case(&me.actor, draft::request(posted)).await {
        Ok(case) => same::after_create(state, me, case),
        Err(error) => {
            let mut page = form(shell.clone(), posted);
            page.shell.faults = match error {
                ServiceError::Fields(faults) => {
                    attach(&faults, page.blocks.iter_mut().flat_map(|block| block.main.iter_mut().chain(&mut block.more)))
                }
                other => refusal(other)?,
            };
            for block in &mut page.blocks {
                block.open = block.more.iter().any(|input| input.error.is_some());
            }
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

/// The inputs of some kinds under their prefixes, the leading ones first.
fn block(id: &str, legend: &str, parts: &[(&str, String)], posted: &Posted, skip: &[&str]) -> Block {
    let (mut main, mut more): (Vec<Input>, Vec<Input>) = (Vec::new(), Vec::new());
    for (kind, prefix) in parts {
        let lead = leading(kind);
        for input in inputs(kind, prefix, posted, &[]) {
            match &input.field {
                field if skip.contains(&field.as_str()) => {}
                field if lead.has(field) => main.push(input),
                _ => more.push(input),
            }
        }
    }
    Block { id: id.to_owned(), legend: legend.to_owned(), hidden: Vec::new(), main, more, open: false }
}

fn form(shell: Shell, posted: &Posted) -> NewCasePage {
    let mut blocks = vec![block("b-case", "Case", &[("case", "case.".to_owned())], posted, draft::NOT_AT_FIRST)];
    let (mut victims, mut suspects) = (0, 0);
    for (at, role) in draft::people(posted).into_iter().enumerate() {
        let number = if role == "victim" { &mut victims } else { &mut suspects };
        *number += 1;
        let parts = draft::PARTS.map(|(kind, part)| (kind, format!("p{at}.{part}.")));
        let legend = format!("{} {number}", if role == "victim" { "Victim" } else { "Suspect" });
        let other = if role == "victim" { draft::OF_SUSPECTS } else { draft::OF_VICTIMS };
        let mut block = block(&format!("b-p{at}"), &legend, &parts, posted, &[&["person"], other].concat());
        block.hidden.push((format!("p{at}"), role));
        blocks.push(block);
    }
    for at in 0..draft::legs(posted) {
        let mut block = block(
            &format!("b-l{at}"),
            &format!("Leg {} of the route", at + 1),
            &[("route_leg", format!("l{at}."))],
            posted,
            &["person", "seq"],
        );
        block.hidden.push((format!("l{at}"), "leg".to_owned()));
        blocks.push(block);
    }
    blocks.push(block("b-note", "First note", &[("note", "n.".to_owned())], posted, &["person"]));
    for input in blocks.iter_mut().flat_map(|block| block.main.iter_mut().chain(&mut block.more)) {
        // A phone, a paper or a leg that nobody fills in is not entered at all.
        input.required &= matches!(input.kind.as_str(), "case" | "case_person") || input.kind == "route_leg";
    }
    NewCasePage { shell, blocks }
}

#[cfg(test)]
pub(super) fn samples(shell: Shell, text: &str) -> (impl Template + use<>, impl Template + use<>) {
    let asked = Posted::from_pairs(&[
        ("q.name", text),
        ("q.phone", text),
        ("q.age", text),
        ("q.place", text),
        ("q.id", text),
        ("q.guardian", text),
        ("q.district", text),
        ("q.sex", "female"),
    ]);
    let posted = draft::tests::posted(text);
    let first = SearchFirstPage { shell: shell.clone(), asked, found: Some(super::samples::alike(text)) };
    (first, form(shell, &posted))
}
