//! What is carried by hand, in the browser: files to download for another unit, a file of another unit to take; and proofs
//! against a unit as files.
//! The page around it is `peers`; what is in the files is the service's business.

use super::case::id;
use super::peers::{after_import, again, shell};
use super::reply::{Reply, refusal, render, render_as};
use super::shell::Shell;
use super::words;
use crate::paths;
use crate::security::session::SignedIn;
use crate::security::{csrf, errors};
use crate::state::AppState;
use crate::upload::{self, Failed};
use askama::Template;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::IntoResponse as _;
use icmc_node::service::ServiceError;
use icmc_node::service::model::CarryView;
use icmc_protocol::carried::documents;
use icmc_protocol::ids::UnitId;

/// Most bytes of a form with a carried file: the largest file, with room for what is around it.
pub(super) fn form_max() -> usize {
    usize::try_from(documents::FILE_MAX).unwrap_or(usize::MAX).saturating_add(64 * 1024)
}

#[derive(Template)]
#[template(path = "pages/carry.html")]
struct CarryPage {
    shell: Shell,
    carry: CarryView,
}

/// `GET /peers/{unit}/carry`: what files made now would hold, and what would find no room in them.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Path(unit): Path<String>) -> Reply {
    let shell = shell(&state, &me);
    let found = async { state.service.carry_view(&me.actor, id(&unit)?).await };
    let carry = found.await.map_err(|error| shell.oops(error))?;
    Ok(render(&CarryPage { shell, carry }))
}

/// The page again with why no file was made.
async fn not_made(state: &AppState, me: &SignedIn, unit: &str, error: ServiceError) -> Reply {
    let shell = shell(state, me);
    let faults = refusal(error).map_err(|error| shell.oops(error))?;
    let found = async { state.service.carry_view(&me.actor, id(unit)?).await };
    let carry = found.await.map_err(|error| shell.oops(error))?;
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &CarryPage { shell: shell.with_faults(faults), carry }))
}

/// `POST /peers/{unit}/export`. A download: nothing of it stays in the browser's history.
pub(super) async fn export(State(state): State<AppState>, me: SignedIn, Path(unit): Path<String>) -> Reply {
    let made = async {
        let unit: UnitId = id(&unit)?;
        Ok::<_, ServiceError>((unit, state.service.export_envelopes(&me.actor, unit).await?))
    };
    match made.await {
        Ok((unit, made)) => Ok((named(&format!("for-{}.icmc", unit.short())), made.file).into_response()),
        Err(error) => not_made(&state, &me, &unit, error).await,
    }
}

/// `POST /peers/{unit}/export-documents`.
pub(super) async fn export_documents(State(state): State<AppState>, me: SignedIn, Path(unit): Path<String>) -> Reply {
    let made = async {
        let unit: UnitId = id(&unit)?;
        Ok::<_, ServiceError>((unit, state.service.export_documents(&me.actor, unit, documents::FILE_MAX).await?))
    };
    match made.await {
        Ok((unit, made)) => {
            Ok((named(&format!("documents-for-{}.icmc", unit.short())), upload::carried_out(made)).into_response())
        }
        Err(error) => not_made(&state, &me, &unit, error).await,
    }
}

fn named(file: &str) -> [(HeaderName, String); 2] {
    let name = format!("attachment; filename=\"{file}\"");
    [(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CONTENT_DISPOSITION, name)]
}

/// `POST /peers/import`, as `multipart/form-data`: a file of either sort.
pub(super) async fn import(State(state): State<AppState>, me: SignedIn, parts: Multipart) -> Reply {
    let secret = |name: &str, value: &str| name == csrf::FIELD && csrf::fits(value, &me.csrf);
    let refused = |text: &str| ServiceError::Refused(text.to_owned());
    let error = match upload::carried(&state.service, &me.actor, parts, &secret).await {
        Ok(said) => return after_import(&state, &me, said).await,
        Err(Failed::Csrf) => {
            return Ok(errors::reply(paths::import_envelopes(), StatusCode::FORBIDDEN, csrf::OTHER_SESSION));
        }
        Err(Failed::Malformed) => refused("the file did not come to its end; what came of documents is kept"),
        Err(Failed::NoFile) => refused("no file was chosen"),
        Err(Failed::TooLarge(text)) => refused(&text),
        Err(Failed::Service(error @ ServiceError::Forbidden(_))) => return Err(shell(&state, &me).oops(error)),
        Err(Failed::Service(error)) => error,
    };
    again(&state, &me, error, "f-file").await
}

/// `GET /peers/{unit}/proofs/{hash}`.
pub(super) async fn proof(State(state): State<AppState>, me: SignedIn, Path((unit, hash)): Path<(String, String)>) -> Reply {
    let file = async { state.service.proof(&me.actor, id(&unit)?, hash).await };
    let file = file.await.map_err(|error| shell(&state, &me).oops(error))?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"proof.cbor\""),
    ];
    Ok((headers, file).into_response())
}

#[cfg(test)]
pub(super) fn samples(shell: Shell, text: &str) -> Vec<impl Template + use<>> {
    let to = super::samples::unit(text);
    let full = CarryView {
        to: to.clone(),
        envelopes: 1,
        answers: 2,
        left: 3,
        keyless: false,
        documents: 4,
        parts: 16_000,
        mebibytes: 3_750,
        parts_left: 5,
    };
    let none =
        CarryView { envelopes: 0, answers: 0, left: 0, documents: 0, parts: 0, mebibytes: 0, parts_left: 0, ..full.clone() };
    let keyless = CarryView { keyless: true, left: 3, ..none.clone() };
    [full, none, keyless].map(|carry| CarryPage { shell: shell.clone(), carry }).into()
}
