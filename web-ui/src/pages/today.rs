//! Today: what waits for somebody, and how the node is doing.
//! Numbers are links to the lists behind them.

use super::Told;
use super::reply::{Reply, render};
use super::shell::Shell;
use super::words;
use crate::format;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Query, State};
use futures::future::try_join_all;
use icmc_node::service::ServiceError;
use icmc_node::service::Status;
use icmc_node::service::model::{AlertView, CaseFilter, CaseSummary, InboxItem, ShareView, UnreadView};
use icmc_protocol::dictionary::Dictionary;
use icmc_protocol::time::{DAY, Timestamp};

/// Lines of each list; the rest is behind its link.
const LINES: usize = 8;
/// A share that ends within so many days is named.
const SOON: u32 = 7;

struct Bar {
    code: String,
    label: String,
    count: u32,
    most: u32,
}

#[derive(Template)]
#[template(path = "pages/today.html")]
struct TodayPage {
    shell: Shell,
    day: String,
    cases_seen: bool,
    network: String,
    alerts: Vec<AlertView>,
    inbox: Vec<InboxItem>,
    recent: Vec<CaseSummary>,
    stages: Vec<Bar>,
    ending: Vec<ShareView>,
    /// Received ones.
    ending_here: Vec<InboxItem>,
    contributed: Vec<CaseSummary>,
    unread: Vec<UnreadView>,
    /// What ends before this ends within a day.
    last_day: Timestamp,
}

/// "2 of 3 other units connected; 4 waiting to be sent."
pub(super) fn network(status: &Status) -> String {
    let others = status.members.saturating_sub(1);
    let waiting = if status.waiting == 0 {
        "nothing waits to be sent".to_owned()
    } else {
        format!("{} waiting to be sent", status.waiting)
    };
    match others {
        0 => "no other unit yet.".to_owned(),
        _ => format!("{} of {others} other units connected; {waiting}.", status.connected),
    }
}

/// `GET /`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Query(told): Query<Told>) -> Reply {
    let shell = Shell::of(&state, &me, "Today", "today").saying(told.said.as_deref());
    let page = gather(&state, &me, &shell).await.map_err(|error| shell.oops(error))?;
    Ok(render(&TodayPage { shell, ..page }))
}

/// The reads run side by side, so that they share one commit of the audit.
async fn gather(state: &AppState, me: &SignedIn, shell: &Shell) -> Result<TodayPage, ServiceError> {
    let (service, actor) = (&state.service, &me.actor);
    let cases_seen = shell.user.as_ref().is_some_and(|user| user.cases);
    let writes = shell.writes();
    let alerts = async { if writes { service.alerts(actor).await } else { Ok(Vec::new()) } };
    let inbox = async { if writes { service.inbox(actor).await } else { Ok(Vec::new()) } };
    let ending = async { if writes { service.shares_ending(actor, SOON).await } else { Ok(Vec::new()) } };
    let contributed = async { if writes { service.contributions_waiting(actor).await } else { Ok(Vec::new()) } };
    let unread = async { if writes { service.unread(actor).await } else { Ok(Vec::new()) } };
    let recent = async {
        if cases_seen { service.cases(actor, CaseFilter::default()).await.map(|page| page.items) } else { Ok(Vec::new()) }
    };
    let known = if cases_seen { Dictionary::builtin().stages() } else { &[] };
    let stages = try_join_all(known.iter().map(|stage| async move {
        let filter = CaseFilter { stage: Some(stage.code.clone()), ..CaseFilter::default() };
        let page = service.cases(actor, filter).await?;
        Ok::<_, ServiceError>(Bar { code: stage.code.clone(), label: words::stage(&stage.code), count: page.total, most: 0 })
    }));
    let (status, alerts, inbox, ending, contributed, unread, recent, mut stages) =
        tokio::try_join!(service.status(actor), alerts, inbox, ending, contributed, unread, recent, stages)?;
    let soon = shell.now.plus(u64::from(SOON) * DAY);
    let most = stages.iter().map(|bar| bar.count).max().unwrap_or_default().max(1);
    stages.iter_mut().for_each(|bar| bar.most = most);
    Ok(TodayPage {
        shell: shell.clone(),
        day: format::day(shell.now, &shell.zone),
        cases_seen,
        network: network(&status),
        alerts: alerts.into_iter().filter(|alert| alert.state != "closed").collect(),
        ending_here: ends_soon(&inbox, soon),
        contributed,
        unread,
        inbox: inbox.into_iter().filter(|item| item.waiting).collect(),
        recent: recent.into_iter().take(LINES).collect(),
        stages,
        last_day: shell.now.plus(DAY),
        ending,
    })
}

/// Accepted ones that end before that, the next one first.
fn ends_soon(inbox: &[InboxItem], soon: Timestamp) -> Vec<InboxItem> {
    let mut items: Vec<_> = inbox.iter().filter(|item| item.state == "active" && item.expires <= soon).cloned().collect();
    items.sort_by_key(|item| (item.expires, item.id));
    items
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template {
    use super::samples;
    TodayPage {
        shell,
        day: "22 Nov 2026".to_owned(),
        cases_seen: true,
        network: text.to_owned(),
        alerts: vec![samples::alert(text)],
        inbox: vec![samples::inbox_item(text)],
        recent: vec![samples::summary(text)],
        stages: vec![Bar { code: "R1".to_owned(), label: text.to_owned(), count: 3, most: 5 }],
        last_day: samples::NOW.plus(DAY),
        ending_here: vec![InboxItem {
            state: "active",
            case: Some(icmc_protocol::ids::CaseId([1; 32])),
            expires: samples::NOW.plus(DAY / 2),
            ..samples::inbox_item(text)
        }],
        contributed: vec![samples::summary(text)],
        unread: vec![samples::unread(text, true), samples::unread(text, false)],
        ending: vec![samples::share(text), ShareView { expires: samples::NOW.plus(DAY / 2), ..samples::share(text) }],
    }
}
