//! Who sees a case and why; contributions of this unit; what two persons decide.
//! Shares themselves are in `shares`.

use super::body::{Body, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::service::model::{
    CaseSummary, ContributedView, DecisionRequest, DecisionView, PassingAnswer, TermsRequest, TermsView, WhoSees,
};
use icmc_protocol::ids::{EntityId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/cases/{id}/who", who)
        .get("/cases/{id}/contributed", contributed)
        .get("/cases/{id}/contributed/terms", terms_now)
        .put("/cases/{id}/contributed/terms", terms)
        .post("/cases/{id}/contributed/{entry}/passing", passing)
        .get("/contributions/waiting", waiting)
        .post("/cases/{id}/contributions/{entry}/refuse", refuse)
        .post("/cases/{id}/contributions/{entry}/ask", ask_to_pass)
        .post("/cases/{id}/contributed/{entry}/take-back", take_back)
        .get("/cases/{id}/decisions", decisions)
        .post("/cases/{id}/decisions", ask)
        .post("/cases/{id}/decisions/{decision}/agree", agree)
        .post("/cases/{id}/decisions/{decision}/disagree", disagree)
}

/// Who can see a case, and why: other units with their shares, and people of this unit.
#[utoipa::path(get, path = "/cases/{id}/who", tag = "shares", params(("id" = String, Path, description = "The case")),
    responses((status = 200, body = schema::WhoSees), Refusals))]
pub(super) async fn who(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<Json<WhoSees>, Problem> {
    Ok(Json(state.service.who_sees(&caller.actor, id(&case)?).await?))
}

/// What this unit wrote in a case of another, and what became of it.
#[utoipa::path(get, path = "/cases/{id}/contributed", tag = "shares", params(("id" = String, Path, description = "The case")),
    responses((status = 200, body = Vec<schema::ContributedView>), Refusals))]
pub(super) async fn contributed(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<Json<Vec<ContributedView>>, Problem> {
    Ok(Json(state.service.contributed(&caller.actor, id(&case)?).await?))
}

/// Say what the owner of a case may do with what you contribute from now on.
#[utoipa::path(put, path = "/cases/{id}/contributed/terms", tag = "shares", params(("id" = String, Path, description = "The case")),
    request_body = schema::TermsRequest, responses((status = 204, description = "Holds from now on"), Refusals))]
pub(super) async fn terms(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
    Body(terms): Body<TermsRequest>,
) -> Result<StatusCode, Problem> {
    state.service.contribution_terms(&caller.actor, id(&case)?, terms).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// On what terms you contribute to a case from now on.
#[utoipa::path(get, path = "/cases/{id}/contributed/terms", tag = "shares", params(("id" = String, Path, description = "The case")),
    responses((status = 200, body = schema::TermsView), Refusals))]
pub(super) async fn terms_now(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<Json<TermsView>, Problem> {
    Ok(Json(state.service.contribution_terms_now(&caller.actor, id(&case)?).await?))
}

/// The answer to the question whether a contribution may be passed on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    /// The unit that was asked about.
    #[schema(value_type = String)]
    to: UnitId,
    /// Whether it may.
    yes: bool,
    /// A word with it.
    #[serde(default)]
    text: String,
}

/// Answer whether the owner of a case may pass a contribution of yours to one unit. A yes passes it, and cannot be changed; the
/// contribution as a whole can be taken back.
#[utoipa::path(post, path = "/cases/{id}/contributed/{entry}/passing", tag = "shares",
    params(("id" = String, Path, description = "The case"), ("entry" = String, Path, description = "The entry")),
    request_body = Answer, responses((status = 204, description = "Answered"), Refusals))]
pub(super) async fn passing(
    State(state): State<AppState>,
    caller: Caller,
    Path((case, entry)): Path<(String, String)>,
    Body(answer): Body<Answer>,
) -> Result<StatusCode, Problem> {
    let Answer { to, yes, text } = answer;
    let answer = PassingAnswer { entry: id(&entry)?, to, yes, text };
    state.service.answer_passing(&caller.actor, id(&case)?, answer).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Your unit's cases to which another unit contributed something that waits for a yes or a no.
#[utoipa::path(get, path = "/contributions/waiting", tag = "shares", responses((status = 200, body = Vec<schema::CaseSummary>), Refusals))]
pub(super) async fn waiting(State(state): State<AppState>, caller: Caller) -> Result<Json<Vec<CaseSummary>>, Problem> {
    Ok(Json(state.service.contributions_waiting(&caller.actor).await?))
}

/// Why a contribution is refused.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    /// Its author reads this.
    reason: String,
}

