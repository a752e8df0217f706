//! Who works on a case beside the nodal officer.
//! Rights come with the role, not with the team.

use super::Pairs;
use super::case::{id, load};
use super::fields::Choice;
use super::form::Posted;
use super::reply::{Reply, render, to};
use super::shell::Shell;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, State};
use icmc_node::access::case_access;
use icmc_node::service::ServiceError;
use icmc_node::service::model::CaseSummary;

#[derive(Template)]
#[template(path = "pages/team.html")]
struct TeamPage {
    shell: Shell,
    case: CaseSummary,
    people: Vec<Choice>,
}

/// `GET /cases/{case}/team`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Path(case): Path<String>) -> Reply {
    let shell = Shell::of(&state, &me, "Team", "cases");
    let page = gather(&state, &me, &case, shell.clone()).await.map_err(|error| shell.oops(error))?;
    Ok(render(&page))
}

async fn gather(state: &AppState, me: &SignedIn, case: &str, mut shell: Shell) -> Result<TeamPage, ServiceError> {
    let case = load(state, me, case).await?.summary;
    shell.title.clone_from(&case.number);
    let colleagues = state.service.colleagues(&me.actor).await?;
    let access = case_access(&state.service.node.snapshot()?, case.id)?;
    let on_team = |id| access.as_ref().is_some_and(|access| access.team.contains(&id));
    let people = colleagues.into_iter().map(|one| Choice {
        code: one.id.to_string(),
        label: format!("{} ({})", one.name, one.role.label()),
        chosen: on_team(one.id),
    });
    Ok(TeamPage { people: people.collect(), case, shell })
}

/// `POST /cases/{case}/team`.
pub(super) async fn save(
    State(state): State<AppState>,
    me: SignedIn,
    Path(case): Path<String>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let team = posted.all("team").into_iter().filter_map(|account| account.parse().ok()).collect();
    let saved = async { state.service.set_team(&me.actor, id(&case)?, team).await };
    saved.await.map_err(|error| Shell::of(&state, &me, "Team", "cases").oops(error))?;
    Ok(to(&paths::case(case), "saved"))
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    let people = vec![Choice { code: "00".repeat(16), label: text.to_owned(), chosen: true }];
    TeamPage { shell, case: super::samples::summary(text), people }
}
