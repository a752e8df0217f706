//! What follows from a case having grown: updates to those it is shared with, contributions to its owner, beacons.
//! A peer that cannot be served never keeps a person here from saving.

use super::{identity_of, role_of};
use crate::caselog::{case_row, fold, load};
use crate::documents;
use crate::envelope::outbox::OutboxError;
use crate::federation::{joining, own, restored};
use crate::ids::CaseId;
use crate::machine::{Txn, ViewError};
use crate::matching::{self, Role};
use crate::requests::{self, RequestRefusal};
use crate::sharing::{self, ShareRefusal};
use crate::standing;
use crate::transfer;

pub(super) fn follow_up(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let Some(own) = own::find(txn)? else { return Ok(()) };
    if txn.is_charter_changed() {
        matching::members_changed(txn)?;
        matching::follow_keys(txn)?;
        joining::keep_up(txn)?;
        for case in standing::members_changed(txn)? {
            txn.touch(case);
        }
    }
    for case in txn.touched() {
        let Some(row) = case_row(txn, case)? else { continue };
        documents::follow(txn, case)?;
        matching::room_uphold(txn, case)?;
        let sent = if row.owner == own.unit {
            if restored::since(txn)?.is_some() {
                restored::later(txn, case)?;
            } else {
                announce(txn, case)?;
            }
            // First what must not go any more, then what is new.
            uphold_requests(txn, case)?;
            let sent = sharing::uphold_consents(txn, case).and(sharing::fan_out(txn, case));
            transfer::uphold(txn, case)?;
            sent
        } else {
            if row.handovers.iter().any(|one| one.from == own.unit && one.first.is_some()) {
                // Its owner announces its people now.
                retire(txn, case)?;
            }
            let ended = if row.handovers.iter().any(|one| one.from == own.unit) {
                sharing::end_given(txn, case, row.owner)
            } else {
                Ok(())
            };
            ended.and(sharing::contribute(txn, case))
        };
        match sent {
            Ok(()) => {}
            Err(ShareRefusal::View(error)) => return Err(error),
            // Whoever a restored node waits for is brought up to date once that is over.
            Err(ShareRefusal::Peer(OutboxError::Restored)) => {}
            Err(_) => txn.incident(None, "an update could not be queued; it is tried again when the peer is connected"),
        }
    }
    Ok(())
}

/// Requests that a consent does not cover any more are taken back.
fn uphold_requests(txn: &mut Txn<'_>, case: CaseId) -> Result<(), ViewError> {
    match requests::uphold(txn, case) {
        Ok(()) => Ok(()),
        Err(RequestRefusal::View(error)) => Err(error),
        Err(_) => {
            txn.incident(None, "a request that a consent does not cover any more could not be taken back");
            Ok(())
        }
    }
}

/// Every person of the case takes part in matching, or does not, as the case now says.
fn announce(txn: &mut Txn<'_>, case: CaseId) -> Result<(), ViewError> {
    let Some(log) = load(txn, case)? else { return Ok(()) };
    let folded = fold(&log);
    let persons: Vec<_> = folded.entities.keys().filter(|(kind, _)| &**kind == "person").map(|(_, id)| *id).collect();
    for person in persons {
        matching::announce(txn, case, person, identity_of(&folded, person).as_ref(), role_of(&folded, person))?;
    }
    Ok(())
}

/// Nobody of a case that was handed over is announced from here any more.
fn retire(txn: &mut Txn<'_>, case: CaseId) -> Result<(), ViewError> {
    let Some(log) = load(txn, case)? else { return Ok(()) };
    let persons: Vec<_> = fold(&log).entities.into_keys().filter(|(kind, _)| &**kind == "person").map(|(_, id)| id).collect();
    persons.into_iter().try_for_each(|person| matching::announce(txn, case, person, None, Role::Other))
}
