//! The other units: how they are reached, whether they are confirmed, safety words, inviting, joining, approving.
//! Whether something may be sent to them is decided in the protocol.

use super::case::id;
use super::drawn::Drawn;
use super::form::Posted;
use super::reply::{Reply, refusal, render, render_as, to};
use super::shell::{Fault, Shell};
use super::today::network;
use super::words;
use super::{Pairs, Told};
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use icmc_node::service::model::{FormerView, FreezeView, JoinView, KeepersView, PeerView, ProposalView, WordsView};
use icmc_node::service::{ServiceError, Wish};

#[derive(Template)]
#[template(path = "pages/peers.html")]
struct PeersPage {
    shell: Shell,
    network: String,
    peers: Vec<PeerView>,
    former: Vec<FormerView>,
    freeze: Option<FreezeView>,
    view: KeepersView,
    version: &'static str,
    proposals: Vec<ProposalView>,
    manages: bool,
    own_text: String,
    joining: String,
    invitation: Option<String>,
    drawn: Option<Drawn>,
    taken: Option<String>,
}

impl PeersPage {
    /// A new blinding key waits for this unit's yes.
    fn is_key_waiting(&self) -> bool {
        self.view.generations.iter().any(|one| one.asks_here)
    }
}

#[derive(Template)]
#[template(path = "pages/words.html")]
struct WordsPage {
    shell: Shell,
    words_with: WordsView,
}

pub(super) fn shell(state: &AppState, me: &SignedIn) -> Shell {
    Shell::of(state, me, "Other units", "peers")
}

/// `GET /peers`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Query(told): Query<Told>) -> Reply {
    let shell = shell(&state, &me).saying(told.said.as_deref());
    let page = gather(&state, &me, shell.clone()).await.map_err(|error| shell.oops(error))?;
    Ok(render(&page))
}

async fn gather(state: &AppState, me: &SignedIn, shell: Shell) -> Result<PeersPage, ServiceError> {
    let (service, actor) = (&state.service, &me.actor);
    let (status, peers, proposals, former, view) = tokio::try_join!(
        service.status(actor),
        service.peers(actor),
        service.proposals(actor),
        service.former_peers(actor),
        service.keepers(actor)
    )?;
    let identity = service.identity(actor)?;
    Ok(PeersPage {
        manages: shell.user.as_ref().is_some_and(|user| user.peers),
        network: network(&status),
        peers,
        former,
        freeze: service.freeze_view(actor)?,
        view,
        version: status.version,
        proposals,
        own_text: identity.genesis_text,
        joining: joining(&service.join_state(actor)?),
        invitation: None,
        drawn: None,
        taken: None,
        shell,
    })
}

fn joining(join: &JoinView) -> String {
    match (join.state, &join.inviter) {
        ("member", _) => format!("This unit is in a federation of {} units.", join.members),
        ("asking", Some(inviter)) => format!("This unit has asked {inviter} to join and waits until the members have said yes."),
        ("asking", None) => "This unit has asked to join and waits until the members have said yes.".to_owned(),
        _ => "This unit is in no federation yet.".to_owned(),
    }
}

/// The page again with what was refused.
pub(super) async fn again(state: &AppState, me: &SignedIn, error: ServiceError, field: &str) -> Reply {
    let shell = shell(state, me);
    let faults = refusal(error).map_err(|error| shell.oops(error))?;
    let faults = faults.into_iter().map(|fault| Fault { field: Some(field.to_owned()), ..fault }).collect();
    let page = gather(state, me, shell.clone().with_faults(faults)).await.map_err(|error| shell.oops(error))?;
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// `POST /peers/invite`. The invitation is shown once, on the page that answers.
pub(super) async fn invite(State(state): State<AppState>, me: SignedIn, axum::Form(pairs): Pairs) -> Reply {
    let posted = Posted::new(pairs);
    match state.service.invite(&me.actor, typed_or_file(&posted, "genesis")).await {
        Ok(invitation) => {
            let shell = shell(&state, &me);
            let page = gather(&state, &me, shell.clone()).await.map_err(|error| shell.oops(error))?;
            Ok(render(&PeersPage { drawn: Drawn::of(&invitation), invitation: Some(invitation), ..page }))
        }
        Err(error) => again(&state, &me, error, "f-genesis").await,
    }
}

/// The page after a file was taken. What became of it is shown once.
pub(super) async fn after_import(state: &AppState, me: &SignedIn, said: String) -> Reply {
    let shell = shell(state, me);
    let page = gather(state, me, shell.clone()).await.map_err(|error| shell.oops(error))?;
    Ok(render(&PeersPage { taken: Some(said), ..page }))
}

/// What was typed, or what stands in the file beside it.
fn typed_or_file<'a>(posted: &'a Posted, name: &str) -> &'a str {
    if posted.has(name) { posted.one(name) } else { posted.one("file").trim() }
}

/// `POST /peers/invite/file`: the text that the page just showed, as a download. A form, since the text must not stand in an address.
pub(super) async fn invitation_file(State(state): State<AppState>, me: SignedIn, axum::Form(pairs): Pairs) -> Reply {
    let posted = Posted::new(pairs);
    let text = posted.one("invitation");
    let is_sound = text.len() <= 16 * 1024 && text.bytes().all(|byte| byte.is_ascii_graphic());
    let shell = shell(&state, &me);
    if !shell.user.as_ref().is_some_and(|user| user.peers) || text.is_empty() || !is_sound {
        return Err(shell.oops(ServiceError::NotFound));
    }
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"icmc-invitation.txt\""),
    ];
    Ok((headers, format!("{text}\n")).into_response())
}

