//! Who of this unit's people works on a case, one row a case; and from that, who sees it.
//! Not which units have it: that is `protocol::sharing`.

use super::rights::{Reach, of};
use super::{Actor, Role};
use crate::accounts::AccountId;
use crate::rows::row;
use crate::store::tables;
use icmc_protocol::caselog;
use icmc_protocol::federation::restored;
use icmc_protocol::ids::CaseId;
use icmc_protocol::machine::{Record, Scope, Table, Txn, View, ViewError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most accounts of one team.
pub const TEAM_MAX: usize = 64;

/// Key: CaseId.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseAccess {
    /// Who entered the case, or accepted the share it came with.
    pub registered_by: AccountId,
    /// Who else works on it; at most [`TEAM_MAX`].
    pub team: BTreeSet<AccountId>,
}

impl Record for CaseAccess {
    const TABLE: Table = tables::CASE_ACCESS;
}

impl CaseAccess {
    /// A case of one person.
    #[must_use]
    pub const fn of(account: AccountId) -> Self {
        Self { registered_by: account, team: BTreeSet::new() }
    }

    /// Whether this account works on the case.
    #[must_use]
    pub fn includes(&self, account: AccountId) -> bool {
        self.registered_by == account || self.team.contains(&account)
    }

    /// Writes the row of a case.
    pub fn put(&self, txn: &mut Txn<'_>, case: CaseId) {
        txn.put(case.as_bytes(), Scope::Master, self);
    }
}

/// The row of a case, if it has one.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn case_access(view: &dyn View, case: CaseId) -> Result<Option<CaseAccess>, ViewError> {
    row(view, case.as_bytes())
}

/// Whether the case is there for this person: lists and searches leave out what is not.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn sees(view: &dyn View, actor: &Actor, case: CaseId) -> Result<bool, ViewError> {
    let works_on_it = match reach(actor.role) {
        Reach::None => false,
        Reach::All => true,
        Reach::Own => case_access(view, case)?.is_some_and(|access| access.includes(actor.account)),
    };
    let Some(row) = caselog::case_row(view, case)?.filter(|_| works_on_it) else { return Ok(false) };
    // After a restore what came from its owner is locked until the two have been connected.
    Ok(!restored::is_locked(view, row.owner)?)
}

fn reach(role: Role) -> Reach {
    of(role).map_or(Reach::None, |rights| rights.cases)
}
