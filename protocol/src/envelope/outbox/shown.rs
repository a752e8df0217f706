//! What is being shown to restored units goes when a key under which it lay is destroyed.
//! Not what is shown: that is `standing`.

use super::{ALL, Kind, OutboxRow, void};
use crate::federation::charter;
use crate::ids::UnitId;
use crate::machine::{Record, Scope, Table, Txn, View, ViewError, read_row};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const SHOWN_TO: &[u8] = b"shown-to";

/// The units for which something of it may wait, members or not any more: few, so that the end of a share does not look through every
/// outbox. None before the first end since there is such a row: then all are looked through.
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
    if let Some(mut shown) = noted(txn)?
        && shown.units.insert(to)
    {
        txn.put(SHOWN_TO, Scope::Master, &shown);
    }
    Ok(())
}

/// Gives up what is being shown to restored units: it holds values that lay here under a key that is being destroyed. They ask again.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub(crate) fn void_shown(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let units = match noted(txn)? {
        Some(shown) if shown.units.is_empty() => return Ok(()),
        Some(shown) => shown.units,
        None => charter::current(txn)?.iter().flat_map(|charter| charter.members.iter()).map(|member| member.unit).collect(),
    };
    for unit in units {
        for (key, row) in txn.list::<OutboxRow>(unit.as_bytes(), None, ALL)? {
            if row.kind == Kind::Standing {
                void(txn, unit, &key, &row)?;
            }
        }
    }
    txn.put(SHOWN_TO, Scope::Master, &ShownTo::default());
    Ok(())
}
