//! A case changes its owner: offering, taking back, answering, deciding a dispute.
//! The chain of custody is part of the case.

use super::body::{Body, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::service::model::{PersonRequest, TransferRequest};
use icmc_protocol::ids::UnitId;
use serde::Deserialize;
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default()
        .post("/cases/{id}/transfer", offer)
        .delete("/cases/{id}/transfer", withdraw)
        .post("/cases/{id}/transfer/answer", answer)
        .post("/cases/{id}/custody", decide)
}

/// Who is to own the case, and on what ground each person goes along.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOffer {
    /// A unit that works on the case under an active share.
    #[schema(value_type = String)]
    to: UnitId,
    /// Every person of the case.
    #[schema(value_type = Vec<schema::PersonRequest>)]
    persons: Vec<PersonRequest>,
}

/// Yes or no.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfferAnswer {
    /// Whether the case is to be ours.
    accept: bool,
    /// Why not; required with a no.
    #[serde(default)]
    reason: String,
}

/// Whose a disputed case is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    /// One of the two units that it was handed to.
    #[schema(value_type = String)]
    owner: UnitId,
}

/// Offer a case, whole, to a unit that works on it.
#[utoipa::path(post, path = "/cases/{id}/transfer", tag = "transfer", params(("id" = String, Path, description = "The case")),
    request_body = NewOffer, responses((status = 204, description = "Offered"), Refusals))]
pub(super) async fn offer(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
    Body(NewOffer { to, persons }): Body<NewOffer>,
) -> Result<StatusCode, Problem> {
    state.service.offer_case(&caller.actor, TransferRequest { case: id(&case)?, to, persons }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take an offer back that was not accepted.
#[utoipa::path(delete, path = "/cases/{id}/transfer", tag = "transfer", params(("id" = String, Path, description = "The case")),
    responses((status = 204, description = "Taken back"), Refusals))]
pub(super) async fn withdraw(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<StatusCode, Problem> {
    state.service.withdraw_offer(&caller.actor, id(&case)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answer an offer.
#[utoipa::path(post, path = "/cases/{id}/transfer/answer", tag = "transfer", params(("id" = String, Path, description = "The case")),
    request_body = OfferAnswer, responses((status = 204, description = "Answered"), Refusals))]
pub(super) async fn answer(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
    Body(said): Body<OfferAnswer>,
) -> Result<StatusCode, Problem> {
    state.service.answer_offer(&caller.actor, id(&case)?, said.accept, &said.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Decide whose a case is that its owner handed to two units.
#[utoipa::path(post, path = "/cases/{id}/custody", tag = "transfer", params(("id" = String, Path, description = "The case")),
    request_body = Decision, responses((status = 204, description = "Decided"), Refusals))]
pub(super) async fn decide(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
    Body(Decision { owner }): Body<Decision>,
) -> Result<StatusCode, Problem> {
    state.service.decide_custody(&caller.actor, id(&case)?, owner).await?;
    Ok(StatusCode::NO_CONTENT)
}
