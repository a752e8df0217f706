//! This unit in the federation, and the changes of the charter that it proposes.
//! Saying yes to those of others is in `peers`; the key on paper is typed on a page or at the console only.

use super::body::{Body, id};
use super::caller::Caller;
use super::problem::{Problem, Refusals};
use super::routes::Routes;
use super::schema;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use icmc_node::service::model::{FreezeView, OwnView};
use icmc_node::service::{OwnWords, Wish};
use icmc_protocol::federation::member::UnitClass;
use serde::Deserialize;
use utoipa::ToSchema;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/peers/own", own)
        .get("/peers/freeze", freeze)
        .post("/peers/proposals", propose)
        .delete("/peers/proposals", withdraw)
        .post("/peers/leave", leave)
}

/// This unit, as it says of itself.
#[utoipa::path(get, path = "/peers/own", tag = "peers", responses((status = 200, body = schema::OwnView), Refusals))]
pub(super) async fn own(State(state): State<AppState>, caller: Caller) -> Result<Json<OwnView>, Problem> {
    Ok(Json(state.service.own_unit(&caller.actor)?))
}

/// The two lists of members of a freeze; null without one.
#[utoipa::path(get, path = "/peers/freeze", tag = "peers", responses((status = 200, body = Option<schema::FreezeView>), Refusals))]
pub(super) async fn freeze(State(state): State<AppState>, caller: Caller) -> Result<Json<Option<FreezeView>>, Problem> {
    Ok(Json(state.service.freeze_view(&caller.actor)?))
}

/// What is to change.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Change {
    /// This unit says something else of itself; what is left out stays.
    Data {
        /// Its name.
        name: Option<String>,
        /// police, ngo, foreign.
        #[schema(value_type = Option<String>)]
        class: Option<UnitClass>,
        /// What it works for.
        jurisdiction: Option<String>,
        /// Its public contact.
        duty_contact: Option<String>,
        /// Where its node can be reached.
        addresses: Option<Vec<String>>,
    },
    /// A new node key, by the one that it has.
    Key,
    /// The new key of another unit that lost its own.
    Replace {
        /// What its recovery key signed.
        text: String,
    },
    /// Another unit is left out.
    Remove {
        /// Which.
        unit: String,
    },
    /// Which list of members of a freeze is continued.
    Settle {
        /// Its hash.
        keep: String,
    },
}

fn wish(change: Change) -> Result<Wish, Problem> {
    Ok(match change {
        Change::Data { name, class, jurisdiction, duty_contact, addresses } => {
            Wish::Words(OwnWords { name, class, jurisdiction, duty_contact, addresses })
        }
        Change::Key => Wish::Key,
        Change::Replace { text } => Wish::Replacement(text),
        Change::Remove { unit } => Wish::Removal(id(&unit)?),
        Change::Settle { keep } => Wish::Settlement(id(&keep)?),
    })
}

/// Propose a change of the charter to the other members. One at a time.
#[utoipa::path(post, path = "/peers/proposals", tag = "peers", request_body = Change,
    responses((status = 202, description = "Proposed"), Refusals))]
pub(super) async fn propose(
    State(state): State<AppState>,
    caller: Caller,
    Body(change): Body<Change>,
) -> Result<StatusCode, Problem> {
    state.service.propose(&caller.actor, wish(change)?).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Take back what this unit proposes.
#[utoipa::path(delete, path = "/peers/proposals", tag = "peers", responses((status = 204, description = "Taken back"), Refusals))]
pub(super) async fn withdraw(State(state): State<AppState>, caller: Caller) -> Result<StatusCode, Problem> {
    state.service.withdraw(&caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leave the federation, at once and for good. Recall what this unit shared before.
#[utoipa::path(post, path = "/peers/leave", tag = "peers", responses((status = 204, description = "Left"), Refusals))]
pub(super) async fn leave(State(state): State<AppState>, caller: Caller) -> Result<StatusCode, Problem> {
    state.service.leave(&caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
