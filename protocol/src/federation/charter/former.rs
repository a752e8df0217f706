//! Units that were members once, by name, so that what they gave and were given can still be told.
//! Nothing is taken from them.

use super::super::leaving;
use super::super::member::Name;
use super::super::rows::{key, rows};
use super::{Charter, MEMBERS_MAX, current, whole};
use crate::ids::UnitId;
use crate::machine::{Record, Scope, Table, Txn, View, ViewError};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

const FORMER: &[u8] = b"d";
/// Most former members told.
const TOLD: usize = 4 * MEMBERS_MAX;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FormerRow {
    name: Name,
    since: Timestamp,
    left: bool,
}

impl Record for FormerRow {
    const TABLE: Table = Table::CHARTER_NOTES;
}

/// A unit that was a member and is none any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// Which.
    pub unit: UnitId,
    /// The name it had.
    pub name: Name,
    /// Since when, as this node heard it.
    pub since: Timestamp,
    /// It left by its own word; else the others left it out.
    pub left: bool,
}

/// Units that were members and are none any more, with the names they had.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn former(view: &dyn View) -> Result<Vec<Former>, ViewError> {
    let rows = rows::<FormerRow>(view, FORMER, TOLD)?;
    let of = |(key, row): (Vec<u8>, FormerRow)| {
        let unit = UnitId::from_slice(key.get(FORMER.len()..)?)?;
        Some(Former { unit, name: row.name, since: row.since, left: row.left })
    };
    let mut found: Vec<_> = rows.into_iter().filter_map(of).collect();
    if let (Some(whole), Some(current)) = (whole(view)?, current(view)?) {
        for member in whole.members.iter().filter(|member| current.member(member.unit).is_none()) {
            if let Some(since) = leaving::heard_of(view, member.unit)? {
                found.push(Former { unit: member.unit, name: member.name.clone(), since, left: true });
            }
        }
    }
    Ok(found)
}

/// Follows an accepted charter. `before` is the one that was held until now.
pub(super) fn follow(txn: &mut Txn<'_>, before: &Charter, charter: &Charter) -> Result<(), ViewError> {
    let missing = |of: &Charter, unit| of.member(unit).is_none();
    for member in before.members.iter().filter(|member| missing(charter, member.unit)) {
        let left = leaving::heard_of(txn, member.unit)?;
        let row = FormerRow { name: member.name.clone(), since: left.unwrap_or(txn.now), left: left.is_some() };
        txn.put(&key(FORMER, member.unit.as_bytes()), Scope::Master, &row);
    }
    for member in charter.members.iter().filter(|member| missing(before, member.unit)) {
        txn.delete(Table::CHARTER_NOTES, &key(FORMER, member.unit.as_bytes()));
    }
    Ok(())
}
