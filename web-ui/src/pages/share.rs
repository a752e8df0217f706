//! Sharing a case, in four steps on one address: with whom and why, what, on which terms, check and send.
//! What the other side will see is rendered by the same template part as the case's own page.

use super::Pairs;
use super::case::{id, load};
use super::fields::Choice;
use super::form::Posted;
use super::reply::{Reply, refusal, render, render_as, to};
use super::share_choices::{self as choices, NamedPerson};
use super::share_form::{self as form, PeerChoice};
use super::shell::{Fault, Shell};
use super::words;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use icmc_node::service::ServiceError;
use icmc_node::service::model::{CaseSummary, CaseView, PeerView, SharePreview};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/share.html")]
struct SharePage {
    shell: Shell,
    case: CaseSummary,
    steps: &'static [(&'static str, &'static str)],
    step: &'static str,
    form: Posted,
    carried: Vec<(String, String)>,
    peers: Vec<PeerChoice>,
    peers_confirmed: bool,
    people: Vec<NamedPerson>,
    sections: Vec<Choice>,
    classes: Vec<Choice>,
    restricted: Vec<Choice>,
    preview: Option<SharePreview>,
    stays: Vec<String>,
    may: bool,
    names: bool,
}

/// A unit chosen before, as from an alert.
#[derive(Debug, Default, Deserialize)]
pub(super) struct With {
    to: Option<String>,
}

/// `GET /cases/{case}/share`.
pub(super) async fn page(
    State(state): State<AppState>,
    me: SignedIn,
    Path(case): Path<String>,
    Query(with): Query<With>,
) -> Reply {
    let shell = Shell::of(&state, &me, "Share", "cases");
    let (view, peers) = read(&state, &me, &case).await.map_err(|error| shell.oops(error))?;
    let mut posted = Posted::default();
    posted.push("to", with.to.unwrap_or_default());
    Ok(render(&context(shell, &view, &peers, posted, "whom")))
}

/// `POST /cases/{case}/share`: to another step, or send.
pub(super) async fn step(
    State(state): State<AppState>,
    me: SignedIn,
    Path(case): Path<String>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let mut posted = Posted::new(pairs);
    let shell = Shell::of(&state, &me, "Share", "cases");
    let (view, peers) = read(&state, &me, &case).await.map_err(|error| shell.oops(error))?;
    let step = posted.one("step").to_owned();
    form::preset(&mut posted);
    let request = match step.as_str() {
        "whom" => return Ok(render(&context(shell, &view, &peers, posted, "whom"))),
        "what" | "terms" | "check" | "send" => form::request(&posted, view.summary.id),
        _ => return Err(shell.oops(ServiceError::NotFound)),
    };
    let back = |step, faults| {
        Ok(render_as(
            StatusCode::UNPROCESSABLE_ENTITY,
            &context(shell.clone().with_faults(faults), &view, &peers, posted.clone(), step),
        ))
    };
    let request = match request {
        Ok(request) => request,
        Err(faults) => return back("whom", faults),
    };
    if let "what" | "terms" = step.as_str() {
        let step = if step == "what" { "what" } else { "terms" };
        return Ok(render(&context(shell.clone(), &view, &peers, posted.clone(), step)));
    }
    let outcome = if step == "send" {
        match state.service.share(&me.actor, request).await {
            Ok(_) => return Ok(to(&format!("{}#h-sharing", paths::case(case)), "shared")),
            Err(error) => Err(error),
        }
    } else {
        state.service.share_preview(&me.actor, request).await
    };
    match outcome {
        Ok(preview) => {
            let mut page = context(shell, &view, &peers, posted, "check");
            page.stays = choices::stays(&page.form, &view);
            page.preview = Some(preview);
            Ok(render(&page))
        }
        Err(ServiceError::Fields(faults)) => {
            let step = faults.first().map_or("whom", |fault| form::step_of(&fault.field));
            back(step, faults.iter().map(form::fault).collect::<Vec<Fault>>())
        }
        Err(error) => back("terms", refusal(error).map_err(|error| shell.oops(error))?),
    }
}

async fn read(state: &AppState, me: &SignedIn, case: &str) -> Result<(CaseView, Vec<PeerView>), ServiceError> {
    id::<icmc_protocol::ids::CaseId>(case)?;
    let view = load(state, me, case).await?;
    if !view.rights.share {
        return Err(ServiceError::Forbidden("you may not share this case"));
    }
    Ok((view, state.service.peers(&me.actor).await?))
}

fn context(mut shell: Shell, view: &CaseView, peers: &[PeerView], form: Posted, step: &'static str) -> SharePage {
    shell.title = format!("{}: share", view.summary.number);
    SharePage {
        case: view.summary.clone(),
        steps: form::STEPS,
        step,
        carried: form::carried(&form, step),
        peers_confirmed: peers.iter().any(|peer| peer.confirmed),
        peers: peers.iter().map(|peer| PeerChoice::of(peer, shell.now)).collect(),
        people: choices::people(&form, view),
        sections: choices::sections(&form),
        classes: choices::classes(&form),
        restricted: choices::restricted(&form, view),
        preview: None,
        stays: Vec::new(),
        may: false,
        names: true,
        form,
        shell,
    }
}

#[cfg(test)]
pub(super) fn samples(shell: Shell, text: &str) -> Vec<impl Template + use<>> {
    use super::samples;
    let view = samples::case(text);
    let peers = [samples::peer(text)];
    let mut form = Posted::from_pairs(&[("note", text), ("whatseen", "yes"), ("to", &peers[0].unit.to_string())]);
    form.push(format!("reason.{}", view.people[0].id), text);
    form.push(format!("basis.{}", view.people[0].id), "law_enforcement");
    let page = |step| context(shell.clone(), &view, &peers, form.clone(), step);
    let mut check = page("check");
    check.stays = vec![text.to_owned()];
    let case = CaseView { rights: Default::default(), ..view.clone() };
    check.preview = Some(SharePreview { case, to: samples::unit(text), expires: samples::NOW, shown: 12, kept: 3 });
    vec![page("whom"), page("what"), page("terms"), check]
}
