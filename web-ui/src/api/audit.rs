//! Who did and saw what here, and whether the record is whole.
//! Not what happened in a case: see `timeline`.

use super::body::Params;
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use icmc_node::accounts::AccountId;
use icmc_node::audit::Filter;
use icmc_node::service::model::Page;
use icmc_node::service::{AuditCheck, AuditView};
use serde::Deserialize;
use utoipa::IntoParams;

pub(super) fn routes() -> Routes {
    Routes::default().get("/audit", list).get("/audit/check", check)
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// By this account only.
    #[param(value_type = Option<String>)]
    actor: Option<AccountId>,
    /// Of this name only.
    action: Option<String>,
    /// About this id only.
    object: Option<String>,
    /// From 1.
    page: Option<u32>,
}

/// Entries of the audit, newest first. Reading it is itself an entry.
#[utoipa::path(get, path = "/audit", tag = "audit", params(Wanted), responses((status = 200, body = schema::AuditPage), Refusals))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Page<AuditView>>, Problem> {
    let Wanted { actor, action, object, page } = wanted;
    Ok(Json(state.service.audit(&caller.actor, Filter { actor, action, object }, page.unwrap_or(1)).await?))
}

/// Whether the chain of entries is whole.
#[utoipa::path(get, path = "/audit/check", tag = "audit", responses((status = 200, body = schema::AuditCheck), Refusals))]
pub(super) async fn check(State(state): State<AppState>, caller: Caller) -> Result<Json<AuditCheck>, Problem> {
    Ok(Json(state.service.verify_audit(&caller.actor).await?))
}
