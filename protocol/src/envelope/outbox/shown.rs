//! What is being shown to restored units goes when a key under which it lay is destroyed, and when such a unit wrote more meanwhile.
//! Not what is shown: that is `standing`.

use super::{ALL, Kind, OutboxRow, void};
use crate::federation::charter;
use crate::ids::UnitId;
use crate::machine::{Record, Scope, Table, Txn, View, ViewError, read_row};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const SHOWN_TO: &[u8] = b"shown-to";

/// The units for which something of it may wait, members or not any more: few, so that neither the end of a share nor what comes looks
/// through whole outboxes. None before the first was noted since there is such a row: then all are looked through.
#[derive(Debug, Default, Serialize, Deserialize)]
struct ShownTo {
    units: BTreeSet<UnitId>,
}

impl Record for ShownTo {
    const TABLE: Table = Table::OWN;
}

fn noted(view: &dyn View) -> Result<Option<ShownTo>, ViewError> {
    view.get(Table::OWN, SHOWN_TO)?.map(|bytes| read_row(&bytes)).transpose()
}

/// Something of it is queued for a unit.
pub(super) fn note(txn: &mut Txn<'_>, to: UnitId) -> Result<(), ViewError> {
    let mut units = units(txn)?;
    if units.insert(to) || noted(txn)?.is_none() {
        txn.put(SHOWN_TO, Scope::Master, &ShownTo { units });
    }
    Ok(())
}

fn units(view: &dyn View) -> Result<BTreeSet<UnitId>, ViewError> {
    if let Some(shown) = noted(view)? {
        return Ok(shown.units);
    }
    let charter = charter::current(view)?;
    Ok(charter.iter().flat_map(|charter| charter.members.iter()).map(|member| member.unit).collect())
}

/// Gives up what is being shown to restored units: it holds values that lay here under a key that is being destroyed. They ask again.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn void_shown(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let units = units(txn)?;
    if units.is_empty() {
        return Ok(());
    }
    for unit in units {
        void_waiting(txn, unit)?;
    }
    txn.put(SHOWN_TO, Scope::Master, &ShownTo::default());
    Ok(())
}

/// Gives up what is being shown to one unit, if something is. Says whether something was.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn void_shown_to(txn: &mut Txn<'_>, unit: UnitId) -> Result<bool, ViewError> {
    let Some(mut shown) = noted(txn)?.filter(|shown| shown.units.contains(&unit)) else { return Ok(false) };
    let any = void_waiting(txn, unit)?;
    if any {
        shown.units.remove(&unit);
        txn.put(SHOWN_TO, Scope::Master, &shown);
    }
    Ok(any)
}

fn void_waiting(txn: &mut Txn<'_>, unit: UnitId) -> Result<bool, ViewError> {
    let mut any = false;
    for (key, row) in txn.list::<OutboxRow>(unit.as_bytes(), None, ALL)? {
        if row.kind == Kind::Standing {
            void(txn, unit, &key, &row)?;
            any = true;
        }
    }
    Ok(any)
}
