//! Sharing a case, in four steps on one address: with whom and why, what, on which terms, check and send; a share that stands is given
//! other terms by the same steps. What the other side will see is rendered by the same template part as the case's own page.

use super::Pairs;
use super::case::{id, load};
use super::fields::Choice;
use super::form::Posted;
use super::reply::{Reply, refusal, render, render_as, to};
use super::share_aside::{self as aside, Aside, Kind};
use super::share_choices::{self as choices, NamedPerson, SectionChoice, Seen};
use super::share_form::{self as form, PeerChoice};
use super::shell::{Fault, Shell};
use super::words;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::Extension;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::StatusCode;
use icmc_node::service::ServiceError;
use icmc_node::service::model::{CaseSummary, CaseView, ConsentLack, PeerView, ShareRequest, ShareView};
use icmc_protocol::ids::{CaseId, UnitId};
use serde::Deserialize;
use std::net::SocketAddr;

#[derive(Template)]
#[template(path = "pages/share.html")]
struct SharePage {
    shell: Shell,
    case: CaseSummary,
    /// The share that is given other terms.
    given: Option<ShareView>,
    action: String,
    steps: &'static [(&'static str, &'static str)],
    step: &'static str,
    form: Posted,
    carried: Vec<(String, String)>,
    peers: Vec<PeerChoice>,
    peers_confirmed: bool,
    people: Vec<NamedPerson>,
    sections: Vec<SectionChoice>,
    classes: Vec<Choice>,
    restricted: Vec<Choice>,
    lacks: Vec<ConsentLack>,
    seen: Vec<Seen>,
    stays: Vec<String>,
    aside: Option<Aside>,
    may: bool,
    names: bool,
}

/// A unit chosen before, as from an alert.
#[derive(Debug, Default, Deserialize)]
pub(super) struct With {
    to: Option<String>,
    /// A person to be named, on this ground.
    person: Option<String>,
    basis: Option<String>,
    purpose: Option<String>,
}

/// What a form is about, read anew for each step.
struct Desk {
    view: CaseView,
    peers: Vec<PeerView>,
    given: Option<ShareView>,
}

/// Where a signed-in person's browser is, if that is known.
type From = Option<Extension<ConnectInfo<SocketAddr>>>;

/// `GET /cases/{case}/share`.
pub(super) async fn page(
    State(state): State<AppState>,
    me: SignedIn,
    Path(case): Path<String>,
    Query(with): Query<With>,
) -> Reply {
    let shell = Shell::of(&state, &me, "Share", "cases");
    let desk = read(&state, &me, &case, None).await.map_err(|error| shell.oops(error))?;
    let mut posted = Posted::default();
    if let Some(unit) = with.to {
        posted.push("to", unit);
    }
    if let Some(purpose) = with.purpose.filter(|purpose| words::PURPOSES.contains(&purpose.as_str())) {
        posted.push("purpose", purpose);
    }
    let basis = with.basis.filter(|basis| words::BASES.contains(&basis.as_str()));
    let person = with.person.filter(|person| desk.view.people.iter().any(|one| one.id.to_string() == *person));
    if let (Some(person), Some(basis)) = (person, basis) {
        posted.push(format!("basis.{person}"), basis);
    }
    Ok(render(&context(shell, &desk, posted, "whom")))
}

/// `POST /cases/{case}/share`: to another step, or send.
pub(super) async fn step(
    State(state): State<AppState>,
    me: SignedIn,
    Path(case): Path<String>,
    from: From,
    axum::Form(pairs): Pairs,
) -> Reply {
    let shell = Shell::of(&state, &me, "Share", "cases");
    let desk = read(&state, &me, &case, None).await.map_err(|error| shell.oops(error))?;
    go_on(&state, &me, shell, desk, from, Posted::new(pairs)).await
}

