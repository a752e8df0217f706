//! "Who can see this case and why": people of this unit, other units with their shares; and what two persons decide about the case.
//! It changes nothing but what takes two: sharing is in `share`, the team in `team`.

use super::case::id;
use super::form::Posted;
use super::reply::{Reply, refusal, render, render_as, to};
use super::shell::{Fault, Shell};
use super::words;
use super::{Pairs, Told};
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::Extension;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::StatusCode;
use icmc_node::service::ServiceError;
use icmc_node::service::model::{CaseView, DecisionRequest, DecisionView, WhoSees};
use icmc_protocol::ids::CaseId;
use secrecy::SecretString;
use std::net::SocketAddr;

/// For how long a hold can be asked for.
const HOLDS: &[(&str, &str)] = &[("90", "90 days"), ("365", "One year"), ("1095", "Three years")];

/// Something two persons decide, and whether this one asked for it.
struct Decided {
    decision: DecisionView,
    whom: String,
    mine: bool,
}

#[derive(Template)]
#[template(path = "pages/who.html")]
struct WhoPage {
    shell: Shell,
    view: CaseView,
    who: WhoSees,
    waiting: Vec<Decided>,
    holds: Vec<Decided>,
    /// Holds whose time is over.
    past: Vec<Decided>,
    grounds: Vec<Decided>,
    form: Posted,
}

/// `GET /cases/{case}/who`.
pub(super) async fn page(
    State(state): State<AppState>,
    me: SignedIn,
    Path(case): Path<String>,
    Query(told): Query<Told>,
) -> Reply {
    let shell = Shell::of(&state, &me, "Case", "cases").saying(told.said.as_deref());
    let page = gather(&state, &me, &case, &shell, Posted::default()).await.map_err(|error| shell.oops(error))?;
    Ok(render(&page))
}

async fn gather(state: &AppState, me: &SignedIn, case: &str, shell: &Shell, form: Posted) -> Result<WhoPage, ServiceError> {
    let case: CaseId = id(case)?;
    let (view, who) = tokio::try_join!(state.service.case(&me.actor, case), state.service.who_sees(&me.actor, case))?;
    Ok(context(shell.clone(), view, who, &me.actor.sign_in, form))
}

/// `POST /cases/{case}/who` with the field `step`: hold, release, agree, disagree.
pub(super) async fn step(
    State(state): State<AppState>,
    me: SignedIn,
    Path(case): Path<String>,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let address = from.map(|Extension(ConnectInfo(from))| from.ip().to_string()).unwrap_or_default();
    let shell = Shell::of(&state, &me, "Case", "cases");
    let done = async {
        let (service, case) = (&state.service, id::<CaseId>(&case)?);
        let request = match posted.one("step") {
            "agree" => return service.agree(&me.actor, case, id(posted.one("decision"))?).await.map(|()| "decided"),
            "disagree" => return service.disagree(&me.actor, case, id(posted.one("decision"))?).await.map(|()| "undecided"),
            "hold" => DecisionRequest::Hold {
                reason: posted.one("reason").to_owned(),
                days: posted.one("days").parse().unwrap_or_default(),
            },
            "release" => DecisionRequest::Release { hold: id(posted.one("decision"))? },
            _ => return Err(ServiceError::NotFound),
        };
        if !posted.has("second") {
            return service.ask_second(&me.actor, case, request).await.map(|_| "asked_second");
        }
        let second = (posted.one("second"), SecretString::from(posted.raw("password").to_owned()));
        service.decide_together(&me.actor, case, request, second, &address).await.map(|_| "decided")
    };
    match done.await {
        Ok(said) => Ok(to(&format!("{}#h-decisions", paths::who(&case)), said)),
        Err(error) => {
            let faults: Vec<Fault> = refusal(error).map_err(|error| shell.oops(error))?;
            let shell = shell.with_faults(faults);
            let page = gather(&state, &me, &case, &shell, posted).await.map_err(|error| shell.oops(error))?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

fn context(mut shell: Shell, view: CaseView, who: WhoSees, sign_in: &str, form: Posted) -> WhoPage {
    shell.title = format!("{}: who", view.summary.number);
    let (mut waiting, mut holds, mut past, mut grounds) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let is_over = |decision: &DecisionView| decision.until.is_some_and(|until| until <= shell.now);
    for decision in &who.decisions {
        let whom = decision.person.and_then(|person| view.person(person)).map(|person| person.display.clone());
        let mine = decision.by.ends_with(&format!("({sign_in})"));
        let list = match (&decision.second, decision.what) {
            (None, _) => &mut waiting,
            (Some(_), "hold") if is_over(decision) => &mut past,
            (Some(_), "hold") => &mut holds,
            (Some(_), _) => &mut grounds,
        };
        list.push(Decided { decision: decision.clone(), whom: whom.unwrap_or_default(), mine });
    }
    WhoPage { shell, view, who, waiting, holds, past, grounds, form }
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    use super::samples;
    let form = Posted::from_pairs(&[("reason", text), ("second", text)]);
    context(shell, samples::case(text), samples::who(text), "somebody", form)
}
