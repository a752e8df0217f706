//! Members come and go: our tokens are written as a newcomer would announce them, those of a former member are forgotten.
//! Not the charter itself: this follows it.

use super::close;
use super::me::Me;
use super::publish::{drop_index, index};
use super::rows::Indexed;
use super::subject::Subject;
use crate::federation::charter;
use crate::ids::UnitId;
use crate::machine::{Table, Txn, ViewError};
use std::collections::BTreeSet;

/// Subjects read at once.
const PAGE: usize = 512;

/// To be called in the step that accepted a charter. The y's of our subjects stay as they are.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn members_changed(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let (Some(charter), Some(me)) = (charter::current(txn)?, Me::load(txn)?) else {
        return Ok(());
    };
    let units: BTreeSet<UnitId> = charter.members.iter().map(|member| member.unit).filter(|unit| *unit != me.unit).collect();
    let joined: Vec<UnitId> = units.difference(&me.others).copied().collect();
    let left: Vec<UnitId> = me.others.difference(&units).copied().collect();
    if joined.is_empty() && left.is_empty() {
        return Ok(());
    }
    for unit in &left {
        close::drop_below(txn, &me, *unit, u64::MAX)?;
        txn.delete(Table::BEACON_HEADS, unit.as_bytes());
    }
    let mut after = None;
    loop {
        let page = txn.list::<Subject>(&[], after.as_deref(), PAGE)?;
        let Some((last, _)) = page.last() else {
            break;
        };
        after = Some(last.clone());
        for (_, subject) in page {
            joined.iter().for_each(|unit| index(txn, &me, &subject, *unit));
            left.iter().for_each(|unit| drop_index(txn, &me, &subject, *unit));
        }
    }
    Indexed { units }.put(txn);
    Ok(())
}
