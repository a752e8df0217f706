//! Writing the audit from each method, and showing it to those who may read it.
//! The chain itself is in `crate::audit`.

use super::model::Page;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize};
use crate::accounts::{self, AccountId};
use crate::audit::{self, Entry, Event, Filter, Verified, actions, append};
use core::fmt::Display;
use icmc_protocol::machine::{Txn, ViewError};
use icmc_protocol::time::Timestamp;
use serde::Serialize;

/// Entries of one page.
const PER_PAGE: u32 = 50;

/// Writes down what a person does or sees, in the same transaction. `object` is an id, or two with a slash between them.
///
/// # Errors
/// [`ViewError`] if the audit cannot be written; then nothing may be shown or done either.
pub(super) fn audited(txn: &mut Txn<'_>, actor: &Actor, action: &'static str, object: impl Display) -> Result<(), ViewError> {
    append(txn, Event::new(action).by(actor.account).on(object)).map(|_| ())
}

/// One entry for people to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditView {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Option<AccountId>,
    /// The name that goes with it.
    pub actor_name: Option<String>,
    /// What, one of `audit::actions`.
    pub action: String,
    /// To what, as ids.
    pub object: String,
    /// Why, as a code.
    pub reason: String,
}

/// What the check of the chain found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AuditCheck {
    /// Whether every entry is as it was written.
    pub whole: bool,
    /// How many entries were found good.
    pub entries: u64,
    /// The number of the entry where it first fails; 0 for the head.
    pub broken_at: Option<u64>,
}

impl Service {
    /// One page of the audit, newest first; pages count from 1.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without the right.
    pub async fn audit(&self, actor: &Actor, filter: Filter, page: u32) -> Result<Page<AuditView>, ServiceError> {
        self.reads_audit(actor).await?;
        let view = self.node.snapshot()?;
        let page = page.max(1);
        off_thread(move || {
            let found = audit::list(&view, &filter, page, PER_PAGE)?;
            let people = accounts::all(&view)?;
            let name = |id| people.iter().find(|(at, _)| Some(*at) == id).map(|(_, account)| account.name.clone());
            let shown = |entry: Entry| {
                let Entry { seq, at, actor, action, object, reason, .. } = entry;
                AuditView { seq, at, actor, actor_name: name(actor), action, object, reason }
            };
            let total = u32::try_from(found.total).unwrap_or(u32::MAX);
            Ok(Page {
                items: found.entries.into_iter().map(shown).collect(),
                page,
                pages: total.div_ceil(PER_PAGE).max(1),
                total,
            })
        })
        .await
    }

    /// Walks the whole chain.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] without the right.
    pub async fn verify_audit(&self, actor: &Actor) -> Result<AuditCheck, ServiceError> {
        self.reads_audit(actor).await?;
        let view = self.node.snapshot()?;
        off_thread(move || {
            Ok(match audit::verify(&view) {
                Verified::Whole { entries } => AuditCheck { whole: true, entries, broken_at: None },
                Verified::Broken { at } => AuditCheck { whole: false, entries: at.saturating_sub(1), broken_at: Some(at) },
            })
        })
        .await
    }

    async fn reads_audit(&self, actor: &Actor) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::AUDIT_READ, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ReadAudit, Unit)?;
            Ok(audited(txn, &by, actions::AUDIT_READ, "")?)
        })
        .await
    }
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, ServiceError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| ServiceError::Internal)?
}
