//! Contributions when the case changes its owner: what goes along on its author's terms, and who may say later that it has ended.
//! Not the handing over: that is `transfer`.

use super::Taken;
use super::contribute::contributions;
use super::contribution::{ContributionRow, ContributionState, ContributionTerms, key};
use super::refusal::ShareRefusal;
use super::share::Onward;
use super::take_back::{TakeBackPayload, place, tell};
use super::view::outgoing_of;
use crate::caselog::{case_row, load};
use crate::envelope::outbox::OutboxError;
use crate::federation::{own, restored};
use crate::ids::{CaseId, EntryHash, ShareId, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Ended contributions that one unit is told of at a time.
const MOST_UNTOLD: usize = 1_000;

/// What third units contributed to a case and let pass on, and counts: it may go to `to` with the case itself.
pub(crate) fn passing(
    view: &dyn View,
    case: CaseId,
    to: UnitId,
    now: Timestamp,
) -> Result<Vec<(EntryHash, ContributionRow)>, ViewError> {
    let passes = |row: &ContributionRow| {
        row.from != to && row.onward == Onward::Allowed && row.state == ContributionState::Admitted && !row.is_over(now)
    };
    Ok(contributions(view, case)?.into_iter().filter(|(_, row)| passes(row)).collect())
}

/// What came with the case under the terms of its author, unless that was known here, or taken back, before.
pub(crate) fn passed(
    txn: &mut Txn<'_>,
    case: CaseId,
    entry: EntryHash,
    (from, share, at): (UnitId, ShareId, Timestamp),
    terms: ContributionTerms,
) -> Result<(), ViewError> {
    if txn.get::<ContributionRow>(&key(case, entry))?.is_none() {
        let ContributionTerms { handling, onward, expires } = terms;
        let state = ContributionState::Admitted;
        let row = ContributionRow { handling, onward, expires, state, ..ContributionRow::new(from, share, at) };
        txn.put(&key(case, entry), Scope::Master, &row);
    }
    Ok(())
}

/// Whose contribution ends by the word of `from`, to whom this unit gave no share: the author itself, or the unit that owned the case
/// as it was given, and was told by the author. Nobody takes back what was written as the owner.
pub(super) fn author(
    view: &dyn View,
    case: CaseId,
    entry: EntryHash,
    (from, share): (UnitId, ShareId),
    row: Option<&ContributionRow>,
) -> Result<Result<UnitId, Taken>, ViewError> {
    let (own, held) = (own::load(view)?.unit, case_row(view, case)?);
    let Some(held) = held else {
        return Ok(Err(not_here(view, from, share)?));
    };
    let owned = held.owner == from || held.handovers.iter().any(|one| one.from == from);
    let refused = Err(Taken::Refused("took back another unit's contribution"));
    if let Some(row) = row {
        // What was given to this unit itself is its author's alone to end.
        let given_here = outgoing_of(view, case)?.iter().any(|(id, _)| *id == row.share);
        return Ok(if owned && !given_here { Ok(row.from) } else { refused });
    }
    let log = load(view, case)?;
    let Some(entry) = log.as_ref().and_then(|log| log.by_hash(entry)) else {
        // Perhaps the case is on its way. Once it came, what did not come with it is nothing that could end here: its author tells
        // also whoever owns the case now.
        let came = held.owner == own || held.handovers.iter().any(|one| one.from == own);
        return Ok(if came {
            Err(Taken::Applied)
        } else if restored::since(view)?.is_none() && restored::is_share_lost(view, from, share)? {
            // It was, and does not come back.
            Err(Taken::Applied)
        } else if owned {
            Err(Taken::NotYet)
        } else {
            refused
        });
    };
    let unit = entry.entry.unit;
    let owns = held.owner == own || held.handovers.iter().any(|one| one.from == own);
    let may = if unit == from { owns } else { owned && unit != own };
    Ok(if may && entry.entry.seq >= held.after_tenure(unit) { Ok(unit) } else { refused })
}

/// A case that is not here may be one that this unit had, and has forgotten: then it comes back while it waits, or nothing that could end
/// is here.
fn not_here(view: &dyn View, from: UnitId, share: ShareId) -> Result<Taken, ViewError> {
    Ok(if restored::since(view)?.is_some() {
        Taken::NotYet
    } else if restored::is_any_handover_lost(view)? || restored::is_share_lost(view, from, share)? {
        Taken::Applied
    } else {
        Taken::Refused("took back a contribution to a case that is not here")
    })
}

/// Who owned a case after this unit.
pub(super) fn next_owner(view: &dyn View, case: CaseId) -> Result<Option<UnitId>, ViewError> {
    let own = own::load(view)?.unit;
    Ok(case_row(view, case)?.and_then(|row| row.handovers.iter().rfind(|one| one.from == own).map(|one| one.to)))
}

/// A contribution that has ended, of which the next owner of its case could not be told yet. Key: `e`, that unit, the case, the entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Untold {
    share: ShareId,
}

impl Record for Untold {
    const TABLE: Table = Table::TRANSFERS;
}

const UNTOLD: &[u8] = b"e";

/// Tells the next owner of a case that a contribution to it has ended: now, or once it can be told.
pub(super) fn tell_next(
    txn: &mut Txn<'_>,
    next: UnitId,
    (case, entry, share): (CaseId, EntryHash, ShareId),
) -> Result<(), ViewError> {
    match tell(txn, next, &TakeBackPayload { share, case, entry }) {
        Err(ShareRefusal::View(error)) => return Err(error),
        Err(ShareRefusal::Peer(OutboxError::NotAMember)) => {
            txn.incident(Some(next), "has left and cannot be told that a contribution was taken back");
        }
        Err(_) => {
            let key = [UNTOLD, next.as_bytes(), case.as_bytes(), entry.as_bytes()].concat();
            txn.put(&key, Scope::Master, &Untold { share });
        }
        Ok(()) => {}
    }
    Ok(())
}

/// A unit can be told again, perhaps: of contributions that ended in cases that were handed to it.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn tell_of_ended(txn: &mut Txn<'_>, unit: UnitId) -> Result<(), ViewError> {
    let prefix = [UNTOLD, unit.as_bytes()].concat();
    for (key, Untold { share }) in txn.list::<Untold>(&prefix, None, MOST_UNTOLD)? {
        txn.delete(Table::TRANSFERS, &key);
        let Some((case, entry)) = place(&key[prefix.len()..]) else { continue };
        tell_next(txn, unit, (case, entry, share))?;
    }
    Ok(())
}