/// Whether the author of a contribution can be told that it was refused.
#[derive(Serialize, ToSchema)]
pub(super) struct Told {
    /// It is told, under a share that is open.
    told: bool,
}

/// Do not let a contribution count. It can still be admitted.
#[utoipa::path(post, path = "/cases/{id}/contributions/{entry}/refuse", tag = "shares",
    params(("id" = String, Path, description = "The case"), ("entry" = String, Path, description = "The entry")),
    request_body = Reason, responses((status = 200, body = Told), Refusals))]
pub(super) async fn refuse(
    State(state): State<AppState>,
    caller: Caller,
    Path((case, entry)): Path<(String, String)>,
    Body(why): Body<Reason>,
) -> Result<Json<Told>, Problem> {
    let told = state.service.refuse_contribution(&caller.actor, id(&case)?, id(&entry)?, &why.reason).await?;
    Ok(Json(Told { told }))
}

/// Whether a contribution may be passed on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    /// To whom.
    #[schema(value_type = String)]
    to: UnitId,
    /// Why it is asked.
    #[serde(default)]
    why: String,
}

/// Ask the author of a contribution whether you may pass it to one unit.
#[utoipa::path(post, path = "/cases/{id}/contributions/{entry}/ask", tag = "shares",
    params(("id" = String, Path, description = "The case"), ("entry" = String, Path, description = "The entry")),
    request_body = Question, responses((status = 204, description = "Asked"), Refusals))]
pub(super) async fn ask_to_pass(
    State(state): State<AppState>,
    caller: Caller,
    Path((case, entry)): Path<(String, String)>,
    Body(question): Body<Question>,
) -> Result<StatusCode, Problem> {
    state.service.ask_to_pass(&caller.actor, id(&case)?, id(&entry)?, question.to, &question.why).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a contribution back: the owner destroys it, and so does whoever had it from there.
#[utoipa::path(post, path = "/cases/{id}/contributed/{entry}/take-back", tag = "shares",
    params(("id" = String, Path, description = "The case"), ("entry" = String, Path, description = "The entry")),
    responses((status = 204, description = "Taken back"), Refusals))]
pub(super) async fn take_back(
    State(state): State<AppState>,
    caller: Caller,
    Path((case, entry)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    state.service.take_back(&caller.actor, id(&case)?, id(&entry)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What two persons have decided about a case, or one has asked for.
#[utoipa::path(get, path = "/cases/{id}/decisions", tag = "lifecycle", params(("id" = String, Path, description = "The case")),
    responses((status = 200, body = Vec<schema::DecisionView>), Refusals))]
pub(super) async fn decisions(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
) -> Result<Json<Vec<DecisionView>>, Problem> {
    Ok(Json(state.service.decisions(&caller.actor, id(&case)?).await?))
}

/// The id of what was asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct Asked {
    /// 32 hexadecimal digits.
    #[schema(value_type = String)]
    id: EntityId,
}

/// Ask for something that a second person has to agree to.
#[utoipa::path(post, path = "/cases/{id}/decisions", tag = "lifecycle", params(("id" = String, Path, description = "The case")),
    request_body = schema::DecisionRequest, responses((status = 201, description = "Waits for a second person", body = Asked), Refusals))]
pub(super) async fn ask(
    State(state): State<AppState>,
    caller: Caller,
    Path(case): Path<String>,
    Body(wanted): Body<DecisionRequest>,
) -> Result<(StatusCode, Json<Asked>), Problem> {
    let id = state.service.ask_second(&caller.actor, id(&case)?, wanted).await?;
    Ok((StatusCode::CREATED, Json(Asked { id })))
}

/// Agree to what another person asked for.
#[utoipa::path(post, path = "/cases/{id}/decisions/{decision}/agree", tag = "lifecycle",
    params(("id" = String, Path, description = "The case"), ("decision" = String, Path, description = "What was asked for")),
    responses((status = 204, description = "Holds now"), Refusals))]
pub(super) async fn agree(
    State(state): State<AppState>,
    caller: Caller,
    Path((case, decision)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    state.service.agree(&caller.actor, id(&case)?, id(&decision)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take what waits for a second person off the list.
#[utoipa::path(post, path = "/cases/{id}/decisions/{decision}/disagree", tag = "lifecycle",
    params(("id" = String, Path, description = "The case"), ("decision" = String, Path, description = "What was asked for")),
    responses((status = 204, description = "Off the list"), Refusals))]
pub(super) async fn disagree(
    State(state): State<AppState>,
    caller: Caller,
    Path((case, decision)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    state.service.disagree(&caller.actor, id(&case)?, id(&decision)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
