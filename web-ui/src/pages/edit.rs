//! Editing one entity of a case, or adding one. If somebody else changed a field meanwhile, both versions are shown side by side.
//! Which fields there are is the dictionary's; whether a value fits is the service's to say.

use super::Pairs;
use super::case::load;
use super::edit_diff::{PREFIX, TWO, changed, find, seen, values};
use super::fields::{Choice, Fields, Input, attach, fields_of, inputs, leading, stored};
use super::form::Posted;
use super::reply::{Reply, refusal, render, render_as, to};
use super::same;
use super::shell::{Fault, Shell};
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use icmc_node::service::ServiceError;
use icmc_node::service::model::{CaseView, ChangeRequest, EntityView, FieldView};
use icmc_protocol::dictionary::Dictionary;
use serde::Deserialize;

struct Version {
    text: String,
    by: String,
}

/// A field with more than one version: those that stand, and what was typed.
struct Clash {
    label: String,
    stands: Vec<Version>,
    typed: String,
    input: Vec<Input>,
}

#[derive(Template)]
#[template(path = "pages/edit.html")]
struct EditPage {
    shell: Shell,
    heading: String,
    note: Option<&'static str>,
    action: String,
    back: String,
    hidden: Vec<(String, String)>,
    clashes: Vec<Clash>,
    main: Vec<Input>,
    more: Vec<Input>,
    open: bool,
}

/// For whom something is added.
#[derive(Debug, Default, Deserialize)]
pub(super) struct For {
    person: Option<String>,
}

/// `GET /cases/{case}/edit/{kind}/{entity}`.
pub(super) async fn page(
    State(state): State<AppState>,
    me: SignedIn,
    Path((case, kind, entity)): Path<(String, String, String)>,
) -> Reply {
    let shell = Shell::of(&state, &me, "Edit", "cases");
    let view = load(&state, &me, &case).await.map_err(|error| shell.oops(error))?;
    let found = find(&view, &kind, &entity).map_err(|error| shell.oops(error))?;
    let typed = stored(&kind, PREFIX, &values(found));
    Ok(render(&form(shell, &view, found, &typed, &[])))
}

/// `POST /cases/{case}/edit/{kind}/{entity}`.
pub(super) async fn save(
    State(state): State<AppState>,
    me: SignedIn,
    Path((case, kind, entity)): Path<(String, String, String)>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let shell = Shell::of(&state, &me, "Edit", "cases");
    let view = load(&state, &me, &case).await.map_err(|error| shell.oops(error))?;
    let found = find(&view, &kind, &entity).map_err(|error| shell.oops(error))?;
    let changed = changed(found, &posted);
    let stale: Vec<&str> = changed.iter().filter(|change| change.stale).map(|change| change.field.name.as_str()).collect();
    if !stale.is_empty() {
        let faults = stale.iter().map(|name| Fault {
            field: Some(format!("f-f-{name}")),
            text: format!(
                "{}: somebody else changed this meanwhile; choose what is to stand",
                found.field(name).map_or(*name, |field| &field.label)
            ),
        });
        let shell = shell.with_faults(faults.collect());
        return Ok(render_as(StatusCode::CONFLICT, &form(shell, &view, found, &posted, &stale)));
    }
    let fields: Fields = changed.iter().map(|change| (change.field.name.clone(), change.value.clone())).collect();
    let replaces = changed.iter().map(|change| (change.field.name.clone(), change.field.seen.clone())).collect();
    let request = ChangeRequest {
        kind: kind.clone(),
        entity: Some(found.id),
        fields,
        replaces: Some(replaces),
        ..ChangeRequest::default()
    };
    let back = format!("{}#e-{}", paths::case(&case), found.person.unwrap_or(found.id));
    if changed.is_empty() {
        return Ok(to(&back, "saved"));
    }
    match state.service.change(&me.actor, view.summary.id, vec![request]).await {
        Ok(_) => {
            let person = (kind.as_str(), Some(found.person.unwrap_or(found.id)));
            same::after_change(&state, &me, view.summary.id, person, &back).map_err(|error| shell.oops(error))
        }
        Err(error) => wrong(error, form(shell.clone(), &view, found, &posted, &[])).map_err(|error| shell.oops(error)),
    }
}

/// `GET /cases/{case}/add/{kind}`.
pub(super) async fn blank(
    State(state): State<AppState>,
    me: SignedIn,
    Path((case, kind)): Path<(String, String)>,
    Query(whom): Query<For>,
) -> Reply {
    let shell = Shell::of(&state, &me, "Add", "cases");
    let view = load(&state, &me, &case).await.map_err(|error| shell.oops(error))?;
    let person = whom.person.unwrap_or_default();
    let mut typed = Posted::default();
    typed.push(format!("{PREFIX}person"), person.clone());
    typed.push("parent", person);
    if kind == "route_leg" {
        typed.push(format!("{PREFIX}seq"), (view.legs.len() + 1).to_string());
    }
    let page = blank_form(shell.clone(), &view, &kind, &typed).map_err(|error| shell.oops(error))?;
    Ok(render(&page))
}

