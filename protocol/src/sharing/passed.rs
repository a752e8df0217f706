//! Contributions when the case changes its owner: what goes along on its author's terms, and who may say later that it has ended.
//! Not the handing over: that is `transfer`.

use super::Taken;
use super::contribute::{ContributionRow, ContributionState, ContributionTerms, contributions, key};
use super::share::Onward;
use super::view::outgoing_of;
use crate::caselog::{case_row, load};
use crate::federation::{own, restored};
use crate::ids::{CaseId, EntryHash, ShareId, UnitId};
use crate::machine::{Scope, Txn, View, ViewError};
use crate::time::Timestamp;

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
