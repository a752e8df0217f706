//! One case: read first, with its people, process, contributions, sharing and timeline.
//! Changing it is in `edit` and `case_steps`.

use super::links::{self, Ours};
use super::reply::{Reply, render};
use super::shell::Shell;
use super::words;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use icmc_node::service::ServiceError;
use icmc_node::service::model::CaseView;
use icmc_protocol::dictionary::Dictionary;
use icmc_protocol::ids::{CaseId, EntityId};
use serde::Deserialize;

/// What to do next, as a sentence and a link.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Next {
    text: String,
    href: String,
    label: &'static str,
}

#[derive(Template)]
#[template(path = "pages/case.html")]
struct CasePage {
    shell: Shell,
    view: CaseView,
    ours: Vec<Ours>,
    may: bool,
    names: bool,
    next: Option<Next>,
    undo: Option<(String, EntityId)>,
}

/// A notice, and what was just removed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct After {
    said: Option<String>,
    kind: Option<String>,
    entity: Option<String>,
}

/// The id in an address, or nothing there.
pub(super) fn id<T: std::str::FromStr>(text: &str) -> Result<T, ServiceError> {
    text.parse().map_err(|_| ServiceError::NotFound)
}

/// `GET /cases/{case}`.
pub(super) async fn page(
    State(state): State<AppState>,
    me: SignedIn,
    Path(case): Path<String>,
    Query(after): Query<After>,
) -> Reply {
    let shell = Shell::of(&state, &me, "Case", "cases").saying(after.said.as_deref());
    let view = load(&state, &me, &case).await.map_err(|error| shell.oops(error))?;
    let contributed = async {
        if view.summary.received { state.service.contributed(&me.actor, view.summary.id).await } else { Ok(Vec::new()) }
    };
    let ours = links::ours(&view, contributed.await.map_err(|error| shell.oops(error))?);
    let removed = |kind: String| Dictionary::builtin().kind(&kind).map(|_| kind);
    let undo = after.kind.and_then(removed).zip(after.entity.and_then(|entity| entity.parse().ok()));
    Ok(render(&context(shell, view, ours, undo)))
}

/// Reads a case by the id in an address.
pub(super) async fn load(state: &AppState, me: &SignedIn, case: &str) -> Result<CaseView, ServiceError> {
    state.service.case(&me.actor, id::<CaseId>(case)?).await
}

fn context(mut shell: Shell, view: CaseView, ours: Vec<Ours>, undo: Option<(String, EntityId)>) -> CasePage {
    shell.title.clone_from(&view.summary.number);
    let may = view.rights.edit || view.rights.contribute;
    CasePage { next: next(&view), ours, may, names: true, undo: undo.filter(|_| may), shell, view }
}

fn next(view: &CaseView) -> Option<Next> {
    let case = view.summary.id;
    if view.rights.admit
        && let Some(waiting) = view.contributions.iter().find(|contribution| contribution.state == "pending")
    {
        let text = format!("{} has contributed something that waits for your yes.", waiting.from.name);
        return Some(Next { text, href: format!("{}#h-contributions", paths::case(case)), label: "Look at it" });
    }
    if view.rights.edit && view.people.iter().any(|person| person.in_alert) {
        let text = "There is an open alert about a person in this case.".to_owned();
        return Some(Next { text, href: paths::alerts().to_owned(), label: "Open the alerts" });
    }
    let unstarted =
        view.people.iter().find(|person| words::in_process(person) && person.stages.iter().all(|stage| stage.entity.is_none()));
    match unstarted {
        Some(person) if view.rights.edit => Some(Next {
            text: format!("No stage is entered yet for {}.", person.display),
            href: paths::add_for(case, "stage_entry", person.id),
            label: "Add a stage",
        }),
        _ => None,
    }
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    context(shell, super::samples::case(text), Vec::new(), Some(("note".to_owned(), EntityId([7; 16]))))
}

/// A case of another unit to which this one contributed.
#[cfg(test)]
pub(super) fn received(shell: Shell, text: &str) -> impl Template + use<> {
    let mut view = super::samples::case(text);
    view.summary.received = true;
    view.rights.contribute = true;
    view.shares.clear();
    let ours = links::ours(&view, super::samples::contributed());
    context(shell, view, ours, None)
}

#[cfg(test)]
pub(super) fn rendered(shell: Shell, view: CaseView) -> String {
    context(shell, view, Vec::new(), None).render().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_for_a_yes_comes_before_everything_else() {
        let mut view = super::super::samples::case("x");
        assert_eq!(next(&view).unwrap().label, "Look at it");
        view.contributions.clear();
        assert_eq!(next(&view).unwrap().label, "Open the alerts");
        view.rights = Default::default();
        assert_eq!(next(&view), None, "who may only read is asked for nothing");
    }
}