/// `POST /cases/{case}/add/{kind}`.
pub(super) async fn add(
    State(state): State<AppState>,
    me: SignedIn,
    Path((case, kind)): Path<(String, String)>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let shell = Shell::of(&state, &me, "Add", "cases");
    let view = load(&state, &me, &case).await.map_err(|error| shell.oops(error))?;
    let page = blank_form(shell.clone(), &view, &kind, &posted).map_err(|error| shell.oops(error))?;
    let has_parent = Dictionary::builtin().kind(&kind).is_some_and(|kind| kind.parent.is_some());
    let parent = posted.one("parent").parse().ok().filter(|_| has_parent);
    let request =
        ChangeRequest { kind: kind.clone(), parent, fields: fields_of(&posted, PREFIX, &kind), ..ChangeRequest::default() };
    match state.service.change(&me.actor, view.summary.id, vec![request]).await {
        Ok(made) => {
            let person = (kind.as_str(), parent.or(made.first().copied()));
            same::after_change(&state, &me, view.summary.id, person, &paths::case(&case)).map_err(|error| shell.oops(error))
        }
        Err(error) => wrong(error, page).map_err(|error| shell.oops(error)),
    }
}

/// The form again, with what was wrong.
fn wrong(error: ServiceError, mut page: EditPage) -> Result<axum::response::Response, ServiceError> {
    page.shell.faults = match error {
        ServiceError::Fields(faults) => {
            let clashing = page.clashes.iter_mut().flat_map(|clash| clash.input.iter_mut());
            attach(&faults, clashing.chain(&mut page.main).chain(&mut page.more))
        }
        other => refusal(other)?,
    };
    page.open = true;
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

fn people(view: &CaseView) -> Vec<Choice> {
    view.people
        .iter()
        .map(|person| Choice { code: person.id.to_string(), label: person.display.clone(), chosen: false })
        .collect()
}

fn form(shell: Shell, view: &CaseView, entity: &EntityView, typed: &Posted, stale: &[&str]) -> EditPage {
    let held = inputs(&entity.kind, PREFIX, &stored(&entity.kind, PREFIX, &values(entity)), &people(view));
    let (mut main, mut more, mut clashes) = (Vec::new(), Vec::new(), Vec::new());
    let lead = leading(&entity.kind);
    for (mut input, held) in inputs(&entity.kind, PREFIX, typed, &people(view)).into_iter().zip(held) {
        let Some(field) = entity.field(&input.field).filter(|_| !takes_two(&input)) else { continue };
        let two = !field.conflict.is_empty();
        input.seen = Some(seen(&field.seen));
        input.was = if two { TWO.to_owned() } else { held.held() };
        if two || stale.contains(&input.field.as_str()) {
            clashes.push(clash(field, input, &shell));
        } else if lead.has(&input.field) || input.required {
            main.push(input);
        } else {
            more.push(input);
        }
    }
    let owner_only = view
        .received
        .is_some()
        .then_some("This is another unit's case: what you save is proposed to its owner, and counts once it is admitted.");
    EditPage {
        heading: format!("Edit: {}", entity.label),
        note: owner_only,
        action: paths::edit(view.summary.id, &entity.kind, entity.id),
        back: paths::case(view.summary.id),
        hidden: Vec::new(),
        clashes,
        main,
        more,
        open: false,
        shell,
    }
}

/// A ground in place of consent takes two persons: it is never written by this form.
fn takes_two(input: &Input) -> bool {
    input.kind == "consent" && input.field.starts_with("override_")
}

fn clash(field: &FieldView, input: Input, shell: &Shell) -> Clash {
    let version =
        |text: &str, by: String| Version { text: if text.is_empty() { "(empty)".to_owned() } else { text.to_owned() }, by };
    let stands = if field.conflict.is_empty() {
        vec![version(&field.text, String::new())]
    } else {
        let by = |at: Option<_>, unit: &str| at.map_or_else(|| unit.to_owned(), |at| format!("{unit}, {}", shell.time(&at)));
        field.conflict.iter().map(|one| version(&one.text, by(one.at, &one.unit.name))).collect()
    };
    Clash { label: field.label.clone(), stands, typed: input.held(), input: vec![input] }
}

fn blank_form(shell: Shell, view: &CaseView, kind: &str, typed: &Posted) -> Result<EditPage, ServiceError> {
    let known =
        Dictionary::builtin().kind(kind).filter(|kind| !kind.structural && kind.name != "case").ok_or(ServiceError::NotFound)?;
    let lead = leading(kind);
    let (main, more) = inputs(kind, PREFIX, typed, &people(view))
        .into_iter()
        .filter(|input| !takes_two(input))
        .partition(|input| lead.has(&input.field) || input.required || input.field == "person");
    Ok(EditPage {
        heading: format!("Add: {}", known.label),
        note: view
            .received
            .is_some()
            .then_some("This is another unit's case: what you save is proposed to its owner, and counts once it is admitted."),
        action: paths::add(view.summary.id, kind),
        back: paths::case(view.summary.id),
        hidden: vec![("parent".to_owned(), typed.one("parent").to_owned())],
        clashes: Vec::new(),
        main,
        more,
        open: false,
        shell,
    })
}

#[cfg(test)]
#[path = "tests/edit.rs"]
mod tests;
#[cfg(test)]
pub(super) use tests::sample;
