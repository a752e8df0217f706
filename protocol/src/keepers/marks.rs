//! What keepers did wrong or refused, so that people see it and others are asked first.
//! Not the proof of it: that is with the proofs of misbehaviour.

use super::ask::Told;
use super::request::BlindRefusal;
use crate::federation::proof;
use crate::ids::UnitId;
use crate::machine::{Notice, Record, Scope, Table, Txn, View, ViewError, read_row};
use crate::time::{DAY, HOUR, MINUTE, Timestamp};
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

const MARK: &[u8] = b"m";
const ALL: usize = 1_024;

/// What a keeper did that no honest one does. Numbers are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// Its answer does not have the proof that its share was used.
    WrongAnswer,
    /// It dealt a share that does not fit what it committed to.
    WrongShare,
    /// It committed to two different secrets, or to none that it knows.
    TwoCommitments,
    /// It signed that the key is another one than was generated.
    OtherTranscript,
    /// It accused another keeper of what that one did not do.
    FalseComplaint,
}

/// What stands against a keeper here. Key: the letter, then the unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The last wrong it did, and when.
    pub fault: Option<(Fault, Timestamp)>,
    /// How many in all.
    pub faults: u32,
    /// It has answered this unit as often as it does, until then.
    pub over_quota: Option<Timestamp>,
    /// It is not asked until then: what it answered last was of no use, and asking again at once would not help.
    pub rests: Option<Timestamp>,
}

impl Record for Mark {
    const TABLE: Table = Table::KEEPING;
}

fn key(unit: UnitId) -> Vec<u8> {
    [MARK, unit.as_bytes()].concat()
}

/// How long a keeper is not asked after a wrong answer, in milliseconds.
const WRONG: u64 = HOUR;
/// After one that says no, or nothing.
const USELESS: u64 = MINUTE;

impl Mark {
    /// Whether it may be asked now.
    pub(super) fn is_asked(&self, now: Timestamp) -> bool {
        let over = |until: Option<Timestamp>| until.is_none_or(|until| until <= now);
        over(self.over_quota) && over(self.rests)
    }
}

/// What stands against one keeper.
pub(super) fn mark(view: &dyn View, unit: UnitId) -> Result<Mark, ViewError> {
    Ok(view.get(Table::KEEPING, &key(unit))?.map(|bytes| read_row(&bytes)).transpose()?.unwrap_or_default())
}

/// Every unit that something stands against, present member or not.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn marks(view: &dyn View) -> Result<Vec<(UnitId, Mark)>, ViewError> {
    let rows = view.scan(Table::KEEPING, MARK, None, ALL)?;
    let of = |(key, bytes): (Vec<u8>, Vec<u8>)| UnitId::from_slice(&key[MARK.len()..]).map(|unit| Ok((unit, read_row(&bytes)?)));
    rows.into_iter().filter_map(of).collect()
}

/// Names a unit for what it did.
pub(super) fn blame(txn: &mut Txn<'_>, unit: UnitId, fault: Fault) -> Result<(), ViewError> {
    let before = mark(txn, unit)?;
    let after = Mark { fault: Some((fault, txn.now)), faults: before.faults.saturating_add(1), ..before };
    txn.put(&key(unit), Scope::Master, &after);
    txn.notify(Notice::Peers);
    txn.incident(
        Some(unit),
        match fault {
            Fault::WrongAnswer => "as a keeper, answered with a wrong share",
            Fault::WrongShare => "as a keeper, dealt a share that does not fit its commitment",
            Fault::TwoCommitments => "as a keeper, committed to two different secrets",
            Fault::OtherTranscript => "as a keeper, signed another key than was generated",
            Fault::FalseComplaint => "as a keeper, accused another of what it did not do",
        },
    );
    Ok(())
}

/// Takes what a keeper's answer to this unit turned out to be.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn told(txn: &mut Txn<'_>, unit: UnitId, told: &Told) -> Result<(), ViewError> {
    match told {
        Told::Good => Ok(()),
        Told::Wrong { request, reply } => {
            proof::keep(txn, unit, MessageKind::BlindReply, request, reply)?;
            blame(txn, unit, Fault::WrongAnswer)?;
            rest(txn, unit, WRONG)
        }
        Told::Unreadable => {
            txn.incident(Some(unit), "as a keeper, sent an answer out of form");
            rest(txn, unit, USELESS)
        }
        Told::Refused(BlindRefusal::OverQuota { resets_at }) => {
            let before = mark(txn, unit)?;
            // A keeper cannot shut this unit out for longer than a day.
            let until = (*resets_at).min(txn.now.plus(DAY));
            if before.over_quota.is_none_or(|known| known < until) {
                txn.put(&key(unit), Scope::Master, &Mark { over_quota: Some(until), ..before });
                txn.incident(Some(unit), "as a keeper, has answered this unit as often as its quota allows");
                txn.notify(Notice::Peers);
            }
            Ok(())
        }
        Told::Refused(_) => rest(txn, unit, USELESS),
    }
}

fn rest(txn: &mut Txn<'_>, unit: UnitId, span: u64) -> Result<(), ViewError> {
    let mark = Mark { rests: Some(txn.now.plus(span)), ..mark(txn, unit)? };
    txn.put(&key(unit), Scope::Master, &mark);
    Ok(())
}

/// Keepers that had answered often enough are asked again: more was granted.
pub(super) fn ask_again(txn: &mut Txn<'_>) -> Result<(), ViewError> {
    for (unit, mark) in marks(txn)? {
        if mark.over_quota.is_some() {
            txn.put(&key(unit), Scope::Master, &Mark { over_quota: None, ..mark });
        }
    }
    Ok(())
}
