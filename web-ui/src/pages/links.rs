//! What somebody of this unit does with a case beside writing in it: linking it with another one, taking a contribution back, and
//! saying on what terms the next ones go. Each is one POST and a redirect to the case.

use super::Pairs;
use super::case::id;
use super::form::Posted;
use super::reply::{Reply, to};
use super::shell::Shell;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use axum::extract::{Path, State};
use icmc_node::service::ServiceError;
use icmc_node::service::model::{CaseView, ContributedView, LinkRequest, PassingAnswer, TermsRequest};
use icmc_protocol::ids::CaseId;
use icmc_protocol::time::Timestamp;

/// A contribution of this unit with what it says.
#[derive(Debug)]
pub(super) struct Ours {
    pub(super) contributed: ContributedView,
    pub(super) at: Option<Timestamp>,
    pub(super) by: String,
    pub(super) lines: Vec<String>,
    pub(super) admitted: bool,
}

/// What this unit wrote in another's case, newest first.
pub(super) fn ours(view: &CaseView, contributed: Vec<ContributedView>) -> Vec<Ours> {
    let mut ours: Vec<Ours> = contributed
        .into_iter()
        .map(|contributed| {
            let step = view.timeline.iter().find(|step| step.entry == contributed.entry);
            Ours {
                at: step.and_then(|step| step.at),
                by: step.and_then(|step| step.by.clone()).unwrap_or_default(),
                admitted: step.is_some_and(|step| step.admitted),
                lines: step.map(|step| step.lines.clone()).unwrap_or_default(),
                contributed,
            }
        })
        .collect();
    ours.sort_by_key(|one| core::cmp::Reverse(one.at));
    ours
}

/// The wish of a form: one of the proposed cases, or a number.
pub(super) fn wish(posted: &Posted) -> LinkRequest {
    LinkRequest {
        case: posted.one("link").parse().ok(),
        number: posted.one("number").to_owned(),
        why: posted.one("why").to_owned(),
    }
}

/// `POST /cases/{case}/link`; with `unlink` it takes the link away.
pub(super) async fn link(
    State(state): State<AppState>,
    me: SignedIn,
    Path(case): Path<String>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let done = async {
        let case: CaseId = id(&case)?;
        if posted.has("unlink") {
            return state.service.unlink(&me.actor, case, id(posted.one("unlink"))?).await.map(|()| "unlinked");
        }
        state.service.link(&me.actor, case, wish(&posted)).await.map(|()| "linked")
    };
    finish(&state, &me, &case, done.await)
}

/// `POST /cases/{case}/contributed`: `entry` is taken back, `passing` is answered, or the terms of what comes next.
pub(super) async fn contributed(
    State(state): State<AppState>,
    me: SignedIn,
    Path(case): Path<String>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let done = async {
        let case: CaseId = id(&case)?;
        if posted.has("entry") {
            return state.service.take_back(&me.actor, case, id(posted.one("entry"))?).await.map(|()| "taken_back");
        }
        if posted.has("passing") {
            let answer = PassingAnswer {
                entry: id(posted.one("passing"))?,
                to: id(posted.one("to"))?,
                yes: posted.one("yes") == "yes",
                text: posted.one("text").to_owned(),
            };
            return state.service.answer_passing(&me.actor, case, answer).await.map(|()| "answered");
        }
        let same = posted.one("days") == "same";
        let terms = TermsRequest {
            expires: posted.one("until").parse().ok().map(Timestamp).filter(|_| same),
            handling: posted.one("handling").to_owned(),
            onward: posted.one("onward").to_owned(),
            days: posted.one("days").parse().ok(),
        };
        state.service.contribution_terms(&me.actor, case, terms).await.map(|()| "saved")
    };
    finish(&state, &me, &case, done.await)
}

fn finish(state: &AppState, me: &SignedIn, case: &str, outcome: Result<&'static str, ServiceError>) -> Reply {
    let said = outcome.map_err(|error| Shell::of(state, me, "Case", "cases").oops(error))?;
    Ok(to(&paths::case(case), said))
}
