//! Documents of a case: adding one as `multipart/form-data`, how far each is here, reading one.
//! Other changes to them are in `changes`.

use super::body::id;
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use crate::upload::{self, Failed};
use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use icmc_node::service::model::{DocumentView, Fields};
use icmc_protocol::ids::{CaseId, EntityId};
use serde::Serialize;
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default().upload("/cases/{id}/documents", list, add).get("/cases/{id}/documents/{document}", read)
}

/// The id of a new document.
#[derive(Serialize, ToSchema)]
pub(super) struct Added {
    /// 32 hexadecimal digits.
    #[schema(value_type = String)]
    id: EntityId,
}

/// The documents of a case, and how many bytes of each are here.
#[utoipa::path(get, path = "/cases/{id}/documents", tag = "documents", params(("id" = String, Path, description = "The case")),
    responses((status = 200, body = Vec<schema::DocumentView>), Refusals))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<Json<Vec<DocumentView>>, Problem> {
    Ok(Json(state.service.case(&caller.actor, id(&case)?).await?.documents))
}

/// Add a document: its fields as parts by name, then the file. `restricted` is `yes` for one that leaves only by itself.
#[utoipa::path(post, path = "/cases/{id}/documents", tag = "documents", params(("id" = String, Path, description = "The case")),
    request_body(content = schema::NewDocument, content_type = "multipart/form-data"),
    responses((status = 201, description = "Added", body = Added), Refusals))]
pub(super) async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, Json<Added>), Problem> {
    let case: CaseId = id(&case)?;
    let parts = parts.map_err(|_| {
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send the document as Content-Type: multipart/form-data")
    })?;
    let uploaded = upload::receive(&state.service, &caller.actor, case, parts, None).await.map_err(problem)?;
    let (mut fields, mut restricted) = (Fields::new(), false);
    for (name, value) in uploaded.pairs {
        match (name.as_str(), value.as_str()) {
            ("restricted", "yes") => restricted = true,
            ("restricted", "no" | "") => {}
            ("restricted", _) => return Err(Problem::field("restricted", "yes or no")),
            _ => {
                fields.insert(name, value.into());
            }
        }
    }
    let id = state.service.add_document(&caller.actor, case, restricted, fields, uploaded.sealed).await?;
    Ok((StatusCode::CREATED, Json(Added { id })))
}

/// The file of a document, always as `application/octet-stream` to be kept.
#[utoipa::path(get, path = "/cases/{id}/documents/{document}", tag = "documents",
    params(("id" = String, Path, description = "The case"), ("document" = String, Path, description = "The document")),
    responses((status = 200, description = "The file", content_type = "application/octet-stream"), Refusals))]
pub(super) async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Path((case, document)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let document = id(&document)?;
    let (file, reader) = state.service.read_document(&caller.actor, id(&case)?, document).await?;
    Ok(upload::download(&file, reader, document).into_response())
}

fn problem(failed: Failed) -> Problem {
    match failed {
        Failed::Csrf | Failed::Malformed => {
            Problem::new(StatusCode::BAD_REQUEST, "the parts could not be read to their end; nothing was saved")
        }
        Failed::NoFile => Problem::field("file", "a part with a file that is not empty"),
        Failed::TooLarge(text) => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, text),
        Failed::Service(error) => error.into(),
    }
}
