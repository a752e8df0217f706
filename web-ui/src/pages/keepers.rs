//! Keepers of the blinding key: who they are, wanting others, saying yes, what each unit asked of this one.
//! What a key is good for stands in the help; whether one may be is decided in the protocol.

use super::case::id;
use super::form::Posted;
use super::peers;
use super::reply::{Reply, refusal, render, render_as, to};
use super::shell::Shell;
use super::{Pairs, Told, words};
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{ConnectInfo, Extension, Query, State};
use axum::http::StatusCode;
use icmc_node::service::ServiceError;
use icmc_node::service::model::KeepersView;
use icmc_protocol::ids::UnitId;
use secrecy::SecretString;
use std::net::SocketAddr;

#[derive(Template)]
#[template(path = "pages/keepers.html")]
struct KeepersPage {
    shell: Shell,
    view: KeepersView,
    manages: bool,
    form: Posted,
}

impl KeepersPage {
    fn is_chosen(&self, unit: &UnitId) -> bool {
        self.form.all("keeper").contains(&unit.to_string().as_str())
    }
}

async fn gather(state: &AppState, me: &SignedIn, shell: Shell, form: Posted) -> Result<KeepersPage, ServiceError> {
    let manages = shell.user.as_ref().is_some_and(|user| user.peers);
    Ok(KeepersPage { view: state.service.keepers(&me.actor).await?, manages, form, shell })
}

/// `GET /peers/keepers`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Query(told): Query<Told>) -> Reply {
    let shell = peers::shell(&state, &me).saying(told.said.as_deref());
    let page = gather(&state, &me, shell.clone(), Posted::default()).await.map_err(|error| shell.oops(error))?;
    Ok(render(&page))
}

/// `POST /peers/keepers` with the field `step`: want, yes, no, burst.
pub(super) async fn step(
    State(state): State<AppState>,
    me: SignedIn,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let address = from.map(|Extension(ConnectInfo(from))| from.ip().to_string()).unwrap_or_default();
    let done = async {
        let (service, actor) = (&state.service, &me.actor);
        match posted.one("step") {
            "want" => {
                let units = posted.all("keeper").into_iter().map(id).collect::<Result<Vec<UnitId>, _>>()?;
                let threshold = posted.one("threshold").parse().unwrap_or_default();
                service.want_keepers(actor, threshold, units).await.map(|_| "keepers")
            }
            "yes" => service.keep(actor, id(posted.one("generation"))?, true).await.map(|()| "keeping"),
            "no" => service.keep(actor, id(posted.one("generation"))?, false).await.map(|()| "not_keeping"),
            "burst" => {
                let second = (posted.one("second"), SecretString::from(posted.raw("password").to_owned()));
                service.ask_burst(actor, second, &address).await.map(|()| "burst")
            }
            _ => Err(ServiceError::NotFound),
        }
    };
    let shell = peers::shell(&state, &me);
    match done.await {
        Ok(said) => Ok(to(paths::keepers(), said)),
        Err(error) => {
            let faults = refusal(error).map_err(|error| shell.oops(error))?;
            let page = gather(&state, &me, shell.clone().with_faults(faults), posted).await.map_err(|error| shell.oops(error))?;
            Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

#[cfg(test)]
pub(super) fn sample_view(text: &str) -> KeepersView {
    use super::samples;
    use icmc_node::service::model::{CountView, GenerationView, KeeperView};
    let keeper = KeeperView {
        unit: samples::unit(text),
        member: true,
        connected: false,
        fault: Some("answered with a wrong share."),
        fault_at: Some(samples::NOW),
        faults: 2,
        over_quota: Some(samples::NOW),
    };
    let count = CountView {
        unit: samples::unit(text),
        today: 4_000,
        quota: 4_800,
        burst: true,
        week: 9_000,
        persons: 700,
        unannounced: 3,
        refused: 2,
    };
    let generation = GenerationView {
        id: icmc_protocol::ids::GenerationId([6; 32]),
        by: samples::unit(text),
        keepers: vec![samples::unit(text)],
        yes: vec![samples::unit(text).id],
        threshold: 1,
        seen: samples::NOW,
        state: "running",
        says: text.to_owned(),
        asks_here: true,
        can_end: true,
    };
    KeepersView {
        keepers: vec![keeper.clone()],
        threshold: 1,
        since: Some(samples::NOW),
        alone: true,
        own: true,
        former_until: Some(samples::NOW),
        former: vec![samples::unit(text)],
        generations: vec![generation],
        counts: vec![count],
        members: vec![samples::unit(text)],
        named: vec![keeper],
    }
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    let form = Posted::from_pairs(&[("threshold", text), ("second", text)]);
    KeepersPage { shell, view: sample_view(text), manages: true, form }
}