/// `GET /shares/{share}/revise`.
pub(super) async fn again(State(state): State<AppState>, me: SignedIn, Path(share): Path<String>) -> Reply {
    let shell = Shell::of(&state, &me, "Share", "shares");
    let desk = standing(&state, &me, &share).await.map_err(|error| shell.oops(error))?;
    let posted = desk.given.as_ref().map(|given| form::standing(given, &shell.zone)).unwrap_or_default();
    Ok(render(&context(shell, &desk, posted, "whom")))
}

/// `POST /shares/{share}/revise`.
pub(super) async fn revise(
    State(state): State<AppState>,
    me: SignedIn,
    Path(share): Path<String>,
    from: From,
    axum::Form(pairs): Pairs,
) -> Reply {
    let shell = Shell::of(&state, &me, "Share", "shares");
    let desk = standing(&state, &me, &share).await.map_err(|error| shell.oops(error))?;
    go_on(&state, &me, shell, desk, from, Posted::new(pairs)).await
}

async fn go_on(state: &AppState, me: &SignedIn, mut shell: Shell, desk: Desk, from: From, mut posted: Posted) -> Reply {
    let step = posted.one("step").to_owned();
    let stands = desk.given.as_ref();
    match stands {
        Some(given) => posted.set("to", given.to.id.to_string()),
        None => form::preset(&mut posted),
    }
    if step == "whom" {
        return Ok(render(&context(shell, &desk, posted, "whom")));
    }
    let request = form::request(&posted, desk.view.summary.id, &shell.zone, stands.map(|given| given.expires));
    let (request, also) = match request {
        Ok(wanted) => wanted,
        Err(faults) => return wrong(shell, &desk, posted, "whom", faults),
    };
    if let Some((kind, person)) = aside::opened(&step) {
        aside::begin(&mut posted, person, &request, &also, shell.now);
        let page = beside(&shell, &desk, posted, kind).map_err(|error| shell.oops(error))?;
        return Ok(render(&page));
    }
    match step.as_str() {
        "what" => return Ok(render(&context(shell, &desk, posted, "what"))),
        "terms" => return Ok(render(&context(shell, &desk, posted, "terms"))),
        "check" | "send" => {}
        "record" | "decide" => {
            let kind = if step == "record" { Kind::Consent } else { Kind::Override };
            let mut page = beside(&shell, &desk, posted, kind).map_err(|error| shell.oops(error))?;
            let Some(aside) = page.aside.as_mut() else { return Err(shell.oops(ServiceError::NotFound)) };
            let address = from.map(|Extension(ConnectInfo(from))| from.ip().to_string()).unwrap_or_default();
            let saved = aside::save(&state.service, &me.actor, request.case, &page.form, aside, &address).await;
            match saved.map_err(|error| shell.oops(error))? {
                Ok(()) => shell = shell.saying(Some("saved")),
                Err(faults) => {
                    page.shell.faults = faults;
                    return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
                }
            }
            posted = page.form;
        }
        _ => return Err(shell.oops(ServiceError::NotFound)),
    }
    check(state, me, shell, &desk, posted, request, also, step == "send").await
}

