//! One case: read first, with its people, process, contributions, sharing and timeline.
//! Changing it is in `edit` and `case_steps`.

use super::form::Posted;
use super::links::{self, Ours};
use super::reply::{Reply, render, render_as};
use super::shell::{Fault, Shell};
use super::words;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use icmc_node::service::ServiceError;
use icmc_node::service::model::{CaseView, TermsView};
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
    /// On what terms this unit contributes from now on.
    terms: TermsView,
    /// What stands in the form for handing the case over.
    handing: Posted,
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
    let (view, ours, terms) = gather(&state, &me, &case).await.map_err(|error| shell.oops(error))?;
    let removed = |kind: String| Dictionary::builtin().kind(&kind).map(|_| kind);
    let undo = after.kind.and_then(removed).zip(after.entity.and_then(|entity| entity.parse().ok()));
    let undo = undo.filter(|_| view.rights.edit || view.rights.contribute);
    Ok(render(&CasePage { terms, undo, ..context(shell, view, ours) }))
}

/// The page again with what was refused, and what stood in the form for handing the case over.
pub(super) async fn again(state: &AppState, me: &SignedIn, case: &str, faults: Vec<Fault>, handing: Posted) -> Reply {
    let shell = Shell::of(state, me, "Case", "cases").with_faults(faults);
    let (view, ours, terms) = gather(state, me, case).await.map_err(|error| shell.oops(error))?;
    let page = CasePage { terms, handing, ..context(shell, view, ours) };
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

async fn gather(state: &AppState, me: &SignedIn, case: &str) -> Result<(CaseView, Vec<Ours>, TermsView), ServiceError> {
    let view = load(state, me, case).await?;
    if !view.summary.received {
        return Ok((view, Vec::new(), USUAL));
    }
    let (service, case) = (&state.service, view.summary.id);
    let (contributed, terms) =
        tokio::try_join!(service.contributed(&me.actor, case), service.contribution_terms_now(&me.actor, case))?;
    let ours = links::ours(&view, contributed);
    // What is over has to be said anew.
    let expires = terms.expires.filter(|expires| *expires > state.service.node.now());
    Ok((view, ours, TermsView { expires, ..terms }))
}

/// Where nothing is contributed.
const USUAL: TermsView = TermsView { handling: "H2", onward: "ask", expires: None };

/// Reads a case by the id in an address.
pub(super) async fn load(state: &AppState, me: &SignedIn, case: &str) -> Result<CaseView, ServiceError> {
    state.service.case(&me.actor, id::<CaseId>(case)?).await
}

fn context(mut shell: Shell, view: CaseView, ours: Vec<Ours>) -> CasePage {
    shell.title.clone_from(&view.summary.number);
    let may = view.rights.edit || view.rights.contribute;
    let handing = Posted::default();
    CasePage { next: next(&view), ours, terms: USUAL, handing, may, names: true, undo: None, shell, view }
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
    let undo = Some(("note".to_owned(), EntityId([7; 16])));
    CasePage { undo, ..context(shell, super::samples::case(text), Vec::new()) }
}

/// A case of another unit to which this one contributed.
#[cfg(test)]
pub(super) fn received(shell: Shell, text: &str) -> impl Template + use<> {
    let mut view = super::samples::case(text);
    view.summary.received = true;
    view.rights.contribute = true;
    view.shares.clear();
    view.received = Some(super::samples::received_view(text));
    let ours = links::ours(&view, super::samples::contributed());
    context(shell, view, ours)
}

#[cfg(test)]
pub(super) fn rendered(shell: Shell, view: CaseView) -> String {
    context(shell, view, Vec::new()).render().unwrap()
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