/// `POST /peers/join`.
pub(super) async fn join(State(state): State<AppState>, me: SignedIn, axum::Form(pairs): Pairs) -> Reply {
    let posted = Posted::new(pairs);
    match state.service.join(&me.actor, typed_or_file(&posted, "invitation")).await {
        Ok(_) => Ok(to(paths::peers(), "joining")),
        Err(error) => again(&state, &me, error, "f-invitation").await,
    }
}

/// `POST /peers/approve`.
pub(super) async fn approve(State(state): State<AppState>, me: SignedIn, axum::Form(pairs): Pairs) -> Reply {
    let posted = Posted::new(pairs);
    let approved = async { state.service.approve(&me.actor, id(posted.one("hash"))?).await };
    approved.await.map_err(|error| shell(&state, &me).oops(error))?;
    Ok(to(paths::peers(), "approved"))
}

/// `POST /peers/settle`.
pub(super) async fn settle(State(state): State<AppState>, me: SignedIn, axum::Form(pairs): Pairs) -> Reply {
    let posted = Posted::new(pairs);
    let proposed = async { state.service.propose(&me.actor, Wish::Settlement(id(posted.one("keep"))?)).await };
    match proposed.await {
        Ok(()) => Ok(to(paths::peers(), "proposed")),
        Err(error) => again(&state, &me, error, "freeze").await,
    }
}

/// `GET /peers/{unit}/words`.
pub(super) async fn words(State(state): State<AppState>, me: SignedIn, Path(unit): Path<String>) -> Reply {
    let shell = shell(&state, &me);
    let found = async { state.service.safety_words(&me.actor, id(&unit)?).await };
    let words_with = found.await.map_err(|error| shell.oops(error))?;
    Ok(render(&WordsPage { shell, words_with }))
}

/// `POST /peers/{unit}/words`: the words were compared and are the same.
pub(super) async fn confirm(State(state): State<AppState>, me: SignedIn, Path(unit): Path<String>) -> Reply {
    let confirmed = async { state.service.confirm(&me.actor, id(&unit)?).await };
    confirmed.await.map_err(|error| shell(&state, &me).oops(error))?;
    Ok(to(&format!("{}#u-{unit}", paths::peers()), "confirmed"))
}

/// `POST /peers/{unit}/pause`.
pub(super) async fn pause(State(state): State<AppState>, me: SignedIn, Path(unit): Path<String>) -> Reply {
    set_paused(&state, &me, &unit, true).await
}

/// `POST /peers/{unit}/resume`.
pub(super) async fn resume(State(state): State<AppState>, me: SignedIn, Path(unit): Path<String>) -> Reply {
    set_paused(&state, &me, &unit, false).await
}

async fn set_paused(state: &AppState, me: &SignedIn, unit: &str, paused: bool) -> Reply {
    let done = async { state.service.pause(&me.actor, id(unit)?, paused).await };
    done.await.map_err(|error| shell(state, me).oops(error))?;
    Ok(to(&format!("{}#u-{unit}", paths::peers()), if paused { "paused" } else { "resumed" }))
}

/// `POST /peers/{unit}/let-in`: it was cut off for what it sent, and is not any more.
pub(super) async fn let_in(State(state): State<AppState>, me: SignedIn, Path(unit): Path<String>) -> Reply {
    let done = async { state.service.let_in(&me.actor, id(&unit)?).await };
    done.await.map_err(|error| shell(&state, &me).oops(error))?;
    Ok(to(&format!("{}#u-{unit}", paths::peers()), "let_in"))
}

/// `POST /peers/{unit}/release`: a restored node does not wait for it.
pub(super) async fn release(State(state): State<AppState>, me: SignedIn, Path(unit): Path<String>) -> Reply {
    let released = async { state.service.release(&me.actor, id(&unit)?).await };
    released.await.map_err(|error| shell(&state, &me).oops(error))?;
    Ok(to(&format!("{}#u-{unit}", paths::peers()), "released"))
}

#[cfg(test)]
pub(super) fn samples(shell: Shell, text: &str) -> (impl Template + use<>, impl Template + use<>) {
    use super::samples;
    use icmc_node::service::model::FrozenView;
    let peer = samples::peer(text);
    let proposal = ProposalView {
        hash: icmc_protocol::ids::CharterHash([4; 32]),
        what: "data",
        says: text.to_owned(),
        unit: peer.unit,
        name: text.to_owned(),
        class: "ngo",
        jurisdiction: text.to_owned(),
        duty_contact: text.to_owned(),
        proposer: samples::unit(text),
        approved_here: false,
        approvals: 1,
        threshold: 2,
    };
    let words_with = WordsView { unit: samples::unit(text), words: vec![text.to_owned(); 8], digits: "123 456".to_owned() };
    let page = PeersPage {
        shell: shell.clone(),
        network: text.to_owned(),
        peers: vec![peer],
        former: vec![FormerView {
            unit: icmc_protocol::ids::UnitId([8; 32]),
            name: text.to_owned(),
            since: samples::NOW,
            left: false,
            shares_out: 1,
            shares_in: 1,
        }],
        freeze: Some(FreezeView {
            number: 4,
            charters: [true, false]
                .map(|held| FrozenView {
                    hash: icmc_protocol::ids::CharterHash([5; 32]),
                    held,
                    made: samples::NOW,
                    units: vec![text.to_owned()],
                })
                .into(),
        }),
        view: super::keepers::sample_view(text),
        version: "0.1.0",
        proposals: vec![proposal],
        manages: true,
        own_text: text.to_owned(),
        joining: joining(&JoinView { state: "asking", inviter: Some(text.to_owned()), members: 0 }),
        invitation: Some(text.to_owned()),
        drawn: Drawn::of(text),
        taken: Some(text.to_owned()),
    };
    (page, WordsPage { shell, words_with })
}