#[expect(clippy::too_many_arguments, reason = "one step of a form, with all that the steps before it made out")]
async fn check(
    state: &AppState,
    me: &SignedIn,
    shell: Shell,
    desk: &Desk,
    posted: Posted,
    request: ShareRequest,
    also: Vec<UnitId>,
    send: bool,
) -> Reply {
    let service = &state.service;
    let looked = async {
        let lacks = service.share_consents(&me.actor, request.clone(), also.clone()).await?;
        if !lacks.is_empty() {
            return Ok((lacks, Vec::new()));
        }
        if send {
            match &desk.given {
                Some(given) => drop(service.share_revise(&me.actor, given.id, request.clone()).await?),
                None => drop(service.share_with(&me.actor, request.clone(), also.clone()).await?),
            }
            return Ok((lacks, Vec::new()));
        }
        let mut previews = Vec::new();
        match &desk.given {
            Some(given) => previews.push(service.share_revise_preview(&me.actor, given.id, request.clone()).await?),
            None => {
                for to in [request.to].into_iter().chain(also.iter().copied()) {
                    previews.push(service.share_preview(&me.actor, ShareRequest { to, ..request.clone() }).await?);
                }
            }
        }
        Ok((lacks, previews))
    };
    match looked.await {
        Ok((lacks, _)) if !lacks.is_empty() => {
            let faults = lacks.iter().map(|lack| Fault {
                field: Some(format!("l-{}", lack.person)),
                text: format!("{}: consent does not cover this share", lack.display),
            });
            let mut page = context(shell.with_faults(faults.collect()), desk, posted, "check");
            page.lacks = lacks;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Ok(_) if send => Ok(match &desk.given {
            Some(given) => to(&paths::given(given.id), "revised"),
            None => to(&format!("{}#h-sharing", paths::case(request.case)), "shared"),
        }),
        Ok((_, previews)) => {
            let mut page = context(shell, desk, posted, "check");
            page.stays = choices::stays(&page.form, &desk.view);
            page.seen = choices::together(previews);
            Ok(render(&page))
        }
        Err(ServiceError::Fields(faults)) => {
            let step = faults.first().map_or("whom", |fault| form::step_of(&fault.field));
            wrong(shell, desk, posted, step, faults.iter().map(form::fault).collect())
        }
        Err(error) => {
            let faults = refusal(error).map_err(|error| shell.oops(error))?;
            wrong(shell, desk, posted, "terms", faults)
        }
    }
}

fn wrong(shell: Shell, desk: &Desk, posted: Posted, step: &'static str, faults: Vec<Fault>) -> Reply {
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &context(shell.with_faults(faults), desk, posted, step)))
}

fn beside(shell: &Shell, desk: &Desk, posted: Posted, kind: Kind) -> Result<SharePage, ServiceError> {
    let aside = aside::page(kind, &posted, &desk.view, &desk.peers)?;
    Ok(SharePage { aside: Some(aside), ..context(shell.clone(), desk, posted, "aside") })
}

async fn read(state: &AppState, me: &SignedIn, case: &str, given: Option<ShareView>) -> Result<Desk, ServiceError> {
    id::<CaseId>(case)?;
    let view = load(state, me, case).await?;
    if !view.rights.share {
        return Err(ServiceError::Forbidden("you may not share this case"));
    }
    Ok(Desk { view, peers: state.service.peers(&me.actor).await?, given })
}

async fn standing(state: &AppState, me: &SignedIn, share: &str) -> Result<Desk, ServiceError> {
    let given = state.service.share_given(&me.actor, id(share)?).await?.share;
    if !given.open {
        return Err(ServiceError::Refused("this share has ended: make a new one".to_owned()));
    }
    let case = given.case.to_string();
    read(state, me, &case, Some(given)).await
}

fn context(mut shell: Shell, desk: &Desk, form: Posted, step: &'static str) -> SharePage {
    let view = &desk.view;
    shell.title = format!("{}: share", view.summary.number);
    SharePage {
        case: view.summary.clone(),
        action: desk.given.as_ref().map_or_else(|| paths::share(view.summary.id), |given| paths::revise(given.id)),
        given: desk.given.clone(),
        steps: form::STEPS,
        step,
        carried: form::carried(&form, step),
        peers_confirmed: desk.peers.iter().any(|peer| peer.confirmed),
        peers: desk.peers.iter().map(|peer| PeerChoice::of(peer, shell.now)).collect(),
        people: choices::people(&form, view),
        sections: choices::sections(&form, view),
        classes: choices::classes(&form),
        restricted: choices::restricted(&form, view),
        lacks: Vec::new(),
        seen: Vec::new(),
        stays: Vec::new(),
        aside: None,
        may: false,
        names: true,
        form,
        shell,
    }
}

#[cfg(test)]
#[path = "tests/share.rs"]
mod tests;
#[cfg(test)]
pub(super) use tests::samples;
