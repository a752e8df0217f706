//! A new blinding key: everybody who is announced is blinded and announced again; with the end of the key before, what was announced
//! with that is withdrawn. A part at a time, since there may be many.
//! Not how a key comes about: see `keepers`.

use super::me::Me;
use super::publish::withdraw_number;
use super::rows::{Counters, UnitRow};
use super::subject::{Subject, wait_for};
use crate::federation::restored;
use crate::ids::UnitId;
use crate::keepers;
use crate::machine::{Record, Scope, Table, Txn, ViewError};
use serde::{Deserialize, Serialize};

/// Subjects looked at in one step.
const PART: usize = 500;
const ROW: &[u8] = b"matching-keys";

/// How far this unit's subjects follow the keys in use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Followed {
    present: u64,
    former: Option<u64>,
    /// The last subject looked at; none once all were.
    after: Option<serde_bytes::ByteBuf>,
}

impl Record for Followed {
    const TABLE: Table = Table::OWN;
}

/// To be called in the step that accepted a charter, and as time passes.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn follow_keys(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    let Some(me) = Me::load(txn)? else { return Ok(()) };
    if restored::since(txn)?.is_some() {
        return Ok(());
    }
    let mut row = txn.get::<Followed>(ROW)?.unwrap_or_default();
    let (present, former) = (me.epoch, me.former(txn.now));
    if (row.present, row.former) != (present, former) {
        if row.present != present {
            grant(txn, &me)?;
        }
        row = Followed { present, former, after: Some(serde_bytes::ByteBuf::new()) };
    }
    let Some(after) = row.after.take() else { return Ok(()) };
    let page = txn.list::<Subject>(&[], Some(after.as_slice()).filter(|after| !after.is_empty()), PART)?;
    row.after = page.get(PART - 1).map(|(key, _)| serde_bytes::ByteBuf::from(key.clone()));
    for (_, subject) in page {
        follow(txn, &me, subject)?;
    }
    txn.put(ROW, Scope::Master, &row);
    Ok(())
}

fn follow(txn: &mut Txn<'_>, me: &Me, mut subject: Subject) -> Result<(), ViewError> {
    let (counting, over): (Vec<_>, Vec<_>) =
        core::mem::take(&mut subject.announced).into_iter().partition(|announced| me.counts(announced.epoch, txn.now));
    let (was_announced, lapsed) = (!counting.is_empty() || !over.is_empty(), !over.is_empty());
    if lapsed {
        for announced in &over {
            withdraw_number(txn, me, subject.subject, announced.number)?;
        }
    }
    subject.announced = counting;
    let has_present = subject.newest().is_some_and(|announced| announced.epoch == me.epoch);
    if was_announced && !has_present && subject.asking.is_none() {
        return wait_for(txn, subject);
    }
    if lapsed {
        subject.put(txn);
    }
    Ok(())
}

/// As a keeper of the new key: what each unit has announced is blinded again outside its quota.
fn grant(txn: &mut Txn<'_>, me: &Me) -> Result<(), ViewError> {
    if !keepers::is_keeper(txn, me.unit, txn.now)? {
        return Ok(());
    }
    for unit in me.others.clone() {
        let row = UnitRow::of(txn, unit)?;
        keepers::grant(txn, unit, me.epoch, row.held.numbers_from(row.floor))?;
    }
    let own: UnitId = me.unit;
    let live = Counters::load(txn)?.own;
    keepers::grant(txn, own, me.epoch, live)
}
