//! Words with another unit about a request or a share.
//! Who may read what they are about may read them; who may share it, or use the inbox, may write.

use super::audit::audited;
use super::model::{FormView, MessageView, UnreadView};
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize};
use crate::audit::actions;
use crate::rows::row;
use icmc_protocol::ids::{CaseId, ShareId, UnitId};
use icmc_protocol::machine::{Txn, ViewError};
use icmc_protocol::requests::{self, Form, MessageRow};
use icmc_protocol::sharing::{ShareIn, ShareOut};

impl Service {
    /// What the two units said about a request or a share.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if it is not there, or not for this person.
    pub async fn messages(&self, actor: &Actor, about: ShareId) -> Result<Vec<MessageView>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::MESSAGES_READ, about, move |txn| {
            reach(txn, &by, about, Action::ViewCase)?;
            audited(txn, &by, actions::MESSAGES_READ, about)?;
            looked_at(txn, &by, about)?;
            Ok(message_views(txn, about)?)
        })
        .await
    }

    /// Messages that nobody here has looked at, about what this person may see.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role without access to cases.
    pub async fn unread(&self, actor: &Actor) -> Result<Vec<UnreadView>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::MESSAGES_READ, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ListCases, Unit)?;
            audited(txn, &by, actions::MESSAGES_READ, "")?;
            Ok(unread(txn, &by)?)
        })
        .await
    }

    /// Says something to the other unit about a request or a share.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if that is over.
    pub async fn say(&self, actor: &Actor, about: ShareId, text: &str) -> Result<(), ServiceError> {
        let (by, text) = (actor.clone(), text.to_owned());
        self.step(actor, actions::MESSAGE_WRITTEN, about, move |txn| {
            reach(txn, &by, about, Action::ShareCase)?;
            requests::say(txn, about, &text)?;
            audited(txn, &by, actions::MESSAGE_WRITTEN, about)?;
            Ok(())
        })
        .await
    }
}

/// Whether this person may do this with what was sent, or use the inbox for what was received.
fn reach(txn: &Txn<'_>, by: &Actor, about: ShareId, action: Action) -> Result<(), ServiceError> {
    let made = requests::asked(txn, about)?.map(|row| row.case);
    let case = match made {
        Some(case) => Some(case),
        None => row::<ShareOut>(txn, about.as_bytes())?.map(|share| share.case),
    };
    if let Some(case) = case {
        let _: Grant<CaseId> = authorize(txn, by, action, case)?;
        return Ok(());
    }
    let _: Grant<Unit> = authorize(txn, by, Action::UseInbox, Unit)?;
    let there = requests::work_of(txn, about)?.is_some() || row::<ShareIn>(txn, about.as_bytes())?.is_some();
    if there { Ok(()) } else { Err(ServiceError::NotFound) }
}

/// Once somebody who could answer has looked, the messages are not new any more.
pub(super) fn looked_at(txn: &mut Txn<'_>, by: &Actor, about: ShareId) -> Result<(), ServiceError> {
    if reach(txn, by, about, Action::ShareCase).is_ok() {
        requests::seen(txn, about)?;
    }
    Ok(())
}

pub(super) fn unread(txn: &Txn<'_>, by: &Actor) -> Result<Vec<UnreadView>, ViewError> {
    let (units, mut views) = (Units::load(txn)?, Vec::new());
    for (about, count) in requests::unread(txn)? {
        if reach(txn, by, about, Action::ViewCase).is_ok()
            && let Some((from, request)) = with(txn, about)?
        {
            views.push(UnreadView { about, request, from: units.of(from), count });
        }
    }
    Ok(views)
}

/// With whom one talks about this, and whether it is a request.
fn with(txn: &Txn<'_>, about: ShareId) -> Result<Option<(UnitId, bool)>, ViewError> {
    if let Some(row) = requests::asked(txn, about)? {
        return Ok(Some((row.to, true)));
    }
    if let Some((row, _)) = requests::work_of(txn, about)? {
        return Ok(Some((row.from, true)));
    }
    if let Some(row) = row::<ShareOut>(txn, about.as_bytes())? {
        return Ok(Some((row.to, false)));
    }
    Ok(row::<ShareIn>(txn, about.as_bytes())?.map(|row| (row.from, false)))
}

pub(super) fn message_views(txn: &Txn<'_>, about: ShareId) -> Result<Vec<MessageView>, ViewError> {
    let units = Units::load(txn)?;
    let case = match row::<ShareOut>(txn, about.as_bytes())? {
        Some(share) => Some(share.case),
        None => row::<ShareIn>(txn, about.as_bytes())?.and_then(|share| share.case),
    };
    let form = |form: Form| {
        let (what, entry, to) = match form {
            Form::Refused { entry } => ("refused", entry, None),
            Form::MayPass { entry, to } => ("may_pass", entry, Some(to)),
            Form::Pass { entry, to, yes } => (if yes { "pass" } else { "not_pass" }, entry, Some(to)),
        };
        Some(FormView { what, case: case?, entry, to: to.map(|to| units.of(to)) })
    };
    let view =
        |row: MessageRow| MessageView { own: row.own, at: row.at, text: row.text.to_string(), form: row.form.and_then(form) };
    Ok(requests::messages(txn, about)?.into_iter().map(view).collect())
}
