//! What people settle about one contribution beside admitting it: the owner's no, and its author's yes to passing it to one unit.
//! Not the words about it: those are messages, see `requests::onward`.

use super::contribute::contributions;
use super::contribution::{Contributed, ContributionRow, ContributionState, key};
use super::refusal::ShareRefusal;
use crate::caselog::load;
use crate::ids::{CaseId, EntryHash, UnitId};
use crate::machine::{Scope, Table, Txn, View, ViewError, read_row};

/// A contribution to an own case.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn contribution_of(view: &dyn View, case: CaseId, entry: EntryHash) -> Result<Option<ContributionRow>, ViewError> {
    view.get(Table::CONTRIBUTIONS, &key(case, entry))?.map(|bytes| read_row(&bytes)).transpose()
}

/// A contribution of this unit to another's case.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn contributed_of(view: &dyn View, case: CaseId, entry: EntryHash) -> Result<Option<Contributed>, ViewError> {
    view.get(Table::CONTRIBUTED, &key(case, entry))?.map(|bytes| read_row(&bytes)).transpose()
}

/// Entries of this unit came back that it had forgotten: what they let count waits for nobody here any more.
pub(crate) fn admitted_before(txn: &mut Txn<'_>, case: CaseId) -> Result<(), ViewError> {
    let open = |row: &ContributionRow| matches!(row.state, ContributionState::Pending | ContributionState::Refused);
    let rows: Vec<_> = contributions(txn, case)?.into_iter().filter(|(_, row)| open(row) && !row.is_over(txn.now)).collect();
    let Some(log) = load(txn, case)?.filter(|_| !rows.is_empty()) else { return Ok(()) };
    for (entry, row) in rows.into_iter().filter(|(entry, _)| log.is_admitted(*entry)) {
        txn.put(&key(case, entry), Scope::Master, &ContributionRow { state: ContributionState::Admitted, ..row });
    }
    Ok(())
}

/// A person of the owner does not let a contribution count. It stays here, for whoever looks again.
///
/// # Errors
/// [`ShareRefusal`], and nothing is changed.
pub(crate) fn refuse(txn: &mut Txn<'_>, case: CaseId, entry: EntryHash) -> Result<(), ShareRefusal> {
    let row = contribution_of(txn, case, entry)?.ok_or(ShareRefusal::NoShare)?;
    if row.is_over(txn.now) {
        return Err(ShareRefusal::State("taken back by its author"));
    }
    match row.state {
        ContributionState::Pending => {}
        ContributionState::Admitted => return Err(ShareRefusal::State("admitted already")),
        ContributionState::Refused | ContributionState::TakenBack => return Err(ShareRefusal::State("refused already")),
    }
    txn.put(&key(case, entry), Scope::Master, &ContributionRow { state: ContributionState::Refused, ..row });
    txn.touch(case);
    Ok(())
}

/// A person of its author lets a contribution pass to one unit: whoever works on the case there gets it with the next update.
pub(crate) fn grant(txn: &mut Txn<'_>, case: CaseId, entry: EntryHash, to: UnitId) -> Result<(), ViewError> {
    let Some(mut row) = contribution_of(txn, case, entry)? else { return Ok(()) };
    if row.granted.insert(to) {
        txn.put(&key(case, entry), Scope::Master, &row);
        txn.touch(case);
    }
    Ok(())
}
