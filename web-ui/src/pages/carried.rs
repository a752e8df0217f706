//! Envelopes carried by hand, in the browser: a file to download for another unit, a file of another unit to take; and proofs
//! against a unit as files.
//! The page around it is `peers`; what is in the files is the service's business.

use super::case::id;
use super::peers::{after_import, again, shell};
use super::reply::Reply;
use crate::security::session::SignedIn;
use crate::security::upload;
use crate::state::AppState;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse as _;
use icmc_node::service::ServiceError;
use icmc_protocol::ids::UnitId;

/// `POST /peers/{unit}/export`. A download: nothing of it stays in the browser's history.
pub(super) async fn export(State(state): State<AppState>, me: SignedIn, Path(unit): Path<String>) -> Reply {
    let made = async {
        let unit: UnitId = id(&unit)?;
        Ok::<_, ServiceError>((unit, state.service.export_envelopes(&me.actor, unit).await?))
    };
    let (unit, made) = match made.await {
        Ok(made) => made,
        Err(error) => return again(&state, &me, error, &format!("u-{unit}")).await,
    };
    let name = format!("attachment; filename=\"for-{}.icmc\"", unit.short());
    let headers = [(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, made.file).into_response())
}

/// `POST /peers/import`, as `multipart/form-data`.
pub(super) async fn import(State(state): State<AppState>, me: SignedIn, headers: HeaderMap, body: Bytes) -> Reply {
    let file = upload::field(&headers, &body, "file").await.filter(|file| !file.is_empty());
    let taken = match file {
        Some(file) => state.service.import_envelopes(&me.actor, file.to_vec()).await,
        None => Err(ServiceError::Refused("no file was chosen".to_owned())),
    };
    match taken {
        Ok(taken) => after_import(&state, &me, taken.sentence()).await,
        Err(error @ ServiceError::Forbidden(_)) => Err(shell(&state, &me).oops(error)),
        Err(error) => again(&state, &me, error, "f-file").await,
    }
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
