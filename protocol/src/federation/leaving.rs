//! A unit's own word that it leaves the federation. It counts at once and needs nobody else's signature.
//! Not the epoch that afterwards leaves the unit out: see `joining`.

use super::charter::{self, Charter, LEAVES_MAX};
use super::rows::{key, row, rows};
use super::{joining, own};
use crate::crypto::{Message, Signed, SignedError};
use crate::ids::{FederationId, UnitId};
use crate::machine::{Notice, Record, Scope, Table, Txn, View, ViewError};
use crate::time::Timestamp;
use crate::wire::MessageKind;
use serde::{Deserialize, Serialize};

const LEFT: &[u8] = b"l";

/// "I leave." Signed by the unit's node key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {
    /// Which federation.
    pub federation: FederationId,
    /// Who leaves.
    pub unit: UnitId,
    /// From this number on it counts as a signature of the unit that is not to be expected any more: the first number for
    /// which the unit has signed nothing. Its envelopes are refused at once all the same.
    pub epoch: u64,
}

impl Message for Leave {
    const KIND: MessageKind = MessageKind::Leave;
    const MAX: usize = 128;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct LeftRow {
    signed: Signed<Leave>,
    /// When it came.
    at: Timestamp,
}

impl Record for LeftRow {
    const TABLE: Table = Table::CHARTER_NOTES;
}

/// Why a departure was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeaveError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] ViewError),
    /// Signature or encoding.
    #[error("a departure does not verify: {0}")]
    Signed(#[from] SignedError),
    /// This unit belongs to no federation.
    #[error("this unit belongs to no federation")]
    NotAMember,
    /// Nobody would be left.
    #[error("this unit is the only member: there is nobody to leave")]
    OnlyMember,
    /// Not of a member, or of an earlier membership of one.
    #[error("a departure of somebody who is no member")]
    Stranger,
}

/// This unit leaves, at once and for good: nothing is taken from it any more. Shares that it gave are to be recalled before.
///
/// # Errors
/// [`LeaveError`] if it belongs to no federation or is its only member.
pub fn leave(txn: &mut Txn<'_>) -> Result<(), LeaveError> {
    let own = own::load(txn)?;
    let charter = charter::current(txn)?.filter(|charter| charter.member(own.unit).is_some()).ok_or(LeaveError::NotAMember)?;
    if charter.members.len() == 1 {
        return Err(LeaveError::OnlyMember);
    }
    // Its signature under its own proposal never left this node.
    joining::let_go(txn)?;
    let voted = joining::has_voted(txn)?;
    let epoch = charter.epoch + 1 + u64::from(voted);
    let signed = Signed::sign(&Leave { federation: charter.federation, unit: own.unit, epoch }, &own.key());
    keep(txn, own.unit, &signed);
    tell(txn, &charter);
    Ok(())
}

/// Takes the departure of a member, from whoever passes it on. Says whether it is news.
///
/// # Errors
/// [`LeaveError`] if it is not one of a present member.
pub(super) fn accept(txn: &mut Txn<'_>, signed: &Signed<Leave>) -> Result<bool, LeaveError> {
    let signer = signed.claimed_signer()?;
    let charter = charter::whole(txn)?.ok_or(LeaveError::NotAMember)?;
    let leave = signed.verify(&signer)?.into_value();
    let member = charter.member(leave.unit).and_then(super::member::Member::present_key);
    let since = charter::member_since(txn, signer)?;
    if leave.federation != charter.federation || member != Some(signer) || since.is_none_or(|since| leave.epoch <= since) {
        return Err(LeaveError::Stranger);
    }
    if of(txn, leave.unit)?.is_some() {
        return Ok(false);
    }
    keep(txn, leave.unit, signed);
    tell(txn, &charter);
    Ok(true)
}

/// Takes all that a peer knew. A departure of somebody who is no member any more is no fault of who passes it on.
pub(super) fn accept_all(txn: &mut Txn<'_>, from: UnitId, leaves: &[Signed<Leave>]) -> Result<(), ViewError> {
    for signed in leaves {
        match accept(txn, signed) {
            Ok(_) | Err(LeaveError::Stranger) => {}
            Err(LeaveError::Store(error)) => return Err(error),
            Err(_) => txn.incident(Some(from), "passed on a departure that is not valid"),
        }
    }
    Ok(())
}

/// The departure of a unit, while the charter still names it.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn of(view: &dyn View, unit: UnitId) -> Result<Option<Signed<Leave>>, ViewError> {
    Ok(row::<LeftRow>(view, &key(LEFT, unit.as_bytes()))?.map(|row| row.signed))
}

/// Units that have left and that the charter still names, with their word.
pub(super) fn all(view: &dyn View) -> Result<Vec<(UnitId, Signed<Leave>)>, ViewError> {
    let rows = rows::<LeftRow>(view, LEFT, LEAVES_MAX)?;
    Ok(rows.into_iter().filter_map(|(key, row)| Some((UnitId::from_slice(key.get(1..)?)?, row.signed))).collect())
}

/// When the departure of a unit came here.
pub(super) fn heard_of(view: &dyn View, unit: UnitId) -> Result<Option<Timestamp>, ViewError> {
    Ok(row::<LeftRow>(view, &key(LEFT, unit.as_bytes()))?.map(|row| row.at))
}

/// Units that have left by their own word and that the charter still names.
///
/// # Errors
/// [`ViewError`] if the store fails.
pub fn left(view: &dyn View) -> Result<Vec<UnitId>, ViewError> {
    Ok(all(view)?.into_iter().map(|(unit, _)| unit).collect())
}

/// Forgets departures of units that the charter does not name any more.
pub(super) fn forget(txn: &mut Txn<'_>, charter: &Charter) -> Result<(), ViewError> {
    for (unit, _) in all(txn)? {
        if charter.member(unit).is_none() {
            txn.delete(Table::CHARTER_NOTES, &key(LEFT, unit.as_bytes()));
        }
    }
    Ok(())
}

fn keep(txn: &mut Txn<'_>, unit: UnitId, signed: &Signed<Leave>) {
    txn.put(&key(LEFT, unit.as_bytes()), Scope::Master, &LeftRow { signed: signed.clone(), at: txn.now });
}

fn tell(txn: &mut Txn<'_>, charter: &Charter) {
    for member in charter.members.iter() {
        txn.sync(member.unit);
    }
    txn.charter_changed();
    txn.notify(Notice::Peers);
}
