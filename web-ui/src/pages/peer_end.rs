//! Ending with another unit: a page that lists what will happen, and doing it.
//! What is ended, and who may, is the service's business.

use super::case::id;
use super::form::Posted;
use super::peers::shell;
use super::reply::{Reply, refusal, render, render_as, to};
use super::shell::Shell;
use super::{Pairs, words};
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use icmc_node::service::ServiceError;
use icmc_node::service::model::EndView;
use icmc_protocol::ids::UnitId;

#[derive(Template)]
#[template(path = "pages/peer_end.html")]
struct EndPage {
    shell: Shell,
    end: EndView,
}

/// `GET /peers/{unit}/end`. Changes nothing.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Path(unit): Path<String>) -> Reply {
    let shell = shell(&state, &me);
    let plan = async { state.service.end_plan(&me.actor, id(&unit)?).await };
    let end = plan.await.map_err(|error| shell.oops(error))?;
    Ok(render(&EndPage { shell, end }))
}

/// `POST /peers/{unit}/end`.
pub(super) async fn end(
    State(state): State<AppState>,
    me: SignedIn,
    Path(unit): Path<String>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let shell = shell(&state, &me);
    let leave_out = Posted::new(pairs).has("leave_out");
    let done = async {
        let unit: UnitId = id(&unit)?;
        state.service.end_with(&me.actor, unit, leave_out).await?;
        Ok::<_, ServiceError>(unit)
    };
    match done.await {
        Ok(_) => Ok(to(&format!("{}#u-{unit}", paths::peers()), "parted")),
        Err(error) => {
            let faults = refusal(error).map_err(|error| shell.oops(error))?;
            let plan = async { state.service.end_plan(&me.actor, id(&unit)?).await };
            let end = plan.await.map_err(|error| shell.oops(error))?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &EndPage { shell: shell.with_faults(faults), end }))
        }
    }
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    let unit = super::samples::unit(text);
    EndPage { shell, end: EndView { unit, member: true, shares: 2, requests: 1, received: 1, waiting_out: 3 } }
}
