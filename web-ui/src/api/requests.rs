//! Requests to check something: asking, taking, refusing, answering, closing; and words about a request or a share.
//! What another unit shared is in `inbox`.

use super::body::{Body, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::service::model::{AnswerRequest, AskRequest, MessageView, RequestPage, RequestView, UnreadView};
use icmc_protocol::ids::{EntityId, ShareId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default()
        .post("/cases/{id}/requests", ask)
        .get("/requests", list)
        .get("/requests/{id}", one)
        .post("/requests/{id}/take", take)
        .post("/requests/{id}/refuse", refuse)
        .post("/requests/{id}/answer", answer)
        .post("/requests/{id}/close", close)
        .post("/requests/{id}/put", put)
        .get("/messages", unread)
        .get("/messages/{id}", messages)
        .post("/messages/{id}", say)
}

/// A request that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct Made {
    /// 32 hexadecimal digits.
    #[schema(value_type = String)]
    id: ShareId,
}

/// Ask another unit to check something about a person of a case. Only the fields that you fill in leave this unit.
#[utoipa::path(post, path = "/cases/{id}/requests", tag = "requests", params(("id" = String, Path, description = "The case")),
    request_body = schema::AskRequest, responses((status = 201, body = Made), Refusals))]
pub(super) async fn ask(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
    Body(asked): Body<AskRequest>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let id = state.service.ask_check(&caller.actor, id(&case)?, asked).await?;
    Ok((StatusCode::CREATED, Json(Made { id })))
}

/// Requests made and received, those that wait first.
#[utoipa::path(get, path = "/requests", tag = "requests", responses((status = 200, body = Vec<schema::RequestView>), Refusals))]
pub(super) async fn list(State(state): State<AppState>, caller: Caller) -> Result<Json<Vec<RequestView>>, Problem> {
    Ok(Json(state.service.requests(&caller.actor).await?))
}

/// One request with the words about it.
#[utoipa::path(get, path = "/requests/{id}", tag = "requests", params(("id" = String, Path, description = "The request")),
    responses((status = 200, body = schema::RequestPage), Refusals))]
pub(super) async fn one(
    State(state): State<AppState>,
    caller: Caller,
    Path(request): Path<String>,
) -> Result<Json<RequestPage>, Problem> {
    Ok(Json(state.service.request(&caller.actor, id(&request)?).await?))
}

/// Take a received request in hand.
#[utoipa::path(post, path = "/requests/{id}/take", tag = "requests", params(("id" = String, Path, description = "The request")),
    responses((status = 204, description = "Taken"), Refusals))]
pub(super) async fn take(
    State(state): State<AppState>,
    caller: Caller,
    Path(request): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.take_request(&caller.actor, id(&request)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a request is not taken.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refusal {
    /// not_our_area, no_capacity, too_little, no_ground, danger, other.
    reason: String,
    /// More; required if the reason is `other`.
    #[serde(default)]
    text: String,
}

/// Refuse a received request; its key is destroyed here.
#[utoipa::path(post, path = "/requests/{id}/refuse", tag = "requests", params(("id" = String, Path, description = "The request")),
    request_body = Refusal, responses((status = 204, description = "Refused"), Refusals))]
pub(super) async fn refuse(
    State(state): State<AppState>,
    caller: Caller,
    Path(request): Path<String>,
    Body(why): Body<Refusal>,
) -> Result<StatusCode, Problem> {
    state.service.refuse_request(&caller.actor, id(&request)?, &why.reason, &why.text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answer a received request: signed by this unit.
#[utoipa::path(post, path = "/requests/{id}/answer", tag = "requests", params(("id" = String, Path, description = "The request")),
    request_body = schema::AnswerRequest, responses((status = 204, description = "Answered"), Refusals))]
pub(super) async fn answer(
    State(state): State<AppState>,
    caller: Caller,
    Path(request): Path<String>,
    Body(answer): Body<AnswerRequest>,
) -> Result<StatusCode, Problem> {
    state.service.answer_request(&caller.actor, id(&request)?, answer).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Withdraw a request of yours, or close it once it is answered: the other unit destroys its key and signs a receipt.
#[utoipa::path(post, path = "/requests/{id}/close", tag = "requests", params(("id" = String, Path, description = "The request")),
    responses((status = 204, description = "Closed"), Refusals))]
pub(super) async fn close(
    State(state): State<AppState>,
    caller: Caller,
    Path(request): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.close_request(&caller.actor, id(&request)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The answer as it stands in the case.
#[derive(Serialize, ToSchema)]
pub(super) struct Put {
    /// 32 hexadecimal digits.
    #[schema(value_type = String)]
    entity: EntityId,
}

/// Write the answer into the case, as what that unit found.
#[utoipa::path(post, path = "/requests/{id}/put", tag = "requests", params(("id" = String, Path, description = "The request")),
    responses((status = 200, body = Put), Refusals))]
pub(super) async fn put(
    State(state): State<AppState>,
    caller: Caller,
    Path(request): Path<String>,
) -> Result<Json<Put>, Problem> {
    let entity = state.service.put_answer(&caller.actor, id(&request)?).await?;
    Ok(Json(Put { entity }))
}

/// What the two units said about a request or a share.
#[utoipa::path(get, path = "/messages/{id}", tag = "requests", params(("id" = String, Path, description = "The request or the share")),
    responses((status = 200, body = Vec<schema::MessageView>), Refusals))]
pub(super) async fn messages(
    State(state): State<AppState>,
    caller: Caller,
    Path(about): Path<String>,
) -> Result<Json<Vec<MessageView>>, Problem> {
    Ok(Json(state.service.messages(&caller.actor, id(&about)?).await?))
}

/// Messages that nobody here has looked at, about shares and requests.
#[utoipa::path(get, path = "/messages", tag = "requests", responses((status = 200, body = Vec<schema::UnreadView>), Refusals))]
pub(super) async fn unread(State(state): State<AppState>, caller: Caller) -> Result<Json<Vec<UnreadView>>, Problem> {
    Ok(Json(state.service.unread(&caller.actor).await?))
}

/// A word to the other unit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Word {
    /// At most 4000 bytes.
    text: String,
}

/// Say something to the other unit about a request or a share.
#[utoipa::path(post, path = "/messages/{id}", tag = "requests", params(("id" = String, Path, description = "The request or the share")),
    request_body = Word, responses((status = 204, description = "Sent"), Refusals))]
pub(super) async fn say(
    State(state): State<AppState>,
    caller: Caller,
    Path(about): Path<String>,
    Body(word): Body<Word>,
) -> Result<StatusCode, Problem> {
    state.service.say(&caller.actor, id(&about)?, &word.text).await?;
    Ok(StatusCode::NO_CONTENT)
}
