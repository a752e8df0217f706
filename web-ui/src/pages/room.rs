//! The disclosure room of an alert: both sides step by step, yes or no to the next one, stop.
//! What may be told is decided by the service; what was typed comes back with what is wrong about it.

use super::Pairs;
use super::case::id;
use super::form::Posted;
use super::reply::{Reply, refusal, render, render_as, to};
use super::shell::Shell;
use super::words;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use icmc_node::service::ServiceError;
use icmc_node::service::model::{RoomChoiceView, RoomChosen, RoomFields, RoomNo, RoomOfficer, RoomView, RoomYes};
use icmc_protocol::ids::AlertId;

#[derive(Template)]
#[template(path = "pages/room.html")]
struct RoomPage {
    shell: Shell,
    room: RoomView,
    choices: Vec<RoomChoiceView>,
    form: Posted,
}

/// `GET /alerts/{alert}/room`.
pub(super) async fn page(
    State(state): State<AppState>,
    me: SignedIn,
    Path(alert): Path<String>,
    Query(told): Query<super::Told>,
) -> Reply {
    let shell = Shell::of(&state, &me, "Disclosure room", "alerts").saying(told.said.as_deref());
    let (room, choices) = read(&state, &me, &alert).await.map_err(|error| shell.oops(error))?;
    let mut form = Posted::default();
    form.push("name", room.own_name.as_str());
    form.push("role", room.own_role.as_str());
    for (name, value) in [("handling", "H2"), ("purpose", "investigation")] {
        form.push(name, value);
    }
    Ok(render(&context(shell, room, choices, form)))
}

/// `POST /alerts/{alert}/room/{step}`: yes, no, stop.
pub(super) async fn step(
    State(state): State<AppState>,
    me: SignedIn,
    Path((alert, step)): Path<(String, String)>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let shell = Shell::of(&state, &me, "Disclosure room", "alerts");
    match said(&state, &me, &alert, &step, &posted).await {
        Ok(code) => Ok(to(&paths::room(&alert), code)),
        Err(error) => {
            let faults = refusal(error).map_err(|error| shell.oops(error))?;
            let (room, choices) = read(&state, &me, &alert).await.map_err(|error| shell.oops(error))?;
            let page = context(shell.with_faults(faults), room, choices, posted);
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

async fn said(state: &AppState, me: &SignedIn, alert: &str, step: &str, posted: &Posted) -> Result<&'static str, ServiceError> {
    let alert: AlertId = id(alert)?;
    let text = |name: &str| posted.one(name).to_owned();
    match step {
        "yes" => {
            let yes = match posted.one("step") {
                "officer" => {
                    RoomYes::Officer(RoomOfficer { name: text("name"), role: text("role"), telephone: text("telephone") })
                }
                "case" => RoomYes::Case {},
                "fields" => RoomYes::Fields(fields(posted)),
                _ => return Err(ServiceError::NotFound),
            };
            state.service.room_yes(&me.actor, alert, yes).await.map(|_| "room_yes")
        }
        "no" => {
            if !words::ROOM_NOS.iter().any(|(code, _)| *code == posted.one("no")) {
                return Err(ServiceError::request("no", "one of the reasons"));
            }
            let no = RoomNo { reason: text("no"), text: text("text") };
            state.service.room_no(&me.actor, alert, no).await.map(|_| "room_no")
        }
        "stop" => state.service.room_stop(&me.actor, alert, text("why")).await.map(|_| "room_stopped"),
        _ => Err(ServiceError::NotFound),
    }
}

fn fields(posted: &Posted) -> RoomFields {
    let text = |name: &str| posted.one(name).to_owned();
    let chosen = posted.all("fields").into_iter().filter_map(|commitment| {
        Some(RoomChosen { commitment: commitment.parse().ok()?, reason: text(&format!("why.{commitment}")) })
    });
    RoomFields {
        basis: text("basis"),
        reason: text("reason"),
        purpose: text("purpose"),
        handling: text("handling"),
        fields: chosen.collect(),
    }
}

async fn read(state: &AppState, me: &SignedIn, alert: &str) -> Result<(RoomView, Vec<RoomChoiceView>), ServiceError> {
    let alert: AlertId = id(alert)?;
    let room = state.service.room(&me.actor, alert).await?;
    let choices = if room.next == Some("fields") { state.service.room_choices(&me.actor, alert).await? } else { Vec::new() };
    Ok((room, choices))
}

fn context(mut shell: Shell, room: RoomView, choices: Vec<RoomChoiceView>, form: Posted) -> RoomPage {
    shell.title = format!("{}: room", room.number);
    RoomPage { shell, room, choices, form }
}

impl RoomPage {
    /// The address of the share builder with what the room knows: the unit, the person, what for, on what ground.
    fn share_address(&self, purpose: &str) -> String {
        let room = &self.room;
        let told = room.steps.iter().find(|step| step.step == "fields").map(|step| &step.own);
        let basis = told.and_then(|own| own.basis).unwrap_or_default();
        format!("{}?to={}&person={}&purpose={purpose}&basis={basis}", paths::share(room.case), room.peer.id, room.person)
    }

    fn is_chosen(&self, one: &RoomChoiceView) -> bool {
        self.form.all("fields").contains(&one.commitment.to_string().as_str())
    }

    fn why(&self, one: &RoomChoiceView) -> &str {
        self.form.one(&format!("why.{}", one.commitment))
    }
}

#[cfg(test)]
pub(super) fn samples(shell: Shell, text: &str) -> Vec<impl Template + use<>> {
    let typed = || {
        Posted::from_pairs(&[
            ("name", text),
            ("role", text),
            ("telephone", text),
            ("reason", text),
            ("text", text),
            ("why", text),
            ("basis", "consent"),
        ])
    };
    let whole = super::samples::room(text);
    let at = |next, state| RoomView { next, state, ended: None, ..whole.clone() };
    let choices = vec![super::samples::room_choice(text)];
    vec![
        context(shell.clone(), at(Some("officer"), "ready"), Vec::new(), typed()),
        context(shell.clone(), at(Some("case"), "open"), Vec::new(), typed()),
        context(shell.clone(), at(Some("fields"), "open"), choices, typed()),
        context(shell.clone(), at(Some("share"), "open"), Vec::new(), typed()),
        context(shell.clone(), RoomView { waiting: true, untold: true, ..at(None, "open") }, Vec::new(), typed()),
        context(shell.clone(), at(None, "no_contact"), Vec::new(), typed()),
        context(shell, RoomView { next: None, state: "ended", ended: Some("not_same"), ..whole }, Vec::new(), typed()),
    ]
}
