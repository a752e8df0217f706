//! The audit: who did or saw what, when; the check of its chain.
//! Records are named by ids only, here as in the audit itself.

use super::reply::{Reply, render};
use super::shell::Shell;
use super::words;
use crate::paths;
use crate::security::session::SignedIn;
use crate::state::AppState;
use askama::Template;
use axum::extract::{Query, State};
use icmc_node::audit::{Filter, actions};
use icmc_node::service::model::Page;
use icmc_node::service::{AuditCheck, AuditView, ServiceError};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/audit.html")]
struct AuditPage {
    shell: Shell,
    page: Page<AuditView>,
    actions: &'static [&'static str],
    action: String,
    object: String,
    check: Option<AuditCheck>,
    earlier: Option<String>,
    later: Option<String>,
}

/// What to show.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    action: Option<String>,
    object: Option<String>,
    page: Option<String>,
}

/// `GET /audit`.
pub(super) async fn page(State(state): State<AppState>, me: SignedIn, Query(asked): Query<Asked>) -> Reply {
    let shell = Shell::of(&state, &me, "Audit", "audit");
    let page = gather(&state, &me, shell.clone(), asked).await.map_err(|error| shell.oops(error))?;
    Ok(render(&page))
}

/// `POST /audit/verify`.
pub(super) async fn verify(State(state): State<AppState>, me: SignedIn) -> Reply {
    let shell = Shell::of(&state, &me, "Audit", "audit");
    let check = state.service.verify_audit(&me.actor).await.map_err(|error| shell.oops(error))?;
    let page = gather(&state, &me, shell.clone(), Asked::default()).await.map_err(|error| shell.oops(error))?;
    Ok(render(&AuditPage { check: Some(check), ..page }))
}

async fn gather(state: &AppState, me: &SignedIn, shell: Shell, asked: Asked) -> Result<AuditPage, ServiceError> {
    let known = |action: String| actions::ALL.contains(&action.as_str()).then_some(action);
    let is_id = |object: &String| !object.is_empty() && object.len() <= 64 && object.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (action, object) = (asked.action.and_then(known), asked.object.filter(is_id));
    let filter = Filter { actor: None, action: action.clone(), object: object.clone() };
    let page = state.service.audit(&me.actor, filter, asked.page.and_then(|page| page.parse().ok()).unwrap_or(1)).await?;
    Ok(context(shell, page, action.unwrap_or_default(), object.unwrap_or_default()))
}

fn context(shell: Shell, page: Page<AuditView>, action: String, object: String) -> AuditPage {
    let address = |page: u32| format!("{}?action={action}&object={object}&page={page}", paths::audit());
    AuditPage {
        shell,
        actions: actions::ALL,
        check: None,
        earlier: (page.page > 1).then(|| address(page.page - 1)),
        later: (page.page < page.pages).then(|| address(page.page + 1)),
        action,
        object,
        page,
    }
}

#[cfg(test)]
pub(super) fn sample(shell: Shell, text: &str) -> impl Template + use<> {
    let entry = AuditView {
        seq: 7,
        at: super::samples::NOW,
        actor: None,
        actor_name: Some(text.to_owned()),
        action: text.to_owned(),
        object: text.to_owned(),
        reason: text.to_owned(),
    };
    let page = Page { items: vec![entry], page: 2, pages: 3, total: 120 };
    let check = Some(AuditCheck { whole: false, entries: 7, broken_at: Some(3) });
    AuditPage { check, ..context(shell, page, "case_viewed".to_owned(), "00ff".to_owned()) }
}
