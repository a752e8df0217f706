//! Shares given: giving, listing, recalling, and admitting what came back.
//! What leaves is decided by `protocol::sharing`; here it is asked for by a person who may. Looking before it leaves is in `previews`.

use super::audit::audited;
use super::held::held;
use super::model::{SharePersonView, ShareRequest, ShareTermsView, ShareView};
use super::reader::Reader;
use super::rooms::shared;
use super::share_request::read;
use super::share_words::{basis_word, handling_word, onward_word, out_word, purpose_word, rights_word};
use super::summary::{line, row_of};
use super::units::Units;
use super::{Service, ServiceError};
use crate::access::{Action, Actor, Grant, Unit, authorize, sees};
use crate::audit::actions;
use crate::casework::Displays;
use crate::rows::row;
use icmc_protocol::caselog::Author;
use icmc_protocol::ids::{CaseId, EntryHash, ShareId};
use icmc_protocol::machine::{Txn, View, ViewError};
use icmc_protocol::requests;
use icmc_protocol::sharing::{self, OutState, Share, ShareOut, outgoing_list, outgoing_of};
use std::collections::BTreeSet;

impl Service {
    /// Gives a share.
    ///
    /// # Errors
    /// [`ServiceError::Fields`] with every fault of the request, [`ServiceError::Refused`] if the unit may not be given it.
    pub async fn share(&self, actor: &Actor, request: ShareRequest) -> Result<ShareId, ServiceError> {
        let (by, case) = (actor.clone(), request.case);
        self.step(actor, actions::SHARE_CREATED, format!("{case}/{}", request.to), move |txn| {
            let grant = authorize(txn, &by, Action::ShareCase, case)?;
            let (_, share) = wanted(txn, &grant, &request)?;
            let id = sharing::create(txn, share.clone())?;
            shared(txn, &by, &share)?;
            audited(txn, &by, actions::SHARE_CREATED, format!("{case}/{id}"))?;
            Ok(id)
        })
        .await
    }

    /// The shares given of one case, newest first.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if the case is not there, or not there for this person.
    pub async fn shares(&self, actor: &Actor, case: CaseId) -> Result<Vec<ShareView>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::SHARES_LISTED, case, move |txn| {
            let grant = authorize(txn, &by, Action::ViewCase, case)?;
            audited(txn, &by, actions::SHARES_LISTED, case)?;
            let units = Units::load(txn)?;
            let given = outgoing_of(txn, grant.object())?;
            of_case(txn, &units, case, given)
        })
        .await
    }

    /// All shares given of cases that this person may see, newest first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for a role without access to cases.
    pub async fn share_list(&self, actor: &Actor) -> Result<Vec<ShareView>, ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::SHARES_LISTED, "", move |txn| {
            let _: Grant<Unit> = authorize(txn, &by, Action::ListCases, Unit)?;
            audited(txn, &by, actions::SHARES_LISTED, "")?;
            let units = Units::load(txn)?;
            let all = outgoing_list(txn, |_| true)?;
            let cases: BTreeSet<CaseId> = all.iter().map(|(_, row)| row.case).collect();
            let mut views = Vec::new();
            for case in cases {
                if sees(txn, &by, case)? {
                    let given = all.iter().filter(|(_, row)| row.case == case).cloned().collect();
                    views.extend(of_case(txn, &units, case, given)?);
                }
            }
            views.sort_by_key(newest);
            Ok(views)
        })
        .await
    }

    /// Ends a share: nothing new goes there, and the other node is told to destroy its key.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a share of a case that this person may not see.
    pub async fn recall(&self, actor: &Actor, share: ShareId) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::SHARE_RECALLED, share, move |txn| {
            let case = row::<ShareOut>(txn, share.as_bytes())?.ok_or(ServiceError::NotFound)?.case;
            let _: Grant<CaseId> = authorize(txn, &by, Action::ShareCase, case)?;
            sharing::recall(txn, share)?;
            audited(txn, &by, actions::SHARE_RECALLED, format!("{case}/{share}"))?;
            Ok(())
        })
        .await
    }

    /// Lets another unit's contribution count.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if there is none.
    pub async fn admit(&self, actor: &Actor, case: CaseId, entry: EntryHash) -> Result<(), ServiceError> {
        let by = actor.clone();
        self.step(actor, actions::CONTRIBUTION_ADMITTED, format!("{case}/{entry}"), move |txn| {
            let grant = authorize(txn, &by, Action::AdmitContribution, case)?;
            sharing::admit(txn, grant.object(), entry, &Author { name: by.name.clone() })?;
            audited(txn, &by, actions::CONTRIBUTION_ADMITTED, format!("{case}/{entry}"))?;
            Ok(())
        })
        .await
    }
}

