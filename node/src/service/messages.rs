//! Words with another unit about a request or a share.
//! Who may read what they are about may read them; who may share it, or use the inbox, may write.

use super::audit::audited;
use super::model::MessageView;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize};
use crate::audit::actions;
use crate::rows::row;
use icmc_protocol::ids::{CaseId, ShareId};
use icmc_protocol::machine::{Txn, View, ViewError};
use icmc_protocol::requests;
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
            Ok(message_views(txn, about)?)
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

pub(super) fn message_views(view: &dyn View, about: ShareId) -> Result<Vec<MessageView>, ViewError> {
    let rows = requests::messages(view, about)?;
    Ok(rows.into_iter().map(|row| MessageView { own: row.own, at: row.at, text: row.text.to_string() }).collect())
}
