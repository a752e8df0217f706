//! Units that were members once, by name, so that what they gave and were given can still be told.
//! Nothing is taken from them.

use super::super::member::Name;
use super::super::rows::{key, rows};
use super::{Charter, MEMBERS_MAX, current, whole};
use crate::ids::UnitId;
use crate::machine::{Record, Scope, Table, Txn, View, ViewError};
use serde::{Deserialize, Serialize};

const FORMER: &[u8] = b"d";
/// Most former members told.
const TOLD: usize = 4 * MEMBERS_MAX;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Former {
    name: Name,
}

impl Record for Former {
    const TABLE: Table = Table::CHARTER_NOTES;
}

/// Units that were members and are none any more, with the names they had.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn former(view: &dyn View) -> Result<Vec<(UnitId, Name)>, ViewError> {
    let rows = rows::<Former>(view, FORMER, TOLD)?;
    let mut found: Vec<_> =
        rows.into_iter().filter_map(|(key, row)| Some((UnitId::from_slice(key.get(FORMER.len()..)?)?, row.name))).collect();
    if let (Some(whole), Some(current)) = (whole(view)?, current(view)?) {
        let left = whole.members.iter().filter(|member| current.member(member.unit).is_none());
        found.extend(left.map(|member| (member.unit, member.name.clone())));
    }
    Ok(found)
}

/// Follows an accepted charter. `before` is the one that was held until now.
pub(super) fn follow(txn: &mut Txn<'_>, before: &Charter, charter: &Charter) {
    let missing = |of: &Charter, unit| of.member(unit).is_none();
    for member in before.members.iter().filter(|member| missing(charter, member.unit)) {
        txn.put(&key(FORMER, member.unit.as_bytes()), Scope::Master, &Former { name: member.name.clone() });
    }
    for member in charter.members.iter().filter(|member| missing(before, member.unit)) {
        txn.delete(Table::CHARTER_NOTES, &key(FORMER, member.unit.as_bytes()));
    }
}
