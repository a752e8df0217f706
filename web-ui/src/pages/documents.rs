//! Adding a document to a case, and reading one.
//! The list with what has come so far is on the page of the case.

use super::case::{id, load};
use super::fields::Choice;
use super::form::Posted;
use super::reply::{Reply, refusal, render, render_as, to};
use super::shell::{Fault, Shell};
use crate::paths;
use crate::security::csrf;
use crate::security::errors;
use crate::security::session::SignedIn;
use crate::state::AppState;
use crate::upload::{self, Failed};
use askama::Template;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use icmc_node::service::ServiceError;
use icmc_node::service::model::{CaseSummary, CaseView, Fields};
use icmc_protocol::dictionary::{Code, Dictionary};
use icmc_protocol::documents::KINDS;

/// Fields of the form that go into the case as they are.
const FIELDS: [&str; 7] = ["title", "doc_type", "person", "captured_on", "captured_by", "source", "original_held_at"];

#[derive(Template)]
#[template(path = "pages/document.html")]
struct DocumentPage {
    shell: Shell,
    case: CaseSummary,
    received: bool,
    types: Vec<Choice>,
    people: Vec<Choice>,
    form: Posted,
    restricted: bool,
    max_mib: u64,
}

/// `GET /cases/{case}/documents`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Path(case): Path<String>) -> Reply {
    let shell = Shell::of(&state, &me, "Add a document", "cases");
    let view = load(&state, &me, &case).await.map_err(|error| shell.oops(error))?;
    Ok(render(&form(&state, shell, &view, Posted::default())))
}

/// `POST /cases/{case}/documents`.
pub(super) async fn add(State(state): State<AppState>, me: SignedIn, Path(case): Path<String>, parts: Multipart) -> Reply {
    let shell = Shell::of(&state, &me, "Add a document", "cases");
    let case = id(&case).map_err(|error| shell.oops(error))?;
    let secret = |name: &str, value: &str| name == csrf::FIELD && csrf::fits(value, &me.csrf);
    let uploaded = match upload::receive(&state.service, &me.actor, case, parts, Some(&secret)).await {
        Ok(uploaded) => uploaded,
        Err(failed) => return again(&state, &me, shell, case, failed).await,
    };
    let posted = Posted::new(uploaded.pairs);
    let restricted = !posted.one("restricted").is_empty() || !is_open(posted.one("doc_type"));
    let fields: Fields = FIELDS.iter().map(|name| ((*name).to_owned(), posted.one(name).into())).collect();
    match state.service.add_document(&me.actor, case, restricted, fields, uploaded.sealed).await {
        Ok(_) => Ok(to(&format!("{}#h-documents", paths::case(case)), "saved")),
        Err(error) => {
            let view = load(&state, &me, &case.to_string()).await.map_err(|error| shell.oops(error))?;
            let mut faults = refusal(error).map_err(|error| shell.oops(error))?;
            faults.push(Fault { field: Some("f-file".to_owned()), text: "File: choose it once more".to_owned() });
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &form(&state, shell.with_faults(faults), &view, posted)))
        }
    }
}

/// `GET /cases/{case}/documents/{document}`.
pub(super) async fn read(State(state): State<AppState>, me: SignedIn, Path((case, document)): Path<(String, String)>) -> Reply {
    let shell = Shell::of(&state, &me, "Document", "cases");
    let found = async {
        let document = id(&document)?;
        let (file, reader) = state.service.read_document(&me.actor, id(&case)?, document).await?;
        Ok::<_, ServiceError>(upload::download(&file, reader, document).into_response())
    };
    found.await.map_err(|error| shell.oops(error))
}

/// The form again, empty, with why nothing was saved.
async fn again(state: &AppState, me: &SignedIn, shell: Shell, case: icmc_protocol::ids::CaseId, failed: Failed) -> Reply {
    let fault = |text: &str| vec![Fault { field: Some("f-file".to_owned()), text: text.to_owned() }];
    let (status, faults) = match failed {
        Failed::Csrf => return Ok(no_secret(case)),
        Failed::Malformed => (StatusCode::BAD_REQUEST, fault("File: it did not come to its end; nothing was saved")),
        Failed::NoFile => (StatusCode::UNPROCESSABLE_ENTITY, fault("File: choose one that is not empty")),
        Failed::TooLarge(text) => (StatusCode::PAYLOAD_TOO_LARGE, fault(&format!("File: {text}"))),
        Failed::Service(error) => (StatusCode::CONFLICT, refusal(error).map_err(|error| shell.oops(error))?),
    };
    let view = load(state, me, &case.to_string()).await.map_err(|error| shell.oops(error))?;
    Ok(render_as(status, &form(state, shell.with_faults(faults), &view, Posted::default())))
}

fn no_secret(case: icmc_protocol::ids::CaseId) -> Response {
    errors::reply(&paths::documents(case), StatusCode::FORBIDDEN, crate::security::csrf::OTHER_SESSION)
}

/// Whether a document of this kind may travel with the others.
fn is_open(doc_type: &str) -> bool {
    codes(KINDS[0]).iter().any(|code| code.code == doc_type)
}

fn codes(kind: &str) -> &'static [Code] {
    Dictionary::builtin().field(kind, "doc_type").map_or(&[], |field| &field.codes)
}

fn form(state: &AppState, shell: Shell, view: &CaseView, form: Posted) -> DocumentPage {
    let chosen = |name: &str, code: &str| form.one(name) == code;
    let types = codes(KINDS[1]).iter().map(|code| Choice {
        chosen: chosen("doc_type", &code.code),
        label: code.label.clone(),
        code: code.code.clone(),
    });
    let people = view.people.iter().filter(|person| !person.entity.removed).map(|person| Choice {
        chosen: chosen("person", &person.id.to_string()),
        label: person.display.clone(),
        code: person.id.to_string(),
    });
    DocumentPage {
        types: types.collect(),
        people: people.collect(),
        restricted: !form.one("restricted").is_empty(),
        max_mib: state.service.node.blobs().max() / (1024 * 1024),
        case: view.summary.clone(),
        received: view.received.is_some(),
        form,
        shell,
    }
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    let view = super::samples::case(text);
    let typed = Posted::from_pairs(&[("title", text), ("source", text)]);
    DocumentPage {
        shell,
        case: view.summary,
        received: true,
        types: vec![Choice { code: "medical".to_owned(), label: "Medical paper".to_owned(), chosen: true }],
        people: vec![Choice { code: "0".repeat(32), label: text.to_owned(), chosen: false }],
        form: typed,
        restricted: true,
        max_mib: 512,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medical_papers_and_statements_are_restricted_and_every_kind_can_be_chosen() {
        assert!(!is_open("medical") && !is_open("statement") && is_open("photo"));
        assert!(codes(KINDS[0]).iter().all(|open| codes(KINDS[1]).contains(open)));
    }
}