/// The share that is asked for, of the case that the grant is for.
pub(super) fn wanted(txn: &Txn<'_>, grant: &Grant<CaseId>, request: &ShareRequest) -> Result<(Units, Share), ServiceError> {
    let held = held(txn, grant.object(), txn.now)?.ok_or(ServiceError::NotFound)?;
    if held.is_deleted() {
        return Err(ServiceError::Refused("this case is deleted: undo that first".to_owned()));
    }
    let units = Units::load(txn)?;
    let share = read(request, units.own, txn.now).map_err(ServiceError::Fields)?;
    Ok((units, Share { case: grant.object(), ..share }))
}

pub(super) fn of_case(
    view: &Txn<'_>,
    units: &Units,
    case: CaseId,
    given: Vec<(ShareId, ShareOut)>,
) -> Result<Vec<ShareView>, ServiceError> {
    let Some(held) = held(view as &dyn View, case, view.now)? else { return Ok(Vec::new()) };
    let reader = Reader::new(&held.folded, units, BTreeSet::new());
    let number = line(&row_of(&reader, !held.own), units, 0).number;
    Ok(share_views(view, units, given, &number, &reader.displays)?)
}

/// Shares as pages show them, newest first.
pub(super) fn share_views(
    view: &dyn View,
    units: &Units,
    given: Vec<(ShareId, ShareOut)>,
    number: &str,
    displays: &Displays,
) -> Result<Vec<ShareView>, ViewError> {
    let mut views = Vec::new();
    for (id, row) in given {
        if let Some(share) = share_view(units, id, &row, number, displays) {
            views.push(ShareView { unread: requests::unread_of(view, id)?, ..share });
        }
    }
    views.sort_by_key(newest);
    Ok(views)
}

/// Whether the receiver still has to show that it destroyed the key. What its node refused was never there; nor, as far as is known,
/// what expired before it was delivered. Whoever owns the case now has more than the share gave.
fn awaits_receipt(row: &ShareOut) -> bool {
    let there = |state: &OutState| matches!(state, OutState::Delivered | OutState::Previewed | OutState::Active);
    let owed = match row.state {
        OutState::Recalled | OutState::Declined => true,
        OutState::Expired => row.history.iter().any(|(state, _)| there(state)),
        _ => false,
    };
    owed && row.receipt.is_none()
}

fn newest(view: &ShareView) -> core::cmp::Reverse<Option<icmc_protocol::time::Timestamp>> {
    core::cmp::Reverse(view.history.first().map(|(_, at)| *at))
}

fn share_view(units: &Units, id: ShareId, row: &ShareOut, number: &str, displays: &Displays) -> Option<ShareView> {
    // Written by this node and sealed: what does not open is damage that the store reports elsewhere.
    let share = row.share.stored().ok()?;
    let terms = terms_view(&share, displays);
    Some(ShareView {
        id,
        case: row.case,
        number: number.to_owned(),
        to: units.of(row.to),
        state: out_word(row.state),
        open: row.state.is_open(),
        history: row.history.iter().map(|(state, at)| (out_word(*state), *at)).collect(),
        expires: terms.expires,
        rights: terms.rights,
        purpose: terms.purpose,
        handling: terms.handling,
        onward: terms.onward,
        sections: terms.sections,
        classes: terms.classes,
        persons: terms.persons,
        items: terms.items,
        chosen: share.items.to_vec(),
        note: terms.note,
        reason: row.reason.as_ref().map(|reason| reason.to_string()),
        receipt_at: row.receipt.as_ref().and_then(|receipt| receipt.stored().ok()).map(|receipt| receipt.at),
        awaits_receipt: awaits_receipt(row),
        unread: 0,
    })
}

/// What a share says beside the case itself.
pub(super) fn terms_view(share: &Share, displays: &Displays) -> ShareTermsView {
    ShareTermsView {
        purpose: purpose_word(share.purpose),
        rights: rights_word(share.rights),
        handling: handling_word(share.handling),
        onward: onward_word(share.onward),
        expires: share.expires,
        sections: share.sections.iter().map(|section| section.to_string()).collect(),
        classes: share.classes.iter().map(ToString::to_string).collect(),
        persons: person_views(share, displays),
        items: u32::try_from(share.items.len()).unwrap_or(u32::MAX),
        note: share.note.to_string(),
    }
}

/// Who is named in a share.
fn person_views(share: &Share, displays: &Displays) -> Vec<SharePersonView> {
    let view = |person: &sharing::SharePerson| SharePersonView {
        entity: person.entity,
        display: displays.get(person.entity).unwrap_or_default().to_owned(),
        basis: basis_word(person.basis),
        reason: person.reason.to_string(),
    };
    share.persons.iter().map(view).collect()
}
