//! Whose node key a key is or was, over the whole life of the federation: what was signed once stays verifiable.
//! Not who may speak now: that is `unit_of_key`.

use super::super::rows::row;
use super::{Charter, current};
use crate::crypto::{Message, Signed, Verified};
use crate::ids::{NodeKey, UnitId};
use crate::machine::{Record, Scope, Table, Txn, View, ViewError};
use serde::{Deserialize, Serialize};

/// A node key that a charter named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct KeyRow {
    unit: UnitId,
    /// Its place among the keys of its unit.
    rank: u32,
    /// The epoch with which its unit became a member.
    since: u64,
    /// The epoch that left its unit out, if one did.
    until: Option<u64>,
}

impl Record for KeyRow {
    const TABLE: Table = Table::NODE_KEYS;
}

/// Whose a node key is or was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyOwner {
    /// The unit.
    pub unit: UnitId,
    /// Its place among the keys of the unit: a later key has a higher one.
    pub rank: u32,
    /// Whether it is the key in use of a present member. Only with such a key is anything new said.
    pub in_use: bool,
}

/// Whose this node key is, or was at any time. For evidence only: a past key of a member and a key of a former one say nothing
/// new.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn owner_of_key(view: &dyn View, key: NodeKey) -> Result<Option<KeyOwner>, ViewError> {
    let Some(KeyRow { unit, rank, .. }) = row(view, key.as_bytes())? else { return Ok(None) };
    let present = current(view)?.and_then(|charter| charter.member(unit)?.present_key());
    Ok(Some(KeyOwner { unit, rank, in_use: present == Some(key) }))
}

/// Verifies what `unit` signed with any of its node keys. None if it did not. For what came in an envelope that was verified with
/// its present key, or was held before.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn verify_of<T: Message>(view: &dyn View, unit: UnitId, signed: &Signed<T>) -> Result<Option<Verified<T>>, ViewError> {
    let Ok(signer) = signed.claimed_signer() else { return Ok(None) };
    let owner = owner_of_key(view, signer)?.filter(|owner| owner.unit == unit);
    Ok(owner.and_then(|_| signed.verify(&signer).ok()))
}

/// The epoch with which the unit of this key became a member, last.
pub(in crate::federation) fn member_since(view: &dyn View, key: NodeKey) -> Result<Option<u64>, ViewError> {
    Ok(row::<KeyRow>(view, key.as_bytes())?.map(|row| row.since))
}

/// Whether a key that `charter` names was ever another unit's.
pub(super) fn takes_foreign_key(view: &dyn View, charter: &Charter) -> Result<bool, ViewError> {
    for member in charter.members.iter() {
        for key in member.keys.iter() {
            if row::<KeyRow>(view, key.key.as_bytes())?.is_some_and(|row| row.unit != member.unit) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Follows an accepted charter. `before` is the one that was held until now.
pub(super) fn index(txn: &mut Txn<'_>, before: Option<&Charter>, charter: &Charter) -> Result<(), ViewError> {
    for member in charter.members.iter() {
        let known = before.is_some_and(|before| before.member(member.unit).is_some());
        let first = member.keys.first().filter(|_| known).map(|first| member_since(txn, first.key)).transpose()?.flatten();
        let since = first.unwrap_or(charter.epoch);
        for (rank, key) in (0..).zip(member.keys.iter()) {
            let row = KeyRow { unit: member.unit, rank, since, until: None };
            if txn.get::<KeyRow>(key.key.as_bytes())? != Some(row) {
                txn.put(key.key.as_bytes(), Scope::Master, &row);
            }
        }
    }
    let gone = before.into_iter().flat_map(|before| before.members.iter()).filter(|member| charter.member(member.unit).is_none());
    for key in gone.flat_map(|member| member.keys.iter()) {
        if let Some(held) = txn.get::<KeyRow>(key.key.as_bytes())? {
            txn.put(key.key.as_bytes(), Scope::Master, &KeyRow { until: Some(charter.epoch), ..held });
        }
    }
    Ok(())
}
