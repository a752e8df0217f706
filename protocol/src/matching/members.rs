//! Members come and go: from now on beacons of a newcomer are heard, those of a former member are forgotten.
//! Not the charter itself: this follows it.

use super::close;
use super::me::Me;
use super::rows::Indexed;
use crate::federation::charter;
use crate::ids::UnitId;
use crate::machine::{Table, Txn, ViewError};
use std::collections::BTreeSet;

/// To be called in the step that accepted a charter. The y's of our subjects stay as they are.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn members_changed(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let (Some(charter), Some(me)) = (charter::current(txn)?, Me::load(txn)?) else {
        return Ok(());
    };
    let units: BTreeSet<UnitId> = charter.members.iter().map(|member| member.unit).filter(|unit| *unit != me.unit).collect();
    let left: Vec<UnitId> = me.others.difference(&units).copied().collect();
    if units == me.others {
        return Ok(());
    }
    for unit in &left {
        close::drop_below(txn, &me, *unit, u64::MAX)?;
        txn.delete(Table::BEACON_HEADS, unit.as_bytes());
    }
    Indexed { units }.put(txn);
    Ok(())
}
