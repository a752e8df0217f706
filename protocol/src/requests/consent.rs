//! A request that names a person on the ground of her consent: whether that covers it, and its end with the consent.
//! What a consent must say is `sharing`'s: a request is weighed as a share of identifying values would be.

use super::end::close;
use super::refusal::RequestRefusal;
use super::request::VerificationRequest;
use super::rows::{AskState, OUT, RequestOut};
use crate::bounded::{BoundedText, BoundedVec};
use crate::caselog::{FoldedCase, fold, load};
use crate::dictionary::ShareClass;
use crate::ids::{CaseId, EntityId, UnitId};
use crate::machine::{Txn, View, ViewError};
use crate::sharing::{Basis, ConsentGap, Onward, Rights, Share, SharePerson, consent_gaps};
use crate::time::Timestamp;

/// Of whom, and to whom.
pub(super) struct Named {
    pub(super) case: CaseId,
    pub(super) person: EntityId,
    pub(super) to: UnitId,
}

/// What the consent lacks; nothing if the request rests on another ground.
pub(super) fn gaps(
    view: &dyn View,
    named: &Named,
    request: &VerificationRequest,
    expires: Timestamp,
    now: Timestamp,
) -> Result<Vec<ConsentGap>, ViewError> {
    if request.basis != Basis::Consent {
        return Ok(Vec::new());
    }
    let Some(log) = load(view, named.case)? else { return Ok(vec![ConsentGap::None]) };
    weigh(view, &fold(&log), named, request, expires, now)
}

fn weigh(
    view: &dyn View,
    folded: &FoldedCase,
    named: &Named,
    request: &VerificationRequest,
    expires: Timestamp,
    now: Timestamp,
) -> Result<Vec<ConsentGap>, ViewError> {
    let person = SharePerson { entity: named.person, basis: request.basis, reason: BoundedText::default() };
    let share = Share {
        id: request.id,
        revision: 0,
        case: named.case,
        from: folded.owner,
        to: named.to,
        persons: BoundedVec::default(),
        sections: BoundedVec::default(),
        classes: BoundedVec::new(vec![ShareClass::I]).unwrap_or_default(),
        items: BoundedVec::default(),
        rights: Rights::Read,
        purpose: request.purpose,
        handling: request.handling,
        onward: Onward::None,
        expires,
        note: BoundedText::default(),
    };
    consent_gaps(view, folded, &share, &person, now)
}

/// Takes back, for one own case, what rests on a consent that does not cover it any more.
///
/// # Errors
/// [`RequestRefusal`] if a request could not be ended; the others are all the same.
pub fn uphold(txn: &mut Txn<'_>, case: CaseId) -> Result<(), RequestRefusal> {
    let there = |row: &RequestOut| row.state.is_waiting() || row.state == AskState::Answered;
    let resting: Vec<RequestOut> = txn
        .filtered::<RequestOut>(OUT, |row| {
            row.case == case && row.request.basis == Basis::Consent && row.receipt.is_none() && there(row)
        })?
        .into_iter()
        .map(|(_, row)| row)
        .collect();
    if resting.is_empty() {
        return Ok(());
    }
    let Some(log) = load(txn, case)? else { return Ok(()) };
    let folded = fold(&log);
    let mut outcome = Ok(());
    for row in resting {
        let named = Named { case, person: row.person, to: row.to };
        if weigh(txn, &folded, &named, &row.request, row.request.expires, txn.now)?.is_empty() {
            continue;
        }
        match close(txn, row.request.id) {
            Ok(_) => {}
            Err(RequestRefusal::View(error)) => return Err(error.into()),
            Err(refusal) => outcome = Err(refusal),
        }
    }
    outcome
}
