//! What other units shared: the list, a look at one before it is answered, accepting and declining.
//! The look shows exactly what accepting would keep.

use super::case::id;
use super::form::Posted;
use super::links;
use super::reply::{Reply, render, to};
use super::shell::Shell;
use super::words;
use super::{Pairs, Told};
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Path, Query, State};
use icmc_node::service::model::{CaseRights, CaseSummary, CaseView, InboxItem, InboxPreview, ShareTermsView};
use icmc_protocol::time::{DAY, Timestamp};

#[derive(Template)]
#[template(path = "pages/inbox.html")]
struct InboxPage {
    shell: Shell,
    items: Vec<InboxItem>,
    /// What ends before these ends within 7 days, or within one.
    soon: Timestamp,
    last_day: Timestamp,
}

impl InboxPage {
    fn of(shell: Shell, items: Vec<InboxItem>) -> Self {
        Self { soon: shell.now.plus(7 * DAY), last_day: shell.now.plus(DAY), shell, items }
    }
}

#[derive(Template)]
#[template(path = "pages/preview.html")]
struct PreviewPage {
    shell: Shell,
    item: InboxItem,
    view: CaseView,
    terms: ShareTermsView,
    alike: Vec<CaseSummary>,
    may: bool,
    names: bool,
}

/// `GET /inbox`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Query(told): Query<Told>) -> Reply {
    let shell = Shell::of(&state, &me, "Inbox", "inbox").saying(told.said.as_deref());
    let items = state.service.inbox(&me.actor).await.map_err(|error| shell.oops(error))?;
    Ok(render(&InboxPage::of(shell, items)))
}

/// `GET /inbox/{share}`.
pub(super) async fn preview(State(state): State<AppState>, me: SignedIn, Path(share): Path<String>) -> Reply {
    let shell = Shell::of(&state, &me, "Inbox", "inbox");
    let found = async {
        let share = id(&share)?;
        let found = state.service.inbox_preview(&me.actor, share).await?;
        let alike = if found.item.waiting { state.service.link_candidates(&me.actor, share).await? } else { Vec::new() };
        Ok((found, alike))
    };
    let (found, alike) = found.await.map_err(|error| shell.oops(error))?;
    Ok(render(&context(shell, found, alike)))
}

/// `POST /inbox/{share}/accept`; with `link` or `number` the case is linked with one that was here before.
pub(super) async fn accept(
    State(state): State<AppState>,
    me: SignedIn,
    Path(share): Path<String>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let accepted = async { state.service.accept(&me.actor, id(&share)?).await };
    let case = accepted.await.map_err(|error| Shell::of(&state, &me, "Inbox", "inbox").oops(error))?;
    if !posted.has("link") && !posted.has("number") {
        return Ok(to(&paths::case(case), "accepted"));
    }
    let linked = state.service.link(&me.actor, case, links::wish(&posted)).await;
    Ok(to(&format!("{}#h-links", paths::case(case)), if linked.is_ok() { "linked" } else { "not_linked" }))
}

/// `POST /inbox/{share}/decline`.
pub(super) async fn decline(
    State(state): State<AppState>,
    me: SignedIn,
    Path(share): Path<String>,
    axum::Form(pairs): Pairs,
) -> Reply {
    let posted = Posted::new(pairs);
    let declined =
        async { state.service.decline(&me.actor, id(&share)?, &words::declined(posted.one("code"), posted.one("reason"))).await };
    declined.await.map_err(|error| Shell::of(&state, &me, "Inbox", "inbox").oops(error))?;
    Ok(to(paths::inbox(), "declined"))
}

fn context(mut shell: Shell, found: InboxPreview, alike: Vec<CaseSummary>) -> PreviewPage {
    let InboxPreview { item, case, terms } = found;
    shell.title = if item.number.is_empty() { "Inbox".to_owned() } else { item.number.clone() };
    PreviewPage { shell, item, view: CaseView { rights: CaseRights::default(), ..case }, terms, alike, may: false, names: true }
}

#[cfg(test)]
pub(super) fn samples(shell: Shell, text: &str) -> (impl Template + use<>, impl Template + use<>) {
    use super::samples;
    let found = InboxPreview { item: samples::inbox_item(text), case: samples::case(text), terms: samples::share_terms(text) };
    (
        InboxPage::of(
            shell.clone(),
            vec![
                samples::inbox_item(text),
                InboxItem {
                    id: icmc_protocol::ids::ShareId([2; 16]),
                    state: "active",
                    expires: samples::NOW,
                    ..samples::inbox_item(text)
                },
            ],
        ),
        context(shell, found, vec![samples::summary(text)]),
    )
}
