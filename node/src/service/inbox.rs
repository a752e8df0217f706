//! Shares received: the list, a look before the answer, accepting, declining.
//! Before it is accepted a case is open here only, and nowhere else in this node.

use super::audit::audited;
use super::case_view::{Around, case_view};
use super::model::{InboxItem, InboxPreview};
use super::reader::Reader;
use super::share_words::{handling_word, in_word, onward_word, purpose_word, rights_word};
use super::shares::terms_view;
use super::summary::{line, row_of};
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, CaseAccess, Grant, Unit, authorize, case_access};
use crate::audit::{Event, actions, append as audit};
use crate::casework::not_covered;
use crate::rows::row;
use icmc_protocol::federation::restored;
use icmc_protocol::ids::{CaseId, ShareId, UnitId};
use icmc_protocol::machine::{Txn, View, ViewError};
use icmc_protocol::requests;
use icmc_protocol::sharing::{self, InState, ShareIn, incoming_list, received_view, terms};

impl Service {
    /// What other units shared, newest first; those that are over too.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role without inbox.
    pub async fn inbox(&self, actor: &Actor) -> Result<Vec<InboxItem>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::INBOX_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::UseInbox, Unit)?;
            audited(txn, &by, actions::INBOX_LISTED, "")?;
            let units = Units::load(txn)?;
            // A recall that overtook its share: there never was anything to show.
            let rows = incoming_list(txn, |row| row.case.is_some())?.into_iter();
            let mut items = rows.map(|(id, row)| item(txn, &units, id, &row)).collect::<Result<Vec<_>, _>>()?;
            items.sort_by_key(|item| core::cmp::Reverse(item.received_at));
            Ok(items)
        })
        .await
    }

    /// The case as one share shows it. The owner learns that somebody looked.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if there is no such share, or its key is gone.
    pub async fn inbox_preview(&self, actor: &Actor, share: ShareId) -> Result<InboxPreview, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::INBOX_PREVIEWED, share, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::UseInbox, Unit)?;
            audited(txn, &by, actions::INBOX_PREVIEWED, share)?;
            let before = row::<ShareIn>(txn, share.as_bytes())?.ok_or(ServiceError::NotFound)?;
            unlocked(txn, before.from)?;
            if before.state == InState::Arriving {
                return Err(ServiceError::Busy("this share has not arrived completely yet"));
            }
            sharing::previewed(txn, share)?;
            preview(txn, share)
        })
        .await
    }

    /// Takes a share into work; whoever accepts is on the team of the case.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] if the share is over.
    pub async fn accept(&self, actor: &Actor, share: ShareId) -> Result<CaseId, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::SHARE_ACCEPTED, share, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::UseInbox, Unit)?;
            let from = row::<ShareIn>(txn, share.as_bytes())?.ok_or(ServiceError::NotFound)?.from;
            unlocked(txn, from)?;
            let case = sharing::accept(txn, share)?;
            let mut access = case_access(txn, case)?.unwrap_or_else(|| CaseAccess::of(by.account));
            if !access.includes(by.account) {
                access.team.insert(by.account);
            }
            access.put(txn, case);
            audited(txn, &by, actions::SHARE_ACCEPTED, format!("{case}/{share}"))?;
            Ok(case)
        })
        .await
    }

    /// Does not want a share: its key is destroyed, the owner learns why.
    ///
    /// # Errors
    /// [`ServiceError::Refused`] without a reason, or if the share is over.
    pub async fn decline(&self, actor: &Actor, share: ShareId, reason: &str) -> Result<(), ServiceError> {
        let (by, reason) = (actor.clone(), reason.to_owned());
        self.step(actor, actions::SHARE_DECLINED, share, move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::UseInbox, Unit)?;
            sharing::decline(txn, share, &reason)?;
            audit(txn, Event::new(actions::SHARE_DECLINED).by(by.account).on(share))?;
            Ok(())
        })
        .await
    }
}

/// How many shares wait for this person's yes or no.
pub(super) fn inbox_waiting(view: &dyn View, by: &Actor) -> Result<usize, ViewError> {
    if authorize(view, by, Action::UseInbox, Unit).is_err() {
        return Ok(0);
    }
    Ok(incoming_list(view, |row| waits(row.state))?.len())
}

/// After a restore nothing of a unit is opened before it has shown whether it may still be seen.
fn unlocked(view: &dyn View, from: UnitId) -> Result<(), ServiceError> {
    if restored::is_locked(view, from)? {
        return Err(ServiceError::Busy(
            "this node was restored from a backup: this stays closed until that unit has been connected",
        ));
    }
    Ok(())
}

const fn waits(state: InState) -> bool {
    matches!(state, InState::Offered | InState::Previewed)
}

fn item(view: &dyn View, units: &Units, id: ShareId, row: &ShareIn) -> Result<InboxItem, ViewError> {
    let locked = restored::is_locked(view, row.from)?;
    let share = terms(view, id)?.map(|(share, _)| share).filter(|_| row.state != InState::Arriving && !locked);
    let share = share.as_ref();
    let number = match share {
        Some(_) => received_view(view, id)?.and_then(|folded| Some(folded.head()?.1.text("case_no").to_owned())),
        None => None,
    };
    let accepted = row.history.iter().any(|(state, _)| *state == InState::Active);
    Ok(InboxItem {
        id,
        from: units.of(row.from),
        state: if locked { "locked" } else { in_word(row.state) },
        waiting: waits(row.state) && !locked,
        received_at: row.history.first().map_or(row.expires, |(_, at)| *at),
        expires: row.expires,
        case: row.case.filter(|_| accepted),
        number: number.unwrap_or_default(),
        purpose: share.map(|share| purpose_word(share.purpose)),
        rights: share.map(|share| rights_word(share.rights)),
        handling: share.map(|share| handling_word(share.handling)),
        onward: share.map(|share| onward_word(share.onward)),
        persons: share.map_or(0, |share| u32::try_from(share.persons.len()).unwrap_or(u32::MAX)),
        note: share.map(|share| share.note.to_string()).unwrap_or_default(),
        unread: if locked { 0 } else { requests::unread_of(view, id)? },
    })
}

fn preview(txn: &Txn<'_>, id: ShareId) -> Result<InboxPreview, ServiceError> {
    let units = Units::load(txn)?;
    let row = row::<ShareIn>(txn, id.as_bytes())?.ok_or(ServiceError::NotFound)?;
    let (share, stale) = terms(txn, id)?.ok_or(ServiceError::NotFound)?;
    let folded = received_view(txn, id)?.ok_or(ServiceError::NotFound)?;
    let reader = Reader::new(&folded, &units, stale);
    let summary = line(&row_of(&reader, true), &units, 0);
    let around = Around { not_shared: not_covered([&share]), ..Around::default() };
    Ok(InboxPreview {
        item: item(txn, &units, id, &row)?,
        terms: terms_view(&share, &reader.displays),
        case: case_view(&reader, summary, around),
    })
}
