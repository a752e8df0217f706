//! The same person in two cases of this unit: who may be, side by side, and deciding it. Shown after a save too, where somebody
//! probably is; never in the way of saving. Neither case is changed here.

use super::case::id;
use super::form::Posted;
use super::reply::{Reply, render, to};
use super::shell::Shell;
use super::words;
use super::{Pairs, Told};
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use icmc_node::service::ServiceError;
use icmc_node::service::model::{SameGroup, SameRequest, SameStep, SameView};
use icmc_protocol::ids::{CaseId, EntityId};

/// The kinds that say who a person is.
const KINDS: [&str; 4] = ["person", "person_name", "person_phone", "person_identifier"];
/// What is said after a save.
const SAVED: [&str; 2] = ["saved", "created"];

#[derive(Template)]
#[template(path = "pages/same.html")]
struct SamePage {
    shell: Shell,
    view: SameView,
    saved: bool,
}

/// `GET /cases/{case}/same`. After a save only those who are probably the same.
pub(super) async fn page(
    State(state): State<AppState>,
    me: SignedIn,
    Path(case): Path<String>,
    Query(told): Query<Told>,
) -> Reply {
    let shell = Shell::of(&state, &me, "Same person", "cases").saying(told.said.as_deref());
    let view = async { state.service.same(&me.actor, id::<CaseId>(&case)?).await };
    let view = view.await.map_err(|error| shell.oops(error))?;
    let saved = told.said.as_deref().is_some_and(|said| SAVED.contains(&said));
    Ok(render(&context(shell, view, saved)))
}

/// `POST /cases/{case}/same`: the same, not the same, or neither after all.
pub(super) async fn decide(
    State(state): State<AppState>,
    me: SignedIn,
    Path(case): Path<String>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let done = async {
        let case: CaseId = id(&case)?;
        let (what, said) = match posted.one("what") {
            "same" => (SameStep::Same, "same"),
            "not_same" => (SameStep::NotSame, "not_same"),
            "undo" => (SameStep::Undo, "undecided_same"),
            _ => return Err(ServiceError::request("what", "same, not the same, or undo")),
        };
        let person: EntityId = id(posted.one("person"))?;
        let request = SameRequest {
            person,
            case: id(posted.one("case"))?,
            other: id(posted.one("other"))?,
            what,
            reason: posted.one("reason").to_owned(),
        };
        state.service.decide_same(&me.actor, case, request).await?;
        let back = if posted.has("on_case") {
            format!("{}#e-{person}", paths::case(case))
        } else {
            format!("{}#s-{person}", paths::same(case))
        };
        Ok(to(&back, said))
    };
    done.await.map_err(|error| Shell::of(&state, &me, "Same person", "cases").oops(error))
}

/// After a change of one person: to the page that proposes whom it may be, or on.
pub(super) fn after_change(
    state: &AppState,
    me: &SignedIn,
    case: CaseId,
    (kind, person): (&str, Option<EntityId>),
    back: &str,
) -> Result<Response, ServiceError> {
    let proposed = match person.filter(|_| KINDS.contains(&kind)) {
        Some(person) => state.service.is_proposed(&me.actor, case, Some(person))?,
        None => false,
    };
    Ok(if proposed { to(&paths::same(case), "saved") } else { to(back, "saved") })
}

/// After a new case: the same for all its people.
pub(super) fn after_create(state: &AppState, me: &SignedIn, case: CaseId) -> Result<Response, ServiceError> {
    let proposed = state.service.is_proposed(&me.actor, case, None)?;
    Ok(to(&if proposed { paths::same(case) } else { paths::case(case) }, "created"))
}

fn context(shell: Shell, mut view: SameView, saved: bool) -> SamePage {
    if saved {
        for group in &mut view.groups {
            group.candidates.retain(words::is_likely);
            group.decided.clear();
        }
        view.groups.retain(|group: &SameGroup| !group.candidates.is_empty());
    }
    SamePage { shell, view, saved }
}

#[cfg(test)]
pub(super) fn samples(shell: Shell, text: &str) -> [impl Template + use<>; 3] {
    let nobody = SameView { groups: Vec::new(), ..super::samples::same(text) };
    [
        context(shell.clone(), super::samples::same(text), true),
        context(shell.clone(), super::samples::same(text), false),
        context(shell, nobody, true),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_save_only_those_who_are_probably_the_same_are_shown() {
        let shown = |saved| {
            let page = context(super::super::samples::shell(), super::super::samples::same("x"), saved);
            page.view.groups.iter().map(|group| (group.candidates.len(), group.decided.len())).collect::<Vec<_>>()
        };
        assert_eq!((shown(true), shown(false)), (vec![(1, 0)], vec![(3, 2), (0, 0)]));
    }
}
