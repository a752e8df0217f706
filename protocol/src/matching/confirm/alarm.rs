//! What the nodal officer is to see about comparisons that went wrong at the other side.
//! Not incidents, which go to the audit and the log: an alarm stands until a person has seen it.

use super::rows::Pair;
use crate::ids::{CaseId, ConfirmId, EntityId, UnitId};
use crate::machine::{Notice, Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::matching::alert::Refusal;
use crate::matching::subject::Subject;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

const ALARM: &[u8] = b"a";

/// What a unit is suspected of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Suspicion {
    /// It began a comparison, had our answer, and did not give its own: it has counted and we have not.
    Unfinished,
    /// Its beacon shares more tokens of one type with a person of ours than a person has: it may be made of guesses.
    Guesses,
}

/// One alarm. Key: `a` and the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// The comparison.
    pub id: ConfirmId,
    /// The other unit.
    pub peer: UnitId,
    /// The case of our person.
    pub case: CaseId,
    /// Our person.
    pub person: EntityId,
    /// What it is about.
    pub suspicion: Suspicion,
    /// When it was raised.
    pub at: Timestamp,
    /// When the comparison was finished after all.
    pub finished: Option<Timestamp>,
}

impl Record for Alarm {
    const TABLE: Table = Table::CONFIRMS;
}

fn key(id: ConfirmId) -> Vec<u8> {
    [ALARM, id.as_bytes()].concat()
}

pub(super) fn raise(txn: &mut Txn<'_>, id: ConfirmId, pair: &Pair, case: CaseId, person: EntityId, suspicion: Suspicion) {
    let at = txn.now;
    let alarm = Alarm { id, peer: pair.peer, case, person, suspicion, at, finished: None };
    txn.put(&key(id), Scope::Case(case), &alarm);
    txn.notify(Notice::Comparison(case));
    txn.incident(
        Some(pair.peer),
        match suspicion {
            Suspicion::Unfinished => "began a comparison and did not finish it",
            Suspicion::Guesses => "announced somebody who shares more with a person here than one person can",
        },
    );
}

/// The other side finished it after all.
pub(super) fn finished(txn: &mut Txn<'_>, subject: &Subject, id: ConfirmId) -> Result<(), ViewError> {
    if let Some(alarm) = txn.get::<Alarm>(&key(id))? {
        let finished = Some(txn.now);
        txn.put(&key(id), subject.scope(), &Alarm { finished, ..alarm });
        txn.notify(Notice::Comparison(subject.case));
    }
    Ok(())
}

/// At most `limit` alarms that nobody has put away.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn alarms(view: &dyn View, limit: usize) -> Result<Vec<Alarm>, ViewError> {
    view.scan(Table::CONFIRMS, ALARM, None, limit)?.iter().map(|(_, bytes)| read_row(bytes)).collect()
}

/// A person has seen an alarm. Gives it.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no such alarm.
pub fn dismiss(txn: &mut Txn<'_>, id: ConfirmId) -> Result<Alarm, Refusal> {
    let alarm = txn.get::<Alarm>(&key(id))?.ok_or(Refusal::Unknown)?;
    txn.delete(Table::CONFIRMS, &key(id));
    txn.notify(Notice::Comparison(alarm.case));
    Ok(alarm)
}
