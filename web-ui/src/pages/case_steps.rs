//! The steps of a case that need no page of their own: remove and bring back, admit, close, reopen, delete and undo.
//! Each is one POST and a redirect.

use super::Pairs;
use super::case::id;
use super::form::Posted;
use super::reply::{Reply, to};
use super::shell::Shell;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};
use icmc_node::service::ServiceError;
use icmc_node::service::model::ChangeRequest;
use icmc_protocol::ids::CaseId;

fn shell(state: &AppState, me: &SignedIn) -> Shell {
    Shell::of(state, me, "Case", "cases")
}

/// `POST /cases/{case}/remove/{kind}/{entity}`; with `undo` it brings back.
pub(super) async fn remove(
    State(state): State<AppState>,
    me: SignedIn,
    Path((case, kind, entity)): Path<(String, String, String)>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let undo = Posted::new(pairs).has("undo");
    let removed = async {
        let (case, entity) = (id::<CaseId>(&case)?, id(&entity)?);
        let request =
            ChangeRequest { kind: kind.clone(), entity: Some(entity), removed: Some(!undo), ..ChangeRequest::default() };
        state.service.change(&me.actor, case, vec![request]).await
    };
    removed.await.map_err(|error| shell(&state, &me).oops(error))?;
    let page = paths::case(case);
    Ok(if undo { to(&page, "undone") } else { Redirect::to(&format!("{page}?kind={kind}&entity={entity}")).into_response() })
}

/// `POST /cases/{case}/admit/{entry}`.
pub(super) async fn admit(State(state): State<AppState>, me: SignedIn, Path((case, entry)): Path<(String, String)>) -> Reply {
    let admitted = async { state.service.admit(&me.actor, id(&case)?, id(&entry)?).await };
    admitted.await.map_err(|error| shell(&state, &me).oops(error))?;
    Ok(to(&paths::case(case), "admitted"))
}

/// `POST /cases/{case}/close`.
pub(super) async fn close(
    State(state): State<AppState>,
    me: SignedIn,
    Path(case): Path<String>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let closed = async { state.service.close_case(&me.actor, id(&case)?, posted.one("reason")).await };
    finish(&state, &me, &case, closed.await, "closed")
}

/// `POST /cases/{case}/reopen`.
pub(super) async fn reopen(State(state): State<AppState>, me: SignedIn, Path(case): Path<String>) -> Reply {
    let reopened = async { state.service.reopen_case(&me.actor, id(&case)?).await };
    finish(&state, &me, &case, reopened.await, "reopened")
}

/// `POST /cases/{case}/delete`. The case's page then shows until when that can be undone.
pub(super) async fn delete(State(state): State<AppState>, me: SignedIn, Path(case): Path<String>) -> Reply {
    let deleted = async { state.service.delete_case(&me.actor, id(&case)?).await };
    deleted.await.map_err(|error| shell(&state, &me).oops(error))?;
    Ok(Redirect::to(&paths::case(case)).into_response())
}

/// `POST /cases/{case}/restore`.
pub(super) async fn restore(State(state): State<AppState>, me: SignedIn, Path(case): Path<String>) -> Reply {
    let restored = async { state.service.undo_delete(&me.actor, id(&case)?).await };
    finish(&state, &me, &case, restored.await, "restored")
}

fn finish(state: &AppState, me: &SignedIn, case: &str, outcome: Result<(), ServiceError>, said: &str) -> Reply {
    outcome.map_err(|error| shell(state, me).oops(error))?;
    Ok(to(&paths::case(case), said))
}
